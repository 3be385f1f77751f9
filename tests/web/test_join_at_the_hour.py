"""The join page at the start: whether there is a meeting to join is looked up when someone is about to
join."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask

from background import make_runner
from extensions import db
from models import Interview, MeetingState
from services import services
from tests.factories import LENA, Team, connect_zoom, schedule
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.visitor import Visitor
from tests.web.test_interview_page import run_everything


@pytest.fixture
def interview_id(connected: Flask, people: Team, simulators: Simulators, clock: Clock) -> int:
    """An interview of 45 minutes in three days, with its meeting in Zoom."""
    with in_rows(connected):
        connect_zoom(people.ben, simulators, LENA)
        made = schedule(people.ada, people.dina)
    run_everything(connected)
    return made


@pytest.fixture
def working(connected: Flask, interview_id: int) -> Iterator[None]:
    """Do the work that requests ask for right away, alongside them, as in a server."""
    runner = make_runner(connected)
    runner.start()
    yield
    runner.stop(timeout=10)


def start_of(app: Flask, interview_id: int) -> datetime:
    with in_rows(app):
        return db.session.get_one(Interview, interview_id).starts_at


def meeting_of(app: Flask, interview_id: int) -> tuple[MeetingState, str | None, str]:
    with in_rows(app):
        meeting = db.session.get_one(Interview, interview_id).meeting
        assert meeting is not None
        return meeting.state, meeting.join_url, str(meeting.provider_meeting_id)


def door(app: Flask, interview_id: int, reader: str = "candidate") -> str:
    with in_rows(app):
        interview = db.session.get_one(Interview, interview_id)
        return str(services(app).join_links.join_page(interview, reader)).removeprefix("http://localhost")


def reads(simulators: Simulators) -> int:
    return len([call for call in simulators.ledger()["calls"] if call["operation"] == "get"])


@pytest.mark.usefixtures("working")
@pytest.mark.parametrize("minutes", [-10, 5])
def test_page_does_not_lead_into_a_meeting_that_was_deleted(
    connected: Flask, interview_id: int, simulators: Simulators, clock: Clock, minutes: int
) -> None:
    """This holds shortly before the start, and while the meeting should be running."""
    _, old, number = meeting_of(connected, interview_id)
    clock.now = start_of(connected, interview_id) + timedelta(minutes=minutes)
    simulators.delete_meeting(number)
    visitor, address = Visitor(connected), door(connected, interview_id)
    page = visitor.get(address)
    assert "Zoom said that this meeting doesn't exist. We're checking again." in page.text
    # It may have been Zoom's mistake.
    [way] = page.tree.all("a", lambda each: each.text == "Try the old link anyway")
    assert way["href"] == old
    clock.move(timedelta(minutes=1))
    run_everything(connected)
    # The first invitation, and the one with the new link.
    _, corrected = simulators.wait_for_mails(2, to="dina.kaur@mail.example")
    state, new, _ = meeting_of(connected, interview_id)
    assert state is MeetingState.READY
    assert new not in (None, old)
    visitor.get(address, leads_to=str(new))
    text = corrected.message.get_body(("plain",))
    assert text is not None
    assert str(new) in text.get_content()


@pytest.mark.usefixtures("working")
def test_meeting_that_was_denied_by_mistake_is_joined_as_before(
    connected: Flask, interview_id: int, simulators: Simulators, clock: Clock
) -> None:
    _, link, _ = meeting_of(connected, interview_id)
    clock.now = start_of(connected, interview_id)
    simulators.zoom_switches(deny_next_meetings=1)
    visitor, address = Visitor(connected), door(connected, interview_id)
    assert "Check again" in visitor.get(address).text
    clock.move(timedelta(minutes=1))
    visitor.get(address, leads_to=str(link))


@pytest.mark.usefixtures("working")
def test_zoom_is_asked_once_a_minute_at_most_and_only_at_the_hour(
    connected: Flask, interview_id: int, simulators: Simulators, clock: Clock
) -> None:
    visitor = Visitor(connected)
    start, link = start_of(connected, interview_id), str(meeting_of(connected, interview_id)[1])
    doors = [door(connected, interview_id, reader) for reader in ("candidate", "manager")]
    asked = []
    for moment in (
        start - timedelta(minutes=16),
        start - timedelta(minutes=15),
        start - timedelta(minutes=14, seconds=1),
        start - timedelta(minutes=14),
        start + timedelta(minutes=44),
        start + timedelta(minutes=45),
    ):
        clock.now, before = moment, reads(simulators)
        for address in doors:
            if moment < start - timedelta(minutes=15):
                assert "Join Zoom Meeting" in visitor.get(address).text
            else:
                visitor.get(address, leads_to=link)
        asked.append(reads(simulators) - before)
    assert asked == [0, 1, 0, 1, 1, 0]


@pytest.mark.usefixtures("working")
def test_zoom_that_does_not_answer_keeps_no_one_from_the_meeting(
    connected: Flask, interview_id: int, simulators: Simulators, clock: Clock
) -> None:
    link = str(meeting_of(connected, interview_id)[1])
    clock.now = start_of(connected, interview_id)
    simulators.zoom_switches(latency_ms=2500)
    began = time.monotonic()
    Visitor(connected).get(door(connected, interview_id), leads_to=link)
    assert time.monotonic() - began < 2


def test_account_that_cannot_be_used_is_not_waited_for(
    connected: Flask, interview_id: int, people: Team, simulators: Simulators, clock: Clock
) -> None:
    link = str(meeting_of(connected, interview_id)[1])
    simulators.revoke(LENA)
    clock.move(timedelta(days=2))
    run_everything(connected)
    clock.now = start_of(connected, interview_id)
    before = reads(simulators)
    Visitor(connected).get(door(connected, interview_id), leads_to=link)
    assert reads(simulators) == before
