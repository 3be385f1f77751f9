"""What the first page shows from the reader's own calendar: events of connected calendars beside
interviews."""

from datetime import datetime, timedelta

import pytest
from flask import Flask

from extensions import db
from models import CustomEventKind, OutsideEvent, User
from tests.factories import OUTLOOK_CALENDAR, Team
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.outside_events import create_custom_event, create_outside_event, create_synced_calendar
from tests.pages.page import Page
from tests.pages.visitor import Visitor

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def noon(clock: Clock) -> datetime:
    """Noon UTC on a Monday, 13:00 in Zurich. The clock is stopped."""
    return clock.now


def beside(page: Page) -> list[str]:
    """What is listed under "Also in your calendar", a line each."""
    return [row.words for each in page.tree.all("ul", _is_beside) for row in each.all("li")]


def _is_beside(element: object) -> bool:
    return element.get("aria-labelledby") == "beside-title"  # type: ignore[attr-defined]


def test_own_events_of_today_are_listed_beside_the_interviews(
    web: Flask, team: Team, ada: Visitor, noon: datetime
) -> None:
    with in_rows(web):
        google = create_synced_calendar(team.ada)
        outlook = create_synced_calendar(team.ada, app=OUTLOOK_CALENDAR)
        create_outside_event(google, noon - timedelta(hours=2), 60, title="Over")
        create_outside_event(google, noon - timedelta(minutes=30), 60, title="Dentist")
        create_outside_event(outlook, noon + timedelta(hours=3), title="Board")
        create_outside_event(outlook, noon + timedelta(days=1), title="Tomorrow's")
        create_outside_event(google, days=(noon.date(), noon.date()), title="Home office", is_busy=False)
        create_custom_event(team.ada, noon + timedelta(hours=1), title="Focus")
    lines = beside(ada.get("/"))
    assert [line.split()[0] for line in lines] == ["All", "12:30", "14:00", "16:00"]
    whole, now, blocked, later = lines
    assert "Home office" in whole
    assert all(word in now for word in ("Dentist", "Now", "Google"))
    assert all(word in blocked for word in ("Focus", "Blocked time"))
    assert all(word in later for word in ("Board", "Outlook"))


def test_event_without_a_title_is_called_so(web: Flask, team: Team, ada: Visitor, noon: datetime) -> None:
    with in_rows(web):
        create_outside_event(create_synced_calendar(team.ada), noon + timedelta(hours=1), title="")
    assert "Untitled" in beside(ada.get("/"))[0]


def test_events_of_others_are_no_one_elses_business(
    web: Flask, team: Team, ada: Visitor, noon: datetime
) -> None:
    with in_rows(web):
        calendar = create_synced_calendar(team.ben)
        create_outside_event(calendar, noon + timedelta(hours=1), title="Secret plan")
        create_custom_event(team.ben, noon + timedelta(hours=1), title="Quiet time")
    page = ada.get("/")
    assert beside(page) == []
    assert "Secret plan" not in page.html
    assert "Quiet time" not in page.html


def test_interview_days_are_shown_to_those_who_see_the_job(web: Flask, team: Team, noon: datetime) -> None:
    today = (noon.date(), noon.date())
    with in_rows(web):
        for title, job_id in (
            ("For all", None),
            ("Ben's job", team.job_id),
            ("Cleo's job", team.other_job_id),
        ):
            create_custom_event(
                team.ada, days=today, title=title, kind=CustomEventKind.INTERVIEW_DAY, job_id=job_id
            )
    lines = beside(Visitor(web).enter(team.ben).get("/"))
    assert len(lines) == 2
    assert "Ben's job" in " ".join(lines)
    assert "For all" in " ".join(lines)


def test_more_than_eight_are_counted(web: Flask, team: Team, ada: Visitor, noon: datetime) -> None:
    with in_rows(web):
        calendar = create_synced_calendar(team.ada)
        for number in range(11):
            create_outside_event(calendar, noon + timedelta(minutes=number), title=f"Event {number}")
    page = ada.get("/")
    assert [line for line in beside(page) if "Event" in line][-1].count("Event 7")
    assert len(beside(page)) == 8
    assert "+3 more in the calendar" in page.text


def test_event_across_midnight_says_when_it_began_and_until_when_it_goes_on(
    web: Flask, team: Team, ada: Visitor, noon: datetime
) -> None:
    with in_rows(web):
        calendar = create_synced_calendar(team.ada)
        create_outside_event(calendar, noon - timedelta(hours=20), 24 * 60, title="Night train")
        create_outside_event(calendar, noon + timedelta(hours=8), 8 * 60, title="Release")
        create_outside_event(calendar, noon - timedelta(days=3), 6 * 24 * 60, title="On call")
    lines, titles = beside(ada.get("/")), ("On call", "Night train", "Release")
    assert [line.split(title)[0].strip() for line, title in zip(lines, titles, strict=True)] == [
        "All day",
        "Sun 17:00 –17:00",
        "21:00 –Tue 05:00",
    ]


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Kiritimati", "Europe/Zurich"])
def test_whole_day_is_that_day_wherever_its_reader_is(
    web: Flask, team: Team, ada: Visitor, noon: datetime, zone: str
) -> None:
    # At noon UTC it is the same day in the first and the last of these zones, and the next one in the other.
    with in_rows(web):
        db.session.get_one(User, team.ada.id).timezone = zone
        calendar = create_synced_calendar(team.ada)
        for days in (-1, 0, 1, 2):
            on = noon.date() + timedelta(days=days)
            create_outside_event(calendar, days=(on, on), title=f"{on:%A}", timezone="Asia/Tokyo")
    today = noon.date() + timedelta(days=zone == "Pacific/Kiritimati")
    [line] = beside(ada.get("/"))
    assert f"{today:%A}" in line


def test_today_brings_events_up_to_date_too(
    web: Flask, team: Team, ada: Visitor, noon: datetime, clock: Clock
) -> None:
    with in_rows(web):
        event = create_outside_event(create_synced_calendar(team.ada), noon + timedelta(hours=1))
    page = ada.get("/")
    today = page.tree.with_id("today")
    assert today is not None
    poll = today["hx-get"]
    ada.get(poll, htmx=True, status=204)
    with in_rows(web):
        db.session.get_one(OutsideEvent, event).title = "Another dentist"
        db.session.commit()
    assert "Another dentist" in ada.get(poll, htmx=True).words
    clock.move(timedelta(hours=2))
    assert "Another dentist" not in ada.get(poll, htmx=True).words


def test_title_is_text(web: Flask, team: Team, ada: Visitor, noon: datetime) -> None:
    with in_rows(web):
        title = "<img src=x onerror=alert(1)>" + "ü" * 200
        create_outside_event(create_synced_calendar(team.ada), noon + timedelta(hours=1), title=title)
    page = ada.get("/")
    assert "<img src=x" not in page.html
    assert "<img src=x onerror=alert(1)>" in page.text
