"""A time in everyone's local time, with anything worth mentioning about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from scheduling.availability.hours import NOTICES, OnTheirClock
from scheduling.availability.limits import Objection, interviews_of, objections
from scheduling.occupied import Occupied
from timezones import (
    LocalMoment,
    clock_change_between,
    in_zone,
    local_moment,
    place_name,
    utc_now,
)
from wording import counted


@dataclass(frozen=True)
class Person:
    """Someone who takes part. `clock` is None where their zone is not known, and `user_id` for those who are
    not on the team."""

    name: str
    part: str
    clock: OnTheirClock | None
    user_id: int | None = None


def someone(name: str, part: str, zone: str | None) -> Person:
    """A person about whom nothing is known except perhaps their zone."""
    return Person(name, part, OnTheirClock(zone) if zone is not None else None)


@dataclass(frozen=True)
class Concern:
    """A reason against a time for someone: `words` for a badge, with its icon."""

    words: str
    icon: str


@dataclass(frozen=True)
class LocalTime:
    """The time for people who share a zone and a role, and of whom the same is to be said: `warnings`.
    `other_date` says that the date differs from where the time was chosen.
    """

    names: tuple[str, ...]
    part: str
    place: str
    moment: LocalMoment
    warnings: tuple[Concern, ...]
    other_date: str


@dataclass(frozen=True)
class LocalTimes:
    """`clock_changes` are sentences; `unknown` names those whose zone is not known."""

    rows: tuple[LocalTime, ...]
    clock_changes: tuple[str, ...]
    unknown: tuple[str, ...]


def local_times(
    instant: datetime, minutes: int, zone: str, people: Iterable[Person], around: Sequence[Occupied]
) -> LocalTimes:
    """The local times of an interview of so many minutes that begins at an instant (aware UTC) and was chosen
    in `zone`, in the order of the people. `around` is what they have around it."""
    people = list(people)
    now, ends_at = utc_now(), instant + timedelta(minutes=minutes)
    together: dict[tuple[str, str, tuple[Concern, ...]], list[str]] = {}
    for person in people:
        if person.clock is not None:
            theirs = interviews_of(person.user_id, around) if person.user_id is not None else ()
            found = objections(person.clock, theirs, instant, ends_at, now=now)
            warnings = tuple(_concern(each, person.clock) for each in found)
            together.setdefault((person.part, person.clock.zone, warnings), []).append(person.name)
    chosen_on = in_zone(instant, zone).date()
    rows = tuple(
        LocalTime(
            names=tuple(names),
            part=part,
            place=place_name(there),
            moment=local_moment(instant, there),
            warnings=warnings,
            other_date=_other_date(in_zone(instant, there).date(), chosen_on),
        )
        for (part, there, warnings), names in together.items()
    )
    zones = dict.fromkeys([zone, *(there for _, there, _ in together)])
    changes = tuple(words for there in zones if (words := _clock_change(there, instant)))
    return LocalTimes(rows, changes, tuple(person.name for person in people if person.clock is None))


def _concern(objection: Objection, person: OnTheirClock) -> Concern:
    said = person.availability
    match objection:
        case Objection.AWAY:
            return Concern("Away", "x")
        case Objection.OUTSIDE_HOURS:
            return Concern("Outside working hours", "moon")
        case Objection.SHORT_NOTICE:
            return Concern(f"Wants to know {NOTICES[said.notice_minutes]} before", "clock")
        case Objection.NO_BREAK:
            return Concern("No break between interviews", "clock")
        case Objection.FULL_DAY:
            return Concern(_full(said.most_a_day, "day"), "calendar-event")
        case Objection.FULL_WEEK:
            return Concern(_full(said.most_a_week, "week"), "calendar-event")


def _full(most: int | None, span: str) -> str:
    return f"Already has {counted(most or 0, 'interview')} that {span}"


def _other_date(there: date, chosen_on: date) -> str:
    if there == chosen_on:
        return ""
    return "the next day" if there > chosen_on else "the day before"


def _clock_change(zone: str, instant: datetime) -> str:
    change = clock_change_between(zone, utc_now(), instant)
    if change is None:
        return ""
    day = local_moment(change, zone).short_date
    return f"Clocks in {place_name(zone)} change on {day}, before the interview."
