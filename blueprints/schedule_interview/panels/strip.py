"""Where something is on the drawing of a day: by the clock there, from midnight."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from timezones import clock_change_between, in_zone, start_of_day

_DAY = 24 * 60
_A_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


class Period(NamedTuple):
    """Something between two instants (aware UTC). `is_clash`: at the chosen time."""

    starts_at: datetime
    ends_at: datetime
    is_clash: bool = False


class Bar(NamedTuple):
    """A period on the drawing, in minutes after midnight by the clock there."""

    begins: int
    minutes: int
    is_clash: bool

    @property
    def ends(self) -> int:
        return self.begins + self.minutes


def bars_of(period: Period, on: date, zone: str) -> tuple[Bar, ...]:
    """The part of a period that is on that day. It is one bar, but for what is on in an hour that happens
    twice and not in all of it: from 02:30 until 02:15 an hour later, it takes both ends of that hour."""
    begins, ends = minutes_of(period.starts_at, on, zone), minutes_of(period.ends_at, on, zone)
    turned_back = _turned_back(on, zone)
    if turned_back is None or period.starts_at >= turned_back[0] or period.ends_at < turned_back[0]:
        return (_bar(begins, ends, period),)
    at, shows_before = turned_back
    shows_after = minutes_of(at, on, zone)
    if period.ends_at == at:
        return (_bar(begins, shows_before, period),)
    if begins <= ends:
        return (_bar(min(begins, shows_after), max(ends, shows_before), period),)
    return _bar(shows_after, ends, period), _bar(begins, shows_before, period)


def _bar(begins: int, ends: int, period: Period) -> Bar:
    return Bar(begins, max(1, ends - begins), period.is_clash)


@lru_cache(1024)
def _turned_back(on: date, zone: str) -> tuple[datetime, int] | None:
    """When the clocks go back on that day, with the minute after midnight that they would show otherwise."""
    begins, ends = start_of_day(on, zone), start_of_day(on + _A_DAY, zone)
    longer = (ends - begins) - _A_DAY
    at = clock_change_between(zone, begins, ends) if longer > timedelta() else None
    return (at, minutes_of(at, on, zone) + longer // _MINUTE) if at is not None else None


def is_on(period: Period, on: date, zone: str) -> bool:
    """Whether any part of a period is on that day."""
    return minutes_of(period.ends_at, on, zone) > 0 and minutes_of(period.starts_at, on, zone) < _DAY


def minutes_of(instant: datetime, on: date, zone: str) -> int:
    """Where an instant is on that day's clock; what is on another day is at its beginning or end. By the
    clock and not by elapsed minutes, so that it matches the marks on a day with a clock change.
    """
    local = in_zone(instant, zone)
    if local.date() != on:
        return 0 if local.date() < on else _DAY
    return local.hour * 60 + local.minute
