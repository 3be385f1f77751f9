"""A calendar file in words, for people who want to see what an invitation contains before it is sent."""

from __future__ import annotations

from datetime import UTC, datetime

from icalendar import Calendar, Component, vCalAddress

from messaging.wording import period

_KINDS = {"REQUEST": "Invitation", "CANCEL": "Cancellation", "PUBLISH": "Entry for the organizer"}


def describe_ics(ics: bytes, zone: str) -> list[tuple[str, str]]:
    """The first event of a calendar file as labels and values, the most important first.

    What the file does not contain is left out, and so is what only programs read. The file's times are in
    UTC; they are given as the reader's calendar will show them, in `zone` (an IANA name). Raises `ValueError`
    when it is not a calendar file with an event.
    """
    calendar = Calendar.from_ical(ics)
    events = calendar.walk("VEVENT")
    if not events:
        raise ValueError("the calendar file holds no event")
    event = events[0]
    method = str(calendar.get("METHOD", ""))
    rows = [
        ("Kind", _KINDS.get(method, method)),
        ("What", str(event.get("SUMMARY", ""))),
        ("When", _when(event, zone)),
        ("Where", str(event.get("LOCATION", ""))),
        ("Page", str(event.get("URL", ""))),
        ("Organizer", _who(event.get("ORGANIZER"))),
        ("Invited", ", ".join(_who(person) for person in _as_list(event.get("ATTENDEE")))),
        ("Description", str(event.get("DESCRIPTION", ""))),
    ]
    return [(label, value) for label, value in rows if value]


def _when(event: Component, zone: str) -> str:
    start, end = event.get("DTSTART"), event.get("DTEND")
    if start is None or end is None or not isinstance(start.dt, datetime) or not isinstance(end.dt, datetime):
        return ""
    minutes = int((end.dt - start.dt).total_seconds() // 60)
    return period(start.dt.astimezone(UTC), minutes, zone)


def _as_list(value: object) -> list[object]:
    """A single property is parsed to its value, and several to a list of values."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _who(person: object) -> str:
    if not isinstance(person, vCalAddress):
        return ""
    address = str(person).removeprefix("mailto:").removeprefix("MAILTO:")
    name = str(person.params.get("CN", ""))
    return f"{name} ({address})" if name else address
