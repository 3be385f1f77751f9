"""What else is on that day, as Date & Time lists it: what is near the chosen time, and the rest folded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from flask import url_for

from blueprints.schedule_interview.panels.spans import span_on
from blueprints.schedule_interview.panels.strip import Period
from connections.catalogue import calendar_name
from models import MeetingSoftware
from scheduling.free_times import FreeTimes
from scheduling.occupied import ClashKind, Occupied, Taken
from timezones import start_of_day
from wording import counted, in_a_row, possessive, short_names

# This close to the chosen time, an interview matters to people who have both.
_NEAR = timedelta(hours=1)
# Beyond this many, interviews are counted instead of listed: the page is to stay small, and the calendar has
# them side by side.
_MOST_FOLDED = 10


class DayRow(NamedTuple):
    """One line of the day: an interview, something else that someone has then, or the chosen time itself.
    `who`: whose time it takes."""

    time: str
    title: str
    who: str
    url: str | None
    is_wanted: bool = False
    is_clash: bool = False


@dataclass(frozen=True, eq=False)
class Day:
    """Compared by identity, as `OfferedTimes` are. `near` is at the chosen time or close to it. `folded` is
    everything else of the team, under `summary`; `left_out` more are in the calendar, on the page at
    `url`."""

    near: tuple[DayRow, ...]
    folded: tuple[DayRow, ...]
    summary: str
    left_out: int
    url: str
    is_everyone_free: bool


def day_of(
    of_day: FreeTimes, on: date, zone: str, *, chosen: Period | None, software: MeetingSoftware | None
) -> Day:
    """What is on that day in that zone. `software` is that of the account which may be occupied."""
    begins, ends = start_of_day(on, zone), start_of_day(on + timedelta(days=1), zone)
    occupied = of_day.between(begins, ends)
    around = of_day.between(chosen.starts_at - _NEAR, chosen.ends_at + _NEAR) if chosen is not None else ()
    close = {each.key for each in around}
    near: list[tuple[datetime, DayRow]] = []
    folded: list[Occupied] = []
    for other in sorted((*occupied, *of_day.others), key=attrgetter("order")):
        if other.key in close:
            near.append((other.starts_at, _row(other, on, zone, chosen, software)))
        else:
            folded.append(other)
    has_others = any(each.interview_id is None for each in occupied)
    all_of_it = counted(len(folded), "busy time") if has_others else counted(len(folded), "interview")
    summary = f"{len(folded)} more that day" if near else f"{all_of_it} that day"
    if chosen is not None:
        # Before interviews that begin at the same time, so that people see it first.
        wanted = DayRow(
            span_on(chosen.starts_at, chosen.ends_at, on, zone), "This interview", "", None, is_wanted=True
        )
        near.append((chosen.starts_at, wanted))
        near.sort(key=lambda pair: (pair[0], not pair[1].is_wanted))
    return Day(
        near=tuple(row for _, row in near),
        folded=tuple(_row(other, on, zone, chosen, software) for other in folded[:_MOST_FOLDED]),
        summary=summary,
        left_out=max(0, len(folded) - _MOST_FOLDED),
        url=url_for("calendar_page.view", view="day", on=on.isoformat()),
        is_everyone_free=not occupied,
    )


def _row(
    other: Occupied, on: date, zone: str, chosen: Period | None, software: MeetingSoftware | None
) -> DayRow:
    is_clash = chosen is not None and bool(other.taken) and other.overlaps(chosen.starts_at, chosen.ends_at)
    if other.interview_id is None:
        return _busy_row(other, on, zone, is_clash)
    return DayRow(
        time=span_on(other.starts_at, other.ends_at, on, zone),
        title=other.candidate or "Busy",
        who=_who(other, software),
        url=_url(other),
        is_clash=is_clash,
    )


@lru_cache(1024)
def _busy_row(other: Occupied, on: date, zone: str, is_clash: bool) -> DayRow:
    """That of something that is no interview. Kept, because people look at a full day again and again."""
    return DayRow(
        time=span_on(other.starts_at, other.ends_at, on, zone),
        title=other.title or "Busy",
        who=_who(other, None),
        url=None,
        is_clash=is_clash,
    )


def _who(other: Occupied, software: MeetingSoftware | None) -> str:
    """Whose time it takes, and where we know it from if it is no interview."""
    names = in_a_row(_names(other.taken, software) if other.taken else short_names(other.people))
    if other.interview_id is not None:
        return names
    return f"{names} ({calendar_name(other.app) if other.app is not None else 'blocked'})"


def _url(other: Occupied) -> str | None:
    if not other.candidate:
        return None
    return url_for("interviews.detail", interview_id=other.interview_id)


def _names(taken: tuple[Taken, ...], software: MeetingSoftware | None) -> list[str]:
    people = [each.name for each in taken if each.kind is not ClashKind.HOST_ACCOUNT]
    accounts = [each.name for each in taken if each.kind is ClashKind.HOST_ACCOUNT]
    label = software.label if software is not None else ""
    return short_names(people) + [f"{possessive(name)} {label} account" for name in accounts]
