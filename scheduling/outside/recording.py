"""Record the outcome of reading a calendar. Each function adds to the current transaction.

An event is stored as its provider last described it. Our own entries are left out, and so are the copies that
come from the calendar files in our emails: the interviews themselves are shown instead.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa

from extensions import db
from models import (
    CalendarEntry,
    Connection,
    ConnectionState,
    FailureReason,
    Interview,
    OutsideEvent,
    SyncedCalendar,
)
from providers.base import EventChanges, ListedEvent
from providers.errors import ProviderError, RefusedError, RetryableError
from scheduling.calendars.failures import is_lasting, reading_words_of, reason_of
from scheduling.outside.reading import Reading
from scheduling.outside.rows import held_calendar, held_connection
from text import one_line, shortened, without_unseen
from timezones import utc_now
from work import retry

T = TypeVar("T")

_LONGEST_TITLE = 255
_LONGEST_ID = 1024
# Errors that do not pass on their own are still retried, because we are not always told when they are fixed.
_LASTING = timedelta(hours=1)
# The most values that one statement names.
_AT_ONCE = 400


# What the UIDs of interviews look like. Few others match, so hardly more than ours are looked up.
_LIKE_OURS = re.compile(r"[0-9a-f]{32}@.+")

# The stored values of an event, in the order in which they are compared.
_SAID = ("starts_at", "ends_at", "first_day", "last_day", "is_busy", "title")
_Said = tuple[datetime, datetime, date | None, date | None, bool, str]


def record_read(reading: Reading, changes: EventChanges) -> datetime | None:
    """The calendar answered. Returns when to read it again (aware, UTC); None if it is not connected anymore,
    in which case nothing is stored."""
    calendar = _still_wanted(reading)
    if calendar is None:
        return None
    events, unusable = _usable(changes.events)
    ours = _ours(events.values())
    gone = {each for each in changes.gone if _can_be_stored(each)}
    kept = {
        each: _said(event)
        for each, event in events.items()
        if ours.isdisjoint((event.key, event.uid))
        and each not in gone
        and event.ends_at >= reading.since
        and event.starts_at <= reading.until
    }
    is_everything = changes.is_everything or reading.position is None
    _store(calendar, kept, gone={*events, *gone} - set(kept), is_everything=is_everything)
    if is_everything:
        calendar.since, calendar.until, calendar.left_out = reading.since, reading.until, 0
    if reading.position is None:
        calendar.read_fully_at = reading.began
    calendar.left_out += changes.left_out + unusable
    if is_everything or calendar.position == reading.position:
        # Otherwise its owner has just asked for everything to be read again.
        calendar.position = changes.position
    calendar.read_at = reading.began
    calendar.failure = calendar.failure_words = calendar.retry_at = None
    calendar.failures = 0
    return utc_now() + retry.READ_AGAIN.delay(1)


def record_failed(reading: Reading, error: ProviderError) -> datetime | None:
    """The calendar could not be read. Returns when to try again (aware, UTC), which is right away if only the
    position is no longer valid; None if it is not connected anymore."""
    calendar = _still_wanted(reading)
    if calendar is None:
        connection, calendar = held_connection(reading.connection_id), held_calendar(reading.connection_id)
        is_out_of_reach = connection is not None and connection.state is ConnectionState.RECONNECT_NEEDED
        if connection is not None and calendar is not None and is_out_of_reach:
            note_out_of_reach(calendar, connection)
        return None
    is_expired = isinstance(error, RefusedError) and error.facts.code == "position_expired"
    if is_expired and reading.position is not None:
        if calendar.position == reading.position:
            calendar.position = None
        return utc_now()
    reason = reason_of(error)
    calendar.failures += 1
    now = utc_now()
    at = now + (_LASTING if is_lasting(reason) else retry.READING.delay(calendar.failures))
    if isinstance(error, RetryableError) and error.retry_at is not None:
        at = max(at, error.retry_at)
    _fail(calendar, reason, error.words, at)
    return at


def record_crash(connection_id: int) -> None:
    """Reading it was given up because of a bug of ours. It is tried again later."""
    calendar = held_calendar(connection_id)
    if calendar is not None:
        words = "Reading this calendar failed here. The person who runs this server finds why in its log."
        _fail(calendar, FailureReason.REFUSED, words, utc_now() + _LASTING)


def note_out_of_reach(calendar: SyncedCalendar, connection: Connection) -> None:
    """The calendar has to be reconnected. What was read stays, with its age."""
    _fail(calendar, FailureReason.RECONNECT_NEEDED, connection.problem, None)


def _fail(calendar: SyncedCalendar, reason: FailureReason, words: str | None, at: datetime | None) -> None:
    calendar.failure, calendar.retry_at = reason, at
    calendar.failure_words = shortened(words or reading_words_of(reason, calendar.app), 500)


def _still_wanted(reading: Reading) -> SyncedCalendar | None:
    """The calendar that was read, held; None if it has been disconnected meanwhile, or its connection is one
    to another account by now."""
    connection = held_connection(reading.connection_id)
    if connection is None or connection.state is not ConnectionState.CONNECTED:
        return None
    calendar = held_calendar(reading.connection_id)
    if calendar is None or calendar.id != reading.calendar_id or connection.account_id != reading.account_id:
        return None
    return calendar


def _usable(events: Iterable[ListedEvent]) -> tuple[dict[str, ListedEvent], int]:
    """The events by their ids, and how many have an id that cannot be stored. Of two with the same id, the
    last one counts."""
    found, unusable = {}, 0
    for event in events:
        if _can_be_stored(event.id):
            found[event.id] = event
        else:
            unusable += 1
    return found, unusable


def _can_be_stored(event_id: str) -> bool:
    return 0 < len(event_id) <= _LONGEST_ID and without_unseen(event_id) == event_id


def _said(event: ListedEvent) -> _Said:
    title = shortened(one_line(event.title), _LONGEST_TITLE)
    return event.starts_at, event.ends_at, event.first_day, event.last_day, event.is_busy, title


def _ours(events: Iterable[ListedEvent]) -> set[str]:
    """The keys and UIDs among them that belong to our own entries and interviews. Each was stored before its
    entry was made, or its calendar file sent."""
    names: set[str] = set()
    for event in events:
        if event.key:
            names.add(event.key)
        if _LIKE_OURS.fullmatch(event.uid):
            names.add(event.uid)
    found: set[str] = set()
    for some in _in_parts(names):
        keys = sa.select(CalendarEntry.key).where(CalendarEntry.key.in_(some))
        uids = sa.select(Interview.ics_uid).where(Interview.ics_uid.in_(some))
        found.update(db.session.scalars(sa.union_all(keys, uids)))
    return found


def _store(
    calendar: SyncedCalendar, said: Mapping[str, _Said], *, gone: Collection[str], is_everything: bool
) -> None:
    """Update the stored events from `said`, the current event of each id, and remove those in `gone`; with
    `is_everything`, also all others. Writes only what differs."""
    stored = {
        each.provider_event_id: each
        for each in _stored(calendar.id, None if is_everything else {*said, *gone})
    }
    added = [each for each in said if each not in stored]
    changed = [each for each in said if each in stored and said[each] != tuple(stored[each][2:])]
    removed = [row.id for each, row in stored.items() if each not in said]
    for some in _in_parts(removed):
        db.session.execute(sa.delete(OutsideEvent).where(OutsideEvent.id.in_(some)))
    if removed or changed or added:
        calendar.begin_edition()
    if changed:
        rows = [{"id": stored[each].id, **dict(zip(_SAID, said[each], strict=True))} for each in changed]
        db.session.execute(sa.update(OutsideEvent), rows)
    if added:
        whose = {"calendar_id": calendar.id, "user_id": calendar.user_id}
        db.session.execute(
            sa.insert(OutsideEvent),
            [
                {**whose, "provider_event_id": each, **dict(zip(_SAID, said[each], strict=True))}
                for each in added
            ],
        )


def _stored(calendar_id: int, only: Collection[str] | None) -> list[sa.Row[Any]]:
    """The events of a calendar, or only those with these ids of the provider, as plain rows."""
    columns = (
        OutsideEvent.id,
        OutsideEvent.provider_event_id,
        *(getattr(OutsideEvent, each) for each in _SAID),
    )
    asked = sa.select(*columns).where(OutsideEvent.calendar_id == calendar_id)
    if only is None:
        return list(db.session.execute(asked))
    return [
        row
        for some in _in_parts(only)
        for row in db.session.execute(asked.where(OutsideEvent.provider_event_id.in_(some)))
    ]


def _in_parts(values: Collection[T]) -> Iterator[Sequence[T]]:
    """The values in batches of as many as one statement names."""
    rest = iter(values)
    while part := list(islice(rest, _AT_ONCE)):
        yield part
