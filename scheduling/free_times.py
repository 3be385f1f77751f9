"""When an interview could be: the half hours of a day at which everyone whom it needs is free.

No one's own working hours are known, so every day is taken to go from 8 a.m. to 6 p.m. on the clock of each
person. Other times can be typed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from accounts.row_permissions import Reader
from scheduling.occupied import Needs, Occupied, occupied_between
from scheduling.working_days import is_weekend
from timezones import in_zone, start_of_day

# Between these, interviews are offered, on each person's own clock.
DAY_BEGINS, DAY_ENDS = time(8), time(18)
HALF_HOUR = timedelta(minutes=30)

_DAY = timedelta(days=1)
# Clocks have been set by less than half an hour, and zones differ by quarters of an hour.
_QUARTER = timedelta(minutes=15)


@dataclass(frozen=True)
class Asked:
    """For whom and for how long a time is needed, and on whose clocks.

    `zone` is the one in which the times are chosen: its half hours are offered. `zones` are those of everyone
    who takes part, as far as they are known; `own_zone` is that of the person who chooses, who counts if
    there is no time within everyone's day.
    """

    needs: Needs
    minutes: int
    zone: str
    zones: frozenset[str]
    own_zone: str


@dataclass(frozen=True)
class FreeTimes:
    """The starts (aware UTC, soonest first) at which an interview could be on a day.

    They are between `DAY_BEGINS` and `DAY_ENDS` in all of the `zones`. `is_for_everyone`: these are the zones
    of those who take part; otherwise no half hour of that day is within everyone's day, and only the zone of
    the person who chooses counts. `occupied` is what is in the way of any time of that day, also of one that
    reaches into the next day.
    """

    starts: tuple[datetime, ...]
    zones: frozenset[str]
    is_for_everyone: bool
    occupied: tuple[Occupied, ...]


def free_times(
    asked: Asked, days: Collection[date], *, now: datetime, seen_by: Reader
) -> Mapping[date, FreeTimes]:
    """The free times of several days, in one look at what is scheduled from the first of them to the last.

    A day is one on the clocks of `asked.zone`. Nothing is offered at `now` (aware UTC) or before. What is in
    the way is named as far as `seen_by` may see it. The calendar's first and last days raise OverflowError.
    """
    begins = start_of_day(min(days), asked.zone)
    ends = start_of_day(max(days) + _DAY, asked.zone)
    # An interview that starts at the end of the last day may meet what is on the morning after.
    margin = timedelta(minutes=asked.minutes)
    occupied = occupied_between(asked.needs, begins, ends + margin, seen_by=seen_by)
    return {day: free_times_among(occupied, asked, day, now=now) for day in days}


def free_times_among(occupied: Iterable[Occupied], asked: Asked, on: date, *, now: datetime) -> FreeTimes:
    """The free times of one day, given everything that is in the way around it."""
    length = timedelta(minutes=asked.minutes)
    offered = _offered(on, asked.zone, asked.minutes, asked.zones) if asked.zones else ()
    is_for_everyone, zones = bool(offered), asked.zones
    if not offered:
        zones = frozenset({asked.own_zone})
        offered = _offered(on, asked.zone, asked.minutes, zones)
    begins, ends = start_of_day(on, asked.zone), start_of_day(on + _DAY, asked.zone)
    of_day = tuple(each for each in occupied if each.overlaps(begins, ends + length))
    starts = tuple(
        start
        for start in offered
        if start > now and not any(each.overlaps(start, start + length) for each in of_day)
    )
    return FreeTimes(starts, zones, is_for_everyone, of_day)


@lru_cache(1024)
def half_hours(on: date, zone: str) -> tuple[datetime, ...]:
    """The instants (aware UTC) of a day at which the clocks of a zone show a full or a half hour, without
    those that are skipped when the clocks go forward, and with both when an hour happens twice."""
    begins, ends = start_of_day(on, zone), start_of_day(on + _DAY, zone)
    quarters = (begins + number * _QUARTER for number in range((ends - begins) // _QUARTER))
    return tuple(instant for instant in quarters if in_zone(instant, zone).minute in (0, 30))


@lru_cache(1024)
def _offered(on: date, zone: str, minutes: int, zones: frozenset[str]) -> tuple[datetime, ...]:
    """The half hours of a day at which an interview would be within the day of everyone in these zones."""
    length = timedelta(minutes=minutes)
    return tuple(
        start
        for start in half_hours(on, zone)
        if all(_is_within_day(start, start + length, there, on) for there in zones)
    )


def _is_within_day(starts_at: datetime, ends_at: datetime, zone: str, chosen: date) -> bool:
    begins, ends = in_zone(starts_at, zone), in_zone(ends_at, zone)
    is_at_day = begins.time() >= DAY_BEGINS and ends.date() == begins.date() and ends.time() <= DAY_ENDS
    # A Friday evening in Los Angeles is a Saturday in Sydney, which is offered only to those who chose one.
    return is_at_day and (is_weekend(chosen) or not is_weekend(begins.date()))
