"""The side of every view: what is left of today, and a small month."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from flask import request

from blueprints.calendar_page.asked import Asked, View
from blueprints.calendar_page.pages import Drawn, Page
from scheduling.reading.calendar import OURS, OWN, Item, ItemKind, calendar_between
from timezones import start_of_day

MOST_UPCOMING = 8
_DAY = timedelta(days=1)


def upcoming_today(page: Page, drawn: Drawn, sources: Iterable[str]) -> tuple[Item, ...]:
    """The first of what the reader has today and what is not over, from all `sources`, shown or not. Taken
    from what the view has read, as far as that holds all of it."""
    begins, ends = start_of_day(page.today, page.zone), start_of_day(page.today + _DAY, page.zone)
    is_there = page.asked.whose == OWN and not drawn.is_cut and drawn.first <= page.today <= drawn.last
    wanted, found = set(sources), list[Item]()
    if is_there and drawn.items is not None and page.sources >= wanted:
        found, wanted = list(drawn.items), set()
    elif is_there and drawn.ours is not None and OURS in page.sources:
        found, wanted = list(drawn.ours), wanted - {OURS}
    if wanted:
        editions = page.editions_of(OWN)
        found += calendar_between(page.reader, OWN, begins, ends, wanted, editions=editions)
    coming = sorted(
        (
            item
            for item in found
            if item.first_day is None and page.now < item.ends_at and item.starts_at < ends
        ),
        key=lambda item: (item.starts_at, item.kind, item.id),
    )
    return tuple(item for item in coming if item.kind is not ItemKind.INTERVIEW_DAY)[:MOST_UPCOMING]


@dataclass(frozen=True)
class SmallDay:
    on: date
    is_other: bool
    is_today: bool
    is_shown: bool
    url: str


@dataclass(frozen=True)
class SmallMonth:
    """`weekdays`: the short names of its columns."""

    title: str
    weekdays: tuple[str, ...]
    weeks: tuple[tuple[SmallDay, ...], ...]
    previous: str | None
    next: str | None


def small_month(page: Page, first: date, last: date) -> SmallMonth:
    """The month of the day that is asked for; `first` to `last` are marked. Its days lead to the same view,
    or, of a month, to the day."""
    return _small_month(page.asked, page.first_weekday, page.today, first, last, request.script_root)


@lru_cache(128)
def _small_month(
    asked: Asked, first_weekday: int, today: date, first: date, last: date, begins_addresses: str
) -> SmallMonth:
    on = asked.on
    leads_to = asked.as_view(View.DAY) if asked.view is View.MONTH else asked
    weeks = Calendar(first_weekday).monthdatescalendar(on.year, on.month)
    by_month = asked.as_view(View.MONTH)
    before, after = by_month.moved(-1), by_month.moved(1)
    return SmallMonth(
        f"{on:%B} {on.year}",
        tuple(f"{each:%a}"[:2] for each in weeks[0]),
        tuple(tuple(_small_day(each, leads_to, on, today, first, last) for each in week) for week in weeks),
        before.as_view(asked.view).url if before is not None else None,
        after.as_view(asked.view).url if after is not None else None,
    )


def _small_day(each: date, leads_to: Asked, on: date, today: date, first: date, last: date) -> SmallDay:
    return SmallDay(each, each.month != on.month, each == today, first <= each <= last, leads_to.at(each).url)
