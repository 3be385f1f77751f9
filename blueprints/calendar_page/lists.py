"""List: what a month has, row by row, with a search; forty rows on a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import urlencode

from flask import request

from blueprints.calendar_page.grouping import days_taken
from blueprints.calendar_page.months import month_of
from blueprints.calendar_page.pages import Drawn, Page, is_cut
from connections.catalogue import calendar_name
from database import read_row_id
from scheduling.reading.calendar import MOST, Item, ItemKind, calendar_between
from timezones import start_of_day

ROWS = 40
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
    """`days`: `Tue 1 Dec`, or the first and the last of several. `calendar`: what people call the one it is
    from; empty for what is kept here."""

    item: Item
    days: str
    calendar: str


def draw(page: Page) -> Drawn:
    """The month of the day that is asked for, row by row. Two statements at most."""
    month, wanted = month_of(page.asked.on), _asked()
    number = read_row_id(request.args.get("page", "")) or 1
    number = min(number, MOST // ROWS)
    begins, ends = start_of_day(month.first, page.zone), start_of_day(month.last + _DAY, page.zone)
    # A page of everything needs no more than what is before its end; a search looks through all there is.
    most = MOST if wanted.is_set else min(number * ROWS + 1, MOST)
    items = calendar_between(page.reader, page.asked.whose, begins, ends, page.sources, most=most)
    on_days = [item for item in items if page.is_on(item, month.first, month.last)]
    found = narrowed(on_days, wanted)
    rows = [_row(item, page.zone) for item in found[(number - 1) * ROWS : number * ROWS]]

    def address(to: int) -> str:
        query = {**page.asked.query, **wanted.query, **({"page": str(to)} if to > 1 else {})}
        return f"{page.asked.own.url}?{urlencode(query)}" if query else page.asked.own.url

    values = {
        "rows": rows,
        "wanted": wanted,
        "choices": [(each.value, each.label) for each in Shown],
        "kept": page.asked.query,
        "all_url": page.asked.url,
        "page_number": number,
        "previous_url": address(number - 1) if number > 1 else None,
        "next_url": address(number + 1) if len(found) > number * ROWS and number < MOST // ROWS else None,
        "month": month,
    }
    return Drawn(
        "calendar_page/_list.html",
        month.label,
        month.first,
        month.last,
        values,
        is_cut=wanted.is_set and is_cut(items),
    )


def _asked() -> Narrowing:
    text = " ".join(request.args.get("q", "").split())[:_MOST_TYPED]
    show = request.args.get("show", "")
    return Narrowing(text, Shown(show) if show in set(Shown) else Shown.ALL)


def _row(item: Item, zone: str) -> Row:
    return Row(item, _days(item, zone), calendar_name(item.app) if item.app is not None else "")


def _days(item: Item, zone: str) -> str:
    first, last = days_taken(item, zone)
    return _day(first) if first == last else f"{_day(first)} – {_day(last)}"


def _day(on: date) -> str:
    return f"{on:%a} {on.day} {on:%b}"


def narrowed(items: Iterable[Item], wanted: Narrowing) -> list[Item]:
    """Those of the items that the search asks for, in their order."""
    words = wanted.text.casefold().split()
    return [item for item in items if _is_kind(item, wanted.shown) and _has(item, words)]


def _is_kind(item: Item, shown: Shown) -> bool:
    return shown is Shown.ALL or (item.kind is ItemKind.INTERVIEW) is (shown is Shown.INTERVIEWS)


def _has(item: Item, words: list[str]) -> bool:
    if not words:
        return True
    row = item.row
    texts = (item.title, item.owner, *((row.candidate_name, row.about, row.how) if row is not None else ()))
    text = "\n".join(texts).casefold()
    return all(word in text for word in words)
