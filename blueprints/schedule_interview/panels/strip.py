"""Where something is on the drawing of a day: by the clock there, from midnight."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from timezones import in_zone

_DAY = 24 * 60


@dataclass(frozen=True)
class Period:
    """Something between two instants (aware UTC). `is_clash`: at the chosen time."""

    starts_at: datetime
    ends_at: datetime
    is_clash: bool = False


@dataclass(frozen=True)
class Bar:
    """A period on the drawing, in minutes after midnight by the clock there."""

    begins: int
    minutes: int
    is_clash: bool

    @property
    def ends(self) -> int:
        return self.begins + self.minutes


def bar_of(period: Period, on: date, zone: str) -> Bar:
    """The part of a period that is on that day."""
    begins = minutes_of(period.starts_at, on, zone)
    return Bar(begins, max(1, minutes_of(period.ends_at, on, zone) - begins), period.is_clash)


def is_on(period: Period, on: date, zone: str) -> bool:
    """Whether any of a period is on that day."""
    return minutes_of(period.ends_at, on, zone) > 0 and minutes_of(period.starts_at, on, zone) < _DAY


def minutes_of(instant: datetime, on: date, zone: str) -> int:
    """Where an instant is on that day's clock; what is on another day is at its beginning or end. By the
    clock and not by elapsed minutes, so that it matches the marks on a day with a clock change.
    """
    local = in_zone(instant, zone)
    if local.date() != on:
        return 0 if local.date() < on else _DAY
    return local.hour * 60 + local.minute
