"""The chosen time among everything else that day, as the Date & Time step draws it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import url_for

from models import Candidate, User
from scheduling.reading.day import DayEntry, interviews_of_day
from timezones import in_zone, place_name, start_of_day, zone_abbreviation

# The part of a day that is always drawn, in minutes after midnight; interviews outside extend it by whole
# hours.
_DRAWN_FROM, _DRAWN_TO = 8 * 60, 18 * 60
_DAY = 24 * 60
# Beyond this many, rows of people who are not involved are counted instead of shown.
_OTHERS_SHOWN = 12


@dataclass(frozen=True)
class DayRow:
    """One line of the day: an interview, or the chosen time itself. `begins` and `minutes` place it on the
    drawing, in minutes after midnight by the clock there.
    """

    time: str
    title: str
    detail: str
    url: str | None
    is_wanted: bool
    is_clash: bool
    begins: int
    minutes: int


@dataclass(frozen=True)
class Day:
    """`hours` are the marks of the drawing, which reaches from the first to the last of them."""

    title: str
    zone: str
    rows: tuple[DayRow, ...]
    others: tuple[DayRow, ...]
    others_left_out: int
    hours: tuple[int, ...]


def day_of(
    actor: User,
    candidate: Candidate,
    on: date,
    zone: str,
    *,
    wanted: tuple[datetime, datetime] | None,
    user_ids: Collection[int],
    clashing: Collection[int],
    without: int | None = None,
) -> Day:
    """That day in that zone, as far as `actor` may know it. `wanted` is the chosen period, if known;
    `clashing` are interviews, and `without` is one that is to be moved and is in nobody's way.
    """
    begins, ends = start_of_day(on, zone), start_of_day(on + timedelta(days=1), zone)
    entries = interviews_of_day(actor, begins, ends, user_ids=user_ids, candidate_id=candidate.id)
    rows: list[tuple[datetime, DayRow]] = []
    others = []
    for entry in entries:
        if entry.interview_id == without:
            continue
        row = _row(entry, on, zone, is_clash=entry.interview_id in clashing)
        if entry.is_involved or row.is_clash:
            rows.append((entry.starts_at, row))
        else:
            others.append(row)
    if wanted is not None:
        rows.append((wanted[0], _wanted_row(candidate.name, wanted, on, zone)))
    # The chosen time comes before interviews that begin at the same time, so that people see it first.
    rows.sort(key=lambda pair: (pair[0], not pair[1].is_wanted))
    shown = tuple(row for _, row in rows)
    noon = begins + timedelta(hours=12)
    return Day(
        title=f"{on:%A}, {on.day} {on:%B}",
        zone=f"{place_name(zone)}, {zone_abbreviation(wanted[0] if wanted else noon, zone)}",
        rows=shown,
        others=tuple(others[:_OTHERS_SHOWN]),
        others_left_out=max(0, len(others) - _OTHERS_SHOWN),
        hours=_hours(shown),
    )


def _row(entry: DayEntry, on: date, zone: str, *, is_clash: bool) -> DayRow:
    people = ", ".join(entry.people)
    return DayRow(
        time=_span(entry.starts_at, entry.ends_at, zone),
        title=entry.candidate or "Busy",
        detail=f"{entry.job} · {people}" if entry.job else people,
        url=url_for("interviews.detail", interview_id=entry.interview_id) if entry.is_seen else None,
        is_wanted=False,
        is_clash=is_clash,
        **_place(entry.starts_at, entry.ends_at, on, zone),
    )


def _wanted_row(candidate_name: str, wanted: tuple[datetime, datetime], on: date, zone: str) -> DayRow:
    return DayRow(
        time=_span(*wanted, zone),
        title="This interview",
        detail=candidate_name,
        url=None,
        is_wanted=True,
        is_clash=False,
        **_place(*wanted, on, zone),
    )


def _span(starts_at: datetime, ends_at: datetime, zone: str) -> str:
    return f"{in_zone(starts_at, zone):%H:%M} – {in_zone(ends_at, zone):%H:%M}"


def _place(starts_at: datetime, ends_at: datetime, on: date, zone: str) -> dict[str, int]:
    """Where it is on that day's clock; what begins on the day before or ends on the next is cut off. By the
    clock and not by elapsed minutes, so that it matches the marks on a day with a clock change.
    """

    def minutes(instant: datetime) -> int:
        local = in_zone(instant, zone)
        if local.date() != on:
            return 0 if local.date() < on else _DAY
        return local.hour * 60 + local.minute

    begins = minutes(starts_at)
    return {"begins": begins, "minutes": max(1, minutes(ends_at) - begins)}


def _hours(rows: tuple[DayRow, ...]) -> tuple[int, ...]:
    first = min([_DRAWN_FROM, *(row.begins for row in rows)]) // 60
    last = -(-max([_DRAWN_TO, *(row.begins + row.minutes for row in rows)]) // 60)
    return tuple(range(first, last + 1))
