"""What every view of the calendar is made from, and the result."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from accounts.row_permissions import Reader
from blueprints.calendar_page.asked import Asked
from scheduling.reading.calendar import MOST, Item, Of, Whose, calendar_between
from scheduling.reading.calendar_rows import Items
from scheduling.remembered import Editions
from timezones import in_zone, start_of_day

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Page:
    """Who is looking at what, and when. `first_weekday`: 0 for Monday. `sources`: those that are shown.
    `editions`: of the reader's calendars, and of those of the person whose calendar it is. `may_add`: the
    reader schedules interviews, so free times lead to the dialog."""

    reader: Reader
    asked: Asked
    zone: str
    now: datetime
    first_weekday: int
    sources: frozenset[str]
    editions: Mapping[int, Editions]
    may_add: bool

    @cached_property
    def today(self) -> date:
        return in_zone(self.now, self.zone).date()

    def week_of(self, on: date) -> list[date]:
        """The seven days of the week of this day, as the organization's weeks begin."""
        first = on - ((on.weekday() - self.first_weekday) % 7) * _DAY
        return [first + number * _DAY for number in range(7)]

    def items(
        self, first: date, last: date, *, sources: Collection[str] | None = None, most: int = MOST
    ) -> Items:
        """What is on from the first day through the last, in the reader's zone: of these sources, or of all
        that are shown. At most `most` interviews and as many events, the first ones."""
        begins, ends = start_of_day(first, self.zone), start_of_day(last + _DAY, self.zone)
        return calendar_between(
            *(self.reader, self.asked.whose, begins, ends, self.sources if sources is None else sources),
            most=most,
            days=(first, last),
            editions=self.editions_of(self.asked.whose),
        )

    def editions_of(self, whose: Whose) -> Editions | None:
        """Of the calendars whose events are shown with what is `whose`."""
        return self.editions.get(
            whose.id if whose.of is Of.PERSON and whose.id is not None else self.reader.id
        )

    def is_on(self, item: Item, first: date, last: date) -> bool:
        """Whether any of it is on these days. Whole days are the same in every zone."""
        if item.first_day is not None and item.last_day is not None:
            return item.first_day <= last and item.last_day >= first
        begins, ends = start_of_day(first, self.zone), start_of_day(last + _DAY, self.zone)
        return item.starts_at < ends and (item.ends_at > begins or item.starts_at == item.ends_at >= begins)


@dataclass(frozen=True)
class Drawn:
    """A view: its template, which the frame includes, with its `values`, and the `title` of what it shows,
    from its `first` day to its `last`. `items` is all that is on these days, where the view has read it, and
    `ours` what of it is kept here: they answer what else the page asks. `is_cut`: there may be more than what
    was read."""

    template: str
    title: str
    first: date
    last: date
    values: Mapping[str, Any] = field(default_factory=dict)
    items: tuple[Item, ...] | None = None
    ours: tuple[Item, ...] | None = None
    is_cut: bool = False


def is_cut(items: tuple[Item, ...]) -> bool:
    """Whether there may be more than what was read."""
    return len(items) >= MOST
