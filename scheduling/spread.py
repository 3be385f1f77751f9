"""Free times to offer to a candidate, spread over several days."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta

from accounts.row_permissions import Reader
from scheduling.free_times import Asked, FreeTimes, free_times
from scheduling.working_days import next_working_day, working_days
from timezones import in_zone

# How many are suggested at a time, and how many working days are searched for them.
MOST = 4
_DAYS = 10
# One time in the morning, after people have read their email, and one in the afternoon, for those who work
# mornings.
_USUAL = (time(10), time(14))


def spread_times(
    asked: Asked, without: Collection[date], *, now: datetime, seen_by: Reader, most: int = MOST
) -> tuple[datetime, ...]:
    """Up to `most` free starts (aware UTC), each on a different one of the next working days, soonest first;
    none on the days in `without`, which already have one. Today is left out: the candidate has to answer
    first."""
    days = working_days(next_working_day(in_zone(now, asked.zone).date()), _DAYS)
    return spread_among(free_times(asked, days, now=now, seen_by=seen_by), without, asked.zone, most=most)


def spread_among(
    free: Mapping[date, FreeTimes], without: Collection[date], zone: str, *, most: int = MOST
) -> tuple[datetime, ...]:
    """The same, among the free times of these days."""
    days = [day for day in sorted(free) if free[day].starts and day not in without][:most]
    return tuple(
        min(free[day].starts, key=lambda start: _distance(in_zone(start, zone), _USUAL[number % len(_USUAL)]))
        for number, day in enumerate(days)
    )


def _distance(moment: datetime, usual: time) -> timedelta:
    return abs(moment - datetime.combine(moment.date(), usual, moment.tzinfo))
