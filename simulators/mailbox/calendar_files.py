"""Calendar parts of a mail, decoded for human eyes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.message import EmailMessage
from typing import Any

import icalendar

from simulators.mailbox.store import part_bytes


@dataclass(frozen=True)
class CalendarFile:
    """One distinct calendar text of a mail, with every place where the mail carries it."""

    places: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]
    problem: str = ""


def calendar_files(message: EmailMessage) -> list[CalendarFile]:
    """All calendar texts of the message. A text that is both a part and an attachment is listed once."""
    places: dict[bytes, list[str]] = {}
    for part in message.walk():
        if part.get_content_type() == "text/calendar" or (part.get_filename() or "").endswith(".ics"):
            places.setdefault(part_bytes(part), []).append(_place(part))
    return [_decoded(text, tuple(where)) for text, where in places.items()]


def _place(part: EmailMessage) -> str:
    method = part.get_param("method")
    kind = part.get_content_type() + (f"; method={method}" if method else "")
    name = part.get_filename()
    return f"attachment {name} ({kind})" if name else f"message part {kind}"


def _decoded(text: bytes, places: tuple[str, ...]) -> CalendarFile:
    try:
        calendars = icalendar.Calendar.from_ical(text, multiple=True)
    except ValueError as error:
        return CalendarFile(places, (), f"This is no readable calendar file: {error}")
    rows = [row for calendar in calendars for row in _rows(calendar)]
    return CalendarFile(places, tuple(rows))


def _rows(calendar: Any) -> Iterator[tuple[str, str]]:
    yield "Method", str(calendar.get("METHOD", "none"))
    for event in calendar.walk("VEVENT"):
        for label, name in (
            ("Summary", "SUMMARY"),
            ("UID", "UID"),
            ("Sequence", "SEQUENCE"),
            ("Status", "STATUS"),
        ):
            if name in event:
                yield label, str(event[name])
        for label, name in (("Starts", "DTSTART"), ("Ends", "DTEND"), ("Stamped", "DTSTAMP")):
            if name in event:
                yield label, _instant(event.decoded(name))
        for label, name in (("Location", "LOCATION"), ("Link", "URL")):
            if name in event:
                yield label, str(event[name])
        if "ORGANIZER" in event:
            yield "Organizer", _person(event["ORGANIZER"])
        attendees = event.get("ATTENDEE", [])
        for attendee in attendees if isinstance(attendees, list) else [attendees]:
            yield "Attendee", _person(attendee)
        if "DESCRIPTION" in event:
            yield "Description", str(event["DESCRIPTION"])
        for alarm in event.walk("VALARM"):
            trigger = alarm["TRIGGER"].to_ical().decode() if "TRIGGER" in alarm else "no trigger"
            yield "Alarm", f"{alarm.get('ACTION', '')} {trigger}"


def _instant(value: datetime | date) -> str:
    if not isinstance(value, datetime):
        return f"{value:%a} {value.day} {value:%b %Y} (all day)"
    if value.tzinfo is None:
        return f"{value:%a} {value.day} {value:%b %Y, %H:%M} (no zone: every reader's own clock)"
    there = value.astimezone(UTC)
    text = f"{there:%a} {there.day} {there:%b %Y, %H:%M} UTC"
    return (
        text
        if value.utcoffset() == there.utcoffset()
        else f"{text} (written as {value:%H:%M} {value.tzinfo})"
    )


def _person(address: Any) -> str:
    """Name and address, and the parameters that decide what a mail program offers (PARTSTAT, RSVP, ROLE)."""
    name = address.params.get("CN", "")
    extras = [
        f"{key.lower()} {address.params[key]}"
        for key in ("PARTSTAT", "RSVP", "ROLE")
        if key in address.params
    ]
    plain = str(address)
    mail = plain[7:] if plain.lower().startswith("mailto:") else plain
    return " · ".join(filter(None, (f"{name} <{mail}>" if name else mail, *extras)))
