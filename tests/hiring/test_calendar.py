"""The calendar: months of whole weeks, in the reader's zone."""

from datetime import UTC, date, datetime

import pytest

from blueprints.calendar_page.months import Month, read_month
from extensions import db
from models import Interview, InterviewStatus, User
from tests.factories import Team, create_candidate, schedule
from tests.hiring.conftest import Rows
from tests.pages.visitor import Visitor
from timezones import start_of_day


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2026-11", Month(2026, 11)),
        ("2026-1", None),
        ("2026-13", None),
        ("2026-00", None),
        ("1999-12", None),
        ("2101-01", None),
        ("20२6-11", None),
        ("-999-11", None),
        ("", None),
        ("november", None),
    ],
)
def test_month_is_read_from_the_address(text: str, month: Month | None) -> None:
    assert read_month(text) == month


@pytest.mark.parametrize(
    ("on", "zone", "begins"),
    [
        (date(2026, 11, 1), "UTC", datetime(2026, 11, 1, tzinfo=UTC)),
        (date(2026, 11, 1), "Asia/Kolkata", datetime(2026, 10, 31, 18, 30, tzinfo=UTC)),
        # Here the clocks go forward at midnight: the day begins at one o'clock.
        (date(2026, 3, 29), "Asia/Beirut", datetime(2026, 3, 28, 22, tzinfo=UTC)),
        # And here they go back at midnight: the hour before it happens twice, but the day begins once.
        (date(2026, 10, 25), "Asia/Beirut", datetime(2026, 10, 24, 22, tzinfo=UTC)),
        (date(2026, 11, 1), "Nowhere/Atall", datetime(2026, 11, 1, tzinfo=UTC)),
    ],
)
def test_day_begins_when_it_does_there(on: date, zone: str, begins: datetime) -> None:
    assert start_of_day(on, zone) == begins


def test_a_full_day_of_the_month_shows_three_and_how_many_more(rows: Rows, team: Team, ada: Visitor) -> None:
    with rows():
        for number in range(6):
            candidate = create_candidate(f"Kim {number}", f"kim{number}@mail.example", team.job_id)
            schedule(team.ada, candidate, starts_at=datetime(2027, 3, 10, 9 + number, tzinfo=UTC))
    page = ada.get("/calendar/month/2027-03-10?whose=everyone")
    [more] = page.tree.all("a", lambda e: "day-more" in e.get("class", ""))
    assert more.text == "+3 more on Wednesday, 10 March"
    assert more["href"] == "/calendar/day/2027-03-10?whose=everyone"
    slots = page.tree.all("a", lambda e: (e.get("data-popup") or "").startswith("Kim"))
    assert [slot["data-popup"] for slot in slots] == [f"Kim {number}" for number in range(3)]
    assert slots[0]["href"].endswith("/details")
    assert slots[0]["title"] == "10:00–10:45 Kim 0 · Backend Engineer · Zoom"
    of_day = ada.get(more["href"]).words
    assert all(f"Kim {number}" in of_day for number in range(6))


def test_calendar_shows_what_one_may_see_and_nothing_cancelled(
    rows: Rows, team: Team, ada: Visitor, ben: Visitor
) -> None:
    at = datetime(2027, 3, 10, 9, tzinfo=UTC)
    with rows():
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.other_job_id)
        gone = create_candidate("Gone Girl", "gone@mail.example", team.job_id)
        schedule(team.ada, team.dina, starts_at=at)
        schedule(team.ada, omar, starts_at=at)
        cancelled = db.session.get_one(Interview, schedule(team.ada, gone, starts_at=at))
        cancelled.status = InterviewStatus.CANCELLED
        db.session.get_one(User, team.ada.id).timezone = "Asia/Kolkata"
        db.session.commit()
    page = ada.get("/calendar/month/2027-03-01?whose=everyone")
    assert "Dina Kaur" in page.words
    assert "Omar Haddad" in page.words
    assert "Gone Girl" not in page.html
    assert "14:30" in page.words
    moves = page.tree.all("a", lambda e: e["href"].endswith("/reschedule"))
    assert [link.text for link in moves] == ["Reschedule Dina Kaur", "Reschedule Omar Haddad"]
    assert page.link_to("prev") == "/calendar/month/2027-02-01?whose=everyone"
    assert page.link_to("next") == "/calendar/month/2027-04-01?whose=everyone"
    bens = ben.get("/calendar/month/2027-03-01?whose=everyone")
    assert "Omar Haddad" not in bens.html
    assert "10:00" in bens.html
    assert "Nothing in April 2027" in ada.get("/calendar/month/2027-04-01").words


def test_an_older_address_leads_to_its_month(ada: Visitor) -> None:
    assert ada.get("/calendar?month=2027-03", status=302).headers["Location"] == "/calendar/month/2027-03-01"
    assert ada.get("/calendar?month=soon").status == 200


def test_frame_marks_where_one_is(ada: Visitor) -> None:
    page = ada.get("/calendar")
    assert 'aria-current="page"' in page.html.partition("Calendar</span>")[0].rpartition("<li>")[2]
