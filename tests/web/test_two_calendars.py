"""People who have connected two calendars: the page says which one interviews are added to."""

import pytest
from flask import Flask

from scheduling.plans import Participant
from tests.accounts.mails import do_background_work
from tests.factories import LENA, PRIYA, Team, create_team, schedule
from tests.machines.application import MakeApp
from tests.machines.apps import Seeded
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.visitor import Visitor
from tests.web.calendars import section_of
from tests.web.google import CALENDAR as GOOGLE
from tests.web.google import connect_google
from tests.web.microsoft import CALENDAR as OUTLOOK
from tests.web.microsoft import try_microsoft
from tests.web.round_trips import APPS, card_of, result_of


@pytest.fixture
def connected(make_app: MakeApp, simulators: Simulators) -> Flask:
    """The app with the simulated Google and Microsoft, Zoom and mailbox."""
    return make_app(
        {**simulators.settings(), **simulators.google.settings(), **simulators.microsoft.settings()}
    )


@pytest.fixture
def people(connected: Flask, seeded: Seeded) -> Team:
    return seeded(connected, create_team)


def connect_outlook(visitor: Visitor, account: str) -> None:
    assert result_of(try_microsoft(visitor, OUTLOOK, account)) == "microsoft=connected"


def test_the_cards_say_which_of_two_calendars_is_used(
    connected: Flask, people: Team, simulators: Simulators
) -> None:
    ben = Visitor(connected).enter(people.ben)
    connect_outlook(ben, PRIYA)
    connect_google(ben, GOOGLE, LENA)
    page = ben.get(APPS)
    google, outlook = (" ".join(card_of(page, app).split()) for app in (GOOGLE, OUTLOOK))
    assert f"Your interviews are added to {PRIYA} with Outlook Calendar." in google
    assert "Only those you host with Google Meet are added here." in google
    assert "To have them all in this calendar, disconnect that one." in google
    assert "Your interviews are added to" not in outlook
    with in_rows(connected):
        interview = schedule(people.ada, people.dina, software=None)
    do_background_work(connected)
    words = section_of(ben.get(f"/interviews/{interview}"))
    assert "In Outlook Calendar as of" in words
    assert "Google Calendar" not in words
    assert (len(simulators.microsoft.events(PRIYA)), len(simulators.google.events(LENA))) == (1, 0)


def test_people_with_different_calendars_are_listed_with_theirs(connected: Flask, people: Team) -> None:
    ben, cleo = Visitor(connected).enter(people.ben), Visitor(connected).enter(people.cleo)
    connect_google(ben, GOOGLE, LENA)
    connect_outlook(cleo, PRIYA)
    attendee = Participant(people.cleo.name, people.cleo.email, people.cleo.id)
    with in_rows(connected):
        interview = schedule(people.ada, people.dina, software=None, attendees=(attendee,))
    do_background_work(connected)
    words = section_of(cleo.get(f"/interviews/{interview}"))
    assert "Ben Frei In Google Calendar as of" in words
    assert "Cleo Marin (you) In Outlook Calendar as of" in words
    assert "Open in Outlook Calendar" in words
    assert f"Connected: yes, as {PRIYA}." in words
