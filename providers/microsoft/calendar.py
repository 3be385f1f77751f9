"""Entries in an Outlook calendar: `providers.protocols.CalendarProvider`."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar

from providers.answers import UnusableAnswerError, optional_instant, optional_text
from providers.base import (
    BusySpan,
    CalendarEntry,
    EntryChange,
    EntryChanges,
    EventChanges,
    Grant,
    PlacedEntry,
    require_utc,
)
from providers.clock import Clock
from providers.errors import EntryGoneError, Facts, RefusedError, RetryableError
from providers.http import Operation
from providers.microsoft import bodies
from providers.microsoft.calendar_client import GET, INSERT, PATCH, CalendarClient
from providers.microsoft.errors import GONE_WORDS, DuplicateError, nonsense
from providers.microsoft.events import (
    change_body,
    checked_id,
    checked_key,
    entry_body,
    entry_in,
    id_in,
    is_as_asked,
    times_in,
    without_birth,
)
from providers.microsoft.listed import events_between, is_busy
from providers.microsoft.meetings import is_online, join_url_in
from providers.windows import Window

T = TypeVar("T")

# The time in which changes are looked for. Microsoft fixes it when a list of changes begins, and expands
# every series in it; once too little of it is left ahead, the list has to start over.
BEFORE, AHEAD, LEFT_AHEAD = timedelta(days=1), timedelta(days=180), timedelta(days=60)

# How long to wait before each look for an event that Exchange says it has but does not show yet.
PAUSES = (0.5, 1.5)

_BUSY_FIELDS = "start,end,isAllDay,originalStartTimeZone,showAs,isCancelled,responseStatus"


class OutlookCalendar:
    """The main calendar of a Microsoft account. Threads may share it; it keeps no grant.

    Times are sent in UTC, and Outlook shows them in its owner's own zone, whatever zone an entry names.
    pause: waits between looking for what is not there yet.
    """

    def __init__(
        self, client: CalendarClient, clock: Clock, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._client = client
        self._clock = clock
        self._pause = pause

    def create_entry(self, grant: Grant, entry: CalendarEntry) -> PlacedEntry:
        """Make the entry in a transaction named by its key, so that Exchange recognizes a repetition, which
        then refuses it or answers with the event that is there.

        How long Exchange remembers a transaction is not documented. So an entry that may exist is looked for
        first. A second one is made only if the owner has deleted the first and Exchange has forgotten it.
        """
        body = entry_body(entry)
        event, is_new = present_or_new(
            self._client, grant, entry.key, body, self._pause, may_exist=entry.may_exist
        )
        if is_new and is_as_asked(event, body):
            return read(INSERT, entry_in, event)
        return self._changed(grant, event, without_birth(body))

    def change_entry(self, grant: Grant, entry_id: str, change: EntryChange) -> PlacedEntry:
        """Change the entry. On one with a Teams meeting, the description is left as it is where it can't be
        changed without risking the meeting: its link lives in there."""
        event = self._client.get_listed(grant, checked_id(entry_id))
        return self._changed(grant, event, change_body(change))

    def read_entry(self, grant: Grant, entry_id: str) -> PlacedEntry:
        return read(GET, entry_in, self._client.get_listed(grant, checked_id(entry_id)))

    def delete_entry(self, grant: Grant, entry_id: str) -> None:
        self._client.delete(grant, checked_id(entry_id))

    def entry_id(self, key: str) -> str | None:
        """Return None: Exchange gives each event an id of its own choice."""
        checked_key(key)
        return None

    def busy(self, grant: Grant, since: datetime, until: datetime) -> list[BusySpan]:
        """Return when the owner is busy, by what is in their calendar. This works for personal accounts too,
        unlike the question for a schedule; what they declined, or marked as free, does not count."""
        require_utc(since, "since")
        require_utc(until, "until")
        if until <= since:
            raise ValueError("until must be after since")
        spans = []
        for event in self._client.view(grant, since, until, _BUSY_FIELDS):
            span = _busy_span(event)
            if span is not None and span.starts_at < until and span.ends_at > since:
                spans.append(span)
        return _joined(spans)

    def changes(self, grant: Grant, position: str | None) -> EntryChanges:
        now = self._clock()
        if position is None:
            until = now + AHEAD
            _, link = self._client.changes(grant, None, now - BEFORE, until)
            return EntryChanges((), (), _as_position(link, until))
        link, until = self._read_position(position)
        if until - now < LEFT_AHEAD:
            raise _expired()
        events, link = self._client.changes(grant, link, now, until)
        changed: dict[str, PlacedEntry] = {}
        gone: set[str] = set()
        for event in events:
            self._note(grant, event, changed, gone)
        return EntryChanges(tuple(changed.values()), tuple(sorted(gone)), _as_position(link, until))

    def events(self, grant: Grant, position: str | None, since: datetime, until: datetime) -> EventChanges:
        return events_between(self._client, grant, position, Window(since, until))

    def _note(
        self, grant: Grant, event: dict[str, Any], changed: dict[str, PlacedEntry], gone: set[str]
    ) -> None:
        """Add a listed event to what has changed. An event may be listed several times; the last one counts.

        One that is said to be removed may only have been moved out of the time that is looked at. The single
        events of a series come as stubs without a title: none of them is ours.
        """
        try:
            event_id = id_in(event)
        except UnusableAnswerError:
            return
        changed.pop(event_id, None)
        gone.discard(event_id)
        try:
            if "@removed" in event:
                changed[event_id] = read(GET, entry_in, self._client.get_listed(grant, event_id))
            elif optional_text(event, "type") != "occurrence":
                changed[event_id] = entry_in(event)
        except EntryGoneError:
            gone.add(event_id)
        except UnusableAnswerError:
            # Without a time, no one could act on it.
            return

    def _read_position(self, position: str) -> tuple[str, datetime]:
        try:
            content = json.loads(position)
        except (ValueError, RecursionError):
            raise _expired() from None
        until = optional_instant(content, "until") if isinstance(content, dict) else None
        link = optional_text(content, "link") if isinstance(content, dict) else ""
        # Our token would be sent there.
        if until is None or not self._client.is_position(link):
            raise _expired()
        return link, until

    def _changed(self, grant: Grant, event: dict[str, Any], body: dict[str, Any]) -> PlacedEntry:
        body = beside_meeting(self._client, grant, event, body, self._pause)
        if not body:
            return read(GET, entry_in, event)
        return read(PATCH, entry_in, self._client.patch(grant, read(GET, id_in, event), body))


def beside_meeting(
    client: CalendarClient,
    grant: Grant,
    event: dict[str, Any],
    body: dict[str, Any],
    pause: Callable[[float], None],
) -> dict[str, Any]:
    """Return the body of a change as it may be made to this event: on an online meeting, without a new text
    where that can't be put in beside the part for joining.

    Microsoft writes that part a moment after it has made the meeting, so it is looked for several times.
    """
    if "body" not in body or not is_online(event):
        return body
    rest = {name: value for name, value in body.items() if name != "body"}
    text = bodies.text_in(body)
    for seconds in (*PAUSES, 0.0):
        if text == bodies.text_in(event):
            return rest
        new = bodies.rewritten(event, text, join_url_in(event))
        if new is not None:
            return {**rest, "body": new}
        if seconds:
            pause(seconds)
            event = client.get(grant, read(GET, id_in, event))
    return rest


def present_or_new(
    client: CalendarClient,
    grant: Grant,
    key: str,
    body: dict[str, Any],
    pause: Callable[[float], None],
    *,
    may_exist: bool,
) -> tuple[dict[str, Any], bool]:
    """Return the event of a key, and whether it was made just now, as `body` says. Raises EntryGoneError if
    there was one and it was deleted."""
    found = client.of_key(grant, key) if may_exist else None
    if found is not None:
        return found, False
    try:
        return client.insert(grant, body), True
    except DuplicateError as duplicate:
        with once_begun():
            return own_event(client, grant, key, duplicate, pause), False


def own_event(
    client: CalendarClient,
    grant: Grant,
    key: str,
    duplicate: DuplicateError,
    pause: Callable[[float], None],
) -> dict[str, Any]:
    """Return the event that already exists under a key. Raises EntryGoneError if it was deleted.

    Exchange may name its id in the refusal. That is not used: it may lead to an event that was deleted. One
    that has only just been made may not be listed yet, so it is looked for several times.
    """
    for seconds in (*PAUSES, 0.0):
        found = client.of_key(grant, key)
        if found is not None:
            return found
        if seconds:
            pause(seconds)
    raise EntryGoneError(GONE_WORDS, duplicate.facts)


@contextmanager
def once_begun() -> Iterator[None]:
    """A failure in here comes after Microsoft has made or changed something, so the result is unknown."""
    try:
        yield
    except RetryableError as error:
        error.maybe_applied = True
        raise


def read(operation: Operation, reader: Callable[[dict[str, Any]], T], answer: dict[str, Any]) -> T:
    """Return what `reader` makes of an answer; raise RetryableError "nonsense" if it lacks what is needed."""
    try:
        return reader(answer)
    except UnusableAnswerError:
        raise nonsense(operation) from None


def _as_position(link: str, until: datetime) -> str:
    return json.dumps({"link": link, "until": until.isoformat()})


def _expired() -> RefusedError:
    words = "Microsoft no longer knows how far the changes were read."
    return RefusedError(words, Facts(code="position_expired"))


def _busy_span(event: dict[str, Any]) -> BusySpan | None:
    """Return when an event keeps its owner busy; None if it does not."""
    if not is_busy(event):
        return None
    try:
        starts_at, ends_at = times_in(event)
    except UnusableAnswerError:
        return None
    return BusySpan(starts_at, ends_at) if ends_at > starts_at else None


def _joined(spans: list[BusySpan]) -> list[BusySpan]:
    """Return the spans, earliest first, as one where they touch or overlap."""
    joined: list[BusySpan] = []
    for span in sorted(spans, key=lambda each: (each.starts_at, each.ends_at)):
        if joined and span.starts_at <= joined[-1].ends_at:
            joined[-1] = BusySpan(joined[-1].starts_at, max(joined[-1].ends_at, span.ends_at))
        else:
            joined.append(span)
    return joined
