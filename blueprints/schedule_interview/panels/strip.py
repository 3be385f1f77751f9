"""A day as a drawing: what takes people's time, the chosen time in its length, the half hours to choose."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from scheduling.availability.hours import OFFERED
from timezones import in_zone

# The part of a day that is always drawn, in minutes after midnight. What is outside adds whole hours.
_DRAWN_FROM, _DRAWN_TO = OFFERED.begin.hour * 60, OFFERED.end.hour * 60
_DAY = 24 * 60
_HALF_HOUR = 30


@dataclass(frozen=True)
class Period:
    """Something on that day between two instants (aware UTC). `is_clash`: at the chosen time."""

    starts_at: datetime
    ends_at: datetime
    is_clash: bool = False


@dataclass(frozen=True)
class Bar:
    """A period on the drawing, in minutes after midnight by the clock there."""

    begins: int
    minutes: int
    is_clash: bool


@dataclass(frozen=True)
class Strip:
    """`hours` are the marks of the drawing, which reaches from the first to the last of them. `cells` are its
    half hours: the minutes after midnight of those that can be chosen, and None for the others."""

    hours: tuple[int, ...]
    bars: tuple[Bar, ...]
    chosen: tuple[Bar, ...]
    cells: tuple[int | None, ...]


def strip_of(
    on: date, zone: str, busy: Iterable[Period], chosen: Iterable[Period], free: Collection[datetime]
) -> Strip:
    """That day in that zone; `free` are the starts that can be chosen."""
    bars = tuple(_bar(each, on, zone) for each in busy if _is_on(each, on, zone))
    chosen_bars = tuple(_bar(each, on, zone) for each in chosen if _is_on(each, on, zone))
    starts = {minutes_of(start, on, zone) for start in free}
    drawn = [(bar.begins, bar.begins + bar.minutes) for bar in (*bars, *chosen_bars)]
    drawn += [(start, start + _HALF_HOUR) for start in starts]
    first = min([_DRAWN_FROM, *(begins for begins, _ in drawn)]) // 60
    last = -(-max([_DRAWN_TO, *(ends for _, ends in drawn)]) // 60)
    half_hours = range(first * 60, last * 60, _HALF_HOUR)
    cells = tuple(minute if minute in starts else None for minute in half_hours)
    return Strip(tuple(range(first, last + 1)), bars, chosen_bars, cells)


def minutes_of(instant: datetime, on: date, zone: str) -> int:
    """Where an instant is on that day's clock; what is on another day is at its beginning or end. By the
    clock and not by elapsed minutes, so that it matches the marks on a day with a clock change.
    """
    local = in_zone(instant, zone)
    if local.date() != on:
        return 0 if local.date() < on else _DAY
    return local.hour * 60 + local.minute


def _bar(period: Period, on: date, zone: str) -> Bar:
    begins = minutes_of(period.starts_at, on, zone)
    return Bar(begins, max(1, minutes_of(period.ends_at, on, zone) - begins), period.is_clash)


def _is_on(period: Period, on: date, zone: str) -> bool:
    return minutes_of(period.ends_at, on, zone) > 0 and minutes_of(period.starts_at, on, zone) < _DAY
