"""Everything that follows the chosen time and day: conflicts, free times, and what else is on that day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from blueprints.schedule_interview.forms.when import FURTHEST
from blueprints.schedule_interview.panels.day import Day, day_of
from blueprints.schedule_interview.panels.free_times import (
    OfferedTimes,
    days_to_choose,
    names_of,
    offered_times,
)
from blueprints.schedule_interview.panels.strip import Period
from models import User
from scheduling.clashes import Clash, Wanted, clashes_among, find_clashes
from scheduling.free_times import Asked, free_times
from scheduling.occupied import Occupied
from scheduling.plans import When
from timezones import in_zone, utc_now


@dataclass(frozen=True)
class AroundTime:
    """`times` and `day` are None while no day is chosen, and for one that is over or too far ahead to be
    meant. `around` is what those who take part have at that time and around it."""

    clashes: list[Clash]
    times: OfferedTimes | None
    day: Day | None
    around: tuple[Occupied, ...] = ()


def around_time(
    actor: User,
    asked: Asked,
    people: list[str],
    on: date | None,
    starts_at: datetime | None,
    slots: Sequence[When] = (),
) -> AroundTime:
    """What belongs to a day, and to a time on it once one is chosen, as far as `actor` may know it. `on` is a
    date in the zone that was asked in; `people` are the names of those whose time the interview takes, and
    `slots` the times that a candidate can choose from."""
    now = utc_now()
    today, last = (in_zone(at, asked.zone).date() for at in (now, now + FURTHEST))
    wanted = Wanted(asked.needs, starts_at, asked.minutes) if starts_at is not None else None
    if on is None or not today <= on <= last:
        clashes = find_clashes(wanted, seen_by=actor) if wanted is not None else []
        return AroundTime(clashes, None, None)
    free = free_times(asked, days_to_choose(on, today), now=now, seen_by=actor, with_others_on=on)
    clashes = clashes_among(free[on].occupied, wanted) if wanted is not None else []
    chosen = Period(wanted.starts_at, wanted.ends_at) if wanted is not None else None
    return AroundTime(
        clashes,
        offered_times(
            asked, free, on, names=names_of(people, asked), chosen=chosen, today=today, slots=slots
        ),
        day_of(free[on], on, asked.zone, chosen=chosen, software=asked.needs.software),
        free[on].around,
    )
