"""A calendar file in words, for people who want to see what an invitation contains, before it is sent or
after."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from icalendar import Calendar, Component, vCalAddress

from messaging.facts import Person
from messaging.wording import period
from wording import in_a_row

_KINDS = {"REQUEST": "Invitation", "CANCEL": "Cancellation", "PUBLISH": "Entry for the organizer"}


@dataclass(frozen=True)
class CalendarEntry:
    """The first event of a calendar file. `starts_at` is aware UTC and None, like `minutes`, for an event
    without a start and an end; text that the file does not contain is ""."""

    method: str
    sequence: int
    what: str
    starts_at: datetime | None
    minutes: int
    where: str
    page: str
    organizer: Person | None
    invited: tuple[Person, ...]
    description: str

    def when(self, zone: str) -> str:
        """Its time as a calendar in `zone` (an IANA name) shows it."""
        return period(self.starts_at, self.minutes, zone) if self.starts_at is not None else ""


def read_ics(ics: bytes) -> CalendarEntry:
    """The first event of a calendar file. Raises `ValueError` when it is not one with an event."""
    calendar = Calendar.from_ical(ics)
    events = calendar.walk("VEVENT")
    if not events:
        raise ValueError("the calendar file holds no event")
    event = events[0]
    starts_at, minutes = _time(event)
    people = [_person(each) for each in _as_list(event.get("ATTENDEE"))]
    return CalendarEntry(
        method=str(calendar.get("METHOD", "")),
        sequence=int(event.get("SEQUENCE", 0)),
        what=str(event.get("SUMMARY", "")),
        starts_at=starts_at,
        minutes=minutes,
        where=str(event.get("LOCATION", "")),
        page=str(event.get("URL", "")),
        organizer=_person(event.get("ORGANIZER")),
        invited=tuple(person for person in people if person is not None),
        description=str(event.get("DESCRIPTION", "")),
    )


def describe_ics(ics: bytes, zone: str) -> list[tuple[str, str]]:
    """What a calendar file contains as labels and values, the most important first.

    What the file does not contain is left out, and so is what only programs read. The file's times are in
    UTC; they are given as the reader's calendar will show them, in `zone` (an IANA name). Raises `ValueError`
    when it is not a calendar file with an event.
    """
    entry = read_ics(ics)
    kind = ("Kind", _KINDS.get(entry.method, entry.method))
    return _filled([kind, *_what_it_holds(entry, [("When", zone)])])


def describe_sent_ics(
    ics: bytes, zones: Iterable[tuple[str, str]], *, shows_addresses: bool
) -> list[tuple[str, str]]:
    """The same for a file that was sent, with what tells one version from another. `zones` are labels with
    the IANA name of the zone that the time is told in. Without `shows_addresses`, people are named only.
    """
    entry = read_ics(ics)
    kind = _KINDS.get(entry.method)
    version = "first version" if entry.sequence == 0 else f"version {entry.sequence + 1}"
    return _filled(
        [
            ("Method", f"{entry.method} ({kind.lower()})" if kind else entry.method),
            ("Sequence", f"{entry.sequence} ({version})"),
            *_what_it_holds(entry, zones, shows_addresses=shows_addresses),
        ]
    )


def _what_it_holds(
    entry: CalendarEntry, zones: Iterable[tuple[str, str]], *, shows_addresses: bool = True
) -> list[tuple[str, str]]:
    def named(people: Iterable[Person]) -> str:
        return in_a_row(_named(person, shows_addresses=shows_addresses) for person in people)

    return [
        ("What", entry.what),
        *((label, entry.when(zone)) for label, zone in zones),
        ("Where", entry.where),
        ("Page", entry.page),
        ("Organizer", named([entry.organizer] if entry.organizer else [])),
        ("Invited", named(entry.invited)),
        ("Description", entry.description),
    ]


def _filled(rows: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(label, value) for label, value in rows if value]


def _time(event: Component) -> tuple[datetime | None, int]:
    start, end = event.get("DTSTART"), event.get("DTEND")
    if start is None or end is None or not isinstance(start.dt, datetime) or not isinstance(end.dt, datetime):
        return None, 0
    return start.dt.astimezone(UTC), int((end.dt - start.dt).total_seconds() // 60)


def _as_list(value: object) -> list[object]:
    """A single property is parsed to its value, and several to a list of values."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _person(person: object) -> Person | None:
    if not isinstance(person, vCalAddress):
        return None
    address = str(person).removeprefix("mailto:").removeprefix("MAILTO:")
    return Person(str(person.params.get("CN", "")), address)


def _named(person: Person, *, shows_addresses: bool) -> str:
    return f"{person.name} ({person.address})" if shows_addresses else person.name
