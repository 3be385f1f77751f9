"""The Google Meet conference of an event as JSON: what is sent, and how the answers are read.

Source: the discovery document of the Calendar API v3, "ConferenceData". A conference is requested, and made
some time later: until then the event only holds the request and its state.
"""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from providers.answers import UnusableAnswerError, optional_instant, optional_text, required_link
from providers.base import CalendarEntry, ListedMeeting, Meeting, MeetingChange, MeetingRequest
from providers.google.events import (
    MAX_TITLE,
    as_change,
    checked_id,
    checked_key,
    cut,
    entry_body,
    escaped,
    id_in,
    key_in,
    moment,
    plain,
    times_in,
    timezone_in,
)

MEET = "hangoutsMeet"
PENDING, FAILURE = "pending", "failure"
# What the database holds as the id of a meeting: the event's id, a stroke, and the conference's.
MAX_MEETING_ID = 64
MAX_CONFERENCE_ID = 16

_CONFERENCE = re.compile(r"[A-Za-z0-9_-]{1,16}")


@dataclass(frozen=True, slots=True)
class Conference:
    """A conference that people can join."""

    id: str
    link: str = field(repr=False)


def new_event_body(request: MeetingRequest) -> dict[str, Any]:
    """Return the body of an event that holds nothing but the meeting. Raises ValueError without a key and a
    name of the creation."""
    if len(request.entry_key) + 1 + MAX_CONFERENCE_ID > MAX_MEETING_ID:
        raise ValueError("the key of the entry is too long for the id of a meeting")
    entry = CalendarEntry(
        key=checked_key(request.entry_key),
        title=request.topic,
        description=request.agenda,
        location="",
        starts_at=request.starts_at,
        ends_at=request.starts_at + timedelta(minutes=request.duration_minutes),
        timezone=request.timezone,
        page_url="",
    )
    body = entry_body(entry)
    del body["location"]
    return {"id": request.entry_key, **body, **conference_body(request)}


def conference_body(request: MeetingRequest) -> dict[str, Any]:
    """Return the body that requests a conference. Google ignores a request under the name of the one before,
    so that it may be repeated."""
    if not request.creation:
        raise ValueError("a creation needs a name")
    key = {"type": MEET}
    return {
        "conferenceData": {"createRequest": {"requestId": request.creation, "conferenceSolutionKey": key}}
    }


def change_body(change: MeetingChange, event: dict[str, Any]) -> dict[str, Any]:
    """Return the body that changes what `change` names in the event that a meeting lives on; empty if there
    is nothing to do. A conference has no password, and lets people in as the account's own rules say."""
    body: dict[str, Any] = {}
    if change.topic is not None:
        body["summary"] = cut(change.topic, MAX_TITLE)
    if change.agenda is not None:
        body["description"] = escaped(change.agenda)
    if change.starts_at is None and change.duration_minutes is None and change.timezone is None:
        return body
    starts_at, ends_at = times_in(event)
    length = ends_at - starts_at
    if change.duration_minutes is not None:
        length = timedelta(minutes=change.duration_minutes)
    starts_at = change.starts_at or starts_at
    zone = change.timezone or timezone_in(event) or "UTC"
    times = {"start": moment(starts_at, zone), "end": moment(starts_at + length, zone)}
    return {**body, **as_change(times)}


def conference_in(event: dict[str, Any]) -> Conference | None:
    """Return the Google Meet conference of an event, None if there is none that can be joined."""
    data = event.get("conferenceData")
    if not isinstance(data, dict):
        return None
    solution = data.get("conferenceSolution")
    kind = solution.get("key") if isinstance(solution, dict) else None
    # Other software can put its meetings there as well.
    if isinstance(kind, dict) and optional_text(kind, "type") not in ("", MEET):
        return None
    link = _link_in(data) or _link(event, "hangoutLink")
    conference_id = optional_text(data, "conferenceId") or link.rstrip("/").rpartition("/")[2]
    if not link or not _CONFERENCE.fullmatch(conference_id):
        return None
    return Conference(conference_id, link)


def request_state(event: dict[str, Any]) -> str:
    """Return the state of the request for a conference, "" if there is none."""
    data = event.get("conferenceData")
    request = data.get("createRequest") if isinstance(data, dict) else None
    status = request.get("status") if isinstance(request, dict) else None
    return optional_text(status, "statusCode") if isinstance(status, dict) else ""


def meeting_in(event: dict[str, Any], zone: str = "UTC") -> Meeting:
    """Return the meeting on an event. Raises UnusableAnswerError if there is none, or no time."""
    conference = conference_in(event)
    if conference is None:
        raise UnusableAnswerError("conferenceData")
    starts_at, ends_at = times_in(event, zone)
    return Meeting(
        id=meeting_id(id_in(event), conference),
        join_url=conference.link,
        passcode=None,
        starts_at=starts_at,
        duration_minutes=_minutes(ends_at - starts_at),
        topic=optional_text(event, "summary"),
        agenda=plain(optional_text(event, "description")),
        created_at=optional_instant(event, "created"),
        host_account_id=None,
        timezone=timezone_in(event),
        entry_id=id_in(event),
    )


def listed_in(event: dict[str, Any], zone: str) -> ListedMeeting | None:
    """Return the meeting on a listed event; None if there is none that can be used."""
    try:
        meeting = meeting_in(event, zone)
    except UnusableAnswerError:
        return None
    return ListedMeeting(
        meeting.id,
        meeting.join_url,
        meeting.topic,
        meeting.starts_at,
        meeting.duration_minutes,
        entry_key=key_in(event),
    )


def meeting_id(event_id: str, conference: Conference) -> str:
    """Return the id of a meeting: one made again on the same event is another one."""
    return f"{event_id}/{conference.id}"


def parts_of(meeting_id: str) -> tuple[str, str]:
    """Return the event's id and the conference's; raise ValueError, since an address is made of the first."""
    event_id, _, conference_id = meeting_id.rpartition("/")
    if not _CONFERENCE.fullmatch(conference_id):
        raise ValueError("not an id of a Google Meet meeting")
    return checked_id(event_id), conference_id


def _minutes(length: timedelta) -> int | None:
    minutes = round(length.total_seconds() / 60)
    return minutes if minutes >= 1 else None


def _link_in(data: dict[str, Any]) -> str:
    points = data.get("entryPoints")
    for point in points if isinstance(points, list) else []:
        if isinstance(point, dict) and optional_text(point, "entryPointType") == "video":
            return _link(point, "uri")
    return ""


def _link(holder: dict[str, Any], name: str) -> str:
    try:
        return required_link(holder, name)
    except UnusableAnswerError:
        return ""
