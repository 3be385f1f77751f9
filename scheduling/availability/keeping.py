"""A person's availability as their row keeps it, and changing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time
from typing import Any

from models import User
from scheduling.availability.hours import UNSAID, Availability, Hours, OnTheirClock, OtherDays


class OverlappingDaysError(ValueError):
    """One of these days already has other hours. `days` is what was set for it."""

    def __init__(self, days: OtherDays) -> None:
        super().__init__("one of these days is among others already")
        self.days = days


def availability_of(user: User) -> Availability:
    """When a person has said they take interviews; `UNSAID` if they have said nothing."""
    return from_json(user.availability) if user.availability else UNSAID


def clock_of(user: User) -> OnTheirClock:
    """The same, with its zone, which is the one in their profile."""
    return OnTheirClock(user.timezone, availability_of(user))


def change(user: User, wanted: Availability) -> bool:
    """Store this for a person, in the current transaction. Returns whether anything changed."""
    if wanted == availability_of(user):
        return False
    user.availability = None if wanted == UNSAID else to_json(wanted)
    return True


def add_days(user: User, days: OtherDays, *, today: date) -> None:
    """Also store what is different on these days, in the current transaction. Days that are over `today`, by
    the person's clock, are forgotten. Raises `OverlappingDaysError`."""
    said = availability_of(user)
    kept = [each for each in said.other_days if each.last >= today]
    for each in kept:
        if each.first <= days.last and days.first <= each.last:
            raise OverlappingDaysError(each)
    change(user, replace(said, other_days=tuple(sorted([*kept, days]))))


def remove_days(user: User, first: date) -> OtherDays | None:
    """Forget what is different from that day on, in the current transaction, and return it; None if nothing
    begins then."""
    said = availability_of(user)
    found = next((each for each in said.other_days if each.first == first), None)
    if found is not None:
        change(user, replace(said, other_days=tuple(each for each in said.other_days if each != found)))
    return found


def to_json(said: Availability) -> dict[str, Any]:
    """An availability as JSON values; `from_json` turns them back."""
    return {
        "week": None if said.week is None else [[_hours_to_json(each) for each in day] for day in said.week],
        "other_days": [
            {
                "first": days.first.isoformat(),
                "last": days.last.isoformat(),
                "hours": [_hours_to_json(each) for each in days.hours],
                "note": days.note,
            }
            for days in said.other_days
        ],
        "notice_minutes": said.notice_minutes,
        "minutes_before": said.minutes_before,
        "minutes_after": said.minutes_after,
        "most_a_day": said.most_a_day,
        "most_a_week": said.most_a_week,
    }


def from_json(kept: Mapping[str, Any]) -> Availability:
    """The availability that `to_json` was given. Raises KeyError or ValueError for anything else."""
    week = kept["week"]
    return Availability(
        week=None if week is None else tuple(tuple(_hours(each) for each in day) for day in week),
        other_days=tuple(
            OtherDays(
                date.fromisoformat(days["first"]),
                date.fromisoformat(days["last"]),
                tuple(_hours(each) for each in days["hours"]),
                days["note"],
            )
            for days in kept["other_days"]
        ),
        notice_minutes=kept["notice_minutes"],
        minutes_before=kept["minutes_before"],
        minutes_after=kept["minutes_after"],
        most_a_day=kept["most_a_day"],
        most_a_week=kept["most_a_week"],
    )


def _hours_to_json(hours: Hours) -> list[str]:
    return [f"{hours.begin:%H:%M}", f"{hours.end:%H:%M}"]


def _hours(kept: list[str]) -> Hours:
    begin, end = kept
    return Hours(time.fromisoformat(begin), time.fromisoformat(end))
