"""Teams meetings, byte for byte: one event, one link, and one that takes its time or does not come."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from providers.base import Meeting, MeetingRequest
from providers.errors import (
    EntryGoneError,
    HostNotAllowedError,
    NotReadyError,
    RetryableError,
)
from providers.microsoft.provider import OutlookCalendarApp
from providers.microsoft.teams import PAUSES
from tests.providers.conftest import NOW
from tests.providers.microsoft_answers import (
    CAN,
    EVENT,
    GRANT,
    ID,
    KEY,
    LINK,
    MADE,
    MEETING_ID,
    OURS,
    PENDING,
    PLAIN,
    PROPERTY,
    REQUEST,
    SKYPE,
    STARTS_AT,
    WANTED,
    duplicate,
    event_with,
    listed,
    methods,
    online,
    refused,
    said,
    sent,
)
from tests.providers.scripted_server import Script, ScriptedServer, answer, drop


def test_a_meeting_without_an_entry_makes_the_event_that_becomes_the_entry(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer, pauses: list[float]
) -> None:
    scripted_server.answers(CAN, said(online(), 201))
    made = scripted_outlook.meetings.create_meeting(GRANT, REQUEST)
    asked, request = scripted_server.requests
    assert sent(asked)[1:3] == (
        "/me/calendar",
        {"$select": ["allowedOnlineMeetingProviders,defaultOnlineMeetingProvider"]},
    )
    assert sent(request) == (
        "POST",
        "/me/events",
        {},
        {
            "subject": "Data Engineer Interview",
            "body": {
                "contentType": "html",
                "content": "<html><body><div>Ask &lt;why&gt;.</div></body></html>",
            },
            "start": {"dateTime": "2031-03-10T09:30:00", "timeZone": "UTC"},
            "end": {"dateTime": "2031-03-10T10:15:00", "timeZone": "UTC"},
            "isAllDay": False,
            "showAs": "busy",
            "transactionId": KEY,
            "singleValueExtendedProperties": [
                {"id": f"{PROPERTY}SmoothHiring", "value": "interview"},
                {"id": f"{PROPERTY}SmoothHiringKey", "value": KEY},
            ],
            **WANTED,
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
        created_at=NOW + timedelta(microseconds=376042),
        host_account_id=None,
        timezone="UTC",
        entry_id=ID,
    )
    assert len(made.id) <= 64
    assert LINK not in repr(made)
    assert pauses == []


@pytest.mark.parametrize("refusal", [duplicate(409, ID), duplicate(400, ID)])
def test_a_meeting_on_an_entry_that_exists_leaves_the_entry_alone(
    refusal: Script, scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(CAN, refusal, said(listed(PLAIN)), said(MADE))
    assert scripted_outlook.meetings.create_meeting(GRANT, REQUEST).join_url == LINK
    assert (sent(scripted_server.requests[3])[0], sent(scripted_server.requests[3])[3]) == ("PATCH", WANTED)


def test_an_answer_with_the_entry_that_exists_is_not_taken_for_a_refusal(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(CAN, said(EVENT, 201), said(MADE))
    assert scripted_outlook.meetings.create_meeting(GRANT, REQUEST).join_url == LINK
    assert methods(scripted_server) == ["GET", "POST", "PATCH"]


def test_a_meeting_that_is_there_already_is_the_meeting(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(CAN, duplicate(), said(listed(MADE)))
    assert scripted_outlook.meetings.create_meeting(GRANT, REQUEST).id == MEETING_ID
    assert methods(scripted_server) == ["GET", "POST", "GET"]


def test_a_key_whose_entry_was_deleted_is_used_up(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(CAN, duplicate(), said(listed()))
    with pytest.raises(EntryGoneError):
        scripted_outlook.meetings.create_meeting(GRANT, REQUEST)


def test_a_link_that_comes_late_is_waited_for_a_moment(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer, pauses: list[float]
) -> None:
    scripted_server.answers(CAN, said(PENDING, 201), said(PENDING), said(PENDING), said(MADE))
    assert scripted_outlook.meetings.create_meeting(GRANT, REQUEST).join_url == LINK
    assert pauses == list(PAUSES)


def test_a_link_that_does_not_come_is_not_ready(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(CAN, said(PENDING, 201), said(PENDING))
    with pytest.raises(NotReadyError) as caught:
        scripted_outlook.meetings.create_meeting(GRANT, REQUEST)
    assert caught.value.maybe_applied
    assert methods(scripted_server) == ["GET", "POST", *["GET"] * len(PAUSES)]


@pytest.mark.parametrize(
    "lost",
    [drop, refused(503, "serviceNotAvailable"), refused(429, "TooManyRequests"), answer(200, b"<html>")],
)
def test_what_happens_while_waiting_may_have_left_a_meeting(
    lost: Script, scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(CAN, said(PENDING, 201), lost)
    with pytest.raises(RetryableError) as caught:
        scripted_outlook.meetings.create_meeting(GRANT, REQUEST)
    assert caught.value.maybe_applied


@pytest.mark.parametrize("lost", [drop, refused(500, "ErrorInternalServerError"), answer(201, b"<html>")])
def test_a_lost_create_may_have_been_one(
    lost: Script, scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(CAN, lost)
    with pytest.raises(RetryableError) as caught:
        scripted_outlook.meetings.create_meeting(GRANT, REQUEST)
    assert caught.value.maybe_applied


@pytest.mark.parametrize("lost", [drop, refused(503, "serviceNotAvailable"), refused(429, "TooManyRequests")])
def test_call_lost_before_anything_is_made_has_made_nothing(
    lost: Script, scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(lost)
    with pytest.raises(RetryableError) as caught:
        scripted_outlook.meetings.create_meeting(GRANT, REQUEST)
    assert not caught.value.maybe_applied


@pytest.mark.parametrize(
    ("possible", "words"),
    [
        (["unknown"], "can't make Teams meetings"),
        (["skypeForConsumer"], "personal Microsoft account"),
        (["skypeForBusiness", "unknown"], "other than Teams"),
    ],
)
def test_an_account_without_teams_is_refused_before_anything_is_made(
    possible: list[str], words: str, scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said({"allowedOnlineMeetingProviders": possible}))
    with pytest.raises(HostNotAllowedError, match=words) as caught:
        scripted_outlook.meetings.create_meeting(GRANT, REQUEST)
    assert caught.value.entry_id is None
    assert methods(scripted_server) == ["GET"]


@pytest.mark.parametrize(
    "possible", [[], None, ..., ["skypeForBusiness", "teamsForBusiness"], [7, "teamsForBusiness"]]
)
def test_an_account_that_may_have_teams_is_tried(
    possible: object, scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    stated = {} if possible is ... else {"allowedOnlineMeetingProviders": possible}
    scripted_server.answers(said(stated), said(MADE, 201))
    assert scripted_outlook.meetings.create_meeting(GRANT, REQUEST).id == MEETING_ID


@pytest.mark.parametrize(
    ("made", "words", "code", "is_spoiled"),
    [
        (PLAIN, "can't make Teams meetings", None, False),
        (event_with(isOnlineMeeting=True, **OURS), "can't make Teams meetings", "unknown", True),
        (online(**SKYPE, **OURS), "other than Teams", "skypeForConsumer", True),
    ],
)
@pytest.mark.parametrize("is_new", [True, False])
def test_an_event_that_got_no_teams_meeting_is_named(
    is_new: bool,
    made: dict[str, Any],
    words: str,
    code: str | None,
    is_spoiled: bool,
    scripted_outlook: OutlookCalendarApp,
    scripted_server: ScriptedServer,
) -> None:
    """Where Teams can't be used, Graph grants the request without a meeting, or with another one."""
    before = [said(made, 201)] if is_new else [duplicate(409, ID), said(listed(PLAIN)), said(made)]
    scripted_server.answers(CAN, *before, *[said(made)] * (len(PAUSES) + 1))
    with pytest.raises(HostNotAllowedError, match=words) as caught:
        scripted_outlook.meetings.create_meeting(GRANT, REQUEST)
    assert caught.value.facts.provider_code == code
    assert (caught.value.entry_id, caught.value.is_spoiled) == (ID, is_spoiled)
    assert "DELETE" not in methods(scripted_server)


@pytest.mark.parametrize(
    "wrong",
    [replace(REQUEST, entry_key=""), replace(REQUEST, entry_key="a" * 48)],
)
def test_a_meeting_needs_a_key(wrong: MeetingRequest, scripted_outlook: OutlookCalendarApp) -> None:
    with pytest.raises(ValueError, match="key"):
        scripted_outlook.meetings.create_meeting(GRANT, wrong)
