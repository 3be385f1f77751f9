"""When an interview could be: the half hours of a day at which everyone whom it needs is free.

They are within `working_hours.OFFERED` on the clock of each person. Other times can be typed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from accounts.row_permissions import Reader
from scheduling.occupied import Needs, Occupied, occupied_between
from scheduling.working_days import is_weekend
from scheduling.working_hours import OFFERED
from timezones import in_zone, start_of_day

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

    They are within `working_hours.OFFERED` in all of the `zones`. `is_for_everyone`: these are the zones
    of those who take part; otherwise no half hour of that day is within everyone's day, and only the zone of
    the person who chooses counts. `occupied` is what is in the way of any time of that day, also of one that
    reaches into the next day; `others` is what else the team has then, if that was asked for.
    """

    starts: tuple[datetime, ...]
    zones: frozenset[str]
    is_for_everyone: bool
    occupied: tuple[Occupied, ...]
    others: tuple[Occupied, ...] = ()


def free_times(
    asked: Asked,
    days: Collection[date],
    *,
    now: datetime,
    seen_by: Reader,
    with_others_on: date | None = None,
) -> Mapping[date, FreeTimes]:
    """The free times of several days, in one look at what is scheduled from the first of them to the last.

    A day is one on the clocks of `asked.zone`. Nothing is offered at `now` (aware UTC) or before. What is in
    the way is named as far as `seen_by` may see it. `with_others_on` is a day whose other interviews are
    wanted as well. The calendar's first and last days raise OverflowError.
    """
    (begins, _), (_, ends) = _bounds(min(days), asked.zone), _bounds(max(days), asked.zone)
    # An interview that starts at the end of the last day may meet what is on the morning after.
    margin = timedelta(minutes=asked.minutes)
    of_day = _bounds(with_others_on, asked.zone) if with_others_on is not None else None
    occupied = occupied_between(asked.needs, begins, ends + margin, seen_by=seen_by, everything_in=of_day)
    return {day: free_times_among(occupied, asked, day, now=now) for day in days}


def free_times_among(occupied: Iterable[Occupied], asked: Asked, on: date, *, now: datetime) -> FreeTimes:
    """The free times of one day, given everything that is in the way around it."""
    length = timedelta(minutes=asked.minutes)
    offered = _offered(on, asked.zone, asked.minutes, asked.zones) if asked.zones else ()
    is_for_everyone, zones = bool(offered), asked.zones
    if not offered:
        zones = frozenset({asked.own_zone})
        offered = _offered(on, asked.zone, asked.minutes, zones)
    begins, ends = _bounds(on, asked.zone)
    near = [each for each in occupied if each.overlaps(begins, ends + length)]
    of_day = tuple(each for each in near if each.taken)
    starts = tuple(
        start
        for start in offered
        if start > now and not any(each.overlaps(start, start + length) for each in of_day)
    )
    others = tuple(each for each in near if not each.taken and each.overlaps(begins, ends))
    return FreeTimes(starts, zones, is_for_everyone, of_day, others)


@lru_cache(1024)
def half_hours(on: date, zone: str) -> tuple[datetime, ...]:
    """The instants (aware UTC) of a day at which the clocks of a zone show a full or a half hour, without
    those that are skipped when the clocks go forward, and with both when an hour happens twice."""
    begins, ends = _bounds(on, zone)
    quarters = (begins + number * _QUARTER for number in range((ends - begins) // _QUARTER))
    return tuple(instant for instant in quarters if in_zone(instant, zone).minute in (0, 30))


def _bounds(on: date, zone: str) -> tuple[datetime, datetime]:
    return start_of_day(on, zone), start_of_day(on + _DAY, zone)


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
    is_at_day = begins.time() >= OFFERED.begin and ends.date() == begins.date() and ends.time() <= OFFERED.end
    # A Friday evening in Los Angeles is a Saturday in Sydney, which is offered only to those who chose one.
    return is_at_day and (is_weekend(chosen) or not is_weekend(begins.date()))
