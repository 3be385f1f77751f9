"""Events of Google Calendar as JSON: what is sent, and how the answers are read.

Source: the discovery document of the Calendar API v3, "Event". Descriptions may hold HTML there, so that
plain text is escaped on the way out and read back as text. An event may be for whole days, and one that was
deleted may be a stub without any time.
"""

import html
import re
from datetime import UTC, date, datetime
from typing import Any

from providers.answers import (
    UnusableAnswerError,
    optional_instant,
    optional_text,
    required_link,
    required_text,
)
from providers.base import CalendarEntry, EntryChange, PlacedEntry
from timezones import start_of_day

# Private properties of an event, which only this server's Google client sees. The first marks everything that
# the product makes, and can be listed by; the second holds the entry's key. Copies that people make of an
# event may take both along, so an event is ours only under the id that follows from its key. The third says
# whether it is someone's entry, or was only made for a meeting so far.
MARK, MARK_VALUE, KEY = "smoothhiring", "interview", "smoothhiringKey"

MAX_TITLE = 1024
MAX_LOCATION = 1024
# Google states no limit; its own editor stops here.
MAX_DESCRIPTION = 8000
MAX_ID = 255
UTC_ZONE = "UTC"
TIMES = ("start", "end")

_KEY = re.compile(r"[a-v0-9]{5,64}")
_ID = re.compile(r"[A-Za-z0-9_-]{1,255}")
# What Google's editor makes of the end of a line and of a paragraph.
_LINE_END = re.compile(r"<br\s*/?>|</(?:p|div|li|h[1-6])\s*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


def checked_key(key: str) -> str:
    """Return a key if Google takes it as an id; raise ValueError, since an address is made of it."""
    if not _KEY.fullmatch(key):
        raise ValueError("not a key of a calendar entry")
    return key


def checked_id(entry_id: str) -> str:
    """Return an id that Google may have given; raise ValueError for anything else."""
    if not _ID.fullmatch(entry_id):
        raise ValueError("not an id of Google Calendar")
    return entry_id


def entry_body(entry: CalendarEntry) -> dict[str, Any]:
    """Return the body that makes an entry, or brings one in line that exists.

    It names no attendees: each person's entry is their own, and Google writes to no one.
    """
    body: dict[str, Any] = {
        "summary": cut(entry.title, MAX_TITLE),
        "description": escaped(entry.description),
        "location": cut(entry.location, MAX_LOCATION),
        "start": moment(entry.starts_at, entry.timezone),
        "end": moment(entry.ends_at, entry.timezone),
        "transparency": transparency(entry.shows_busy),
        "reminders": {"useDefault": True},
        "extendedProperties": {"private": {MARK: MARK_VALUE, KEY: entry.key}},
    }
    if entry.page_url:
        body["source"] = {"title": entry.product, "url": entry.page_url}
    return body


def change_body(change: EntryChange) -> dict[str, Any]:
    """Return the body that changes what `change` names, and nothing that the owner may have set."""
    body: dict[str, Any] = {}
    if change.title is not None:
        body["summary"] = cut(change.title, MAX_TITLE)
    if change.description is not None:
        body["description"] = escaped(change.description)
    if change.location is not None:
        body["location"] = cut(change.location, MAX_LOCATION)
    if change.time is not None:
        body |= as_change(
            {
                "start": moment(change.time.starts_at, change.time.timezone),
                "end": moment(change.time.ends_at, change.time.timezone),
            }
        )
    if change.shows_busy is not None:
        body["transparency"] = transparency(change.shows_busy)
    return body


def as_change(body: dict[str, Any]) -> dict[str, Any]:
    """Return a body for PATCH, which merges: an event that its owner made one of whole days has a date, which
    has to be taken away for a time to take its place."""
    return {**body, **{name: {**body[name], "date": None} for name in TIMES if name in body}}


def in_utc(body: dict[str, Any]) -> dict[str, Any]:
    """Return the same body with times that are shown in UTC, for a zone that Google does not know by name."""
    return {**body, **{name: {**body[name], "timeZone": UTC_ZONE} for name in TIMES if name in body}}


def moment(instant: datetime, timezone: str) -> dict[str, Any]:
    """Return an instant as Google takes it. With "Z" the zone beside it only says how it is shown."""
    return {"dateTime": instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "timeZone": timezone}


def transparency(shows_busy: bool) -> str:
    """Return what Google calls being busy or free."""
    return "opaque" if shows_busy else "transparent"


def escaped(text: str) -> str:
    """Return a plain text that Google shows as it was typed, in the length that it takes."""
    written = html.escape(text.replace("\r\n", "\n"), quote=False)
    if len(written) <= MAX_DESCRIPTION:
        return written
    # Not in the middle of what encodes one character.
    return re.sub(r"&[a-z]*$", "", written[: MAX_DESCRIPTION - 1]) + "…"


def plain(description: str) -> str:
    """Return the text of a description, as Google's editor or we have written it."""
    lines = _LINE_END.sub("\n", description.replace("\r\n", "\n"))
    return html.unescape(_TAG.sub("", lines))


def is_cancelled(event: dict[str, Any]) -> bool:
    """Tell whether an event was deleted. Google goes on returning it for some time."""
    return optional_text(event, "status") == "cancelled"


def id_in(event: dict[str, Any]) -> str:
    """Return an event's id."""
    entry_id = required_text(event, "id")
    if len(entry_id) > MAX_ID:
        raise UnusableAnswerError("id")
    return entry_id


def key_in(event: dict[str, Any]) -> str:
    """Return the key by which we made an event; "" if it is not ours."""
    key = _property_in(event, KEY)
    return key if key and key == optional_text(event, "id") else ""


def _property_in(event: dict[str, Any], name: str) -> str:
    properties = event.get("extendedProperties")
    private = properties.get("private") if isinstance(properties, dict) else None
    return optional_text(private, name) if isinstance(private, dict) else ""


def is_all_day(event: dict[str, Any]) -> bool:
    """Tell whether an event is for whole days, whose beginning depends on the calendar's own zone."""
    start = event.get("start")
    return (
        isinstance(start, dict)
        and not optional_text(start, "dateTime")
        and bool(optional_text(start, "date"))
    )


def entry_in(event: dict[str, Any], calendar_zone: str = UTC_ZONE) -> PlacedEntry:
    """Return the entry in an answer. Raises UnusableAnswerError without a usable id or time.

    calendar_zone: in which whole days begin.
    """
    starts_at, ends_at = times_in(event, calendar_zone)
    return PlacedEntry(
        id=id_in(event),
        key=key_in(event),
        version=(optional_text(event, "etag") or optional_text(event, "updated"))[:MAX_ID],
        title=optional_text(event, "summary"),
        description=plain(optional_text(event, "description")),
        location=optional_text(event, "location"),
        starts_at=starts_at,
        ends_at=ends_at,
        web_url=_link_in(event),
    )


def times_in(event: dict[str, Any], calendar_zone: str = UTC_ZONE) -> tuple[datetime, datetime]:
    """Return when an event starts and ends. One without a usable end ends as it starts."""
    starts_at = _instant_in(event.get("start"), calendar_zone)
    if starts_at is None:
        raise UnusableAnswerError("start")
    ends_at = _instant_in(event.get("end"), calendar_zone)
    return starts_at, max(starts_at, ends_at or starts_at)


def timezone_in(event: dict[str, Any]) -> str | None:
    """Return the zone in which an event is shown, None if the answer did not say."""
    start = event.get("start")
    return (optional_text(start, "timeZone") if isinstance(start, dict) else "") or None


def _instant_in(value: object, calendar_zone: str) -> datetime | None:
    if not isinstance(value, dict):
        return None
    instant = optional_instant(value, "dateTime")
    if instant is not None:
        return instant
    try:
        day = date.fromisoformat(optional_text(value, "date"))
    except ValueError:
        return None
    # An unknown zone is taken for UTC there.
    zone = optional_text(value, "timeZone") or calendar_zone
    try:
        return optional_instant({"at": midnight(day, zone).isoformat()}, "at")
    except OverflowError:
        return None


def midnight(day: date, zone: str) -> datetime:
    """Return when a day begins in a zone, in UTC. Raises OverflowError at the edge of the calendar."""
    return start_of_day(day, zone)


def _link_in(event: dict[str, Any]) -> str:
    try:
        return required_link(event, "htmlLink")
    except UnusableAnswerError:
        return ""


def cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
