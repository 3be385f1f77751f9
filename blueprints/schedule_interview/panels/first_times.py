"""The first times that suit everyone, over several days, each to be chosen by one click."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from scheduling.free_times import FreeTimes
from timezones import happens_twice, in_zone, zone_abbreviation
from web.times import instant_as_text

LEAST, MOST = 3, 5
# Two a day, one of them not right after the other, so that there is a choice of days.
_A_DAY = 2
_APART = timedelta(hours=2)


@dataclass(frozen=True)
class FirstTime:
    """A start: `value` names its instant, `day` and `time` are what it fills in. `time` is "" in an hour that
    happens twice, where the wall time does not say which one is meant."""

    key: str
    value: str
    day: str
    time: str
    words: str
    is_chosen: bool


def first_times(
    free: Mapping[date, FreeTimes], zone: str, *, chosen: Collection[datetime], today: date
) -> tuple[FirstTime, ...]:
    """The first starts that are within everyone's hours, soonest first; none where there are no such hours,
    because those of one person alone suit no one else."""
    suitable = [free[day].starts for day in sorted(free) if free[day].is_for_everyone]
    starts = [start for of_day in suitable for start in _apart(of_day)][:MOST]
    if len(starts) < LEAST:
        # On so few days, what is left of them is better than nothing to choose from.
        others = (start for of_day in suitable for start in of_day if start not in starts)
        starts = sorted([*starts, *islice(others, LEAST - len(starts))])
    return tuple(_first_time(start, zone, chosen, today) for start in starts)


def _apart(starts: Sequence[datetime]) -> list[datetime]:
    found: list[datetime] = []
    for start in starts:
        if len(found) < _A_DAY and (not found or start - found[-1] >= _APART):
            found.append(start)
    return found


def _first_time(start: datetime, zone: str, chosen: Collection[datetime], today: date) -> FirstTime:
    local, is_twice = in_zone(start, zone), happens_twice(start, zone)
    day = "Today" if local.date() == today else f"{local:%a} {local.day}"
    time = f"{local:%H:%M}"
    return FirstTime(
        key=f"{start:%m%d%H%M}",
        value=instant_as_text(start),
        day=local.date().isoformat(),
        time="" if is_twice else time,
        words=f"{day}, {time}" + (f" {zone_abbreviation(start, zone)}" if is_twice else ""),
        is_chosen=start in chosen,
    )
