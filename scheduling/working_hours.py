"""The hours in which interviews are usually held, on each person's own clock. No one's own hours are known.

Two spans differ on purpose. What the product proposes by itself has to suit nearly everyone; what a person
chose is questioned only where it is probably a mistake. An interview at 07:30 or 19:00 is never proposed, but
whoever types it has a reason for it, and a warning that comes too often is no longer read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from timezones import in_zone


@dataclass(frozen=True)
class Hours:
    """From one wall time until another of the same day."""

    begin: time
    end: time

    def __str__(self) -> str:
        return f"{self.begin:%H:%M} to {self.end:%H:%M}"


# Free times are offered within these, from beginning to end.
OFFERED = Hours(time(8), time(18))
# A start outside these is called "Outside working hours".
USUAL = Hours(time(7), time(21))


def is_outside_usual(starts_at: datetime, zone_name: str) -> bool:
    """Whether it begins before 7 a.m., or at 9 p.m. or later, in that zone."""
    return not USUAL.begin <= in_zone(starts_at, zone_name).time() < USUAL.end
