"""Side by side: where things are drawn whose times overlap."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from web.calendar_places import COLUMNS, WIDTHS


class Span(NamedTuple):
    """From one row of a day up to another, which is not included."""

    begins: int
    ends: int


class Place(NamedTuple):
    """The first of the columns that a day has, counted from 0, and how many of them."""

    column: int
    width: int


class LeftOut(NamedTuple):
    """The `number` of things without a place, drawn as one: from the first row of any of them to the last."""

    span: Span
    place: Place
    number: int


class Laid(NamedTuple):
    """`places`: one for each span, in their order; None for those that are left out."""

    places: tuple[Place | None, ...]
    left_out: tuple[LeftOut, ...]


def lay_out(spans: Iterable[Span], most: int) -> Laid:
    """A place for each of these spans: none covers another, and each is as wide as its neighbors leave it.

    Spans that are connected by overlaps have lanes of the same width, and no more than are needed at the same
    time. Where more than `most` lanes were needed, the last one says how many found none.
    """
    order = sorted(enumerate(spans), key=lambda pair: (pair[1].begins, -pair[1].ends))
    found: dict[int, Place] = {}
    left_out: list[LeftOut] = []
    for cluster in _clusters(order):
        lanes, needed = _lanes(cluster)
        if needed > most:
            hidden = [span for (_, span), lane in zip(cluster, lanes, strict=True) if lane >= most - 1]
            left_out += _together(hidden, _place(most - 1, most, most))
        taken = [0] * min(needed, most)
        for (_, span), lane in zip(cluster, lanes, strict=True):
            taken[min(lane, len(taken) - 1)] |= _rows(span)
        for (number, span), lane in zip(cluster, lanes, strict=True):
            if needed <= most or lane < most - 1:
                up_to = lane + 1
                while up_to < len(taken) and not taken[up_to] & _rows(span):
                    up_to += 1
                found[number] = _place(lane, up_to, len(taken))
    return Laid(tuple(found.get(number) for number in range(len(order))), tuple(left_out))


def _place(lane: int, up_to: int, lanes: int) -> Place:
    """From one lane up to another. A span without a neighbor on its right extends to the edge of the day."""
    width = COLUMNS // WIDTHS[lanes]
    column = lane * width
    return Place(column, (COLUMNS if up_to == lanes else up_to * width) - column)


def _lanes(cluster: Sequence[tuple[int, Span]]) -> tuple[list[int], int]:
    """The first lane that is free for each of these, and how many lanes that takes."""
    ends: list[int] = []
    lanes = []
    for _, span in cluster:
        free = next((lane for lane, end in enumerate(ends) if end <= span.begins), len(ends))
        ends[free : free + 1] = [span.ends]
        lanes.append(free)
    return lanes, len(ends)


def _rows(span: Span) -> int:
    """The rows of a span as bits."""
    return (1 << span.ends) - (1 << span.begins)


def _together(hidden: Iterable[Span], place: Place) -> Iterator[LeftOut]:
    for group in _clusters([(0, span) for span in hidden]):
        span = Span(group[0][1].begins, max(each.ends for _, each in group))
        yield LeftOut(span, place, len(group))


def _clusters(order: Iterable[tuple[int, Span]]) -> Iterator[list[tuple[int, Span]]]:
    """Groups of connected spans: each one overlaps another that began earlier."""
    cluster: list[tuple[int, Span]] = []
    until = 0
    for number, span in order:
        if cluster and span.begins >= until:
            yield cluster
            cluster = []
        until = max(until, span.ends) if cluster else span.ends
        cluster.append((number, span))
    if cluster:
        yield cluster
