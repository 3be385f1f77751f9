"""Month: whole weeks as a grid, and each day with the first of what it has, in the reader's zone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from flask import request

from blueprints.calendar_page.asked import Asked, View
from blueprints.calendar_page.grouping import Piece, by_days, in_words
from blueprints.calendar_page.pages import Drawn, Page, is_cut
from connections.catalogue import calendar_name
from scheduling.reading.calendar import OURS, Item
from scheduling.reading.calendar_days import outside_by_day
from scheduling.reading.calendar_rows import Items
from web.times import FIRST_YEAR, LAST_YEAR

# A day shows this many, and how many more there are. A single extra one takes no more room than saying so.
_AT_ONCE = 3
_DAY = timedelta(days=1)


@dataclass(frozen=True, order=True)
class Month:
    year: int
    number: int

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        following = self.first.replace(day=28) + 4 * _DAY
        return following - following.day * _DAY

    @property
    def label(self) -> str:
        return f"{self.first:%B} {self.year}"

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"


class Count(NamedTuple):
    """How much of a day is from an app's calendar, or with None kept here. `label`: what people call that
    calendar; empty for what is kept here."""

    app: str | None
    label: str
    number: int


class Day(NamedTuple):
    """`is_other`: a day of the month before or after, shown to complete the weeks. `more`: how much else it
    has than its `pieces`, and `url` where all of it is shown. On a phone, there are only the `counts` of what
    it has, and they lead to `agenda_url`."""

    on: date
    pieces: tuple[Piece[Item], ...]
    more: int
    is_other: bool
    is_today: bool
    url: str
    counts: tuple[Count, ...]
    agenda_url: str

    def __hash__(self) -> int:
        """Hashes only a few cheap fields: a day is drawn once, and a month has dozens."""
        return hash((self.on, self.more, len(self.pieces)))

    @property
    def label(self) -> str:
        return f"{self.on:%A}, {self.on.day} {self.on:%B}"

    @property
    def has_view(self) -> bool:
        """Whether the calendar reaches to this day."""
        return FIRST_YEAR <= self.on.year <= LAST_YEAR


def read_month(text: str) -> Month | None:
    """A month as older addresses have it, `2026-11`; None for anything else."""
    year, _, number = text.partition("-")
    if not (year.isascii() and year.isdigit() and number.isascii() and number.isdigit() and len(text) == 7):
        return None
    month = Month(int(year), int(number)) if 1 <= int(number) <= 12 else None
    return month if month is not None and FIRST_YEAR <= month.year <= LAST_YEAR else None


def month_of(on: date) -> Month:
    return Month(on.year, on.month)


def weeks_of(month: Month, first_weekday: int) -> list[date]:
    """The days of the month's weeks, which begin on this weekday (0 for Monday): the month's own, and those
    before and after that complete the first and the last week."""
    begins = month.first - ((month.first.weekday() - first_weekday) % 7) * _DAY
    ends = month.last + ((first_weekday - 1 - month.last.weekday()) % 7) * _DAY
    return [begins + number * _DAY for number in range((ends - begins).days + 1)]


def draw(page: Page) -> Drawn:
    """The month of the day that is asked for, in whole weeks. Three statements at most."""
    month = month_of(page.asked.on)
    on = weeks_of(month, page.first_weekday)
    ours = page.items(on[0], on[-1], sources=page.sources & {OURS})
    outside = outside_by_day(
        *(page.reader, page.asked.whose, on, page.zone, page.sources),
        most=_AT_ONCE + 1,
        editions=page.editions_of(page.asked.whose),
    )
    left_out = tuple((each, tuple(of_day.items())) for each, of_day in outside.left_out.items())
    days = _days_of(
        *(page.asked, tuple(on), Items((*ours, *outside.items)), left_out),
        *(page.zone, page.today, request.script_root),
    )
    values = {
        "days": days,
        "weekdays": [(f"{each:%A}", f"{each:%a}") for each in on[:7]],
        "is_empty": not any(day.pieces for day in days if not day.is_other),
        "month": month,
        "is_past": month.last < page.today,
        "in_words": in_words,
    }
    return Drawn(
        "calendar_page/_month.html",
        month.label,
        month.first,
        month.last,
        values,
        ours=ours,
        is_cut=is_cut(ours),
    )


# How much of each day is not among what was read, by the key of its app.
LeftOut = tuple[tuple[date, tuple[tuple[str, int], ...]], ...]


@lru_cache(64)
def _days_of(
    asked: Asked,
    on: tuple[date, ...],
    items: Items,
    left_out: LeftOut,
    zone: str,
    today: date,
    _begins_addresses: str,
) -> tuple[Day, ...]:
    """These days with the first of what they have. Kept, because a month is looked at more often than it
    changes."""
    found, others = by_days(items, on, zone), dict(left_out)
    month, of_day, agenda = month_of(asked.on), asked.as_view(View.DAY), asked.as_view(View.AGENDA)
    days = []
    for each in on:
        pieces = found.get(each, ())
        by_app = Counter(piece.thing.app for piece in pieces) + Counter(dict(others.get(each, ())))
        total = by_app.total()
        shown = total if total <= _AT_ONCE + 1 else _AT_ONCE
        days.append(
            Day(
                each,
                pieces[:shown],
                total - len(pieces[:shown]),
                is_other=month_of(each) != month,
                is_today=each == today,
                url=of_day.at(each).url,
                counts=_counts(by_app),
                agenda_url=agenda.at(each).url,
            )
        )
    return tuple(days)


def _counts(by_app: Mapping[str | None, int]) -> tuple[Count, ...]:
    """What is kept here first, then the calendars by their names."""
    found = [Count(app, calendar_name(app) if app else "", number) for app, number in by_app.items()]
    return tuple(sorted(found, key=lambda count: count.label))
