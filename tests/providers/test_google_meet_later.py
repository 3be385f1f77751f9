"""What happens to a Google Meet meeting later, byte for byte: found, changed, taken off its entry, gone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from providers.base import Grant, MeetingChange, MeetingRequest
from providers.errors import (
    AccessTokenRejectedError,
    MeetingGoneError,
    NotReadyError,
    ProviderError,
    RefusedError,
    RetryableError,
)
from providers.google.provider import GoogleCalendarApp
from tests.providers.conftest import NOW
from tests.providers.google_answers import (
    CANCELLED,
    CHANGING,
    EVENTS,
    FAILED,
    KEY,
    LINK,
    MADE,
    MEETING_ID,
    PENDING,
    PLAIN,
    conference,
    event_with,
    meeting_event,
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


@pytest.mark.parametrize(
    ("changes", "link"),
    [
        ({"entryPoints": ...}, "https://meet.google.com/from-hang-out"),
        (
            {"entryPoints": [{"entryPointType": "phone", "uri": "tel:+1"}]},
            "https://meet.google.com/from-hang-out",
        ),
        ({"entryPoints": "many"}, "https://meet.google.com/from-hang-out"),
        (
            {"entryPoints": [7, {"entryPointType": "video", "uri": "javascript:x"}]},
            "https://meet.google.com/from-hang-out",
        ),
        ({"conferenceSolution": ...}, LINK),
    ],
)
def test_the_link_is_found_where_google_puts_it(
    changes: dict[str, Any], link: str, scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    event = event_with(
        conferenceData=conference(**changes), hangoutLink="https://meet.google.com/from-hang-out"
    )
    scripted_server.answers(said(event))
    assert scripted_google.meetings.read_meeting(GRANT, MEETING_ID).join_url == link


@pytest.mark.parametrize(
    "script",
    [
        said(PLAIN),
        said(PENDING),
        said(FAILED),
        said(CANCELLED),
        said(event_with(conferenceData=conference(conferenceId="new-conf-nce"))),
        said(event_with(conferenceData=conference(conferenceSolution={"key": {"type": "addOn"}}))),
        said(event_with(conferenceData=conference(conferenceId="../../x", entryPoints=[]))),
        said(event_with(conferenceData="soon")),
    ],
)
def test_a_meeting_is_gone_with_its_event_or_its_conference(
    script: Script, scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    meetings = scripted_google.meetings
    calls: tuple[Callable[[], object], ...] = (
        lambda: meetings.read_meeting(GRANT, MEETING_ID),
        lambda: meetings.update_meeting(GRANT, MEETING_ID, MeetingChange(topic="Another")),
    )
    for call in calls:
        scripted_server.answers(script)
        with pytest.raises(MeetingGoneError):
            call()
    for keeps_entry in (False, True):
        meetings.delete_meeting(GRANT, MEETING_ID, keeps_entry=keeps_entry)
    assert set(methods(scripted_server)) == {"GET"}


@pytest.mark.parametrize("script", [refused(404, "notFound"), refused(410, "deleted")])
def test_a_meeting_whose_entry_is_denied_is_gone_unless_the_entry_is_to_stay(
    script: Script, scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    """Providers in trouble deny that meetings exist, and the meeting would stay on the entry for good."""
    scripted_server.answers(script)
    with pytest.raises(MeetingGoneError):
        scripted_google.meetings.read_meeting(GRANT, MEETING_ID)
    scripted_google.meetings.delete_meeting(GRANT, MEETING_ID)
    with pytest.raises(RetryableError):
        scripted_google.meetings.delete_meeting(GRANT, MEETING_ID, keeps_entry=True)
    assert set(methods(scripted_server)) == {"GET"}


def test_an_answer_about_another_event_is_not_believed(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said({**MADE, "id": "another0"}))
    for call in (
        lambda: scripted_google.meetings.read_meeting(GRANT, MEETING_ID),
        lambda: scripted_google.meetings.create_meeting(GRANT, REQUEST),
    ):
        with pytest.raises(RetryableError) as caught:
            call()
        assert caught.value.code == "nonsense"


@pytest.mark.parametrize(
    ("change", "body"),
    [
        (MeetingChange(topic="Another"), {"summary": "Another"}),
        (MeetingChange(agenda="<b>"), {"description": "&lt;b&gt;"}),
        (
            MeetingChange(starts_at=STARTS_AT + timedelta(days=1)),
            {"start": "2031-03-11T09:30:00Z", "end": "2031-03-11T10:15:00Z", "zone": "Europe/Zurich"},
        ),
        (
            MeetingChange(duration_minutes=60),
            {"start": "2031-03-10T09:30:00Z", "end": "2031-03-10T10:30:00Z", "zone": "Europe/Zurich"},
        ),
        (
            MeetingChange(timezone="Asia/Tokyo"),
            {"start": "2031-03-10T09:30:00Z", "end": "2031-03-10T10:15:00Z", "zone": "Asia/Tokyo"},
        ),
    ],
)
def test_a_change_names_what_changes_and_keeps_the_length(
    change: MeetingChange,
    body: dict[str, Any],
    scripted_google: GoogleCalendarApp,
    scripted_server: ScriptedServer,
) -> None:
    scripted_server.answers(said(MADE))
    assert scripted_google.meetings.update_meeting(GRANT, MEETING_ID, change).id == MEETING_ID
    zone = body.pop("zone", None)
    times: dict[str, Any] = {
        name: {"dateTime": body[name], "timeZone": zone, "date": None}
        for name in ("start", "end")
        if name in body
    }
    assert sent(scripted_server.requests[1]) == ("PATCH", f"{EVENTS}/{KEY}", CHANGING, {**body, **times})


def test_how_people_get_in_is_nothing_that_can_be_changed(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(MADE))
    change = MeetingChange(entry=True, passcode="1234")
    assert scripted_google.meetings.update_meeting(GRANT, MEETING_ID, change).passcode is None
    assert methods(scripted_server) == ["GET"]


def test_deleting_takes_the_event_along(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(MADE), answer(204))
    scripted_google.meetings.delete_meeting(GRANT, MEETING_ID)
    assert methods(scripted_server) == ["GET", "DELETE"]


@pytest.mark.parametrize("after", [said(PLAIN), said(CANCELLED)])
def test_a_meeting_can_go_while_its_entry_stays(
    after: Script, scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(MADE), said(PLAIN), after)
    scripted_google.meetings.delete_meeting(GRANT, MEETING_ID, keeps_entry=True)
    assert sent(scripted_server.requests[1]) == (
        "PATCH",
        f"{EVENTS}/{KEY}",
        CHANGING,
        {"conferenceData": None},
    )


def test_a_meeting_that_google_does_not_take_off_is_reported_as_staying(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(MADE))
    with pytest.raises(RefusedError) as caught:
        scripted_google.meetings.delete_meeting(GRANT, MEETING_ID, keeps_entry=True)
    assert caught.value.code == "meeting_stays"
    assert methods(scripted_server) == ["GET", "PATCH", "GET"]


def test_taking_a_meeting_off_may_be_repeated(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(MADE), drop)
    with pytest.raises(RetryableError) as caught:
        scripted_google.meetings.delete_meeting(GRANT, MEETING_ID, keeps_entry=True)
    assert not caught.value.maybe_applied


@pytest.mark.parametrize(
    ("script", "found"),
    [
        (said(MADE), [MEETING_ID]),
        (said(PLAIN), []),
        (said(FAILED), []),
        (said(CANCELLED), []),
        (refused(404, "notFound"), []),
        (said(event_with(conferenceData=conference(), extendedProperties=...)), []),
    ],
)
def test_a_lost_create_is_looked_up_on_its_entry(
    script: Script,
    found: list[str],
    scripted_google: GoogleCalendarApp,
    scripted_server: ScriptedServer,
) -> None:
    scripted_server.answers(script)
    meetings = scripted_google.meetings.find_meetings(GRANT, REQUEST, NOW)
    assert [meeting.id for meeting in meetings] == found


def test_a_lost_create_that_is_still_being_made_is_not_ready(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(PENDING))
    with pytest.raises(NotReadyError):
        scripted_google.meetings.find_meetings(GRANT, REQUEST, NOW)
    with pytest.raises(ValueError, match="created_since"):
        scripted_google.meetings.find_meetings(GRANT, REQUEST, NOW.replace(tzinfo=None))


def test_a_list_holds_what_the_product_made_and_can_be_joined(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    items = [
        MADE,
        PLAIN,
        {"id": "stub0"},
        7,
        meeting_event(id="days0", start={"date": "2031-03-10"}, end=...),
    ]
    scripted_server.answers(said({"timeZone": "Europe/Zurich", "items": items}))
    listed = scripted_google.meetings.list_meetings(GRANT)
    assert [(each.id, each.duration_minutes) for each in listed] == [
        (MEETING_ID, 45),
        ("days0/abc-defg-hij", None),
    ]
    assert listed[1].starts_at == datetime(2031, 3, 9, 23, tzinfo=UTC)
    query = sent(scripted_server.requests[0])[2]
    assert query["privateExtendedProperty"] == ["smoothhiring=interview"]
    assert query["timeMin"] == ["2031-03-04T15:30:00Z"]


@pytest.mark.parametrize("meeting_id", ["", KEY, "a b/abc", f"{KEY}/", f"{KEY}/ab/../c", f"{KEY}/{'x' * 17}"])
def test_an_id_that_is_not_one_never_leaves(
    meeting_id: str, scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(MADE))
    with pytest.raises(ValueError):
        scripted_google.meetings.read_meeting(GRANT, meeting_id)
    with pytest.raises(ValueError):
        scripted_google.meetings.delete_meeting(GRANT, meeting_id)
    assert scripted_server.requests == []


@pytest.mark.parametrize(
    ("script", "expected"),
    [(refused(401, "authError"), AccessTokenRejectedError), (refused(403, "forbidden"), RefusedError)],
)
def test_other_errors_pass_through(
    script: Script,
    expected: type[ProviderError],
    scripted_google: GoogleCalendarApp,
    scripted_server: ScriptedServer,
) -> None:
    scripted_server.answers(script)
    for call in (
        lambda: scripted_google.meetings.create_meeting(GRANT, REQUEST),
        lambda: scripted_google.meetings.find_meetings(GRANT, REQUEST, NOW),
        lambda: scripted_google.meetings.delete_meeting(GRANT, MEETING_ID),
        lambda: scripted_google.meetings.list_meetings(GRANT),
    ):
        with pytest.raises(expected):
            call()
