"""How far a connected calendar has been read, for its card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from models import Connection, ConnectionState, SyncedCalendar
from scheduling.calendars.failures import cure_of
from scheduling.entries.apps import calendar_apps
from wording import counted


@dataclass(frozen=True)
class CalendarReading:
    """`as_of`: up to when what was read holds (aware, UTC); None before the first time. `why_not`: why it
    could not be read since, in words, with what helps; "" if it could, or where the card says so already.
    `left_out`: which events are missing, as a sentence; "" if none is."""

    as_of: datetime | None
    why_not: str = ""
    left_out: str = ""


def reading_of(row: Connection, synced: Mapping[str, SyncedCalendar]) -> CalendarReading | None:
    """What there is to say of a connection, from `scheduling.outside.sync.readings_of` its person; None for
    one without a calendar, and where nothing was read before the connection ended."""
    if row.app not in calendar_apps() or row.state is ConnectionState.ENDED:
        return None
    calendar, is_connected = synced.get(row.app), row.state is ConnectionState.CONNECTED
    if calendar is None or (calendar.read_at is None and not is_connected):
        return CalendarReading(None) if is_connected else None
    why_not = ""
    if calendar.failure is not None and is_connected:
        why_not = " ".join(filter(None, (calendar.failure_words, cure_of(calendar.failure))))
    left_out = ""
    if calendar.left_out:
        them = "is" if calendar.left_out == 1 else "are"
        left_out = f"{counted(calendar.left_out, 'event')} couldn't be read and {them} left out."
    return CalendarReading(calendar.read_at, why_not, left_out)
