"""Entries in Google Calendar: `providers.protocols.CalendarProvider`."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
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
from providers.errors import Facts, HostNotAllowedError, RefusedError, RetryableError
from providers.google.calendar_client import (
    ENTRY_FIELDS,
    FREE_BUSY,
    GET,
    INSERT,
    LIST,
    PATCH,
    CalendarClient,
)
from providers.google.errors import DuplicateError, nonsense
from providers.google.events import (
    UTC_ZONE,
    as_change,
    change_body,
    checked_id,
    checked_key,
    entry_body,
    entry_in,
    id_in,
    is_all_day,
    is_cancelled,
    key_in,
)
from providers.google.listed import events_between
from providers.http import Operation
from providers.windows import Window

T = TypeVar("T")

# How far back a list of changes begins. Events that ended earlier don't matter.
WINDOW = timedelta(days=1)
# How much time one call asks about. Google refuses spans that are too long, and does not say which are.
MAX_SPAN = timedelta(days=60)


class GoogleCalendar:
    """The main calendar of a Google account. Threads may share it; it keeps no grant."""

    def __init__(self, client: CalendarClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    def create_entry(self, grant: Grant, entry: CalendarEntry) -> PlacedEntry:
        """Make the entry under an id that is its key, so that a repetition is recognized by Google."""
        body = entry_body(entry)
        try:
            event = self._client.insert(grant, {"id": checked_key(entry.key), **body})
        except DuplicateError as duplicate:
            own_event(self._client, grant, entry.key, duplicate)
            event = self._client.patch(grant, entry.key, as_change(body))
        return self._entry(grant, INSERT, event)

    def change_entry(self, grant: Grant, entry_id: str, change: EntryChange) -> PlacedEntry:
        event = self._client.patch(grant, checked_id(entry_id), change_body(change))
        return self._entry(grant, PATCH, event)

    def read_entry(self, grant: Grant, entry_id: str) -> PlacedEntry:
        return self._entry(grant, GET, self._client.get(grant, checked_id(entry_id)))

    def delete_entry(self, grant: Grant, entry_id: str) -> None:
        self._client.delete(grant, checked_id(entry_id))

    def entry_id(self, key: str) -> str | None:
        return checked_key(key)

    def busy(self, grant: Grant, since: datetime, until: datetime) -> list[BusySpan]:
        """Return when the owner is busy. Google applies the owner's own rules: what they declined, or marked
        as free, does not count."""
        require_utc(since, "since")
        require_utc(until, "until")
        if until <= since:
            raise ValueError("until must be after since")
        spans: list[BusySpan] = []
        while since < until:
            end = min(until, since + MAX_SPAN)
            spans += self._busy(grant, since, end)
            since = end
        return _joined(spans)

    def changes(self, grant: Grant, position: str | None) -> EntryChanges:
        if position is None:
            return EntryChanges((), (), self._first_position(grant))
        events, last = self._client.events(grant, ENTRY_FIELDS, {"syncToken": position})
        zone = optional_text(last, "timeZone") or UTC_ZONE
        changed = [entry for event in events if (entry := _listed(event, zone)) is not None]
        gone = [gone_id for event in events if (gone_id := _gone(event)) is not None]
        return EntryChanges(tuple(changed), tuple(gone), _position(last) or position)

    def events(self, grant: Grant, position: str | None, since: datetime, until: datetime) -> EventChanges:
        return events_between(self._client, grant, position, Window(since, until))

    def _first_position(self, grant: Grant) -> str:
        """Return the position after everything that is there, which only the last page names.

        Google's guide allows a lower bound in this first list, which keeps it short. Reports say that there
        may be no position then, or a refusal, so that the whole list is read if need be.
        """
        since = (self._clock() - WINDOW).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        for params in ({"timeMin": since}, {}):
            try:
                _, last = self._client.events(grant, ENTRY_FIELDS, params)
            except RefusedError as refusal:
                if not params or refusal.facts.status != 400:
                    raise
                continue
            if position := _position(last):
                return position
        raise nonsense(LIST)

    def _busy(self, grant: Grant, since: datetime, until: datetime) -> list[BusySpan]:
        answer = self._client.free_busy(
            grant,
            {
                "timeMin": since.isoformat().replace("+00:00", "Z"),
                "timeMax": until.isoformat().replace("+00:00", "Z"),
                "timeZone": UTC_ZONE,
                "items": [{"id": "primary"}],
            },
        )
        calendars = answer.get("calendars")
        found = list(calendars.values()) if isinstance(calendars, dict) else []
        # When asked about one calendar, Google's answer names one, either this way or by its address.
        if len(found) != 1 or not isinstance(found[0], dict):
            raise nonsense(FREE_BUSY)
        calendar = found[0]
        if calendar.get("errors"):
            raise _busy_error(calendar["errors"])
        spans = calendar.get("busy", [])
        if not isinstance(spans, list):
            raise nonsense(FREE_BUSY)
        return [_span(span) for span in spans]

    def _entry(self, grant: Grant, operation: Operation, event: dict[str, Any]) -> PlacedEntry:
        return read(operation, lambda answer: entry_in(answer, self._zone_for(grant, answer)), event)

    def _zone_for(self, grant: Grant, event: dict[str, Any]) -> str:
        return self._client.zone(grant) if is_all_day(event) else UTC_ZONE


def own_event(client: CalendarClient, grant: Grant, key: str, duplicate: DuplicateError) -> dict[str, Any]:
    """Return the event that already exists under a key. Raises EntryGoneError if it was deleted, and
    RefusedError with code "entry_taken" if someone else made it."""
    event = client.get(grant, key)
    if key_in(event) != key:
        words = "Google Calendar has something else under the name of this entry."
        raise RefusedError(
            words, Facts(code="entry_taken", status=409, provider_code=duplicate.facts.provider_code)
        )
    return event


def read(operation: Operation, reader: Callable[[dict[str, Any]], T], answer: dict[str, Any]) -> T:
    """Return what `reader` makes of an answer; raise RetryableError "nonsense" if it lacks what is needed."""
    try:
        return reader(answer)
    except UnusableAnswerError:
        raise nonsense(operation) from None


def _listed(event: dict[str, Any], zone: str) -> PlacedEntry | None:
    """Return a listed event; None for one that is gone, or that has no time, as stubs have none."""
    if is_cancelled(event):
        return None
    try:
        return entry_in(event, zone)
    except UnusableAnswerError:
        return None


def _gone(event: dict[str, Any]) -> str | None:
    try:
        return id_in(event) if is_cancelled(event) else None
    except UnusableAnswerError:
        return None


def _position(last: dict[str, Any]) -> str:
    return optional_text(last, "nextSyncToken")


def _busy_error(errors: object) -> RetryableError | HostNotAllowedError:
    """Return the error for a calendar that could not be looked up, although Google answered with 200."""
    reasons = (
        [optional_text(each, "reason") for each in errors if isinstance(each, dict)]
        if isinstance(errors, list)
        else []
    )
    reason = next((each for each in reasons if each.isascii() and each.isalpha()), None)
    facts = Facts(status=200, provider_code=reason[:60] if reason else None)
    if reason == "notFound":
        return HostNotAllowedError("This Google account has no Google Calendar.", facts)
    return RetryableError("Google couldn't say when this person is busy.", facts)


def _span(span: object) -> BusySpan:
    if not isinstance(span, dict):
        raise nonsense(FREE_BUSY)
    starts_at, ends_at = optional_instant(span, "start"), optional_instant(span, "end")
    if starts_at is None or ends_at is None:
        raise nonsense(FREE_BUSY)
    return BusySpan(starts_at, ends_at)


def _joined(spans: list[BusySpan]) -> list[BusySpan]:
    """Return the spans, earliest first, merged where they touch or overlap: the answers of several calls come
    in pieces."""
    joined: list[BusySpan] = []
    for span in sorted(spans, key=lambda each: (each.starts_at, each.ends_at)):
        if joined and span.starts_at <= joined[-1].ends_at:
            joined[-1] = BusySpan(joined[-1].starts_at, max(joined[-1].ends_at, span.ends_at))
        else:
            joined.append(span)
    return joined
