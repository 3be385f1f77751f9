"""The free times of a day to choose from, with the days around it, for Date & Time and Reschedule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from blueprints.schedule_interview.panels.calendars_known import CalendarKnown
from blueprints.schedule_interview.panels.first_times import FirstTime, first_times
from blueprints.schedule_interview.panels.lanes import lanes_of
from blueprints.schedule_interview.panels.strip import Period, minutes_of
from blueprints.schedule_interview.panels.week import Week, week_of
from scheduling.availability.hours import OFFERED, UNSAID
from scheduling.free_times import Asked, FreeTimes
from scheduling.plans import When
from scheduling.working_days import is_weekend, working_days
from timezones import happens_twice, in_zone, place_name, start_of_day, zone_abbreviation
from web.times import instant_as_text
from wording import listed, possessive, short_names

# How many days to choose from are named, and how many if someone works at weekends.
_DAYS, _WHOLE_WEEK = 5, 7
_SATURDAY = 5
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class TimeChip:
    """A free start: `time` is its wall time. `zone` is set in an hour that happens twice that day, where
    `value` names the instant, because the wall time alone does not say which one it is. `is_chosen`:
    it is what is chosen, or among the times that a candidate can choose from."""

    key: str
    value: str
    time: str
    zone: str
    is_chosen: bool


@dataclass(frozen=True)
class DayChip:
    """A day to choose: `value` is its date, `words` says how much is free."""

    value: str
    label: str
    words: str
    is_chosen: bool


@dataclass(frozen=True)
class DayBeside:
    """The day before or after the one that is shown."""

    value: str
    label: str


@dataclass(frozen=True, eq=False)
class OfferedTimes:
    """The free times of a day. Compared by identity, so that its markup is found without comparing all that
    is in it. `gaps` are the chips by their place in the drawing, in minutes after midnight. `words` say for
    whom they are free, or why there are none."""

    title: str
    zone: str
    is_weekend: bool
    before: DayBeside | None
    after: DayBeside
    days: tuple[DayChip, ...]
    chips: tuple[TimeChip, ...]
    gaps: Mapping[int, TimeChip]
    first: tuple[FirstTime, ...]
    week: Week
    words: str


def days_to_choose(on: date, today: date, asked: Asked) -> tuple[date, ...]:
    """The days whose free times are looked up to show `on`: itself, and days to choose instead. The next
    ones from today, or, for a day that is further ahead, those from there. Weekends are among them if someone
    on the team works then."""
    if _works_at_weekends(asked):
        first = today if on <= today + _WHOLE_WEEK * _ONE_DAY else on
        return tuple(first + number * _ONE_DAY for number in range(_WHOLE_WEEK + 1))
    near = working_days(today, _DAYS + 1)
    return tuple(sorted({on, *(near if on <= near[-1] else working_days(on, _DAYS))}))


def _works_at_weekends(asked: Asked) -> bool:
    weeks = [member.clock.availability.week for member in asked.team]
    return any(any(week[_SATURDAY:]) for week in weeks if week is not None)


def offered_times(
    asked: Asked,
    free: Mapping[date, FreeTimes],
    on: date,
    *,
    people: list[str],
    known: Mapping[int, CalendarKnown],
    chosen: Period | None,
    today: date,
    slots: Sequence[When] = (),
) -> OfferedTimes:
    """The times of a day that is not over, in the zone they are chosen in. `free` holds what was found for
    `days_to_choose`; `people` are those who were asked about, the candidate first, and `known` says how far
    their calendars are known. `chosen` is what is chosen so far, and `slots` are the times that a candidate
    can choose from."""
    zone, of_day = asked.zone, free[on]
    drawn = [Period(slot.starts_at, slot.ends_at) for slot in slots] + (
        [chosen] if chosen is not None else []
    )
    starts = {period.starts_at for period in drawn}
    chips = tuple(_time_chip(start, zone, is_chosen=start in starts) for start in of_day.starts)
    gaps: dict[int, TimeChip] = {}
    for start, chip in zip(of_day.starts, chips, strict=True):
        gaps.setdefault(minutes_of(start, on, zone), chip)
    at = chosen.starts_at if chosen is not None else start_of_day(on, zone) + timedelta(hours=12)
    before = on - _ONE_DAY
    days = _shown(free, on, today)
    return OfferedTimes(
        title=f"{on:%A}, {on.day} {on:%B}",
        zone=f"{place_name(zone)}, {zone_abbreviation(at, zone)}",
        is_weekend=is_weekend(on),
        before=_beside(before) if before >= today else None,
        after=_beside(on + _ONE_DAY),
        days=tuple(_day_chip(day, free[day], on, today) for day in days),
        chips=chips,
        gaps=gaps,
        first=first_times(_usual_days(free, asked), zone, chosen=starts, today=today),
        week=week_of(
            free,
            days,
            on,
            zone,
            lanes_of(asked, people[0], [each for day in days for each in free[day].own]),
            known,
            drawn=drawn,
            chosen=chosen,
        ),
        words=_words(asked, of_day, on, names_of(people, asked), is_today=on == today),
    )


def _time_chip(start: datetime, zone: str, *, is_chosen: bool) -> TimeChip:
    time = f"{in_zone(start, zone):%H:%M}"
    is_twice = happens_twice(start, zone)
    is_second = is_twice and in_zone(start, zone).fold == 1
    return TimeChip(
        key=f"{time.replace(':', '')}{'-second' if is_second else ''}",
        value=instant_as_text(start) if is_twice else time,
        time=time,
        zone=zone_abbreviation(start, zone) if is_twice else "",
        is_chosen=is_chosen,
    )


def _beside(day: date) -> DayBeside:
    return DayBeside(day.isoformat(), f"{day:%A}, {day.day} {day:%B}")


def _shown(free: Mapping[date, FreeTimes], on: date, today: date) -> tuple[date, ...]:
    """The days that are drawn, the one that is chosen among them."""
    # A day that is almost over is left out, unless it is the shown one.
    left = [day for day in sorted(free) if free[day].starts or day == on or day > today]
    has_weekends = sum(is_weekend(day) for day in free if day != on) > 0
    if has_weekends:
        first = max(0, left.index(on) + 1 - _WHOLE_WEEK)
        return tuple(left[first : first + _WHOLE_WEEK])
    days = [day for day in left if not is_weekend(day)][:_DAYS]
    return tuple(sorted({on, *days}))


def _usual_days(free: Mapping[date, FreeTimes], asked: Asked) -> Mapping[date, FreeTimes]:
    """Those on which someone would look for a time without having chosen the day."""
    if _works_at_weekends(asked):
        return free
    return {day: of_day for day, of_day in free.items() if not is_weekend(day)}


def _day_chip(day: date, of_day: FreeTimes, on: date, today: date) -> DayChip:
    return DayChip(
        day.isoformat(),
        "Today" if day == today else f"{day:%a} {day.day}",
        f"{len(of_day.starts)} free",
        is_chosen=day == on,
    )


def _words(asked: Asked, of_day: FreeTimes, on: date, names: list[str], *, is_today: bool) -> str:
    if timedelta(minutes=asked.minutes) > _length_of_a_day():
        return f"This is longer than a day from {OFFERED}. Enter a time below."
    day = "today" if is_today else "that day"
    away = short_names([each.name for each in asked.team if each.clock.is_away_all(on, asked.zone)])
    if not of_day.starts and away:
        return f"{listed(away)} {_are(away)} away {day}. Choose another day, or enter a time."
    if not of_day.starts:
        return f"No half hour is free {day}. Choose another day, or enter a time."
    whose = f"Half hours when {listed(names)} {_are(names)} free"
    have_said = any(clock.availability != UNSAID for clock in asked.clocks)
    within = "within everyone's working hours" if have_said else f"from {OFFERED} for everyone"
    if of_day.is_for_everyone:
        return f"{whose}, {within}."
    apart = f"No half hour is {within}. " if asked.clocks else ""
    return f"{apart}{whose}, from {OFFERED} on your clock."


def _are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _length_of_a_day() -> timedelta:
    return datetime.combine(date.min, OFFERED.end) - datetime.combine(date.min, OFFERED.begin)


def names_of(people: list[str], asked: Asked) -> list[str]:
    """Those whose time the interview takes, as a sentence names them: the people, then the host's account."""
    host, software = asked.needs.host, asked.needs.software
    account = [f"{possessive(host.user.name)} {software.label} account"] if host and software else []
    return short_names(people) + account
