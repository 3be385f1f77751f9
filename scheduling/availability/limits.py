"""Why a time does not suit one person: their hours, and the limits they have set for themselves. These
reasons forbid nothing. Such times are not offered, and people who type one are told.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from enum import Enum, auto

from scheduling.availability.hours import OnTheirClock
from scheduling.occupied import ClashKind, Occupied
from timezones import in_zone


class Objection(Enum):
    AWAY = auto()
    OUTSIDE_HOURS = auto()
    SHORT_NOTICE = auto()
    NO_BREAK = auto()
    FULL_DAY = auto()
    FULL_WEEK = auto()


def interviews_of(user_id: int, occupied: Iterable[Occupied]) -> tuple[Occupied, ...]:
    """Those of these interviews that take someone's time."""
    return tuple(
        each
        for each in occupied
        if any(taken.kind is ClashKind.PERSON and taken.subject_id == user_id for taken in each.taken)
    )


def margin_of(people: Iterable[OnTheirClock]) -> timedelta:
    """How far around a time interviews have to be known to check the limits of these people: a day or a week
    by their clock, or the minutes they keep free."""
    margin = timedelta()
    for person in people:
        said = person.availability
        if said.most_a_week is not None:
            margin = max(margin, timedelta(days=8))
        if said.most_a_day is not None:
            margin = max(margin, timedelta(days=2))
        margin = max(margin, timedelta(minutes=said.minutes_before + said.minutes_after))
    return margin


def keeps_limits(
    person: OnTheirClock,
    theirs: Collection[Occupied],
    starts_at: datetime,
    ends_at: datetime,
    *,
    now: datetime,
) -> bool:
    """Whether their limits leave room for an interview between two instants (aware UTC), given their other
    interviews around it."""
    return next(_limits_reached(person, theirs, starts_at, ends_at, now), None) is None


def objections(
    person: OnTheirClock,
    theirs: Collection[Occupied],
    starts_at: datetime,
    ends_at: datetime,
    *,
    now: datetime,
) -> tuple[Objection, ...]:
    """Every reason against it, their hours first. An interview at the same time is left out, because that is
    a clash."""
    on = in_zone(starts_at, person.zone).date()
    found = []
    if person.availability.is_away(on):
        found.append(Objection.AWAY)
    elif person.is_outside(starts_at, ends_at):
        found.append(Objection.OUTSIDE_HOURS)
    return (*found, *_limits_reached(person, theirs, starts_at, ends_at, now))


def _limits_reached(
    person: OnTheirClock, theirs: Collection[Occupied], starts_at: datetime, ends_at: datetime, now: datetime
) -> Iterator[Objection]:
    said = person.availability
    if said.notice_minutes and starts_at < now + said.earliest:
        yield Objection.SHORT_NOTICE
    apart = timedelta(minutes=said.minutes_before + said.minutes_after)
    if apart and any(
        each.overlaps(starts_at - apart, ends_at + apart) and not each.overlaps(starts_at, ends_at)
        for each in theirs
    ):
        yield Objection.NO_BREAK
    on = in_zone(starts_at, person.zone).date()
    if said.most_a_day is not None and said.most_a_day <= _count(theirs, person, lambda day: day == on):
        yield Objection.FULL_DAY
    week = on.isocalendar()[:2]
    if said.most_a_week is not None and said.most_a_week <= _count(
        theirs, person, lambda day: day.isocalendar()[:2] == week
    ):
        yield Objection.FULL_WEEK


def _count(theirs: Collection[Occupied], person: OnTheirClock, is_counted: Callable[[date], bool]) -> int:
    return sum(is_counted(in_zone(each.starts_at, person.zone).date()) for each in theirs)
