"""The days on which things on the calendar are, and what each of several days has. Plain values in, plain
values out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from scheduling.reading.calendar_rows import Item, Items
from scheduling.reading.days import day_in
from timezones import in_zone, start_of_day

_A_DAY = timedelta(days=1)
# The last day of something is the day of its last moment.
_A_MOMENT = timedelta(microseconds=1)


class Timed(Protocol):
    """What has a time: instants (aware UTC), and the days that it takes as a whole, if it does."""

    @property
    def starts_at(self) -> datetime: ...

    @property
    def ends_at(self) -> datetime: ...

    @property
    def first_day(self) -> date | None: ...

    @property
    def last_day(self) -> date | None: ...


Thing = TypeVar("Thing", bound=Timed)


class Piece(NamedTuple, Generic[Thing]):
    """The part of something that is on one day: the `part`-th day of `parts`, counted from 1. `begins` and
    `ends` are times of that day in the reader's zone, `22:00`; empty where it began on an earlier day, or
    goes on after this one. Both are empty if it takes the day as a whole."""

    thing: Thing
    part: int
    parts: int
    begins: str
    ends: str

    @property
    def is_whole(self) -> bool:
        return not self.begins and not self.ends


def days_taken(thing: Timed, zone: str) -> tuple[date, date]:
    """The first and the last day of something in a zone. Something that ends at midnight does not take the
    next day; whole days are the same ones in every zone."""
    if thing.first_day is not None and thing.last_day is not None:
        return thing.first_day, thing.last_day
    first = day_in(thing.starts_at, zone)
    return first, max(first, day_in(max(thing.starts_at, thing.ends_at - _A_MOMENT), zone))


def piece_on(thing: Thing, on: date, zone: str) -> Piece[Thing]:
    """The part of something that is on one of its days."""
    first, last = days_taken(thing, zone)
    begins = ends = ""
    if thing.first_day is None and not _covers(thing, on, zone):
        begins = f"{in_zone(thing.starts_at, zone):%H:%M}" if on == first else ""
        ends = f"{in_zone(thing.ends_at, zone):%H:%M}" if on == last else ""
    return Piece(thing, (on - first).days + 1, (last - first).days + 1, begins, ends)


def _covers(thing: Timed, on: date, zone: str) -> bool:
    """Whether nothing of that day is left; a day may begin at one o'clock, if the clocks go forward at
    midnight."""
    return thing.starts_at <= start_of_day(on, zone) and thing.ends_at >= start_of_day(on + _A_DAY, zone)


def by_days(
    things: Iterable[Thing], days: Sequence[date], zone: str
) -> Mapping[date, tuple[Piece[Thing], ...]]:
    """What each of these days (ascending, without a gap) has; days that have nothing are not in it. On a day,
    whole-day things come first, then those that began earlier, then the rest by start; ties keep the order of
    `things`."""
    found: dict[date, list[Piece[Thing]]] = defaultdict(list)
    if not days:
        return {}
    for thing in things:
        first, last = days_taken(thing, zone)
        on, until = max(first, days[0]), min(last, days[-1])
        while on <= until:
            found[on].append(piece_on(thing, on, zone))
            on += _A_DAY
    return {on: tuple(sorted(found[on], key=_place)) for on in sorted(found)}


@lru_cache(128)
def items_by_days(items: Items, days: tuple[date, ...], zone: str) -> Mapping[date, tuple[Piece[Item], ...]]:
    """The same of items of the calendar. Kept, because days are looked at more often than they change."""
    return by_days(items, days, zone)


def _place(piece: Piece[Any]) -> tuple[bool, bool, datetime]:
    return not piece.is_whole, piece.part == 1, piece.thing.starts_at


def in_words(piece: Piece[Any]) -> str:
    """When it is on this day: `All day`, `From 22:00`, `Until 05:00`, `10:00–10:30`, or `10:00` if it lasts
    no time, and for something that takes several days, which of them this is."""
    if piece.is_whole:
        clock = "All day"
    elif not piece.ends:
        clock = f"From {piece.begins}"
    elif not piece.begins:
        clock = f"Until {piece.ends}"
    elif piece.thing.starts_at == piece.thing.ends_at:
        clock = piece.begins
    else:
        clock = f"{piece.begins}–{piece.ends}"
    return f"{clock} · day {piece.part} of {piece.parts}" if piece.parts > 1 else clock
