"""Changing and removing Zoom meetings against the simulated Zoom, lost answers included."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from providers.base import Grant, MeetingChange, MeetingRequest, TokenSet
from providers.errors import MeetingGoneError, PasscodeRefusedError, RetryableError
from providers.zoom.meetings import update_body
from providers.zoom.provider import ZoomProvider
from tests.machines.simulators import Simulators
from tests.providers.scripted_server import ScriptedServer, answer

LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)


def test_an_update_sends_what_changes_and_nothing_else() -> None:
    now = datetime(2031, 3, 1, tzinfo=UTC)
    assert update_body(MeetingChange(topic="T" * 300), now) == {"topic": "T" * 199 + "…"}
    everything = MeetingChange(
        topic="Data Engineer Interview",
        agenda="",
        starts_at=datetime(2031, 3, 10, 9, 30, tzinfo=UTC),
        duration_minutes=60,
        timezone="Europe/Kyiv",
        passcode="Quiet-42",
    )
    assert update_body(everything, now) == {
        "topic": "Data Engineer Interview",
        "agenda": "",
        "start_time": "2031-03-10T09:30:00Z",
        "duration": 60,
        "timezone": "Europe/Kiev",
        "password": "Quiet-42",
    }
    assert update_body(MeetingChange(timezone="Etc/UTC"), now) == {"timezone": "UTC"}


def test_a_change_of_nothing_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="something"):
        MeetingChange()
    with pytest.raises(ValueError, match="UTC"):
        MeetingChange(starts_at=datetime(2031, 3, 10, 9, 30))  # noqa: DTZ001 - that is the mistake
    with pytest.raises(ValueError, match="at least 1"):
        MeetingChange(duration_minutes=0)


def test_a_meeting_is_changed_where_asked_and_shown_as_it_is_afterwards(
    zoom: ZoomProvider, host: Grant, simulators: Simulators, meeting_request: MeetingRequest
) -> None:
    made = zoom.create_meeting(host, meeting_request)
    later = meeting_request.starts_at + timedelta(days=1)
    moved = zoom.update_meeting(host, made.id, MeetingChange(starts_at=later, duration_minutes=60))
    assert moved == replace(made, starts_at=later, duration_minutes=60)
    assert zoom.read_meeting(host, made.id) == moved
    patches = [call["body"] for call in simulators.ledger()["calls"] if call["operation"] == "update"]
    assert [set(body) for body in patches] == [{"start_time", "duration"}]


def test_a_new_passcode_brings_a_new_link(
    zoom: ZoomProvider, host: Grant, meeting_request: MeetingRequest
) -> None:
    made = zoom.create_meeting(host, meeting_request)
    changed = zoom.update_meeting(host, made.id, MeetingChange(passcode="Quiet-42"))
    assert changed.passcode == "Quiet-42"
    assert changed.join_url != made.join_url


def test_a_passcode_that_the_account_refuses_changes_nothing(
    zoom: ZoomProvider, connect: Callable[[str], TokenSet], meeting_request: MeetingRequest
) -> None:
    grant = Grant(connect("sofia.lindqvist@northlight.example").access_token)
    made = zoom.create_meeting(grant, meeting_request)
    with pytest.raises(PasscodeRefusedError):
        zoom.update_meeting(grant, made.id, MeetingChange(topic="Another", passcode="12"))
    assert zoom.read_meeting(grant, made.id) == made


def test_a_start_in_the_past_is_ignored_and_the_meeting_shows_it(
    zoom: ZoomProvider, host: Grant, meeting_request: MeetingRequest
) -> None:
    made = zoom.create_meeting(host, meeting_request)
    assert zoom.update_meeting(host, made.id, MeetingChange(starts_at=LONG_AGO)).starts_at == made.starts_at


def test_a_change_whose_answer_was_lost_shows_when_read_back(
    zoom: ZoomProvider, host: Grant, simulators: Simulators, meeting_request: MeetingRequest
) -> None:
    made = zoom.create_meeting(host, meeting_request)
    simulators.zoom_switches(lose_next_updates=1)
    with pytest.raises(RetryableError) as caught:
        zoom.update_meeting(host, made.id, MeetingChange(topic="Another Interview"))
    assert caught.value.maybe_applied
    assert zoom.read_meeting(host, made.id).topic == "Another Interview"


def test_a_change_that_cannot_be_read_back_may_have_been_made(
    scripted_zoom: ZoomProvider, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(answer(204), answer(503))
    with pytest.raises(RetryableError) as caught:
        scripted_zoom.update_meeting(Grant("t"), "123", MeetingChange(topic="Another"))
    assert caught.value.maybe_applied
    assert [request.target for request in scripted_server.requests] == [
        "PATCH /v2/meetings/123",
        "GET /v2/meetings/123",
    ]


def test_a_meeting_that_is_gone_cannot_be_changed(
    zoom: ZoomProvider, host: Grant, meeting_request: MeetingRequest
) -> None:
    made = zoom.create_meeting(host, meeting_request)
    zoom.delete_meeting(host, made.id)
    with pytest.raises(MeetingGoneError):
        zoom.update_meeting(host, made.id, MeetingChange(topic="Another"))


def test_a_delete_whose_answer_was_lost_may_be_repeated(
    zoom: ZoomProvider, host: Grant, simulators: Simulators, meeting_request: MeetingRequest
) -> None:
    made = zoom.create_meeting(host, meeting_request)
    simulators.zoom_switches(lose_next_deletes=1)
    with pytest.raises(RetryableError):
        zoom.delete_meeting(host, made.id)
    zoom.delete_meeting(host, made.id)
    assert all(meeting["deleted"] for meeting in simulators.ledger()["meetings"])
