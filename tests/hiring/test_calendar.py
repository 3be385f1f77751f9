"""The calendar: months of whole weeks, in the reader's zone."""

from datetime import UTC, date, datetime

import pytest

from blueprints.calendar_page.months import Day, Month, days_of, read_month, shown_days, span_of
from extensions import db
from models import Interview, InterviewStatus, InterviewType, User
from scheduling.reading.interview_rows import InterviewRow
from tests.factories import Team, create_candidate, in_three_days, schedule
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


def test_calendar_ends_where_dates_do() -> None:
    assert Month(2026, 12).moved(1) == Month(2027, 1)
    assert Month(2026, 1).moved(-1) == Month(2025, 12)
    assert Month(2000, 1).moved(-1) is None
    assert Month(2100, 12).moved(1) is None


def test_month_has_whole_weeks() -> None:
    days = Month(2026, 11).days()
    assert (days[0], days[-1]) == (date(2026, 10, 26), date(2026, 12, 6))
    assert len(days) % 7 == 0


@pytest.mark.parametrize(
    ("on", "zone", "begins"),
    [
        (date(2026, 11, 1), "UTC", datetime(2026, 11, 1, tzinfo=UTC)),
        (date(2026, 11, 1), "Asia/Kolkata", datetime(2026, 10, 31, 18, 30, tzinfo=UTC)),
        # Here the clocks go forward at midnight: the day begins at one.
        (date(2026, 3, 29), "Asia/Beirut", datetime(2026, 3, 28, 22, tzinfo=UTC)),
        # And here they go back at midnight: the hour before it comes twice, the day begins once.
        (date(2026, 10, 25), "Asia/Beirut", datetime(2026, 10, 24, 22, tzinfo=UTC)),
        (date(2026, 11, 1), "Nowhere/Atall", datetime(2026, 11, 1, tzinfo=UTC)),
    ],
)
def test_day_begins_when_it_does_there(on: date, zone: str, begins: datetime) -> None:
    assert start_of_day(on, zone) == begins


def test_spans_of_months_leave_no_gap_even_where_clocks_change() -> None:
    for zone in ("Europe/Zurich", "Asia/Beirut", "America/Havana", "Pacific/Apia"):
        start, end = span_of(Month(2026, 3).days(), zone)
        assert (end - start).days in (34, 35, 41, 42)


def an_interview() -> InterviewRow:
    """Late in the evening of 10 November, by London's clocks."""
    return InterviewRow(
        id=1,
        title="Engineer Interview",
        starts_at=datetime(2026, 11, 10, 23, 30, tzinfo=UTC),
        ends_at=datetime(2026, 11, 11, 0, 15, tzinfo=UTC),
        duration_minutes=45,
        status=InterviewStatus.SCHEDULED,
        interview_type=InterviewType.PHONE,
        candidate_id=1,
        candidate_name="Dina Kaur",
        job_id=1,
        job_title="Engineer",
        software=None,
        meeting_label=None,
        meeting_state=None,
        manager_name="Ben Frei",
        attendee_names=None,
        times_moved=0,
        template_name="",
        lacks_time=False,
    )


def test_interview_is_on_its_day_in_the_readers_zone() -> None:
    late, month = an_interview(), Month(2026, 11)
    for zone, on in [("UTC", 10), ("Asia/Tokyo", 11), ("America/New_York", 10)]:
        days = days_of(month, month.days(), [late], datetime(2026, 11, 3, tzinfo=UTC), zone)
        assert [day.on.day for day in days if day.interviews] == [on]
        assert [day.on.day for day in days if day.is_today] == ([2] if zone.startswith("America") else [3])


@pytest.mark.parametrize(
    ("now", "last", "first_ahead", "last_ahead"),
    [
        # The month's weeks end before the next fourteen days do.
        (datetime(2026, 11, 27, 12, tzinfo=UTC), date(2026, 12, 10), date(2026, 11, 27), date(2026, 12, 10)),
        (datetime(2026, 11, 3, 12, tzinfo=UTC), date(2026, 12, 6), date(2026, 11, 3), date(2026, 11, 16)),
        # In the reader's zone it is the next day already.
        (datetime(2026, 11, 27, 23, tzinfo=UTC), date(2026, 12, 11), date(2026, 11, 28), date(2026, 12, 11)),
    ],
)
def test_list_of_the_next_days_is_whole_whatever_the_month(
    now: datetime, last: date, first_ahead: date, last_ahead: date
) -> None:
    month, zone = Month(2026, 11), "Asia/Tokyo" if now.hour == 23 else "UTC"
    on = shown_days(month, now, zone, with_ahead=True)
    assert on[-1] == last
    assert on == sorted(set(on))
    days = days_of(month, on, [], now, zone)
    assert [day.on for day in days if day.is_ahead][::13] == [first_ahead, last_ahead]
    assert [day.on for day in days if day.is_beyond] == [day for day in on if day > date(2026, 12, 6)]
    assert shown_days(month, now, zone, with_ahead=False) == month.days()


@pytest.mark.parametrize(("number", "shown"), [(0, 0), (3, 3), (4, 4), (5, 3), (29, 3)])
def test_full_day_shows_three_and_how_many_more(number: int, shown: int) -> None:
    day = Day(date(2026, 11, 10), (an_interview(),) * number, is_other=False, is_today=False)
    assert day.shown == shown


def test_calendar_folds_what_does_not_fit_and_opens_each_at_a_glance(
    rows: Rows, team: Team, ada: Visitor
) -> None:
    with rows():
        for number in range(6):
            candidate = create_candidate(f"Kim {number}", f"kim{number}@mail.example", team.job_id)
            schedule(team.ada, candidate, starts_at=datetime(2027, 3, 10, 9 + number, tzinfo=UTC))
    page = ada.get("/calendar?month=2027-03")
    [more] = page.tree.all("details", lambda e: "day-more" in e.get("class", ""))
    assert "+3 more" in more.text
    assert "on Wednesday, 10 March" in more.text
    assert [name for name in ("Kim 2", "Kim 3", "Kim 5") if name in more.text] == ["Kim 3", "Kim 5"]
    slots = page.tree.all("a", lambda e: bool(e.get("data-popup")))
    assert [slot["data-popup"] for slot in slots] == [f"Kim {number}" for number in range(6)]
    assert slots[0]["href"].endswith("/details")
    assert slots[0]["title"] == "10:00 Kim 0 · Backend Engineer · Zoom"
    with rows():
        schedule(team.ada, team.dina, starts_at=in_three_days())
    assert "Next 14 days" in ada.get("/calendar").text
    assert "Next 14 days" not in page.text


def test_calendar_shows_what_one_sees_and_nothing_called_off(
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
    page = ada.get("/calendar?month=2027-03")
    assert "Dina Kaur" in page.words
    assert "Omar Haddad" in page.words
    assert "Gone Girl" not in page.html
    assert "14:30" in page.words
    assert "IST" in page.words
    moves = page.tree.all("a", lambda e: e["href"].endswith("/reschedule"))
    assert [link.text for link in moves] == ["Reschedule Dina Kaur", "Reschedule Omar Haddad"]
    assert page.link_to("prev") == "/calendar?month=2027-02"
    assert page.link_to("next") == "/calendar?month=2027-04"
    assert "Omar Haddad" not in ben.get("/calendar?month=2027-03").html
    assert "10:00" in ben.get("/calendar?month=2027-03").html
    assert "Nothing in April 2027" in ada.get("/calendar?month=2027-04").words
    assert 'aria-current="page"' in page.html.partition("Calendar</span>")[0].rpartition("<li>")[2]
