"""The calendar: months of whole weeks, in the reader's zone."""

from datetime import UTC, date, datetime

import pytest

from blueprints.calendar_page.months import Month, days_of, read_month, span_of
from extensions import db
from models import Interview, InterviewStatus, InterviewType, User
from scheduling.reading.interview_rows import InterviewRow
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
        start, end = span_of(Month(2026, 3), zone)
        assert (end - start).days in (34, 35, 41, 42)


def test_interview_is_on_its_day_in_the_readers_zone() -> None:
    late = InterviewRow(
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
    )
    for zone, on in [("UTC", 10), ("Asia/Tokyo", 11), ("America/New_York", 10)]:
        days = days_of(Month(2026, 11), [late], datetime(2026, 11, 3, tzinfo=UTC), zone)
        assert [day.on.day for day in days if day.interviews] == [on]
        assert [day.on.day for day in days if day.is_today] == ([2] if zone.startswith("America") else [3])


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
