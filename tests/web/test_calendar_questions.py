"""What the page asks about the interviews in a calendar that is being disconnected."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from connections.rows import need_reconnect
from extensions import db
from models import Connection, ConnectionState, MeetingSoftware
from tests.accounts.mails import do_background_work
from tests.factories import LENA, Team, create_team, in_three_days, schedule
from tests.machines.application import MakeApp
from tests.machines.apps import Seeded
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.visitor import Visitor
from tests.web.google import CALENDAR, connect_google
from tests.web.round_trips import APPS, card_of, stored

QUESTION = f"{APPS}/{CALENDAR}/disconnect"


@pytest.fixture
def connected(make_app: MakeApp, simulators: Simulators) -> Flask:
    """The app with the simulated Google, Zoom and mailbox."""
    return make_app({**simulators.settings(), **simulators.google.settings()})


@pytest.fixture
def people(connected: Flask, seeded: Seeded) -> Team:
    return seeded(connected, create_team)


@pytest.fixture
def ben(connected: Flask, people: Team) -> Visitor:
    visitor = Visitor(connected).enter(people.ben)
    connect_google(visitor, CALENDAR)
    return visitor


def schedule_some(app: Flask, people: Team, count: int, **wishes: Any) -> None:
    """Schedule interviews of Ben's, each on a different day, and do the work that follows."""
    with in_rows(app):
        for day in range(count):
            schedule(people.ada, people.dina, starts_at=in_three_days() + timedelta(days=day), **wishes)
    do_background_work(app)


def test_question_keeps_the_interviews_unless_asked_otherwise(
    connected: Flask, simulators: Simulators, people: Team, ben: Visitor
) -> None:
    schedule_some(connected, people, 2)
    assert "2 upcoming in it." in card_of(ben.get(APPS), CALENDAR)
    page = ben.get(QUESTION)
    assert "2 upcoming interviews are in this calendar" in page.text
    assert "They stay as they are, but they no longer follow changes." in page.text
    [keep, remove] = [box for box in page.tree.all("input") if box.get("type") == "radio"]
    assert ("checked" in keep.attributes, "checked" in remove.attributes) == (True, False)
    answer = ben.submit(page, "Disconnect", leads_to=APPS)
    assert "We're removing" not in ben.follow(answer).messages
    do_background_work(connected)
    assert len(simulators.google.events(LENA)) == 2


def test_interviews_that_are_to_go_are_removed_and_the_card_says_so(
    connected: Flask, simulators: Simulators, people: Team, ben: Visitor
) -> None:
    schedule_some(connected, people, 2)
    answer = ben.submit(ben.get(QUESTION), "Disconnect", entries="remove", leads_to=APPS)
    page = ben.follow(answer)
    removing = "We're removing 2 interviews from your calendar now."
    assert page.messages == f"Google Calendar is disconnected. {removing}"
    assert (
        "We're removing 2 interviews from your calendar. After that, we no longer have access to it; "
        "you don't have to wait to connect again."
    ) in card_of(page, CALENDAR)
    do_background_work(connected)
    assert simulators.google.events(LENA) == []
    assert "removing" not in card_of(ben.get(APPS), CALENDAR)


def test_invalid_answer_is_refused_and_disconnects_nothing(
    connected: Flask, people: Team, ben: Visitor
) -> None:
    schedule_some(connected, people, 1)
    page = ben.post(f"/disconnect/{CALENDAR}", {"entries": "burn"}, status=422)
    assert page.heading == "Disconnect Google Calendar?"
    assert "One upcoming interview is in this calendar" in page.text
    assert [row.state for row in stored(connected)] == [ConnectionState.CONNECTED]


def test_page_says_that_an_interview_whose_meeting_is_on_the_entry_stays(
    connected: Flask, simulators: Simulators, people: Team, ben: Visitor
) -> None:
    schedule_some(connected, people, 1, software=MeetingSoftware.GOOGLE_MEET)
    text = ben.get(QUESTION).text
    assert "It stays there, because people are invited to the Google Meet link on it" in text
    assert "Remove it" not in text
    with in_rows(connected):
        schedule(people.ada, people.dina, starts_at=in_three_days() + timedelta(days=4))
    do_background_work(connected)
    page = ben.get(QUESTION)
    assert "Except one that stays, because people are invited to the meeting on it." in page.text
    ben.submit(page, "Disconnect", entries="remove", leads_to=APPS)
    do_background_work(connected)
    [left] = simulators.google.events(LENA)
    assert left["meet_link"]


def test_lost_permission_leaves_only_deleting_them_there(
    connected: Flask, simulators: Simulators, people: Team, ben: Visitor
) -> None:
    schedule_some(connected, people, 1)
    with in_rows(connected):
        need_reconnect(db.session.scalars(db.select(Connection)).one(), "Google ended it.")
        db.session.commit()
    card = card_of(ben.get(APPS), CALENDAR)
    assert "One upcoming interview is in this calendar. It stays there, but doesn't follow changes" in card
    assert "No upcoming interviews use it" not in card
    text = ben.get(QUESTION).text
    assert "We can't remove it anymore" in text
    assert "delete it in Google Calendar" in text
