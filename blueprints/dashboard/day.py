"""Today's interviews on the first page: what is on now, what is next, and the rest of the day."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from connections.catalogue import calendar_name, find
from messaging.wording import join_label
from models import CustomEventKind, InterviewStatus, PhoneCaller
from phone_numbers import phone_link
from scheduling.reading.days import day_in
from scheduling.reading.interview_rows import InterviewRow
from scheduling.reading.own_events import OwnEvent, OwnEvents
from scheduling.reading.today import TodaysRow
from timezones import in_zone, zone_short_name

# How many interviews at a time are shown large: those that are on, and those that are next.
_LARGE = 3
_IN_MINUTES = timedelta(minutes=90)


class Entry(NamedTuple):
    """One interview of the day. `words`: how far away it is, `in 10 min`, or empty. `action`: how to join, as
    a label and an address, if the reader may and it is not over."""

    interview: InterviewRow
    words: str
    action: tuple[str, str] | None


class Beside(NamedTuple):
    """Something else that the reader has today. `source`: where it is from, in words, with its `icon`.
    `begins` and `ends`: times of day, or days where it goes beyond today; both empty if it takes the whole
    day. `event_id`: of one that was added here, and can be opened."""

    title: str
    source: str
    icon: str
    begins: str
    ends: str
    is_now: bool
    event_id: int | None


@dataclass(frozen=True)
class Day:
    """`on`: the day, `Friday 27 November`; `zone`: the short name of the reader's zone on it. `large`: the
    current and the next ones; `later` and `earlier`: the rest. `beside`: what else the reader has, and
    `more_beside` how many more. `version` changes with anything shown."""

    on: str
    zone: str
    large: tuple[Entry, ...]
    later: tuple[Entry, ...]
    earlier: tuple[Entry, ...]
    beside: tuple[Beside, ...]
    more_beside: int
    version: str

    @property
    def number(self) -> int:
        return len(self.large) + len(self.later) + len(self.earlier)


def day_of(
    rows: tuple[TodaysRow, ...], others: OwnEvents, now: datetime, zone: str, *, sees_link: bool
) -> Day:
    """The day as it looks at `now` (aware UTC) in the reader's zone; `rows` are in the order of their starts,
    and `others` is what the reader has besides and is not over. Without `sees_link` no entry has an
    action."""
    ahead = [row for row in rows if not _is_done(row, now)]
    running = [row for row in ahead if row.interview.starts_at <= now]
    waiting = [row for row in ahead if row.interview.starts_at > now]
    soonest = waiting[0].interview.starts_at if waiting else now
    next_ones = [row for row in waiting if row.interview.starts_at == soonest]
    large = [*running[:_LARGE], *next_ones[:_LARGE]]
    later = [row for row in ahead if row not in large]
    earlier = [row for row in rows if _is_done(row, now)]

    def entries(some: list[TodaysRow]) -> tuple[Entry, ...]:
        return tuple(_entry(row, now, sees_link=sees_link) for row in some)

    day = day_in(now, zone)
    shown = (
        f"{day:%A} {day.day} {day:%B}",
        zone_short_name(now, zone),
        *(entries(large), entries(later), entries(earlier)),
        tuple(_beside(event, now, zone) for event in others.events),
        others.total - len(others.events),
    )
    return Day(*shown, _version(shown))


# Writing the rows out takes longer than reading them, and most of the time nothing has changed.
@lru_cache(64)
def _version(shown: tuple[object, ...]) -> str:
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def _is_done(row: TodaysRow, now: datetime) -> bool:
    return row.interview.ends_at <= now or row.interview.status is not InterviewStatus.SCHEDULED


def _entry(row: TodaysRow, now: datetime, *, sees_link: bool) -> Entry:
    interview = row.interview
    if _is_done(row, now):
        return Entry(interview, "", None)
    return Entry(interview, _how_far(interview.starts_at, now), _action(row) if sees_link else None)


# What was added here is told apart by what it is.
_OF_CUSTOM = {
    CustomEventKind.BLOCKED: ("Blocked time", "lock"),
    CustomEventKind.INTERVIEW_DAY: ("Interview day", "users"),
}


def _beside(event: OwnEvent, now: datetime, zone: str) -> Beside:
    if event.custom is not None:
        source, icon = _OF_CUSTOM[event.custom]
    else:
        spec = find(event.app or "")
        source, icon = calendar_name(event.app or ""), spec.icon if spec is not None else "calendar"
    begins, ends = _within_the_day(event, now, zone)
    is_now = event.first_day is None and event.starts_at <= now < event.ends_at
    return Beside(event.title, source, icon, begins, ends, is_now, event.id if event.custom else None)


def _within_the_day(event: OwnEvent, now: datetime, zone: str) -> tuple[str, str]:
    """From when to when it takes time of today, in words."""
    begins, ends, today = in_zone(event.starts_at, zone), in_zone(event.ends_at, zone), day_in(now, zone)
    if event.first_day is not None or (begins.date() < today < ends.date()):
        return "", ""
    # The reader wants to know on which day it began, and until when it goes on.
    begun = f"{begins:%H:%M}" if begins.date() == today else f"{begins:%a %H:%M}"
    over = f"{ends:%H:%M}" if ends.date() == today else f"{ends:%a %H:%M}"
    return begun, over


def _how_far(starts_at: datetime, now: datetime) -> str:
    """`Now`, `in 10 min`, `in 3 hr`. Minutes are rounded up: no one is told that it begins in 0 minutes."""
    if starts_at <= now:
        return "Now"
    away = starts_at - now
    if away <= _IN_MINUTES:
        return f"in {-(-away // timedelta(minutes=1))} min"
    return f"in {round(away / timedelta(hours=1))} hr"


def _action(row: TodaysRow) -> tuple[str, str] | None:
    interview = row.interview
    if row.join_url is not None:
        return join_label(interview.how), row.join_url
    number = row.phone_number if row.phone_caller is PhoneCaller.TEAM else None
    address = phone_link(number) if number is not None else None
    return ("Call", address) if address is not None else None
