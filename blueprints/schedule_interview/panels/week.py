"""The days to choose from as a drawing: what takes everyone's time, side by side, and what is free."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from blueprints.schedule_interview.panels.calendars_known import CalendarKnown
from blueprints.schedule_interview.panels.lanes import (
    Lane,
    LaneOfDay,
    Look,
    Mine,
    lane_of_day,
    of_lanes,
    with_events,
)
from blueprints.schedule_interview.panels.strip import Bar, Period, bars_of, is_on, minutes_of
from scheduling.availability.hours import OFFERED
from scheduling.busy_days import PersonDay
from scheduling.free_times import FreeTimes
from scheduling.occupied import ClashKind, Occupied
from timezones import start_of_day

# The part of a day that is always drawn, in minutes after midnight. What is outside adds whole hours, unless
# it is a day off or takes most of the day, and would only make everything else smaller.
_DRAWN_FROM, _DRAWN_TO = OFFERED.begin.hour * 60, OFFERED.end.hour * 60
_MOST_OF_A_DAY = 12 * 60
_HALF_HOUR = 30
_MIDNIGHT = 24 * 60
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class WeekDay:
    """One column. `cells` are its half hours: the minutes after midnight of those that are free, and None for
    the others. `words` say whose time is taken by what."""

    value: str
    name: str
    title: str
    is_chosen: bool
    lanes: tuple[LaneOfDay, ...]
    chosen: tuple[Bar, ...]
    cells: tuple[int | None, ...]
    words: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class WeekLane:
    """Whose lane is where, and what is known of their calendar."""

    name: str
    initials: str
    place: str
    known: CalendarKnown | None


@dataclass(frozen=True)
class Week:
    """`hours` are the marks of the drawing, which reaches from the first to the last of them."""

    hours: tuple[int, ...]
    lanes: tuple[WeekLane, ...]
    days: tuple[WeekDay, ...]
    looks: tuple[str, ...]


def week_of(
    free: Mapping[date, FreeTimes],
    days: Iterable[date],
    on: date,
    zone: str,
    lanes: Sequence[Lane],
    known: Mapping[int, CalendarKnown],
    *,
    drawn: Sequence[Period],
    chosen: Period | None,
) -> Week:
    """These days in that zone, of which `on` is chosen. `drawn` are the times that are chosen or offered, and
    `chosen` the one that something may clash with."""
    days = tuple(days)
    of_days = {
        day: tuple(
            lane_of_day(lane, mine, day, zone, chosen, kept)
            for lane in lanes
            for mine, kept in (_in_lane(lane, near.get(lane.subject, ()), free[day], ends, chosen),)
        )
        for day in days
        for ends in (start_of_day(day + _DAY, zone),)
        for near in (of_lanes(_near(free[day], ends), chosen),)
    }
    on_days = {
        day: tuple(bar for each in drawn if is_on(each, day, zone) for bar in bars_of(each, day, zone))
        for day in days
    }
    starts = {day: {minutes_of(start, day, zone) for start in free[day].starts} for day in days}
    first, last = _reach(of_days.values(), on_days.values(), starts.values())
    return Week(
        hours=tuple(range(first, last + 1)),
        lanes=tuple(
            WeekLane(lane.name, lane.initials, lane.place, known.get(lane.user_id or 0)) for lane in lanes
        ),
        days=tuple(
            WeekDay(
                value=day.isoformat(),
                name=f"{day:%a} {day.day}",
                title=f"{day:%A}, {day.day} {day:%B}",
                is_chosen=day == on,
                lanes=of_days[day],
                chosen=on_days[day],
                cells=_cells(starts[day], first, last),
                words=_in_words(lanes, of_days[day]),
            )
            for day in days
        ),
        looks=tuple(
            sorted({block.look for of_day in of_days.values() for lane in of_day for block in lane.blocks})
        ),
    )


def _near(of_day: FreeTimes, ends: datetime) -> tuple[Occupied, ...]:
    """What is on that day, up to its end, but was not kept; and the interviews of the days beside it: a break
    may reach into this one."""
    keys = {each.key for each in of_day.own}
    return (
        *(each for each in of_day.own if each.interview_id is not None or each.starts_at < ends),
        *(
            each
            for each in of_day.around
            if each.key not in keys and each.overlaps(of_day.begins - _DAY, ends + _DAY)
        ),
    )


def _in_lane(
    lane: Lane, mine: Mine, of_day: FreeTimes, ends: datetime, chosen: Period | None
) -> tuple[Mine, PersonDay | None]:
    """What is in a lane, apart from what was kept of the person's calendars; together, where some of it is
    only known from a calendar that was asked just now: in a very full one it is drawn as one."""
    kept = of_day.calendars.of_user.get(lane.user_id or 0)
    if kept is None or all(kind is not ClashKind.CALENDAR for kind, _ in mine):
        return mine, kept
    return with_events(mine, (each for each in kept.events if each.starts_at < ends), chosen), None


def _reach(
    lanes: Iterable[tuple[LaneOfDay, ...]],
    drawn: Iterable[tuple[Bar, ...]],
    starts: Iterable[Collection[int]],
) -> tuple[int, int]:
    """The first and the last hour of the drawing."""
    blocks = [block for of_day in lanes for lane in of_day for block in lane.blocks]
    bars = [block.bar for block in blocks if block.look is not Look.AWAY]
    reach = [_needed(bar) for bar in bars if bar.minutes < _MOST_OF_A_DAY]
    reach += [(bar.begins, bar.ends) for bars in drawn for bar in bars]
    reach += [(start, start + _HALF_HOUR) for of_day in starts for start in of_day]
    first = min([_DRAWN_FROM, *(begins for begins, _ in reach)]) // 60
    last = -(-max([_DRAWN_TO, *(ends for _, ends in reach)]) // 60)
    return first, last


def _needed(bar: Bar) -> tuple[int, int]:
    """From when to when something has to be seen: what comes from the day before or goes on into the next is
    cut off, so that a single night does not make all days smaller."""
    begins = bar.begins or _DRAWN_FROM
    return begins, bar.ends if bar.ends < _MIDNIGHT else min(begins + 60, _MIDNIGHT)


def _cells(starts: Collection[int], first: int, last: int) -> tuple[int | None, ...]:
    half_hours = range(first * 60, last * 60, _HALF_HOUR)
    return tuple(minute if minute in starts else None for minute in half_hours)


def _in_words(lanes: Sequence[Lane], of_day: Sequence[LaneOfDay]) -> tuple[tuple[str, str], ...]:
    """Whose time is taken that day and by what, for those who cannot see the drawing."""
    said = (
        (lane.name, "; ".join(block.words for block in theirs.blocks if block.words))
        for lane, theirs in zip(lanes, of_day, strict=True)
    )
    return tuple((name, words) for name, words in said if words)
