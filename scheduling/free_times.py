"""When an interview could take place: the half hours of a day at which everyone it needs is free. They are
within each person's hours, on their own clock, and within the limits they have set. Other times can be typed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from operator import attrgetter
from typing import Any, TypeVar

from accounts.row_permissions import Reader
from scheduling.availability.hours import OnTheirClock
from scheduling.availability.limits import interviews_of, keeps_limits, margin_of
from scheduling.busy_days import NOTHING, BusyDay, BusyDays
from scheduling.in_order import InOrder, Spans
from scheduling.live_times import Live, only_live
from scheduling.occupied import Needs, Occupied, occupied_between
from scheduling.remembered import Editions, Remembered
from timezones import in_zone, start_of_day

HALF_HOUR = timedelta(minutes=30)

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
# Clock changes have been shorter than half an hour, and zones differ by quarters of an hour.
_QUARTER = timedelta(minutes=15)
# Results are kept for this many events in all; each look counts at least this much.
_MOST, _LEAST_OF_A_LOOK = 10_000, 400
# How many results are kept with one look: for another chosen time, for example.
_MOST_MADE = 2

T = TypeVar("T")


@dataclass(frozen=True)
class OnTheTeam:
    """Someone on the team who takes part."""

    user_id: int
    name: str
    clock: OnTheirClock


@dataclass(frozen=True)
class Asked:
    """Who needs a time, how long it has to be, and whose clocks count. `zone` is the one in which times are
    chosen: its half hours are offered. `team` are the members of the team who take part, and `others` the
    known clocks of everyone else. `own` is the clock of the person who chooses, which counts if there is no
    time within everyone's hours.
    """

    needs: Needs
    minutes: int
    zone: str
    team: tuple[OnTheTeam, ...]
    others: frozenset[OnTheirClock]
    own: OnTheirClock

    @property
    def clocks(self) -> frozenset[OnTheirClock]:
        """Those of everyone who takes part, as far as they are known."""
        return self.others | {member.clock for member in self.team}


@dataclass(frozen=True)
class FreeTimes:
    """The starts (aware UTC, soonest first) at which an interview could be on a day.

    They are within the hours on all of the `clocks`. `is_for_everyone`: these are the clocks of those who
    take part; otherwise no half hour of that day is within everyone's hours, and only the clock of the person
    who chooses counts. `own` is what is in the way of any time of that day, between `begins` and `ends`,
    which is later than the day where an interview reaches into the next one, but for what is in people's
    `calendars` and was kept; `occupied` is all of it. `others` is what else the team has then, if that was
    asked for. `around` holds these people's interviews on the surrounding days as well, as far as their
    limits need them.
    """

    starts: tuple[datetime, ...]
    clocks: frozenset[OnTheirClock]
    is_for_everyone: bool
    begins: datetime
    ends: datetime
    own: tuple[Occupied, ...]
    calendars: BusyDay = NOTHING
    others: tuple[Occupied, ...] = ()
    around: tuple[Occupied, ...] = ()

    @cached_property
    def occupied(self) -> tuple[Occupied, ...]:
        return self.between(self.begins, self.ends)

    def between(self, begins: datetime, ends: datetime) -> tuple[Occupied, ...]:
        """The part of it that takes time between two instants, in order."""
        own = (each for each in self.own if each.overlaps(begins, ends))
        return tuple(sorted((*own, *self.calendars.events.between(begins, ends)), key=attrgetter("order")))


class FreeDays(Mapping[date, FreeTimes]):
    """The free times of several days, valid until the first of them is too soon, with the results computed
    from them. Two looks that find the same for the same people get the same object, which equals no other."""

    def __init__(self, of_days: Mapping[date, FreeTimes], asked: Asked, now: datetime) -> None:
        self._of_days = of_days
        notice = max((each.clock.availability.earliest for each in asked.team), default=timedelta())
        soonest = min((of_day.starts[0] for of_day in of_days.values() if of_day.starts), default=None)
        self._since, self._until = now, soonest - notice if soonest is not None else None
        self._made: Remembered[Any] = Remembered(_MOST_MADE)

    def __getitem__(self, day: date) -> FreeTimes:
        return self._of_days[day]

    def __iter__(self) -> Iterator[date]:
        return iter(self._of_days)

    def __len__(self) -> int:
        return len(self._of_days)

    def hold_at(self, now: datetime) -> bool:
        """Whether they are the same at `now` (aware UTC): as time passes, there can only be fewer."""
        return self._since <= now and (self._until is None or now < self._until)

    def made(self, key: Hashable, make: Callable[[], T]) -> T:
        """The result of `make` for these days and everything in `key`, kept for as long as the days are."""
        made: T = self._made.get_or(key, make)
        return made

    @property
    def size(self) -> int:
        """Their share of what is kept, by their events, most of which other looks hold as well."""
        of_days = self._of_days.values()
        return max(_LEAST_OF_A_LOOK, sum(len(each.calendars) + len(each.own) for each in of_days))


_found: Remembered[FreeDays] = Remembered(_MOST, attrgetter("size"))


def free_times(
    asked: Asked,
    days: Collection[date],
    *,
    now: datetime,
    seen_by: Reader,
    with_others_on: date | None = None,
    live: Mapping[int, Live] | None = None,
    editions: Mapping[int, Editions] | None = None,
) -> FreeDays:
    """The free times of several days, in one look at what is on from the first of them to the last.

    A day is one on the clocks of `asked.zone`. Nothing is offered at `now` (aware UTC) or before. What is in
    the way is named as far as `seen_by` may see it. `with_others_on` is a day whose other interviews are
    wanted as well, and `live` what people's calendars said just now. With the `editions` of their calendars,
    by their ids, what was read of them before is used again, and what was worked out from the same is not
    worked out again, whatever was read. The calendar's first and last days raise
    OverflowError.
    """
    (begins, _), (_, ends) = _bounds(min(days), asked.zone), _bounds(max(days), asked.zone)
    # An interview that starts at the end of the last day may overlap events of the next morning. In whole
    # hours, so that what was read for half an hour is good for an hour as well.
    length, margin = timedelta(minutes=asked.minutes), margin_of(member.clock for member in asked.team)
    beyond = -(-length // _HOUR) * _HOUR
    # A live event may continue over days that are left out, on which it is compared with what was read.
    looked_at = _days_between(min(days), max(days)) if live else days
    bounds = {on: (since, until + beyond) for on in looked_at for since, until in (_bounds(on, asked.zone),)}
    kept = BusyDays(asked.needs.user_ids, editions or {}, seen_by.id, bounds.values())
    occupied = kept.keep_from(
        occupied_between(
            asked.needs,
            begins,
            ends + beyond,
            seen_by=seen_by,
            margin=margin,
            everything_in=_bounds(with_others_on, asked.zone) if with_others_on is not None else None,
            calendars_of=kept.unread,
        )
    )
    if live:
        of_calendars = (each for user_id in live for each in kept.of_user(user_id))
        occupied += only_live((*occupied, *of_calendars), live, begins, ends + length)
    key = (kept.key, occupied, _in_short(asked), tuple(days))
    found = _found.get(key)
    if found is None or not found.hold_at(now):
        known = InTheWay(occupied)
        of_days = {
            day: free_times_among(known, asked, day, now=now, calendars=kept.day(bounds[day])) for day in days
        }
        found = _found.keep(key, FreeDays(of_days, asked, now))
    return found


def _in_short(asked: Asked) -> tuple[Hashable, ...]:
    """Everything that is asked, in a form that compares equal in another request, where the host's rows are
    different objects."""
    needs, host = asked.needs, asked.needs.host
    return (
        *(needs.user_ids, needs.candidate_id, needs.software, needs.interview_id),
        (host.user.id, host.user.name) if host is not None else None,
        *(asked.minutes, asked.zone, asked.team, asked.others, asked.own),
    )


class InTheWay(InOrder):
    """What is in the way on several days, with the parts that every day asks for at hand."""

    def __init__(self, occupied: Iterable[Occupied]) -> None:
        super().__init__(occupied)
        self.interviews = tuple(each for each in self.all if each.interview_id is not None and each.taken)

    def of_user(self, user_id: int) -> tuple[Occupied, ...]:
        """The interviews that take someone's time."""
        return interviews_of(user_id, self.interviews)


def free_times_among(
    occupied: Sequence[Occupied] | InTheWay,
    asked: Asked,
    on: date,
    *,
    now: datetime,
    calendars: BusyDay = NOTHING,
) -> FreeTimes:
    """The free times of one day, given everything that is in the way around it: what is `occupied`, and what
    was kept of people's calendars on that day."""
    known = occupied if isinstance(occupied, InTheWay) else InTheWay(occupied)
    length = timedelta(minutes=asked.minutes)
    clocks = asked.clocks
    offered = _offered(on, asked.zone, asked.minutes, clocks) if clocks else ()
    is_for_everyone = bool(offered)
    if not offered:
        present = [clock for clock in asked.clocks if clock.availability.other_days]
        clocks = frozenset({asked.own})
        offered = tuple(
            start
            for start in _offered(on, asked.zone, asked.minutes, clocks)
            if not any(clock.is_away_at(start) for clock in present)
        )
    begins, ends = _bounds(on, asked.zone)
    near = known.between(begins, ends + length)
    of_day = tuple(each for each in near if each.taken)
    taken = Spans(of_day)
    limits = [(each.clock, known.of_user(each.user_id)) for each in asked.team if each.clock.has_limits]
    starts = tuple(
        start
        for start in offered
        if start > now
        and calendars.taken.leave_free(start, start + length)
        and taken.leave_free(start, start + length)
        and all(keeps_limits(clock, mine, start, start + length, now=now) for clock, mine in limits)
    )
    others = tuple(each for each in near if not each.taken and each.overlaps(begins, ends))
    return FreeTimes(
        starts,
        clocks,
        is_for_everyone,
        begins,
        ends + length,
        of_day,
        calendars,
        others,
        known.interviews,
    )


@lru_cache(1024)
def half_hours(on: date, zone: str) -> tuple[datetime, ...]:
    """The instants (aware UTC) of a day at which the clocks of a zone show a full or a half hour, without
    those that are skipped when the clocks go forward, and with both when an hour happens twice."""
    begins, ends = _bounds(on, zone)
    quarters = (begins + number * _QUARTER for number in range((ends - begins) // _QUARTER))
    return tuple(instant for instant in quarters if in_zone(instant, zone).minute in (0, 30))


def _days_between(first: date, last: date) -> list[date]:
    return [first + number * _DAY for number in range((last - first).days + 1)]


def _bounds(on: date, zone: str) -> tuple[datetime, datetime]:
    return start_of_day(on, zone), start_of_day(on + _DAY, zone)


@lru_cache(1024)
def _offered(on: date, zone: str, minutes: int, clocks: frozenset[OnTheirClock]) -> tuple[datetime, ...]:
    """The half hours of a day at which an interview would be within the hours of everyone on these clocks."""
    length = timedelta(minutes=minutes)
    return tuple(
        start
        for start in half_hours(on, zone)
        if all(clock.suits(start, start + length, chosen=on) for clock in clocks)
    )
