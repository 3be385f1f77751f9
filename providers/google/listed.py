"""What is read of the events in someone's Google Calendar, to know when they are busy.

Series are asked for as their single events, so that each has its own time. Google's guide allows a list that
is limited in time to begin with, and says that changes come without limits afterwards; what is outside is
therefore told apart here.
"""

from datetime import date, datetime, timedelta
from typing import Any

from providers.answers import UnusableAnswerError, optional_text
from providers.base import EventChanges, Grant, ListedEvent
from providers.errors import Facts, RefusedError
from providers.google.calendar_client import LISTED_FIELDS, CalendarClient
from providers.google.events import UTC_ZONE, id_in, is_all_day, is_cancelled, key_in, midnight, times_in
from providers.windows import Gathered, Window

# These tell where someone is, or whose birthday it is. Google itself finds no one busy then.
_NEVER_BUSY = {"workingLocation", "birthday"}


def events_between(
    client: CalendarClient, grant: Grant, position: str | None, window: Window
) -> EventChanges:
    """Return what is in the calendar within a time, or has changed since a position there.

    Raises RefusedError with code "position_expired" for a position of another time, too.
    """
    # The same words every time: Google asks for it where a position is named.
    asked = {"singleEvents": "true"}
    if position is None:
        asked |= {"timeMin": _in_query(window.since), "timeMax": _in_query(window.until)}
    else:
        mark = window.mark_in(position)
        if mark is None:
            words = "This is no position in the Google Calendar as it is read now."
            raise RefusedError(words, Facts(code="position_expired"))
        asked["syncToken"] = mark
    found, last = client.events(grant, LISTED_FIELDS, asked)
    zone = optional_text(last, "timeZone") or UTC_ZONE
    gathered = Gathered(window)
    for event in found:
        _note(event, zone, gathered)
    following = optional_text(last, "nextSyncToken")
    return EventChanges(
        events=gathered.events,
        gone=() if position is None else gathered.gone,
        is_everything=position is None,
        # Without another one, an old position still leads to everything that has changed since.
        position=window.position(following) if following else position,
        left_out=gathered.left_out,
    )


def _in_query(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")


def _note(event: dict[str, Any], zone: str, gathered: Gathered) -> None:
    try:
        event_id = id_in(event)
    except UnusableAnswerError:
        gathered.add_unreadable(None)
        return
    if is_cancelled(event):
        gathered.add_gone(event_id)
        return
    try:
        gathered.add(_listed(event, event_id, zone))
    except (UnusableAnswerError, OverflowError):
        gathered.add_unreadable(event_id)


def _listed(event: dict[str, Any], event_id: str, zone: str) -> ListedEvent:
    starts_at, ends_at = times_in(event, zone)
    first_day, last_day = None, None
    if is_all_day(event):
        first_day, last_day = _days_in(event)
        ends_at = max(ends_at, midnight(last_day + timedelta(days=1), zone))
    return ListedEvent(
        id=event_id,
        starts_at=starts_at,
        ends_at=ends_at,
        is_busy=_is_busy(event),
        title=optional_text(event, "summary").strip(),
        first_day=first_day,
        last_day=last_day,
        key=key_in(event),
        uid=optional_text(event, "iCalUID"),
    )


def _days_in(event: dict[str, Any]) -> tuple[date, date]:
    """Return the first and the last day. The end that Google names is the day after."""
    first = date.fromisoformat(optional_text(event["start"], "date"))
    end = event.get("end")
    try:
        after = date.fromisoformat(optional_text(end, "date") if isinstance(end, dict) else "")
    except ValueError:
        return first, first
    return first, max(first, after - timedelta(days=1))


def _is_busy(event: dict[str, Any]) -> bool:
    return not (
        optional_text(event, "transparency") == "transparent"
        or optional_text(event, "eventType") in _NEVER_BUSY
        or _is_declined(event)
    )


def _is_declined(event: dict[str, Any]) -> bool:
    """Tell whether the calendar's owner has declined. Of all guests, only they are asked for."""
    guests = event.get("attendees")
    return any(
        isinstance(guest, dict)
        and guest.get("self") is True
        and optional_text(guest, "responseStatus") == "declined"
        for guest in (guests if isinstance(guests, list) else [])
    )
