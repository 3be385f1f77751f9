"""Making a Google Meet meeting, byte for byte: one event, one conference, and one that takes its time."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from providers.base import Grant, Meeting, MeetingRequest
from providers.errors import (
    EntryGoneError,
    HostNotAllowedError,
    NotReadyError,
    RefusedError,
    RetryableError,
)
from providers.google.meet import PAUSES
from providers.google.provider import GoogleCalendarApp
from tests.providers.conftest import NOW
from tests.providers.google_answers import (
    ASKED,
    CANCELLED,
    CHANGING,
    DUPLICATE,
    EVENT,
    EVENTS,
    FAILED,
    KEY,
    LINK,
    MADE,
    MEETING_ID,
    PENDING,
    PLAIN,
    event_with,
    methods,
    refused,
    said,
    sent,
)
from tests.providers.scripted_server import Script, ScriptedServer, answer, drop

GRANT = Grant("TOKEN-OF-PRIYA")
STARTS_AT = datetime(2031, 3, 10, 9, 30, tzinfo=UTC)
REQUEST = MeetingRequest(
    "Data Engineer Interview", "Ask <why>.", STARTS_AT, 45, "Europe/Zurich", entry_key=KEY, creation="c-1"
)


def test_a_meeting_without_an_entry_makes_the_event_that_becomes_the_entry(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer, pauses: list[float]
) -> None:
    scripted_server.answers(said(MADE))
    made = scripted_google.meetings.create_meeting(GRANT, REQUEST)
    [request] = scripted_server.requests
    assert sent(request) == (
        "POST",
        EVENTS,
        CHANGING,
        {
            "id": KEY,
            "summary": "Data Engineer Interview",
            "description": "Ask &lt;why&gt;.",
            "start": {"dateTime": "2031-03-10T09:30:00Z", "timeZone": "Europe/Zurich"},
            "end": {"dateTime": "2031-03-10T10:15:00Z", "timeZone": "Europe/Zurich"},
            "transparency": "opaque",
            "reminders": {"useDefault": True},
            "extendedProperties": EVENT["extendedProperties"],
            "conferenceData": {"createRequest": ASKED},
        },
    )
    assert made == Meeting(
        id=MEETING_ID,
        join_url=LINK,
        passcode=None,
        starts_at=STARTS_AT,
        duration_minutes=45,
        topic="Data Engineer Interview: Zoë & Co.",
        agenda="Ask <why>,\nthen R&D.",
        created_at=NOW,
        host_account_id=None,
        timezone="Europe/Zurich",
        entry_id=KEY,
    )
    assert LINK not in repr(made)
    assert pauses == []


def test_a_meeting_on_an_entry_that_exists_leaves_the_entry_alone(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(DUPLICATE, 409), said(PLAIN), said(MADE))
    assert scripted_google.meetings.create_meeting(GRANT, REQUEST).join_url == LINK
    assert sent(scripted_server.requests[2]) == (
        "PATCH",
        f"{EVENTS}/{KEY}",
        CHANGING,
        {"conferenceData": {"createRequest": ASKED}},
    )


def test_a_conference_that_is_there_already_is_the_meeting(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(DUPLICATE, 409), said(MADE))
    assert scripted_google.meetings.create_meeting(GRANT, REQUEST).id == MEETING_ID
    assert methods(scripted_server) == ["POST", "GET"]


def test_what_is_being_made_is_not_requested_again(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer, pauses: list[float]
) -> None:
    scripted_server.answers(said(DUPLICATE, 409), said(PENDING), said(MADE))
    assert scripted_google.meetings.create_meeting(GRANT, REQUEST).id == MEETING_ID
    assert methods(scripted_server) == ["POST", "GET", "GET"]
    assert pauses == [PAUSES[0]]


def test_what_failed_is_requested_again_on_the_same_entry(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(DUPLICATE, 409), said(FAILED), said(MADE))
    request = replace(REQUEST, creation="c-2")
    assert scripted_google.meetings.create_meeting(GRANT, request).id == MEETING_ID
    body = sent(scripted_server.requests[2])[3]
    assert body["conferenceData"]["createRequest"]["requestId"] == "c-2"


def test_a_link_that_comes_late_is_waited_for_a_moment(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer, pauses: list[float]
) -> None:
    scripted_server.answers(said(PENDING), said(PENDING), said(MADE))
    assert scripted_google.meetings.create_meeting(GRANT, REQUEST).join_url == LINK
    assert pauses == list(PAUSES)


def test_a_link_that_does_not_come_is_not_ready(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(PENDING))
    with pytest.raises(NotReadyError) as caught:
        scripted_google.meetings.create_meeting(GRANT, REQUEST)
    assert caught.value.maybe_applied
    assert methods(scripted_server) == ["POST", "GET", "GET"]


@pytest.mark.parametrize("lost", [drop, refused(503, "backendError"), answer(200, b"<html>")])
def test_what_happens_while_waiting_may_have_left_a_meeting(
    lost: Script, scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(PENDING), lost)
    with pytest.raises(RetryableError) as caught:
        scripted_google.meetings.create_meeting(GRANT, REQUEST)
    assert caught.value.maybe_applied


def test_an_account_without_meet_is_said_to_have_none_and_nothing_is_made(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(refused(400, "invalid", "Invalid conference type value."))
    with pytest.raises(HostNotAllowedError, match="This Google account can't make Meet links") as caught:
        scripted_google.meetings.create_meeting(GRANT, REQUEST)
    assert caught.value.entry_id is None
    assert methods(scripted_server) == ["POST"]


@pytest.mark.parametrize(
    "changes",
    [
        {"conferenceData": FAILED["conferenceData"]},
        {},
        {"conferenceData": None},
        {"conferenceData": {"entryPoints": []}},
    ],
)
def test_an_event_that_got_no_conference_is_named(
    changes: dict[str, Any], scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(event_with(**changes)))
    with pytest.raises(HostNotAllowedError) as caught:
        scripted_google.meetings.create_meeting(GRANT, REQUEST)
    assert (caught.value.entry_id, caught.value.is_spoiled) == (KEY, False)
    assert methods(scripted_server) == ["POST"]


@pytest.mark.parametrize("last", [said(FAILED), refused(400, "invalid", "Invalid conference type value.")])
def test_an_entry_that_was_there_before_stays_without_a_meeting(
    last: Script, scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(DUPLICATE, 409), said(PLAIN), last)
    with pytest.raises(HostNotAllowedError) as caught:
        scripted_google.meetings.create_meeting(GRANT, REQUEST)
    assert caught.value.entry_id == KEY
    assert methods(scripted_server) == ["POST", "GET", "PATCH"]


def test_no_meeting_is_made_on_an_entry_that_its_owner_deleted_or_made(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(DUPLICATE, 409), said(CANCELLED))
    with pytest.raises(EntryGoneError):
        scripted_google.meetings.create_meeting(GRANT, REQUEST)
    scripted_server.answers(said(DUPLICATE, 409), said(event_with(extendedProperties=...)))
    with pytest.raises(RefusedError) as caught:
        scripted_google.meetings.create_meeting(GRANT, REQUEST)
    assert caught.value.code == "entry_taken"


@pytest.mark.parametrize(
    "request_",
    [replace(REQUEST, entry_key=""), replace(REQUEST, creation=""), replace(REQUEST, entry_key="a" * 60)],
)
def test_without_a_key_and_a_name_nothing_is_made(
    request_: MeetingRequest, scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(MADE))
    with pytest.raises(ValueError):
        scripted_google.meetings.create_meeting(GRANT, request_)
    assert scripted_server.requests == []
