"""List: everything in a month, row by row under its days, with a search; forty rows on a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple
from urllib.parse import urlencode

from flask import request

from blueprints.calendar_page.grouping import days_taken, in_words, piece_on
from blueprints.calendar_page.months import Month, month_of
from blueprints.calendar_page.pages import Drawn, Page, is_cut
from connections.catalogue import calendar_name
from database import read_row_id
from models import search_key
from scheduling.reading.calendar import MOST, Item, ItemKind
from searching import spellings, words_of
from text import one_line
from timezones import in_zone, start_of_day, zone_short_name

ROWS = 40
_LAST_PAGE = MOST // ROWS
_MOST_TYPED = 100
_DAY = timedelta(days=1)


class Shown(StrEnum):
    """What the list is narrowed to."""

    ALL = "all"
    INTERVIEWS = "interviews"
    EVENTS = "events"

    @property
    def label(self) -> str:
        return {
            Shown.ALL: "Everything",
            Shown.INTERVIEWS: "Interviews",
            Shown.EVENTS: "Events and blocked time",
        }[self]


@dataclass(frozen=True)
class Narrowing:
    """`text`: words that all have to be in the title, the candidate's name, the job, or the owner's name."""

    text: str = ""
    shown: Shown = Shown.ALL

    @property
    def is_set(self) -> bool:
        return bool(self.text) or self.shown is not Shown.ALL

    @property
    def query(self) -> dict[str, str]:
        """As addresses say it."""
        told = {"q": self.text, "show": "" if self.shown is Shown.ALL else self.shown.value}
        return {name: value for name, value in told.items() if value}


class Row(NamedTuple):
    """`when`: `10:00–10:30`, `All day`, or of what takes several days, from when to when. `calendar`: what
    people call the one it is from; empty for what is kept here."""

    item: Item
    when: str
    calendar: str


class ListDay(NamedTuple):
    """What begins on a day, or on the first of the month, if it began before that. `zone`: the short name of
    the reader's zone on that day."""

    on: date
    label: str
    zone: str
    rows: tuple[Row, ...]

    def __hash__(self) -> int:
        """Hashes only a few cheap fields: a day is drawn once, and may have dozens of rows."""
        return hash((self.on, len(self.rows)))


def draw(page: Page) -> Drawn:
    """The month of the day that is asked for, row by row. Two statements at most."""
    month, wanted = month_of(page.asked.on), _asked()
    number = read_row_id(request.args.get("page", "")) or 1
    number = min(number, _LAST_PAGE)
    # A page without a search needs the rows before its end, and whether there are more; a search looks
    # through everything.
    most = MOST if wanted.is_set else number * ROWS + 1
    items = page.items(month.first, month.last, most=most)
    found = narrowed(items, wanted)
    shown = found[(number - 1) * ROWS : number * ROWS]

    def address(to: int) -> str:
        query = {**page.asked.query, **wanted.query, **({"page": str(to)} if to > 1 else {})}
        return f"{page.asked.own.url}?{urlencode(query)}" if query else page.asked.own.url

    values = {
        "days": by_first_day(shown, month, page.zone),
        "found": len(found),
        "wanted": wanted,
        "choices": [(each.value, each.label) for each in Shown],
        "kept": page.asked.query,
        "all_url": page.asked.url,
        "previous_url": address(number - 1) if number > 1 else None,
        "next_url": address(number + 1) if len(found) > number * ROWS and number < _LAST_PAGE else None,
        "month": month,
        "is_past": month.last < page.today,
    }
    return Drawn(
        "calendar_page/_list.html",
        month.label,
        month.first,
        month.last,
        values,
        is_cut=is_cut(items) if wanted.is_set else number == _LAST_PAGE and len(found) > number * ROWS,
    )


def _asked() -> Narrowing:
    text = one_line(request.args.get("q", ""))[:_MOST_TYPED]
    show = request.args.get("show", "")
    return Narrowing(text, Shown(show) if show in set(Shown) else Shown.ALL)


def by_first_day(items: Sequence[Item], month: Month, zone: str) -> tuple[ListDay, ...]:
    """These items under their first days of the month. A day begins with what takes all of it, which may
    have begun at another instant than the day does here."""

    def day_of(item: Item) -> date:
        return max(days_taken(item, zone)[0], month.first)

    ordered = sorted(items, key=lambda item: (day_of(item), item.first_day is None, item.starts_at))
    return tuple(
        ListDay(
            on,
            f"{on:%A}, {on.day} {on:%B}",
            zone_short_name(start_of_day(on, zone) + _DAY / 2, zone),
            tuple(_row(item, on, zone) for item in of_day),
        )
        for on, of_day in groupby(ordered, day_of)
    )


@lru_cache(1024)
def _row(item: Item, on: date, zone: str) -> Row:
    """Kept, because a month is looked at more often than it changes."""
    return Row(item, _when(item, on, zone), calendar_name(item.app) if item.app is not None else "")


def _when(item: Item, on: date, zone: str) -> str:
    """When it is, under the heading of that day, which names the day."""
    first, last = days_taken(item, zone)
    if first == last:
        return in_words(piece_on(item, first, zone))
    if item.first_day is not None:
        return f"All day, until {_day(last)}" if first == on else f"{_day(first)} – {_day(last)}"
    begins, ends = in_zone(item.starts_at, zone), in_zone(item.ends_at, zone)
    since = f"{begins:%H:%M}" if first == on else f"{_day(begins)}, {begins:%H:%M}"
    return f"{since} – {_day(ends)}, {ends:%H:%M}"


def _day(on: date) -> str:
    return f"{on.day} {on:%b}"


def narrowed(items: Iterable[Item], wanted: Narrowing) -> list[Item]:
    """The items that match the search, in their order."""
    words = [spellings(word) for word in words_of(wanted.text)]
    return [item for item in items if _is_kind(item, wanted.shown) and _has(item, words)]


def _is_kind(item: Item, shown: Shown) -> bool:
    return shown is Shown.ALL or (item.kind is ItemKind.INTERVIEW) is (shown is Shown.INTERVIEWS)


def _has(item: Item, words: Sequence[tuple[str, str]]) -> bool:
    if not words:
        return True
    row = item.row
    texts = (item.title, item.owner, *((row.candidate_name, row.about, row.how) if row is not None else ()))
    keys = [search_key(text) for text in texts]
    return all(any(word in key for word in either for key in keys) for either in words)
