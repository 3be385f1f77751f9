"""Whose time an interview takes, and what is in each person's day, in lanes side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from blueprints.schedule_interview.panels.spans import ALL_DAY, span_on
from blueprints.schedule_interview.panels.strip import Bar, Period, bars_of, is_on
from connections.catalogue import calendar_name
from scheduling.availability.hours import OnTheirClock
from scheduling.busy_days import PersonDay
from scheduling.free_times import HALF_HOUR, Asked
from scheduling.occupied import ClashKind, Occupied, Taken
from scheduling.remembered import Remembered
from scheduling.working_days import is_weekend
from timezones import NonexistentTimeError, parse_local, place_name, start_of_day
from wording import possessive, short_names

_DAY = timedelta(days=1)
# More than this of one calendar in one day cannot be told apart in a lane, and say too much in words.
_MOST_APART = 12
_MIDNIGHT = time()


class Look(StrEnum):
    """How something in a lane is drawn; each differs from the others by its pattern too, not by its color
    alone."""

    INTERVIEW = "interview"
    OUTSIDE = "outside"
    BLOCKED = "blocked"
    AWAY = "away"
    BREAK = "break"


@dataclass(frozen=True)
class Lane:
    """One of those whose time is asked for. `subject` is what `Taken` calls them; `clock` is None where
    nothing is known of their hours. `place` is where they are, if their clock differs from the drawing's."""

    subject: tuple[str, int]
    name: str
    initials: str
    clock: OnTheirClock | None
    place: str = ""

    @property
    def user_id(self) -> int | None:
        """Whose calendar would tell more of it; None for a candidate, and for an account."""
        return self.subject[1] if self.subject[0] == _TEAM else None


class Block(NamedTuple):
    """Something in a lane of one day, with what is said of it. `bar` is its place there."""

    bar: Bar
    look: Look
    words: str


class LaneOfDay(NamedTuple):
    """One person's day: the hours in which they take interviews, and what is in it, soonest first."""

    open: tuple[Bar, ...]
    blocks: tuple[Block, ...]


_TEAM, _CANDIDATE, _ACCOUNT = "team", "candidate", "account"
_SUBJECTS = {ClashKind.CANDIDATE: _CANDIDATE, ClashKind.HOST_ACCOUNT: _ACCOUNT}


def lanes_of(asked: Asked, candidate: str, occupied: Sequence[Occupied]) -> tuple[Lane, ...]:
    """The lanes of everyone who takes part as far as something is known of their time: the team, then the
    candidate, then the account that hosts if anything is on it."""
    needs = asked.needs
    taken = {_subject(each) for one in occupied for each in one.taken}
    found: list[tuple[tuple[str, int], str, OnTheirClock | None]] = [
        ((_TEAM, member.user_id), member.name, member.clock) for member in asked.team
    ]
    theirs = (_CANDIDATE, needs.candidate_id)
    if asked.others or theirs in taken:
        found.append((theirs, candidate, next(iter(asked.others), None)))
    names = short_names([name for _, name, _ in found])
    if needs.host is not None and needs.software is not None:
        account = (_ACCOUNT, needs.host.user.id)
        if account in taken:
            found.append((account, needs.host.user.name, None))
            names.append(f"{possessive(needs.host.user.name)} {needs.software.label} account")
    return tuple(
        Lane(subject, name, letters, clock, _place(clock, asked.zone))
        for (subject, _, clock), name, letters in zip(found, names, _letters(names), strict=True)
    )


Mine = tuple[tuple[ClashKind, Occupied], ...]


def of_lanes(occupied: Iterable[Occupied], chosen: Period | None) -> Mapping[tuple[str, int], Mine]:
    """What takes whose time on a day, by what `Lane.subject` says. `occupied`: soonest first."""
    found: dict[tuple[str, int], list[tuple[ClashKind, Occupied]]] = defaultdict(list)
    for each in occupied:
        for subject, kind in {_subject(one): one.kind for one in reversed(each.taken)}.items():
            found[subject].append((kind, each))
    return {subject: _joined(mine, chosen) for subject, mine in found.items()}


def with_events(mine: Mine, events: Iterable[Occupied], chosen: Period | None) -> Mine:
    """The same with more events of the person's calendars."""
    both = [*mine, *((ClashKind.CALENDAR, each) for each in events)]
    return _joined(sorted(both, key=lambda pair: pair[1].starts_at), chosen)


def _joined(mine: list[tuple[ClashKind, Occupied]], chosen: Period | None) -> Mine:
    """The same, with the events of a very full calendar drawn together. What clashes is kept apart."""
    of_app: dict[str | None, list[Occupied]] = defaultdict(list)
    apart = []
    for kind, each in mine:
        is_clash = chosen is not None and each.overlaps(chosen.starts_at, chosen.ends_at)
        if kind is ClashKind.CALENDAR and not is_clash:
            of_app[each.app].append(each)
        else:
            apart.append((kind, each))
    if all(len(some) <= _MOST_APART for some in of_app.values()):
        return tuple(mine)
    for some in of_app.values():
        drawn = _runs(some) if len(some) > _MOST_APART else some
        apart += [(ClashKind.CALENDAR, each) for each in drawn]
    return tuple(sorted(apart, key=lambda pair: pair[1].starts_at))


def _runs(events: Iterable[Occupied]) -> Iterator[Occupied]:
    """Merge events with less than half an hour between them. `events`: soonest first."""
    run: Occupied | None = None
    number = 0
    for each in events:
        if run is not None and each.starts_at - run.ends_at < HALF_HOUR:
            number += 1
            run = run._replace(ends_at=max(run.ends_at, each.ends_at), title=f"{number} events")
            continue
        if run is not None:
            yield run
        run, number = each, 1
    if run is not None:
        yield run


def lane_of_day(
    lane: Lane, mine: Mine, on: date, zone: str, chosen: Period | None, theirs: PersonDay | None = None
) -> LaneOfDay:
    """What is in a lane on that day in that zone, of what takes this time (`of_lanes`) and of what was kept
    of the person's calendars; what clashes with the chosen time is marked."""
    open_hours = _open_hours(lane.clock, on, zone) if lane.clock is not None else _whole_day(on, zone)
    placed = list(_placed(lane, mine, on, zone, chosen))
    if theirs is not None:
        placed += _placed_of(theirs, on, zone, chosen)
    placed.sort(key=_in_order)
    return LaneOfDay(open_hours, (*_away(lane, on, zone), *(block for _, block in placed)))


# A block, with the start of what it represents.
Placed = tuple[datetime, Block]
# Of so many days of single people.
_of_calendars: Remembered[tuple[Placed, ...]] = Remembered(1024)


def _in_order(placed: Placed) -> tuple[datetime, str]:
    starts_at, block = placed
    return starts_at, block.look.value


def _placed_of(theirs: PersonDay, on: date, zone: str, chosen: Period | None) -> tuple[Placed, ...]:
    """What someone's calendars have on a day. Kept, because people look at a week more often than its events
    change."""
    if chosen is not None and not theirs.reaches(chosen.starts_at, chosen.ends_at):
        chosen = None

    def place() -> tuple[Placed, ...]:
        of_day = (each for each in theirs.events if each.starts_at < start_of_day(on + _DAY, zone))
        mine = _joined([(ClashKind.CALENDAR, each) for each in of_day], chosen)
        return tuple(_placed(None, mine, on, zone, chosen))

    return _of_calendars.get_or((theirs.key, on, zone, chosen), place)


def _placed(lane: Lane | None, mine: Mine, on: date, zone: str, chosen: Period | None) -> Iterator[Placed]:
    clock = lane.clock if lane is not None else None
    for kind, each in mine:
        is_clash = chosen is not None and each.overlaps(chosen.starts_at, chosen.ends_at)
        period = Period(each.starts_at, each.ends_at, is_clash)
        look = _look(kind)
        if look is Look.INTERVIEW and clock is not None:
            for block in _breaks(clock, period, on, zone):
                yield each.starts_at, block
        if is_on(period, on, zone):
            for block in _drawn(period, on, zone, look, _words(each, look, on, zone)):
                yield each.starts_at, block


def _away(lane: Lane, on: date, zone: str) -> Iterator[Block]:
    if lane.clock is not None:
        for away in _days_off(lane.clock, on):
            words = span_on(away.starts_at, away.ends_at, on, zone)
            yield from _drawn(away, on, zone, Look.AWAY, "Away" if words == ALL_DAY else f"{words} Away")


def _drawn(period: Period, on: date, zone: str, look: Look, words: str) -> Iterator[Block]:
    """What is drawn of a period on that day. The words are said once."""
    if is_on(period, on, zone):
        for number, bar in enumerate(bars_of(period, on, zone)):
            yield Block(bar, look, "" if number else words)


def _days_off(clock: OnTheirClock, on: date) -> Iterator[Period]:
    """When someone is away around that day. Their own days begin at other times than those of the drawing."""
    if not clock.availability.other_days:
        return
    days = [day for day in _days_around(on) if clock.availability.is_away(day)]
    begins = [day for day in days if day - _DAY not in days]
    ends = [day + _DAY for day in days if day + _DAY not in days]
    for first, last in zip(begins, ends, strict=True):
        yield Period(start_of_day(first, clock.zone), start_of_day(last, clock.zone))


def _days_around(on: date) -> list[date]:
    """The full range that any clock may show while another clock shows that day."""
    return [on + number * _DAY for number in range(-2, 3)]


def _breaks(clock: OnTheirClock, interview: Period, on: date, zone: str) -> Iterator[Block]:
    """What the person keeps free around an interview."""
    said = clock.availability
    apart = timedelta(minutes=said.minutes_before + said.minutes_after)
    if not apart:
        return
    around = (
        Period(interview.starts_at - apart, interview.starts_at),
        Period(interview.ends_at, interview.ends_at + apart),
    )
    for each in around:
        yield from _drawn(each, on, zone, Look.BREAK, "")


def _words(each: Occupied, look: Look, on: date, zone: str) -> str:
    """`10:00–10:30 Busy (Example)`, with what the person who asks may know of it."""
    match look:
        case Look.INTERVIEW:
            what = each.candidate or "Interview"
        case Look.BLOCKED:
            what = each.title or "Blocked"
        case _:
            source = f" ({calendar_name(each.app)})" if each.app else ""
            what = f"{each.title or 'Busy'}{source}"
    return f"{span_on(each.starts_at, each.ends_at, on, zone)} {what}"


def _look(kind: ClashKind) -> Look:
    return {ClashKind.CALENDAR: Look.OUTSIDE, ClashKind.BLOCKED: Look.BLOCKED}.get(kind, Look.INTERVIEW)


def _subject(taken: Taken) -> tuple[str, int]:
    return _SUBJECTS.get(taken.kind, _TEAM), taken.subject_id


def _whole_day(on: date, zone: str) -> tuple[Bar, ...]:
    return bars_of(Period(start_of_day(on, zone), start_of_day(on + _DAY, zone)), on, zone)


@lru_cache(4096)
def _open_hours(clock: OnTheirClock, on: date, zone: str) -> tuple[Bar, ...]:
    """The hours of someone that are on that day in that zone."""
    bars: list[Bar] = []
    for day in _days_around(on):
        for hours in clock.availability.hours_on(day, also_weekends=is_weekend(on)):
            end = day + _DAY if hours.end == _MIDNIGHT else day
            period = Period(_instant(day, hours.begin, clock.zone), _instant(end, hours.end, clock.zone))
            if is_on(period, on, zone):
                bars += bars_of(period, on, zone)
    return tuple(bars)


def _instant(on: date, at: time, zone: str) -> datetime:
    """When a clock shows that time: the first time if it does twice, and what comes after it if never."""
    try:
        return parse_local(on, at, zone, later=False)
    except NonexistentTimeError as gap:
        return parse_local(on, gap.after.time(), zone, later=False)


def _place(clock: OnTheirClock | None, zone: str) -> str:
    return place_name(clock.zone) if clock is not None and clock.zone != zone else ""


def _letters(names: Sequence[str]) -> list[str]:
    """A letter for each name, and another one for those that begin alike: `B`, or `Ki` beside `Ko`, or `AB`
    beside `AN`. There is no room for more above a lane."""
    first = [name[:1].upper() for name in names]
    return [
        letter if first.count(letter) == 1 else _two_letters(name)
        for letter, name in zip(first, names, strict=True)
    ]


def _two_letters(name: str) -> str:
    words = name.split()
    return f"{words[0][0]}{words[-1][0]}".upper() if len(words) > 1 else name[:2].capitalize()
