"""What is read of the events in someone's Outlook calendar, to know when they are busy.

Microsoft lists a calendar's changes within a time that stays as it was at the beginning. The single events of
a series come without details there: their title and whether they make anyone busy are in their master.
Source: "Get change notifications for events in a calendar view" and "event: delta" in Graph's reference.
"""

from datetime import date, timedelta
from typing import Any

from providers.answers import UnusableAnswerError, optional_text
from providers.base import EventChanges, Grant, ListedEvent
from providers.errors import EntryGoneError, Facts, RefusedError
from providers.microsoft.calendar_client import CalendarClient
from providers.microsoft.events import id_in, key_in, times_in
from providers.microsoft.times import midnight_in
from providers.windows import Gathered, Window

# Marked like this, a time is no obstacle: someone who works elsewhere can still take part.
FREE = {"free", "workingElsewhere"}
# What the single events of a series have from their master, where they don't say otherwise themselves.
_OF_MASTER = ("subject", "isAllDay", "originalStartTimeZone", "showAs", "isCancelled", "responseStatus")
MASTER_FIELDS = ",".join(("id", "type", *_OF_MASTER))
_VIEW_FIELDS = f"{MASTER_FIELDS},seriesMasterId,start,end,transactionId,iCalUId"


def events_between(
    client: CalendarClient, grant: Grant, position: str | None, window: Window
) -> EventChanges:
    """Return what is in the calendar within a time, or has changed since a position there.

    Raises RefusedError with code "position_expired" for a position of another time, too.
    """
    mark = None if position is None else window.mark_in(position)
    # Our token would be sent there.
    if position is not None and (mark is None or not client.is_position(mark)):
        words = "This is no position in the Outlook calendar as it is read now."
        raise RefusedError(words, Facts(code="position_expired"))
    found, following = client.delta(grant, mark, window.since, window.until)
    reading = _Reading(client, grant, window, is_everything=position is None)
    for event in found:
        reading.note(event)
    gathered = reading.finished()
    return EventChanges(
        events=gathered.events,
        gone=() if position is None else gathered.gone,
        is_everything=position is None,
        # Without another one, an old position still leads to everything that has changed since.
        position=window.position(following) if following else position,
        left_out=gathered.left_out,
    )


def is_busy(event: dict[str, Any]) -> bool:
    """Tell whether an event makes the calendar's owner busy."""
    response = event.get("responseStatus")
    is_declined = isinstance(response, dict) and optional_text(response, "response") == "declined"
    return not (event.get("isCancelled") is True or is_declined or optional_text(event, "showAs") in FREE)


class _Reading:
    """One reading of a list, in which a series may come in any order, and several times."""

    def __init__(self, client: CalendarClient, grant: Grant, window: Window, *, is_everything: bool) -> None:
        self._client = client
        self._grant = grant
        self._window = window
        self._is_everything = is_everything
        self._gathered = Gathered(window)
        # The masters as they were listed, and the single events that need one, by their ids.
        self._masters: dict[str, dict[str, Any]] = {}
        self._bare: dict[str, dict[str, Any]] = {}

    def note(self, event: dict[str, Any]) -> None:
        """Take in an event of the list."""
        try:
            event_id = id_in(event)
        except UnusableAnswerError:
            self._gathered.add_unreadable(None)
            return
        self._bare.pop(event_id, None)
        self._masters.pop(event_id, None)
        kind = optional_text(event, "type")
        if "@removed" in event:
            self._gathered.add_gone(event_id)
        elif kind == "seriesMaster":
            self._masters[event_id] = event
        elif kind == "occurrence" and optional_text(event, "seriesMasterId"):
            self._bare[event_id] = event
        else:
            self._add(event_id, event)

    def finished(self) -> Gathered:
        """Return what there is, with the single events of series as whole as the others."""
        bare, listed = self._bare, set(self._masters)
        for event_id, event in bare.items():
            master_id = optional_text(event, "seriesMasterId")
            if master_id not in self._masters:
                self._masters[master_id] = self._fetched(master_id)
            master = self._masters[master_id]
            if not master:
                self._gathered.add_gone(event_id)
                continue
            own = {name: value for name, value in event.items() if value is not None}
            self._add(event_id, {**{name: master[name] for name in _OF_MASTER if name in master}, **own})
        if not self._is_everything:
            self._add_unlisted(listed - {optional_text(event, "seriesMasterId") for event in bare.values()})
        return self._gathered

    def _fetched(self, master_id: str) -> dict[str, Any]:
        """Return the master of a series; nothing if it was deleted meanwhile."""
        try:
            return self._client.master(self._grant, master_id, MASTER_FIELDS)
        except EntryGoneError:
            return {}

    def _add_unlisted(self, changed: set[str]) -> None:
        """Add the single events of series that have changed, and of which only the master was listed: they
        may all be called something else now."""
        if not changed:
            return
        since, until = self._window.since, self._window.until
        for event in self._client.view(self._grant, since, until, _VIEW_FIELDS):
            if optional_text(event, "seriesMasterId") in changed:
                try:
                    self._add(id_in(event), event)
                except UnusableAnswerError:
                    self._gathered.add_unreadable(None)

    def _add(self, event_id: str, event: dict[str, Any]) -> None:
        try:
            self._gathered.add(_listed(event, event_id))
        except UnusableAnswerError:
            self._gathered.add_unreadable(event_id)


def _listed(event: dict[str, Any], event_id: str) -> ListedEvent:
    starts_at, ends_at = times_in(event)
    first_day, last_day = _days_in(event)
    return ListedEvent(
        id=event_id,
        starts_at=starts_at,
        ends_at=ends_at,
        is_busy=is_busy(event),
        title=optional_text(event, "subject").strip(),
        first_day=first_day,
        last_day=last_day,
        key=key_in(event),
        uid=optional_text(event, "iCalUId"),
    )


def _days_in(event: dict[str, Any]) -> tuple[date, date] | tuple[None, None]:
    """Return the first and the last day of an event for whole days. The end that Graph names is the day
    after."""
    first = midnight_in(event.get("start")) if event.get("isAllDay") is True else None
    if first is None:
        return None, None
    after = midnight_in(event.get("end"))
    return first, max(first, after - timedelta(days=1)) if after is not None else first
