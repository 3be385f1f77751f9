"""What is beside the calendar: what is left of today, and the sources with their switches."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask

from extensions import db
from models import ConnectionState, CustomEventKind, FailureReason, Interview, InterviewStatus, Role, User
from tests.factories import (
    GOOGLE_CALENDAR,
    OUTLOOK_CALENDAR,
    Team,
    connect_on_paper,
    create_user,
    schedule,
)
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.outside_events import create_custom_event, create_outside_event, create_synced_calendar
from tests.pages.page import Page
from tests.pages.tree import Element
from tests.pages.visitor import Visitor

SOURCES, HERE = "/calendar/sources", "/calendar/week/2027-02-01"


@pytest.fixture(autouse=True)
def noon(clock: Clock) -> datetime:
    """Noon UTC on a Monday, 13:00 in Zurich. The clock is stopped."""
    return clock.now


def upcoming(page: Page) -> list[str]:
    """The lines under Upcoming Today."""
    return [row.words for each in page.tree.all("ol", _has("cal-upcoming")) for row in each.all("li")]


def switches(page: Page) -> dict[str, str]:
    """The sources by their names, and whether each is shown, as its button says."""
    buttons = page.tree.all("button", _has("cal-source"))
    return {" ".join(each.words.split()): each["aria-pressed"] for each in buttons}


def _has(name: str) -> Callable[[Element], bool]:
    return lambda element: name in element.get("class").split()


def beside(page: Page) -> str:
    [side] = page.tree.all("aside", lambda element: element.get("aria-label") == "Beside the calendar")
    return side.words


def test_upcoming_today_has_the_next_eight_of_all_sources_by_their_start(
    web: Flask, team: Team, ada: Visitor, noon: datetime
) -> None:
    with in_rows(web):
        google = create_synced_calendar(team.ada)
        outlook = create_synced_calendar(team.ada, app=OUTLOOK_CALENDAR)
        create_outside_event(google, noon - timedelta(hours=2), 60, title="Over")
        create_outside_event(google, noon - timedelta(minutes=30), 60, title="Running")
        create_outside_event(google, days=(noon.date(), noon.date()), title="All of it")
        create_custom_event(team.ada, noon + timedelta(hours=1), title="Focus")
        create_custom_event(
            team.ada, noon + timedelta(hours=1), title="Day", kind=CustomEventKind.INTERVIEW_DAY
        )
        for number in range(9):
            create_outside_event(outlook, noon + timedelta(hours=2, minutes=number), title=f"Call {number}")
        create_outside_event(google, noon + timedelta(days=1), title="Tomorrow's")
    # Whether the view holds today or not, and whether a source is shown or not.
    for address in (HERE, "/calendar/day/2027-03-10", "/calendar/list/2027-02-01"):
        lines = upcoming(ada.get(address))
        assert [line.split()[0] for line in lines] == ["Running", "Focus", *["Call"] * 6]
        assert "12:30 –13:30" in lines[0]
    ada.post(SOURCES, {"source": GOOGLE_CALENDAR, "next": HERE}, leads_to=HERE, status=303)
    assert upcoming(ada.get(HERE))[0].startswith("Running")


def test_upcoming_today_ends_at_the_readers_own_midnight(
    web: Flask, team: Team, ada: Visitor, noon: datetime
) -> None:
    with in_rows(web):
        google = create_synced_calendar(team.ada)
        create_outside_event(google, noon - timedelta(hours=14), 20 * 60, title="Since yesterday")
        create_outside_event(google, noon + timedelta(hours=10), 120, title="Into the night")
        create_outside_event(google, noon + timedelta(hours=11), title="After midnight")
    lines = upcoming(ada.get(HERE))
    assert [" ".join(line.split()[:2]) for line in lines] == ["Since yesterday", "Into the"]
    assert "23:00 –01:00" in lines[1]
    with in_rows(web):
        db.session.get_one(User, team.ada.id).timezone = "America/Los_Angeles"
        db.session.commit()
    # It is 04:00 there: what was after midnight is in the afternoon of the same day.
    lines = upcoming(ada.get(HERE))
    assert [" ".join(line.split()[:2]) for line in lines] == ["Since yesterday", "Into the", "After midnight"]
    assert "15:00 –15:30" in lines[2]


def test_joining_is_offered_to_those_who_may_see_links(web: Flask, team: Team, noon: datetime) -> None:
    with in_rows(web):
        interview_id = schedule(team.ada, team.dina, starts_at=noon + timedelta(hours=1))
        link = _give_link(interview_id)
    line = upcoming(Visitor(web).enter(team.ben).get(HERE))[0]
    assert "Dina Kaur" in line
    page = Visitor(web).enter(team.ben).get(HERE)
    assert "Join Dina Kaur" in page.words
    assert link in page.html
    with in_rows(web):
        observer = create_user("Ola Observer", Role.OBSERVER)
    looked_on = Visitor(web).enter(observer).get(f"{HERE}?whose=everyone")
    assert "Dina Kaur" in looked_on.words
    assert link not in looked_on.html


@pytest.mark.parametrize("change", [None, InterviewStatus.COMPLETED, InterviewStatus.ACCEPTED, "over"])
def test_only_what_is_ahead_is_joined(
    web: Flask, team: Team, ada: Visitor, clock: Clock, change: InterviewStatus | str | None
) -> None:
    with in_rows(web):
        interview_id = schedule(
            team.ada, team.dina, starts_at=clock.now + timedelta(hours=1), hiring_manager=team.ada
        )
        link = _give_link(interview_id)
        if isinstance(change, InterviewStatus):
            db.session.get_one(Interview, interview_id).status = change
            db.session.commit()
    if change == "over":
        clock.now += timedelta(hours=3)
    for view in ("week", "agenda"):
        page = ada.get(f"/calendar/{view}/2027-02-01")
        assert "Dina Kaur" in page.words
        assert (link in page.html) is (change is None), view


def test_calendar_that_something_comes_from_is_named(
    web: Flask, team: Team, ada: Visitor, noon: datetime
) -> None:
    today = (noon.date(), noon.date())
    with in_rows(web):
        for app in (GOOGLE_CALENDAR, OUTLOOK_CALENDAR):
            calendar = create_synced_calendar(team.ada, app=app)
            create_outside_event(calendar, noon + timedelta(hours=2), title="Call")
            create_outside_event(calendar, days=today, title="Offsite")
        create_custom_event(team.ada, noon + timedelta(hours=3), title="Focus")
    for view in ("day", "week", "month", "agenda"):
        page = ada.get(f"/calendar/{view}/2027-02-01")
        shown = page.tree.with_id("calendar")
        assert shown is not None
        for name in ("Google", "Outlook"):
            of_name = [each.words for each in shown.all("li") if f"({name})" in each.words]
            assert [title for title in ("Call", "Offsite") if any(title in words for words in of_name)] == [
                "Call",
                "Offsite",
            ], view
            assert any("Call" in line and f"({name})" in line for line in upcoming(page))
        assert not [each for each in shown.all("li") if "Focus (" in each.words]


def _give_link(interview_id: int) -> str:
    meeting = db.session.get_one(Interview, interview_id).meeting
    assert meeting is not None
    meeting.join_url = "https://meet.example/j/1"
    db.session.commit()
    return "https://meet.example/j/1"


def test_sources_are_switched_in_one_browser(web: Flask, team: Team, ada: Visitor, noon: datetime) -> None:
    with in_rows(web):
        create_outside_event(create_synced_calendar(team.ada), noon + timedelta(hours=2), title="Dentist")
        create_custom_event(team.ada, noon + timedelta(hours=4), title="Focus")
    other = Visitor(web).enter(team.ada)
    page = ada.get(HERE)
    assert switches(page) == {"SmoothHiring": "true", "Google Calendar": "true"}
    assert {"Dentist", "Focus"} <= shown(page)
    ada.post(SOURCES, {"source": GOOGLE_CALENDAR, "next": HERE}, leads_to=HERE, status=303)
    page = ada.get(HERE)
    assert switches(page) == {"SmoothHiring": "true", "Google Calendar": "false"}
    assert shown(page) == {"Focus"}
    ada.post(SOURCES, {"source": "ours", "next": HERE}, leads_to=HERE, status=303)
    assert shown(ada.get(HERE)) == set()
    for view in ("day", "month", "agenda", "list"):
        assert shown(ada.get(f"/calendar/{view}/2027-02-01")) == set()
    ada.post(SOURCES, {"source": GOOGLE_CALENDAR, "next": HERE}, leads_to=HERE, status=303)
    assert shown(ada.get(HERE)) == {"Dentist"}
    # The cookie belongs to the browser.
    assert {"Dentist", "Focus"} <= shown(other.get(HERE))


def shown(page: Page) -> set[str]:
    """Which of the two events the view itself has."""
    view = page.tree.with_id("calendar")
    assert isinstance(view, Element)
    return {title for title in ("Dentist", "Focus") if title in view.words}


def test_only_what_is_connected_can_be_switched(web: Flask, team: Team, ada: Visitor) -> None:
    assert switches(ada.get(HERE)) == {"SmoothHiring": "true"}
    assert "Connect your calendar" in beside(ada.get(HERE))
    with in_rows(web):
        create_synced_calendar(team.ben)
    for source in (GOOGLE_CALENDAR, OUTLOOK_CALENDAR, "zoom", "", "ours.day"):
        ada.post(SOURCES, {"source": source, "next": HERE}, status=404)
    assert switches(ada.get(HERE)) == {"SmoothHiring": "true"}


@pytest.mark.parametrize(
    "cookie", ["", ".", "week", "nonsense.ours.%20<b>", "." * 500, "week.zoom", "é", "list.ours" * 90]
)
def test_whatever_the_cookie_says_there_is_a_page(team: Team, ada: Visitor, cookie: str) -> None:
    ada.client.set_cookie("calendar", cookie, domain="localhost")
    assert "SmoothHiring" in switches(ada.get("/calendar"))


@pytest.mark.parametrize(
    ("target", "leads_to"),
    [
        ("/calendar/day/2027-02-03?whose=everyone", "/calendar/day/2027-02-03?whose=everyone"),
        ("https://elsewhere.example/", "/calendar"),
        ("//elsewhere.example", "/calendar"),
        ("javascript:alert(1)", "/calendar"),
        ("", "/calendar"),
    ],
)
@pytest.mark.parametrize("address", [SOURCES, "/calendar/refresh"])
def test_buttons_lead_back_to_a_page_of_ours(
    team: Team, ada: Visitor, address: str, target: str, leads_to: str
) -> None:
    ada.post(address, {"source": "ours", "next": target}, leads_to=leads_to, status=303)


def test_age_and_trouble_of_a_calendar_are_shown_beside_its_switch(
    web: Flask, team: Team, ada: Visitor, noon: datetime
) -> None:
    with in_rows(web):
        create_synced_calendar(team.ada, read_at=noon - timedelta(minutes=5))
        create_synced_calendar(
            team.ada,
            app=OUTLOOK_CALENDAR,
            read_at=noon - timedelta(hours=3),
            failure=FailureReason.UNREACHABLE,
            failure_words="Microsoft couldn't be reached.",
        )
    page = ada.get(HERE)
    assert "As of 12:55" in beside(page)
    assert "As of 10:00" in beside(page)
    assert "Microsoft couldn't be reached." in beside(page)
    assert page.html.count("is-stale") == 1


def test_calendar_that_was_never_read_and_one_that_was_lost_say_so(
    web: Flask, team: Team, ada: Visitor
) -> None:
    with in_rows(web):
        connect_on_paper(team.ada, app=GOOGLE_CALENDAR)
    assert "Not read yet" in beside(ada.get(HERE))
    with in_rows(web):
        connect_on_paper(team.ada, app=OUTLOOK_CALENDAR, state=ConnectionState.RECONNECT_NEEDED)
    assert "The connection to Outlook Calendar has ended." in beside(ada.get(HERE))
