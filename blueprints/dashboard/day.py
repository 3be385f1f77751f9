"""Today's interviews as the first page shows them: what is on now, what is next, and the rest of the day."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from messaging.wording import join_label
from models import InterviewStatus, PhoneCaller
from phone_numbers import phone_link
from scheduling.reading.days import day_in
from scheduling.reading.interview_rows import InterviewRow
from scheduling.reading.today import TodaysRow
from timezones import zone_short_name

# How many interviews at a time are shown large: those that are on, and those that are next.
_LARGE = 3
_IN_MINUTES = timedelta(minutes=90)


class Entry(NamedTuple):
    """One interview of the day. `words`: how far away it is, `in 10 min`, or empty. `action`: what it takes
    to be there, a label and an address, if the reader may and it is not over."""

    interview: InterviewRow
    words: str
    action: tuple[str, str] | None


@dataclass(frozen=True)
class Day:
    """`on`: the day, `Friday 27 November`; `zone`: the short name of the reader's zone on it. `large`: what
    is on and what is next; `later` and `earlier`: the rest. `version` changes with anything shown."""

    on: str
    zone: str
    large: tuple[Entry, ...]
    later: tuple[Entry, ...]
    earlier: tuple[Entry, ...]
    version: str

    @property
    def number(self) -> int:
        return len(self.large) + len(self.later) + len(self.earlier)


def day_of(rows: tuple[TodaysRow, ...], now: datetime, zone: str, *, sees_link: bool) -> Day:
    """The day as it looks at `now` (aware UTC) in the reader's zone; `rows` are in the order of their starts.
    Without `sees_link` no entry has an action."""
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


def _how_far(starts_at: datetime, now: datetime) -> str:
    """`Now`, `in 10 min`, `in 3 h`. Minutes are rounded up: no one is told that it begins in 0 minutes."""
    if starts_at <= now:
        return "Now"
    away = starts_at - now
    if away <= _IN_MINUTES:
        return f"in {-(-away // timedelta(minutes=1))} min"
    return f"in {round(away / timedelta(hours=1))} h"


def _action(row: TodaysRow) -> tuple[str, str] | None:
    interview = row.interview
    if row.join_url is not None:
        return join_label(interview.how), row.join_url
    number = row.phone_number if row.phone_caller is PhoneCaller.TEAM else None
    address = phone_link(number) if number is not None else None
    return ("Call", address) if address is not None else None
