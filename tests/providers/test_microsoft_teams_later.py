"""Teams meetings after they were made: read, changed, removed, found and listed."""

from datetime import timedelta
from typing import Any

import pytest

from providers.base import ListedMeeting, MeetingChange
from providers.errors import (
    MeetingGoneError,
    NotReadyError,
    RefusedError,
    RetryableError,
)
from providers.microsoft.provider import OutlookCalendarApp
from tests.providers.conftest import NOW
from tests.providers.microsoft_answers import (
    GRANT,
    ID,
    JOINING,
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
    listed,
    methods,
    online,
    refused,
    said,
    sent,
)
from tests.providers.scripted_server import Script, ScriptedServer, answer, drop


def test_a_meeting_is_read_by_the_key_of_its_entry(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(listed(MADE)))
    assert scripted_outlook.meetings.read_meeting(GRANT, MEETING_ID).join_url == LINK
    assert sent(scripted_server.requests[0])[2]["$filter"] == [
        f"singleValueExtendedProperties/any(ep: ep/id eq '{PROPERTY}SmoothHiringKey' and ep/value eq '{KEY}')"
    ]


OTHER_LINK = {"onlineMeeting": {"joinUrl": f"{LINK}2"}}


@pytest.mark.parametrize(
    "found",
    [
        listed(PLAIN),
        listed(PENDING),
        listed(online(**{**OTHER_LINK, **OURS})),
        listed(online(**{**SKYPE, **OURS})),
    ],
)
def test_a_meeting_that_is_not_on_its_entry_is_gone(
    found: dict[str, Any], scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(found))
    with pytest.raises(MeetingGoneError):
        scripted_outlook.meetings.read_meeting(GRANT, MEETING_ID)
    with pytest.raises(MeetingGoneError):
        scripted_outlook.meetings.update_meeting(GRANT, MEETING_ID, MeetingChange(topic="Another"))
    scripted_outlook.meetings.delete_meeting(GRANT, MEETING_ID)
    scripted_outlook.meetings.delete_meeting(GRANT, MEETING_ID, keeps_entry=True)
    assert set(methods(scripted_server)) == {"GET"}


def test_a_meeting_whose_entry_is_not_listed_is_gone_unless_the_entry_is_to_stay(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    """A list that is out of date lacks an existing entry, and the meeting would stay on it for good."""
    scripted_server.answers(said(listed()))
    with pytest.raises(MeetingGoneError):
        scripted_outlook.meetings.read_meeting(GRANT, MEETING_ID)
    scripted_outlook.meetings.delete_meeting(GRANT, MEETING_ID)
    with pytest.raises(RetryableError):
        scripted_outlook.meetings.delete_meeting(GRANT, MEETING_ID, keeps_entry=True)
    assert set(methods(scripted_server)) == {"GET"}


@pytest.mark.parametrize(
    "wrong", ["", KEY, f"{KEY}/", f"{KEY}/abc", f"No' or true/{'0' * 16}", f"/{'0' * 16}"]
)
def test_what_is_not_the_id_of_a_meeting_is_not_asked_for(
    wrong: str, scripted_outlook: OutlookCalendarApp
) -> None:
    with pytest.raises(ValueError, match="not a"):
        scripted_outlook.meetings.read_meeting(GRANT, wrong)


def test_a_meeting_moves_without_touching_its_text(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    moved = online(start={"dateTime": "2031-03-11T09:30:00.0000000", "timeZone": "UTC"}, **OURS)
    moved["end"] = {"dateTime": "2031-03-11T10:15:00.0000000", "timeZone": "UTC"}
    scripted_server.answers(said(listed(MADE)), said(moved), said(listed(moved)))
    change = MeetingChange(starts_at=STARTS_AT + timedelta(days=1), topic="T" * 300, timezone="Asia/Tokyo")
    meeting = scripted_outlook.meetings.update_meeting(GRANT, MEETING_ID, change)
    assert (meeting.id, meeting.starts_at) == (MEETING_ID, STARTS_AT + timedelta(days=1))
    assert sent(scripted_server.requests[1])[3] == {
        "subject": "T" * 254 + "…",
        "start": {"dateTime": "2031-03-11T09:30:00", "timeZone": "UTC"},
        "end": {"dateTime": "2031-03-11T10:15:00", "timeZone": "UTC"},
        "isAllDay": False,
    }


def test_a_length_is_changed_from_the_start_that_is_there(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(listed(MADE)), said(MADE), said(listed(MADE)))
    scripted_outlook.meetings.update_meeting(GRANT, MEETING_ID, MeetingChange(duration_minutes=60))
    body = sent(scripted_server.requests[1])[3]
    assert (body["start"]["dateTime"], body["end"]["dateTime"]) == (
        "2031-03-10T09:30:00",
        "2031-03-10T10:30:00",
    )


def test_an_agenda_goes_in_before_the_part_for_joining(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(listed(MADE)), said(MADE), said(listed(MADE)))
    scripted_outlook.meetings.update_meeting(GRANT, MEETING_ID, MeetingChange(agenda="New"))
    content = sent(scripted_server.requests[1])[3]["body"]["content"]
    assert "<div>New</div>" in content
    assert JOINING in content


@pytest.mark.parametrize(
    "change", [MeetingChange(entry=True), MeetingChange(passcode="1"), MeetingChange(timezone="UTC")]
)
def test_what_teams_does_not_have_is_not_sent(
    change: MeetingChange, scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(listed(MADE)))
    assert scripted_outlook.meetings.update_meeting(GRANT, MEETING_ID, change).id == MEETING_ID
    assert methods(scripted_server) == ["GET"]


def test_a_change_that_cost_the_link_is_noticed(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(listed(MADE)), said(MADE), said(listed(online(**{**OTHER_LINK, **OURS}))))
    with pytest.raises(MeetingGoneError):
        scripted_outlook.meetings.update_meeting(GRANT, MEETING_ID, MeetingChange(topic="Another"))


@pytest.mark.parametrize("lost", [[drop], [said(MADE), drop], [said(MADE), refused(429, "TooManyRequests")]])
def test_a_lost_change_may_have_been_one(
    lost: list[Script], scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(listed(MADE)), *lost)
    with pytest.raises(RetryableError) as caught:
        scripted_outlook.meetings.update_meeting(GRANT, MEETING_ID, MeetingChange(topic="Another"))
    assert caught.value.maybe_applied


def test_an_event_that_goes_away_meanwhile_is_gone(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(listed(MADE)), refused(404, "ErrorItemNotFound"))
    with pytest.raises(MeetingGoneError):
        scripted_outlook.meetings.update_meeting(GRANT, MEETING_ID, MeetingChange(topic="Another"))


def test_a_meeting_goes_with_its_entry(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(listed(MADE)), answer(204))
    scripted_outlook.meetings.delete_meeting(GRANT, MEETING_ID)
    assert scripted_server.requests[1].target == f"DELETE /v1.0/me/events/{ID.replace('=', '%3D')}"


def test_a_meeting_cannot_go_without_its_entry(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(listed(MADE)))
    with pytest.raises(RefusedError) as caught:
        scripted_outlook.meetings.delete_meeting(GRANT, MEETING_ID, keeps_entry=True)
    assert caught.value.code == "meeting_stays"
    assert methods(scripted_server) == ["GET"]


def test_a_lost_create_is_found(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(listed(MADE)), said(listed(PLAIN)), said(listed()), said(listed(PENDING)))
    find = scripted_outlook.meetings.find_meetings
    assert [found.id for found in find(GRANT, REQUEST, NOW)] == [MEETING_ID]
    assert find(GRANT, REQUEST, NOW) == []
    assert find(GRANT, REQUEST, NOW) == []
    with pytest.raises(NotReadyError):
        find(GRANT, REQUEST, NOW)


@pytest.mark.parametrize("is_plain", [False, True])
def test_only_meetings_of_ours_that_are_still_ahead_are_listed(
    is_plain: bool, scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    past = {"dateTime": "2031-03-01T09:30:00.0000000", "timeZone": "UTC"}
    found = listed(
        MADE, PLAIN, PENDING, online(transactionId="No-key-of-ours"), online(start=past, end=past, **OURS)
    )
    first = [refused(400, "ErrorInvalidRestriction")] if is_plain else []
    scripted_server.answers(*first, said(found))
    assert scripted_outlook.meetings.list_meetings(GRANT) == [
        ListedMeeting(MEETING_ID, LINK, "Data Engineer Interview: Zoë & Co.", STARTS_AT, 45, KEY)
    ]
    is_ours = f"ep/id eq '{PROPERTY}SmoothHiring' and ep/value eq 'interview'"
    mark = f"singleValueExtendedProperties/any(ep: {is_ours})"
    filters = [sent(request)[2]["$filter"][0] for request in scripted_server.requests]
    assert filters == [f"start/dateTime ge '2031-03-04T15:30:00' and {mark}", mark][: 1 + is_plain]


def test_a_list_that_is_refused_for_another_reason_is_not_asked_for_again(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(refused(409, "Other"))
    with pytest.raises(RetryableError):
        scripted_outlook.meetings.list_meetings(GRANT)
    assert len(scripted_server.requests) == 1
