"""What else is on that day, as Date & Time lists it: what is near the chosen time, and the rest folded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for

from blueprints.schedule_interview.panels.strip import Period
from models import MeetingSoftware
from scheduling.occupied import ClashKind, Occupied, Taken
from scheduling.reading.day import DayEntry
from timezones import in_zone
from wording import counted, possessive, short_names

# So near to the chosen time, an interview matters to those who have both.
_NEAR = timedelta(hours=1)
# Beyond this many, interviews are counted instead of listed.
_MOST_FOLDED = 40


@dataclass(frozen=True)
class DayRow:
    """One line of the day: an interview, or the chosen time itself. `who`: whose time it takes."""

    time: str
    title: str
    who: str
    url: str | None
    is_wanted: bool = False
    is_clash: bool = False


@dataclass(frozen=True)
class Day:
    """`near` is at the chosen time or close to it. `folded` is everything else of the team, under `summary`;
    `left_out` more are in the calendar."""

    near: tuple[DayRow, ...]
    folded: tuple[DayRow, ...]
    summary: str
    left_out: int
    is_everyone_free: bool


def day_of(
    entries: Iterable[DayEntry],
    occupied: Iterable[Occupied],
    zone: str,
    *,
    chosen: Period | None,
    software: MeetingSoftware | None,
    without: int | None = None,
) -> Day:
    """The day's `entries`, with what is `occupied` by some of them, in that zone. `software` is that of the
    account which may be; `without` is an interview that is to be moved and is in nobody's way."""
    taken = {each.interview_id: each.taken for each in occupied}
    near: list[tuple[datetime, DayRow]] = []
    folded, is_everyone_free = [], True
    for entry in entries:
        if entry.interview_id == without:
            continue
        is_clash = chosen is not None and _is_within(entry, chosen, timedelta())
        whose = taken.get(entry.interview_id, ())
        is_everyone_free = is_everyone_free and not whose
        row = DayRow(
            time=_span(entry.starts_at, entry.ends_at, zone),
            title=entry.candidate or "Busy",
            who=", ".join(_names(whose, software) if whose else short_names(entry.people)),
            url=url_for("interviews.detail", interview_id=entry.interview_id) if entry.candidate else None,
            is_clash=is_clash and bool(whose),
        )
        if whose and chosen is not None and _is_within(entry, chosen, _NEAR):
            near.append((entry.starts_at, row))
        else:
            folded.append(row)
    summary = f"{len(folded)} more that day" if near else f"{counted(len(folded), 'interview')} that day"
    if chosen is not None:
        # Before interviews that begin at the same time, so that people see it first.
        wanted = DayRow(
            _span(chosen.starts_at, chosen.ends_at, zone), "This interview", "", None, is_wanted=True
        )
        near.append((chosen.starts_at, wanted))
        near.sort(key=lambda pair: (pair[0], not pair[1].is_wanted))
    return Day(
        near=tuple(row for _, row in near),
        folded=tuple(folded[:_MOST_FOLDED]),
        summary=summary,
        left_out=max(0, len(folded) - _MOST_FOLDED),
        is_everyone_free=is_everyone_free,
    )


def _is_within(entry: DayEntry, chosen: Period, distance: timedelta) -> bool:
    return entry.starts_at < chosen.ends_at + distance and entry.ends_at > chosen.starts_at - distance


def _names(taken: tuple[Taken, ...], software: MeetingSoftware | None) -> list[str]:
    people = [each.name for each in taken if each.kind is not ClashKind.HOST_ACCOUNT]
    accounts = [each.name for each in taken if each.kind is ClashKind.HOST_ACCOUNT]
    label = software.label if software is not None else ""
    return short_names(people) + [f"{possessive(name)} {label} account" for name in accounts]


def _span(starts_at: datetime, ends_at: datetime, zone: str) -> str:
    return f"{in_zone(starts_at, zone):%H:%M}–{in_zone(ends_at, zone):%H:%M}"
