"""One instant in everyone's local time, with what is worth mentioning about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from scheduling.working_hours import is_outside_usual
from timezones import (
    LocalMoment,
    clock_change_between,
    in_zone,
    local_moment,
    place_name,
    utc_now,
)


@dataclass(frozen=True)
class OnTheClock:
    """Someone who takes part. `zone` is None where it is not known."""

    name: str
    part: str
    zone: str | None


@dataclass(frozen=True)
class LocalTime:
    """The time for people who share a zone and a role. `other_date` says that the date differs from where the
    time was chosen.
    """

    names: tuple[str, ...]
    part: str
    place: str
    moment: LocalMoment
    is_night: bool
    other_date: str


@dataclass(frozen=True)
class LocalTimes:
    """`clock_changes` are sentences; `unknown` names those whose zone is not known."""

    rows: tuple[LocalTime, ...]
    clock_changes: tuple[str, ...]
    unknown: tuple[str, ...]


def local_times(instant: datetime, zone: str, people: Iterable[OnTheClock]) -> LocalTimes:
    """The local times of an instant that was chosen in `zone`, in the order of the people."""
    people = list(people)
    together: dict[tuple[str, str], list[str]] = {}
    for person in people:
        if person.zone is not None:
            together.setdefault((person.part, person.zone), []).append(person.name)
    chosen_on = in_zone(instant, zone).date()
    rows = tuple(
        LocalTime(
            names=tuple(names),
            part=part,
            place=place_name(there),
            moment=local_moment(instant, there),
            is_night=is_outside_usual(instant, there),
            other_date=_other_date(in_zone(instant, there).date(), chosen_on),
        )
        for (part, there), names in together.items()
    )
    zones = dict.fromkeys([zone, *(there for _, there in together)])
    changes = tuple(words for there in zones if (words := _clock_change(there, instant)))
    return LocalTimes(rows, changes, tuple(person.name for person in people if person.zone is None))


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
