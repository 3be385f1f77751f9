"""Day and Week: days beside each other with their hours.

A row is a quarter of an hour on the wall. Where clocks go back on one of the days, the hour that comes twice
has its rows twice, and where they go forward, the hour that is skipped has rows in which nothing can be.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from blueprints.calendar_page.asked import View
from blueprints.calendar_page.layout import LeftOut, Place, Span, lay_out
from blueprints.calendar_page.pages import Drawn, Page, is_cut
from blueprints.calendar_page.titles import title_of
from scheduling.reading.calendar import Item
from scheduling.reading.calendar_rows import Items
from timezones import clock_change_between, in_zone, start_of_day
from web.calendar_places import ROWS_OF_HOUR
from web.times import FIRST_YEAR, LAST_YEAR

_MINUTES = 60 // ROWS_OF_HOUR
_DAY, _HALF_HOUR, _LEAST = timedelta(days=1), timedelta(minutes=30), timedelta(minutes=1)
# These hours are always shown; others only if something is on.
_FIRST_HOUR, _LAST_HOUR = 8, 18
# This many side by side can still be read. Any more at that time are counted, and a click away.
MOST_LANES = {View.DAY: 6, View.WEEK: 3}
# On paper, a day as long as this needs lower rows to be on one page.
_MANY_HOURS = 14


class Hour(NamedTuple):
    """An hour on the wall; `fold` is 1 for the second time that it comes."""

    hour: int
    fold: int = 0

    @property
    def label(self) -> str:
        return f"{self.hour:02}:00"


class Block(NamedTuple):
    """Something at its place in a day: `span` counts rows from the first one shown."""

    item: Item
    span: Span
    place: Place
    goes_on_before: bool
    goes_on_after: bool


class Bar(NamedTuple):
    """Something that takes whole days, on one of them; or the rest of a night, which is over at `until`,
    before the first hour that is shown."""

    item: Item
    goes_on_before: bool
    goes_on_after: bool
    until: str = ""


class Cell(NamedTuple):
    """A half hour that can still be chosen, with its instant (aware UTC) and the time of that day."""

    starts_at: datetime
    row: int
    label: str


@dataclass(frozen=True)
class HoursDay:
    """`left_out`: the times at which more is on than can be drawn. `entry`: the cell that Tab leads to, from
    which arrow keys lead to the others. `now_row`: the row of this moment, if it is shown. `gone`: rows of
    hours that are not on this day."""

    on: date
    is_today: bool
    whole_days: tuple[Bar, ...]
    blocks: tuple[Block, ...]
    left_out: tuple[LeftOut, ...]
    cells: tuple[Cell, ...]
    entry: Cell | None
    now_row: int | None
    gone: tuple[Span, ...]

    def __hash__(self) -> int:
        """Hashes only a few cheap fields: a day is drawn once, and has dozens of blocks, which are the same
        objects for as long as nothing changes."""
        return hash((self.on, len(self.blocks), len(self.cells), self.now_row))

    @property
    def has_view(self) -> bool:
        """Whether it can be requested: the first and the last week go beyond the possible years."""
        return FIRST_YEAR <= self.on.year <= LAST_YEAR

    @property
    def is_weekend(self) -> bool:
        return self.on.weekday() >= 5

    @property
    def label(self) -> str:
        return f"{self.on:%A}, {self.on.day} {self.on:%B}"

    @property
    def short(self) -> str:
        return f"{self.on:%a}"


def draw(page: Page) -> Drawn:
    """The requested day or week."""
    is_week = page.asked.view is View.WEEK
    days = page.week_of(page.asked.on) if is_week else [page.asked.on]
    items = page.items(days[0], days[-1])
    hours, drawn = hours_of(days, items, page)
    return Drawn(
        "calendar_page/_hours.html",
        title_of(days[0], days[-1]),
        days[0],
        days[-1],
        {
            "hours": hours,
            "days": drawn,
            "is_week": is_week,
            "is_long": len(hours) > _MANY_HOURS,
            # If a day has more than fits side by side, another view has all of it.
            "of_all": page.asked.as_view(View.DAY if is_week else View.AGENDA),
        },
        items,
        is_cut=is_cut(items),
    )


def hours_of(
    days: Sequence[date], items: Iterable[Item], page: Page
) -> tuple[tuple[Hour, ...], tuple[HoursDay, ...]]:
    """The hours to show, from top to bottom, and the days with what is on."""
    zone = page.zone
    timed: list[Item] = []
    whole: list[Item] = []
    for item in items:
        (timed if item.first_day is None else whole).append(item)
    all_hours = wall_hours(tuple(days), zone)
    top, bottom, of_days = _placed(tuple(days), Items(timed), zone, MOST_LANES[page.asked.view])
    now = _row_at(page.now, zone, all_hours) if days[0] <= page.today <= days[-1] else None
    shown = all_hours[top // ROWS_OF_HOUR : bottom // ROWS_OF_HOUR]
    drawn = []
    for on, spans, blocks, left_out, nights in of_days:
        cells = _cells(on, zone, shown, page.now) if page.may_add else ()
        drawn.append(
            HoursDay(
                on=on,
                is_today=on == page.today,
                whole_days=(*(_bar(item, on) for item in whole if page.is_on(item, on, on)), *nights),
                blocks=blocks,
                left_out=left_out,
                cells=cells,
                entry=_first_free(cells, spans, shown.index(Hour(_FIRST_HOUR)) * ROWS_OF_HOUR),
                now_row=now - top if now is not None and on == page.today and top <= now < bottom else None,
                gone=_gone(on, zone, shown),
            )
        )
    return shown, tuple(drawn)


class _Placed(NamedTuple):
    """A day: its blocks with their places, and the rest of the night before it."""

    on: date
    spans: tuple[Span, ...]
    blocks: tuple[Block, ...]
    left_out: tuple[LeftOut, ...]
    nights: tuple[Bar, ...]


@lru_cache(64)
def _placed(
    days: tuple[date, ...], timed: Items, zone: str, lanes: int
) -> tuple[int, int, tuple[_Placed, ...]]:
    """From which row to which is shown, and each of the days. Kept, because a week of a full calendar has
    hundreds of events, and is looked at more often than it changes."""
    hours = wall_hours(days, zone)
    of_days = [(on, list(_spans(timed, on, zone, hours))) for on in days]
    top, bottom = _shown(hours, [piece for _, found in of_days for piece in found])
    placed = []
    for on, found in of_days:
        seen = [piece for piece in found if piece.span.ends > top]
        spans = tuple(
            Span(max(piece.span.begins, top) - top, min(piece.span.ends, bottom) - top) for piece in seen
        )
        laid = lay_out(spans, lanes)
        blocks = tuple(
            Block(piece.item, span, place, piece.goes_on_before, piece.goes_on_after)
            for piece, span, place in zip(seen, spans, laid.places, strict=True)
            if place is not None
        )
        nights = tuple(
            Bar(piece.item, True, False, f"{in_zone(piece.item.ends_at, zone):%H:%M}")
            for piece in found
            if piece.span.ends <= top
        )
        placed.append(_Placed(on, spans, blocks, laid.left_out, nights))
    return top, bottom, tuple(placed)


@lru_cache(256)
def wall_hours(days: tuple[date, ...], zone: str) -> tuple[Hour, ...]:
    """The hours of these days in a zone, from midnight to midnight, each once unless it comes twice on one of
    them: then its second time comes after the first time of all hours that do."""
    twice = set()
    for on in days:
        if _changes(on, zone):
            twice |= {hour for hour, fold in _hours_on(on, zone) if fold}
    again = [Hour(hour, 1) for hour in sorted(twice)]
    after = max(twice, default=23) + 1
    return (*map(Hour, range(after)), *again, *map(Hour, range(after, 24)))


@lru_cache(4096)
def _changes(on: date, zone: str) -> bool:
    begins, ends = start_of_day(on, zone), start_of_day(on + _DAY, zone)
    return ends - begins != _DAY or clock_change_between(zone, begins, ends) not in (None, ends)


@lru_cache(1024)
def _hours_on(on: date, zone: str) -> frozenset[tuple[int, int]]:
    """The hours, with their fold, of which a day has at least a part."""
    at, ends = start_of_day(on, zone), start_of_day(on + _DAY, zone)
    found = set()
    while at < ends:
        local = in_zone(at, zone)
        found.add((local.hour, local.fold))
        at += timedelta(minutes=_MINUTES)
    return frozenset(found)


def _row_at(instant: datetime, zone: str, hours: Sequence[Hour]) -> int:
    """The row in which an instant is."""
    local = in_zone(instant, zone)
    wanted = Hour(local.hour, local.fold)
    index = hours.index(wanted) if wanted in hours else hours.index(Hour(local.hour))
    return index * ROWS_OF_HOUR + local.minute // _MINUTES


class _Piece(NamedTuple):
    """The part of something that is on one day."""

    item: Item
    span: Span
    goes_on_before: bool
    goes_on_after: bool


def _spans(items: Iterable[Item], on: date, zone: str, hours: Sequence[Hour]) -> Iterable[_Piece]:
    """Where those of these items are that have some of their time on that day."""
    begins, ends = start_of_day(on, zone), start_of_day(on + _DAY, zone)
    if begins == ends:
        # A zone that moved across the date line skipped that day.
        return
    for item in items:
        is_moment = item.starts_at == item.ends_at
        if item.starts_at >= ends or item.ends_at < begins or (item.ends_at == begins and not is_moment):
            continue
        first, last = max(item.starts_at, begins), min(item.ends_at, ends)
        top = _row_at(first, zone, hours)
        bottom = _row_at(max(last - _LEAST, first), zone, hours) + 1
        yield _Piece(item, Span(top, max(bottom, top + 1)), item.starts_at < begins, item.ends_at > ends)


def _shown(hours: Sequence[Hour], pieces: Iterable[_Piece]) -> tuple[int, int]:
    """From which row to which: the usual hours, and those in which something begins or ends. The rest of a
    night does not stretch a whole week, nor does what goes on into the next day for more than its first
    hour."""
    top = hours.index(Hour(_FIRST_HOUR)) * ROWS_OF_HOUR
    bottom = hours.index(Hour(_LAST_HOUR)) * ROWS_OF_HOUR
    for span, goes_on_before, goes_on_after in (piece[1:] for piece in pieces):
        if not goes_on_before:
            top = min(top, span.begins)
        if not goes_on_after:
            bottom = max(bottom, span.ends)
        elif not goes_on_before:
            bottom = max(bottom, min(span.begins + ROWS_OF_HOUR, span.ends))
    return top - top % ROWS_OF_HOUR, bottom + -bottom % ROWS_OF_HOUR


def _bar(item: Item, on: date) -> Bar:
    first, last = item.first_day or on, item.last_day or on
    return Bar(item, first < on, last > on)


def _first_free(cells: Sequence[Cell], spans: Sequence[Span], usual: int) -> Cell | None:
    """The first half hour in which nothing is on, from the row of the first usual hour; the first one of all,
    where there is none."""
    for cell in cells:
        ends = cell.row + ROWS_OF_HOUR // 2
        if cell.row >= usual and all(span.ends <= cell.row or span.begins >= ends for span in spans):
            return cell
    return cells[0] if cells else None


def _cells(on: date, zone: str, shown: tuple[Hour, ...], now: datetime) -> tuple[Cell, ...]:
    if start_of_day(on + _DAY, zone) <= now:
        return ()
    return tuple(cell for cell in _all_cells(on, zone, shown) if cell.starts_at > now)


@lru_cache(1024)
def _all_cells(on: date, zone: str, shown: tuple[Hour, ...]) -> tuple[Cell, ...]:
    found = []
    at, ends = start_of_day(on, zone), start_of_day(on + _DAY, zone)
    while at < ends:
        local = in_zone(at, zone)
        wanted = Hour(local.hour, local.fold)
        if wanted in shown and local.minute % 30 == 0:
            row = shown.index(wanted) * ROWS_OF_HOUR + local.minute // _MINUTES
            found.append(Cell(at, row, f"{local:%H:%M}"))
        at += _HALF_HOUR
    return tuple(found)


@lru_cache(1024)
def _gone(on: date, zone: str, shown: tuple[Hour, ...]) -> tuple[Span, ...]:
    """Rows of hours that the day does not have, because clocks go forward, or come only once on it."""
    if len(shown) == len({each.hour for each in shown}) and not _changes(on, zone):
        return ()
    there = _hours_on(on, zone)
    return tuple(
        Span(number * ROWS_OF_HOUR, (number + 1) * ROWS_OF_HOUR)
        for number, each in enumerate(shown)
        if (each.hour, each.fold) not in there
    )
