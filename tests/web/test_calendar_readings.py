"""What the card of a connected calendar says about reading it, and what connecting and asking trigger."""

from datetime import timedelta

import pytest
from flask import Flask

from extensions import db
from models import Connection, OutsideEvent, SyncedCalendar, Task
from tests.accounts.mails import do_background_work
from tests.factories import LENA, Team, create_team
from tests.machines.application import MakeApp
from tests.machines.apps import Seeded
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.visitor import Visitor
from tests.web.google import CALENDAR, connect_google
from tests.web.round_trips import APPS, card_of
from timezones import utc_now


@pytest.fixture
def connected(make_app: MakeApp, simulators: Simulators) -> Flask:
    """The app with the simulated Google, Zoom and mailbox."""
    return make_app({**simulators.settings(), **simulators.google.settings()})


@pytest.fixture
def people(connected: Flask, seeded: Seeded) -> Team:
    return seeded(connected, create_team)


@pytest.fixture
def ben(connected: Flask, people: Team) -> Visitor:
    return Visitor(connected).enter(people.ben)


def test_card_says_up_to_when_the_calendar_was_read_or_why_not(
    connected: Flask, simulators: Simulators, ben: Visitor
) -> None:
    connect_google(ben, CALENDAR)
    assert "Your calendar is being read for the first time." in card_of(ben.get(APPS), CALENDAR)
    do_background_work(connected)
    assert "Calendar read as of " in card_of(ben.get(APPS), CALENDAR)
    simulators.google.switches(fail_next=1, fail_status=503)
    with in_rows(connected):
        db.session.execute(db.update(Task).values(run_at=utc_now()))
        db.session.commit()
    do_background_work(connected)
    card = card_of(ben.get(APPS), CALENDAR)
    assert "Calendar read as of " in card
    assert "Google" in card.partition("Calendar read as of ")[2]
    [seen] = _readings(connected)
    assert seen in card


def _readings(app: Flask) -> list[str]:
    """The failure of the last reading of each calendar."""
    with in_rows(app):
        return [row.failure_words or "none" for row in db.session.scalars(db.select(SyncedCalendar))]


def test_calendar_that_was_never_read_promises_nothing_once_its_connection_has_ended(
    connected: Flask, simulators: Simulators, ben: Visitor
) -> None:
    connect_google(ben, CALENDAR)
    simulators.google.revoke(LENA)
    with in_rows(connected):
        db.session.execute(db.update(Connection).values(renew_at=utc_now()))
        db.session.commit()
    do_background_work(connected)
    card = card_of(ben.get(APPS), CALENDAR)
    assert "Reconnect needed" in card
    assert "for the first time" not in card


def test_connecting_has_the_calendar_read_and_disconnecting_removes_what_was_read(
    connected: Flask, simulators: Simulators, ben: Visitor
) -> None:
    begins = utc_now() + timedelta(days=1)
    simulators.google.own_event(LENA, "Dentist", begins, begins + timedelta(hours=1))
    connect_google(ben, CALENDAR)
    do_background_work(connected)
    assert _titles(connected) == ["Dentist"]
    ben.get(f"{APPS}/{CALENDAR}/disconnect")
    ben.post(f"/disconnect/{CALENDAR}", {}, status=303)
    assert _titles(connected) == []


def test_asking_reads_the_calendar_and_goes_back_to_the_page(
    connected: Flask, simulators: Simulators, ben: Visitor
) -> None:
    ben.get("/calendar")
    answer = ben.follow(ben.post("/calendar/refresh", {}, status=303))
    assert "You haven't connected a calendar." in answer.messages
    connect_google(ben, CALENDAR)
    do_background_work(connected)
    begins = utc_now() + timedelta(days=1)
    simulators.google.own_event(LENA, "Dentist", begins, begins + timedelta(hours=1))
    ben.get("/calendar")
    response = ben.post("/calendar/refresh", {"next": "/interviews"}, status=303)
    assert response.headers["Location"].endswith("/interviews")
    assert "Reading your Google Calendar now." in ben.follow(response).messages
    do_background_work(connected)
    assert _titles(connected) == ["Dentist"]
    ben.get("/calendar")
    response = ben.post("/calendar/refresh", {"next": "https://evil.example/"}, status=303)
    assert "evil" not in response.headers["Location"]
    assert "Your Google Calendar was just refreshed." in ben.follow(response).messages


def _titles(app: Flask) -> list[str]:
    with in_rows(app):
        return [row.title for row in db.session.scalars(db.select(OutsideEvent))]


def test_every_page_of_help_says_the_same_about_what_is_read(ben: Visitor) -> None:
    about_the_app = ben.get(f"/help/connecting-apps?app={CALENDAR}").words
    assert "when it is, whether you're busy then, and its title, which only you see" in about_the_app
    assert "everything we read of your other events" in about_the_app
    assert (
        "when an event is, whether you're busy then, and its title" in ben.get("/help/calendar-entries").words
    )
    assert "when its events are and their titles" in ben.get("/help/privacy").words
    other = ben.get("/help/connecting-apps?app=zoom").words
    assert "your other events" not in other
