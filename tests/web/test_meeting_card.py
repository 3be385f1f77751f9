"""The card of a meeting: what is not as the team chose it, what was changed in Zoom, and what helps."""

from datetime import datetime, timedelta

import pytest
from flask import Flask

from extensions import db
from models import Interview, Task, TaskState
from tests.factories import LENA, Team, connect_zoom, schedule
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from tests.web.test_interview_page import poll_address, run_everything

LOOK = "look_at_meeting"
# The Zoom account of someone whose organization requires longer passcodes.
SOFIA = "sofia.lindqvist@northlight.example"


@pytest.fixture
def ada(connected: Flask, team: Team) -> Visitor:
    return Visitor(connected).enter(team.ada)


def interview_of(connected: Flask, simulators: Simulators, team: Team, *, passcode: str | None = None) -> int:
    with in_rows(connected):
        connect_zoom(team.ben, simulators, SOFIA if passcode else LENA)
        interview = schedule(team.ada, team.dina, passcode=passcode)
    run_everything(connected)
    return interview


def number_of(connected: Flask, interview: int) -> str:
    with in_rows(connected):
        meeting = db.session.get_one(Interview, interview).meeting
        assert meeting is not None
        return str(meeting.provider_meeting_id)


def card(page: Page) -> str:
    found = page.tree.with_id("meeting-title")
    assert found is not None
    section = found.inside("section")
    assert section is not None
    return section.text


def test_passcode_that_was_not_accepted_is_said_beside_the_one_that_counts(
    connected: Flask, simulators: Simulators, team: Team, ada: Visitor
) -> None:
    interview = interview_of(connected, simulators, team, passcode="abc")
    words = card(ada.get(f"/interviews/{interview}"))
    assert "Zoom didn't accept the password you chose, so it made its own." in words
    assert words.index("Password") < words.index("didn't accept") < words.index("Hosted by")


def test_card_says_what_the_account_insists_on(
    connected: Flask, simulators: Simulators, team: Team, ada: Visitor
) -> None:
    simulators.zoom_switches(locked_settings=["waiting_room", "meeting_authentication", "auto_recording"])
    words = card(ada.get(f"/interviews/{interview_of(connected, simulators, team)}"))
    for said in ("uses a waiting room", "only people who are signed in to Zoom", "records every meeting"):
        assert said in words


def test_opening_the_page_finds_out_that_the_meeting_was_deleted_in_zoom(
    connected: Flask, simulators: Simulators, team: Team, clock: Clock, ada: Visitor
) -> None:
    interview = interview_of(connected, simulators, team)
    address = f"/interviews/{interview}"
    assert "hx-post" not in ada.get(address).html
    clock.move(timedelta(minutes=3))
    simulators.delete_meeting(number_of(connected, interview))
    page = ada.get(address)
    assert f'hx-post="{address}/look"' in page.html
    piece = ada.post(f"{address}/look", htmx=True)
    # It polls until the answer is there, and says that nothing else is in progress.
    poll = poll_address(piece.html, interview)
    assert "In progress" not in piece.tree.text
    ada.get(poll, htmx=True, status=204)
    run_everything(connected)
    assert "data-poll" not in ada.get(poll, htmx=True).html
    clock.move(timedelta(minutes=3))
    run_everything(connected)
    page = ada.get(address)
    assert "someone deleted it in Zoom" in page.text
    assert "Join Zoom Meeting" in page.text
    ada.post(f"{address}/look", leads_to=address)


def test_meeting_that_was_moved_in_zoom_is_changed_back_from_the_card(
    connected: Flask, simulators: Simulators, team: Team, clock: Clock, ada: Visitor
) -> None:
    interview = interview_of(connected, simulators, team)
    address, number = f"/interviews/{interview}", number_of(connected, interview)
    [meeting] = simulators.ledger()["meetings"]
    start = datetime.fromisoformat(meeting["start_time"])
    simulators.change_meeting(
        number, start_time=f"{start + timedelta(hours=5):%Y-%m-%dT%H:%M:%SZ}", duration=30
    )
    clock.move(timedelta(minutes=3))
    ada.post(f"{address}/look", htmx=True)
    run_everything(connected)
    page = ada.get(address)
    assert "it isn't at the interview's time anymore" in card(page)
    assert "30 min" in card(page)
    answer = ada.submit(page, "Change it back in Zoom", leads_to=address)
    assert "Changing the meeting back now." in ada.follow(answer).messages
    run_everything(connected)
    [meeting] = simulators.ledger()["meetings"]
    assert (datetime.fromisoformat(meeting["start_time"]), meeting["duration"]) == (start, 45)
    page = ada.get(address)
    assert "it isn't at the interview's time anymore" not in card(page)
    again = ada.post(f"{address}/restore-meeting", leads_to=address)
    assert "already" in ada.follow(again).messages


def test_interview_follows_its_meeting_that_was_moved_in_zoom(
    connected: Flask, simulators: Simulators, team: Team, clock: Clock, ada: Visitor
) -> None:
    interview = interview_of(connected, simulators, team)
    address, number = f"/interviews/{interview}", number_of(connected, interview)
    [meeting] = simulators.ledger()["meetings"]
    start = datetime.fromisoformat(meeting["start_time"]) + timedelta(hours=5)
    simulators.change_meeting(number, start_time=f"{start:%Y-%m-%dT%H:%M:%SZ}", duration=30)
    clock.move(timedelta(minutes=3))
    ada.post(f"{address}/look", htmx=True)
    run_everything(connected)
    ada.submit(ada.get(address), "Move the interview there", leads_to=address)
    page = ada.get(address)
    assert "Interview changed. No one has been told yet." in page.text
    assert "it isn't at the interview's time anymore" not in card(page)
    with in_rows(connected):
        row = db.session.get_one(Interview, interview)
        assert (row.starts_at, row.duration_minutes, row.times_moved) == (start, 30, 1)
    clock.move(timedelta(seconds=11))
    run_everything(connected)
    # Zoom already has the change, so it is asked for nothing; people are told.
    assert not [call for call in simulators.ledger()["calls"] if call["operation"] == "update"]
    assert str(simulators.mails(team.dina.email)[-1].message["Subject"]).startswith("Rescheduled: ")
    again = ada.post(f"{address}/take-time", leads_to=address)
    assert "already" in ada.follow(again).messages


def test_change_that_zoom_refuses_is_shown_on_the_card_in_its_own_words(
    connected: Flask, simulators: Simulators, team: Team, ada: Visitor
) -> None:
    interview = interview_of(connected, simulators, team)
    simulators.zoom_switches(no_license=[LENA])
    with in_rows(connected):
        row = db.session.get_one(Interview, interview)
        row.duration_minutes = 30
        db.session.commit()
    ada.post(f"/interviews/{interview}/retry", status=303)
    run_everything(connected)
    page = ada.get(f"/interviews/{interview}")
    words = card(page)
    assert "The Zoom meeting hasn't been updated yet. This Zoom user can't host meetings" in words
    assert "Check that account's plan, or change the meeting in Zoom." in words
    assert "create" not in words
    assert "Needs attention" in page.text
    simulators.zoom_switches(no_license=[])
    ada.submit(page, "Try again now", status=303)
    run_everything(connected)
    assert "hasn't been updated yet" not in card(ada.get(f"/interviews/{interview}"))


def test_person_who_may_not_see_an_interview_triggers_no_check(
    connected: Flask, simulators: Simulators, team: Team, clock: Clock
) -> None:
    interview = interview_of(connected, simulators, team)
    clock.move(timedelta(minutes=3))
    cleo = Visitor(connected).enter(team.cleo)
    cleo.get(f"/interviews/{interview}", status=404)
    cleo.post(f"/interviews/{interview}/look", htmx=True, status=404)
    cleo.post(f"/interviews/{interview}/restore-meeting", status=404)
    with in_rows(connected):
        due = db.session.scalars(
            db.select(Task.run_at).where(Task.kind == LOOK, Task.state == TaskState.READY)
        ).one()
    assert due > clock() + timedelta(hours=1)
