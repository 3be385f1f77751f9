"""Events of an Outlook calendar as JSON: what is sent, and how the answers are read.

Source: "event resource type" of Graph's reference, and Graph's metadata.
"""

import re
from datetime import UTC, datetime
from typing import Any

from providers.answers import (
    UnusableAnswerError,
    optional_instant,
    optional_text,
    required_link,
    required_text,
)
from providers.base import CalendarEntry, EntryChange, PlacedEntry
from providers.microsoft import bodies
from providers.microsoft.times import instant_in, moment

# Properties of ours on an event, which people do not see. The first marks everything that the product makes,
# and can be listed by; the second holds the entry's key.
_OURS = "String {38f9cc40-f629-4f63-9f81-80a0f25ba6f7} Name"
MARK, MARK_VALUE = f"{_OURS} SmoothHiring", "interview"
KEY = f"{_OURS} SmoothHiringKey"

# As many characters as Exchange keeps of a title.
MAX_TITLE = 255
MAX_LOCATION = 1024
MAX_ID = 255

SELECTED = (
    "id,changeKey,createdDateTime,subject,body,location,start,end,isAllDay,originalStartTimeZone,showAs,webLink,"
    "transactionId,isOnlineMeeting,onlineMeetingProvider,onlineMeeting"
)
EXPANDED = f"singleValueExtendedProperties($filter=id eq '{KEY}')"

_KEY = re.compile(r"[a-v0-9]{5,64}")
_ID = re.compile(r"[A-Za-z0-9_=+/-]{1,255}")


def checked_key(key: str) -> str:
    """Return a key if it is one; raise ValueError, since a query is made of it."""
    if not _KEY.fullmatch(key):
        raise ValueError("not a key of a calendar entry")
    return key


def checked_id(entry_id: str) -> str:
    """Return an id that Graph may have given; raise ValueError for anything else."""
    if not _ID.fullmatch(entry_id):
        raise ValueError("not an id of an Outlook calendar")
    return entry_id


def entry_body(entry: CalendarEntry) -> dict[str, Any]:
    """Return the body that makes an entry.

    The key names the transaction, so that Exchange makes no second event for a call that is repeated. It
    names no attendees: each person's entry is their own, and Microsoft would write to each of them.
    """
    ours = {MARK: MARK_VALUE, KEY: checked_key(entry.key)}
    return {
        "subject": cut(entry.title, MAX_TITLE),
        "body": bodies.written(entry.description),
        "location": {"displayName": cut(entry.location, MAX_LOCATION)},
        **_times(entry.starts_at, entry.ends_at),
        "showAs": _shown_as(entry.shows_busy),
        "transactionId": entry.key,
        "singleValueExtendedProperties": [{"id": name, "value": value} for name, value in ours.items()],
    }


def without_birth(body: dict[str, Any]) -> dict[str, Any]:
    """Return the body of a new entry as one that brings an existing one in line: the transaction cannot be
    changed, and our properties are on it."""
    fixed = ("transactionId", "singleValueExtendedProperties")
    return {name: value for name, value in body.items() if name not in fixed}


def change_body(change: EntryChange) -> dict[str, Any]:
    """Return the body that changes what `change` names, and nothing that the owner may have set."""
    body: dict[str, Any] = {}
    if change.title is not None:
        body["subject"] = cut(change.title, MAX_TITLE)
    if change.description is not None:
        body["body"] = bodies.written(change.description)
    if change.location is not None:
        body["location"] = {"displayName": cut(change.location, MAX_LOCATION)}
    if change.time is not None:
        body |= _times(change.time.starts_at, change.time.ends_at)
    if change.shows_busy is not None:
        body["showAs"] = _shown_as(change.shows_busy)
    return body


def time_body(starts_at: datetime, ends_at: datetime) -> dict[str, Any]:
    """Return the body that moves an event."""
    return _times(starts_at, ends_at)


def is_as_asked(event: dict[str, Any], body: dict[str, Any]) -> bool:
    """Tell whether an event that was just made says what was asked: it may be one that an earlier call of the
    same key has made."""
    place = event.get("location")
    shown = optional_text(place, "displayName") if isinstance(place, dict) else ""
    return (
        optional_text(event, "subject").split() == body["subject"].split()
        and bodies.text_in(event).split() == bodies.text_in(body).split()
        and shown.split() == body["location"]["displayName"].split()
        and instant_in(event.get("start")) == instant_in(body["start"])
        and instant_in(event.get("end")) == instant_in(body["end"])
        and optional_text(event, "showAs") == body["showAs"]
    )


def is_made_by(event: dict[str, Any], body: dict[str, Any]) -> bool:
    """Tell whether an answer can be the event that was made with `body`, now or by an earlier call: anything
    else must not be overwritten. If the answer names no transaction, its content has to match."""
    transaction = optional_text(event, "transactionId")
    if transaction:
        return transaction == str(body["transactionId"])
    return optional_text(event, "subject").split() == body["subject"].split() and instant_in(
        event.get("start")
    ) == instant_in(body["start"])


def id_in(event: dict[str, Any]) -> str:
    """Return an event's id."""
    entry_id = required_text(event, "id")
    if not _ID.fullmatch(entry_id):
        raise UnusableAnswerError("id")
    return entry_id


def key_in(event: dict[str, Any]) -> str:
    """Return the key by which we made an event; "" if it is not ours.

    Not every answer has our properties, and then its transaction tells. A copy that someone made of an event
    may have taken the properties along; if it is of a transaction, it is of another one.
    """
    transaction = optional_text(event, "transactionId")
    key = _property(event, KEY)
    if key is None:
        key = transaction
    return key if _KEY.fullmatch(key) and transaction in ("", key) else ""


def is_of_transaction(event: dict[str, Any], key: str) -> bool:
    """Tell whether the call that made an event named this key as its transaction, which no copy shares."""
    return optional_text(event, "transactionId") == key


def entry_in(event: dict[str, Any]) -> PlacedEntry:
    """Return the entry in an answer. Raises UnusableAnswerError without a usable id or time."""
    starts_at, ends_at = times_in(event)
    place = event.get("location")
    return PlacedEntry(
        id=id_in(event),
        key=key_in(event),
        version=(optional_text(event, "changeKey") or optional_text(event, "@odata.etag"))[:MAX_ID],
        title=optional_text(event, "subject"),
        description=bodies.text_in(event),
        location=optional_text(place, "displayName") if isinstance(place, dict) else "",
        starts_at=starts_at,
        ends_at=ends_at,
        web_url=_web_url_in(event),
    )


def times_in(event: dict[str, Any]) -> tuple[datetime, datetime]:
    """Return when an event starts and ends. One without a usable end ends as it starts. Days begin in the
    zone in which the event was made: the calendar's own would take a further permission to ask."""
    days_in = optional_text(event, "originalStartTimeZone") if event.get("isAllDay") is True else None
    starts_at = instant_in(event.get("start"), all_day_in=days_in)
    if starts_at is None:
        raise UnusableAnswerError("start")
    ends_at = instant_in(event.get("end"), all_day_in=days_in)
    return starts_at, max(starts_at, ends_at or starts_at)


def made_at(event: dict[str, Any]) -> datetime:
    """Return when an event was made, the beginning of time if the answer did not say."""
    return optional_instant(event, "createdDateTime") or datetime.min.replace(tzinfo=UTC)


def _times(starts_at: datetime, ends_at: datetime) -> dict[str, Any]:
    # An event that its owner made one of whole days can have no other times.
    return {"start": moment(starts_at), "end": moment(ends_at), "isAllDay": False}


def _shown_as(shows_busy: bool) -> str:
    return "busy" if shows_busy else "free"


def _property(event: dict[str, Any], name: str) -> str | None:
    listed = event.get("singleValueExtendedProperties")
    for each in listed if isinstance(listed, list) else []:
        # Exchange does not keep the case of the braces' content.
        if isinstance(each, dict) and optional_text(each, "id").lower() == name.lower():
            return optional_text(each, "value")
    return None


def _web_url_in(event: dict[str, Any]) -> str:
    try:
        return required_link(event, "webLink")
    except UnusableAnswerError:
        return ""


def cut(text: str, length: int) -> str:
    """Return a text in at most this many characters."""
    return text if len(text) <= length else text[: length - 1] + "…"
