"""Everything that depends on the chosen time and day: conflicts, free times, and what else is on that day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from blueprints.schedule_interview.forms.when import FURTHEST
from blueprints.schedule_interview.panels.calendars_known import calendars_known
from blueprints.schedule_interview.panels.day import Day, day_of
from blueprints.schedule_interview.panels.free_times import (
    OfferedTimes,
    days_to_choose,
    offered_times,
)
from blueprints.schedule_interview.panels.strip import Period
from models import User
from scheduling.clashes import Clash, Wanted, clashes_among, find_clashes
from scheduling.free_times import Asked, FreeTimes, free_times
from scheduling.live_times import Live
from scheduling.occupied import Occupied
from scheduling.outside.busy import Known, NotConnected, Stale
from scheduling.outside.look_ups import LiveBusy, Unknown
from scheduling.plans import When
from scheduling.remembered import Editions
from services import services
from timezones import in_zone, start_of_day, utc_now


@dataclass(frozen=True)
class AroundTime:
    """`times` and `day` are None while no day is chosen, and for one that is over or too far ahead to be
    meant. `around` is what those who take part have at that time and around it. `can_ask`: someone has a
    connected calendar, which has not been asked for this."""

    clashes: list[Clash]
    times: OfferedTimes | None
    day: Day | None
    around: tuple[Occupied, ...] = ()
    can_ask: bool = False


def around_time(
    actor: User,
    asked: Asked,
    people: list[str],
    on: date | None,
    starts_at: datetime | None,
    slots: Sequence[When] = (),
    *,
    read: Mapping[int, Known | NotConnected | Stale],
    editions: Mapping[int, Editions] | None = None,
    asks_calendars: bool = False,
) -> AroundTime:
    """What belongs to a day, and to a time on it once one is chosen, as far as `actor` may know it. `on` is a
    date in the zone that was asked in; `people` are the names of those whose time the interview takes, the
    candidate first, and `slots` the times that a candidate can choose from. `read` says how far their
    calendars are known, with the `editions` of them that were read if anything is to be kept; with
    `asks_calendars` those that are connected are asked now, for two seconds at most."""
    now = utc_now()
    today, last = (in_zone(at, asked.zone).date() for at in (now, now + FURTHEST))
    wanted = Wanted(asked.needs, starts_at, asked.minutes) if starts_at is not None else None
    if on is None or not today <= on <= last:
        clashes = find_clashes(wanted, seen_by=actor) if wanted is not None else []
        return AroundTime(clashes, None, None)
    days = days_to_choose(on, today, asked)
    read = {member.user_id: read.get(member.user_id, NotConnected()) for member in asked.team}
    answers = _ask(asked, read, days) if asks_calendars else {}
    live = _live(asked, answers)
    free = free_times(asked, days, now=now, seen_by=actor, with_others_on=on, live=live, editions=editions)
    known = calendars_known(read, answers, asked.zone, now, until=_end_of(days, asked.zone))
    chosen = Period(wanted.starts_at, wanted.ends_at) if wanted is not None else None
    # Everything else shown follows from what was found, and from the people it was found for.
    key = (on, today, chosen, tuple(slots), tuple(people), tuple(known.items()))

    def make() -> AroundTime:
        return AroundTime(
            _clashes(free[on], wanted) if wanted is not None else [],
            offered_times(
                *(asked, free, on), people=people, known=known, chosen=chosen, today=today, slots=slots
            ),
            day_of(free[on], on, asked.zone, chosen=chosen, software=asked.needs.software),
            free[on].around,
        )

    can_ask = not asks_calendars and any(not isinstance(each, NotConnected) for each in read.values())
    return replace(free.made(key, make), can_ask=can_ask)


def _clashes(of_day: FreeTimes, wanted: Wanted) -> list[Clash]:
    return clashes_among(of_day.between(wanted.starts_at, wanted.ends_at), wanted)


def _ask(
    asked: Asked, read: Mapping[int, Known | NotConnected | Stale], days: Sequence[date]
) -> Mapping[int, LiveBusy | Unknown]:
    """What the calendars of these people say now, of those who have one."""
    with_one = [user_id for user_id, each in read.items() if not isinstance(each, NotConnected)]
    if not with_one:
        return {}
    begins, ends = start_of_day(days[0], asked.zone), start_of_day(days[-1] + timedelta(days=2), asked.zone)
    return services().look_ups.look(with_one, begins, ends)


def _end_of(days: Sequence[date], zone: str) -> datetime:
    return start_of_day(days[-1] + timedelta(days=1), zone)


def _live(asked: Asked, answers: Mapping[int, LiveBusy | Unknown]) -> dict[int, Live]:
    names = {member.user_id: member.name for member in asked.team}
    return {
        user_id: Live(names[user_id], answer.calendars)
        for user_id, answer in answers.items()
        if isinstance(answer, LiveBusy)
    }
