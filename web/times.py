"""Days and instants as addresses and buttons write them, and the one place that reads them back.

Whatever an address says, what is read here is a day or an instant that every zone's clocks can show, and so
are those a few years around it. On the first and the last days of Python's calendar that is not so: the same
instant has no wall time in some zones, and computing with it fails. Dates and times that are typed into
fields are read by those fields, whose forms say what is wrong with them.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

# No one has interviews beyond these.
FIRST_YEAR, LAST_YEAR = 2000, 2100


def instant_as_text(instant: datetime) -> str:
    """An instant (aware) to the minute, `2027-02-10T09:00Z`. A wall time would mean another one after the day
    or the zone beside it has changed."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M}Z"


def instant_in(text: str) -> datetime | None:
    """The instant (aware UTC) that `instant_as_text` has written, or None for anything else."""
    try:
        instant = datetime.strptime(text, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
    except ValueError:
        return None
    return instant if FIRST_YEAR <= instant.year <= LAST_YEAR else None


def day_in(text: str) -> date | None:
    """A day as `date.isoformat` writes it, `2026-12-01`, or None for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text and FIRST_YEAR <= day.year <= LAST_YEAR else None
