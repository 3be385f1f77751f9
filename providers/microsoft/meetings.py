"""The Teams meeting of an event as JSON: what is sent, and how the answers are read.

Source: "Create Outlook events as online meetings" of Graph's guides, and Graph's metadata. Two properties of
the event request a meeting, and its link appears on the event right away or a little later. Where Teams can't
be used, the same request may be granted without a meeting, or with one of another product.
"""

import hashlib
import re
from datetime import timedelta
from typing import Any

from providers.answers import UnusableAnswerError, optional_instant, optional_text, required_link
from providers.base import CalendarEntry, ListedMeeting, Meeting, MeetingChange, MeetingRequest
from providers.microsoft import bodies
from providers.microsoft.events import (
    MAX_TITLE,
    checked_key,
    cut,
    entry_body,
    id_in,
    key_in,
    time_body,
    times_in,
)

TEAMS = "teamsForBusiness"
UNKNOWN = "unknown"
# What personal accounts have at most.
PERSONAL = frozenset({"skypeForConsumer", UNKNOWN})
WANTED: dict[str, Any] = {"isOnlineMeeting": True, "onlineMeetingProvider": TEAMS}

# What the database holds as the id of a meeting: the entry's key, a stroke, and a digest of the link.
MAX_MEETING_ID = 64
_DIGITS = 16
_MARK = re.compile(r"[0-9a-f]{16}")


def new_event_body(request: MeetingRequest) -> dict[str, Any]:
    """Return the body of an event that holds nothing but the meeting. Raises ValueError without a key."""
    if len(request.entry_key) + 1 + _DIGITS > MAX_MEETING_ID:
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
    # Outlook writes "Microsoft Teams Meeting" there on its own.
    body = {name: value for name, value in entry_body(entry).items() if name != "location"}
    return {**body, **WANTED}


def change_body(change: MeetingChange, event: dict[str, Any]) -> dict[str, Any]:
    """Return the body that changes what `change` names in the event that a meeting lives on; empty if there
    is nothing to do. A meeting has no passcode of ours, and lets people in as the organization's own rules
    say."""
    body: dict[str, Any] = {}
    if change.topic is not None:
        body["subject"] = cut(change.topic, MAX_TITLE)
    if change.agenda is not None:
        body["body"] = bodies.written(change.agenda)
    if change.starts_at is None and change.duration_minutes is None:
        return body
    starts_at, ends_at = times_in(event)
    length = ends_at - starts_at
    if change.duration_minutes is not None:
        length = timedelta(minutes=change.duration_minutes)
    starts_at = change.starts_at or starts_at
    return {**body, **time_body(starts_at, starts_at + length)}


def is_online(event: dict[str, Any]) -> bool:
    """Tell whether an event is an online meeting of any software, with a link or not yet."""
    return event.get("isOnlineMeeting") is True or bool(_info(event))


def provider_in(event: dict[str, Any]) -> str:
    """Return what the online meeting of an event is made with, "" for an event that is none."""
    if not is_online(event):
        return ""
    return optional_text(event, "onlineMeetingProvider") or UNKNOWN


def join_url_in(event: dict[str, Any]) -> str:
    """Return the link of an event's Teams meeting; "" if there is none that can be joined."""
    if provider_in(event) != TEAMS:
        return ""
    try:
        return required_link(_info(event), "joinUrl")
    except UnusableAnswerError:
        return ""


def meeting_in(event: dict[str, Any]) -> Meeting:
    """Return the meeting on an event of ours. Raises UnusableAnswerError if there is none, or no time."""
    link, key = join_url_in(event), key_in(event)
    if not link or not key:
        raise UnusableAnswerError("onlineMeeting")
    starts_at, ends_at = times_in(event)
    return Meeting(
        id=meeting_id(key, link),
        join_url=link,
        passcode=None,
        starts_at=starts_at,
        duration_minutes=_minutes(ends_at - starts_at),
        topic=optional_text(event, "subject"),
        agenda=bodies.text_in(event),
        created_at=optional_instant(event, "createdDateTime"),
        host_account_id=None,
        timezone=optional_text(event, "originalStartTimeZone") or None,
        entry_id=id_in(event),
    )


def listed_in(event: dict[str, Any]) -> ListedMeeting | None:
    """Return the meeting on a listed event; None if there is none that can be used."""
    try:
        meeting = meeting_in(event)
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


def meeting_id(key: str, link: str) -> str:
    """Return the id of a meeting. Graph names none that would do: those of events are longer than what is
    kept. An event that has got another link has another meeting."""
    return f"{key}/{hashlib.sha256(link.encode()).hexdigest()[:_DIGITS]}"


def key_of(meeting_id: str) -> str:
    """Return the key of the entry that a meeting lives on; raise ValueError for what is no id of one."""
    key, _, mark = meeting_id.rpartition("/")
    if not _MARK.fullmatch(mark):
        raise ValueError("not an id of a Teams meeting")
    return checked_key(key)


def _info(event: dict[str, Any]) -> dict[str, Any]:
    info = event.get("onlineMeeting")
    return info if isinstance(info, dict) else {}


def _minutes(length: timedelta) -> int | None:
    minutes = round(length.total_seconds() / 60)
    return minutes if minutes >= 1 else None
