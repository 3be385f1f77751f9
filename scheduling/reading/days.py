"""Interviews grouped by day, as lists show them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from scheduling.reading.interview_rows import InterviewRow
from timezones import in_zone, zone_short_name


class Day(NamedTuple):
    """A day in the reader's zone with its interviews.

    label: `Today`, `Tomorrow`, or `Wed 2 Dec`, with the year if it is not this one.
    on: `Friday 27 November`, empty where the label says it all.
    zone: the short name of the zone on that day, or empty where the clocks change on it and each time needs
        its own.
    """

    label: str
    on: str
    zone: str
    interviews: tuple[InterviewRow, ...]


# The same few instants appear on page after page.
@lru_cache(4096)
def day_in(instant: datetime, zone_name: str) -> date:
    """The day of an instant (aware) in a zone."""
    return in_zone(instant, zone_name).date()


@lru_cache(4096)
def _zone_in(instant: datetime, zone_name: str) -> str:
    return zone_short_name(instant, zone_name)


def by_day(interviews: Iterable[InterviewRow], now: datetime, zone_name: str) -> tuple[Day, ...]:
    """The interviews in the order in which they come, grouped by their day in this zone. `now`: aware."""
    today = day_in(now, zone_name)
    days = []
    for on, group in groupby(interviews, key=lambda each: day_in(each.starts_at, zone_name)):
        rows = tuple(group)
        zones = {_zone_in(each.starts_at, zone_name) for each in rows}
        label, words = _called(on, today)
        days.append(Day(label, words, zones.pop() if len(zones) == 1 else "", rows))
    return tuple(days)


def _called(on: date, today: date) -> tuple[str, str]:
    near = {today - timedelta(days=1): "Yesterday", today: "Today", today + timedelta(days=1): "Tomorrow"}
    if on in near:
        return near[on], f"{on:%A} {on.day} {on:%B}"
    label = f"{on:%a} {on.day} {on:%b}"
    return (label if on.year == today.year else f"{label} {on.year}"), ""
