"""Side by side: which lane something gets whose time overlaps that of others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from web.calendar_places import MOST_LANES, WIDTHS


class Span(NamedTuple):
    """From one row of a day up to another, which is no longer part of it."""

    begins: int
    ends: int


class Place(NamedTuple):
    """The lane, counted from 0, and how many lanes those have that it shares the time with."""

    lane: int
    lanes: int


def places(spans: Iterable[Span]) -> list[Place]:
    """A place for each of these spans, in their order: none covers another with the same lane, unless more
    than `MOST_LANES` are at the same time. All that hang together through overlaps have as many lanes, and no
    more than are needed at the same time. What finds no lane of its own is drawn over the last one."""
    order = list(enumerate(spans))
    order.sort(key=lambda pair: (pair[1].begins, -pair[1].ends))
    found: dict[int, Place] = {}
    for cluster in _clusters(order):
        ends: list[int] = []
        lanes: dict[int, int] = {}
        for number, span in cluster:
            free = next((lane for lane, end in enumerate(ends) if end <= span.begins), None)
            if free is None and len(ends) < MOST_LANES:
                free = len(ends)
                ends.append(span.ends)
            elif free is None:
                free = MOST_LANES - 1
            ends[free] = max(ends[free], span.ends)
            lanes[number] = free
        width = WIDTHS[len(ends)]
        found |= {number: Place(lane, width) for number, lane in lanes.items()}
    return [found[number] for number in range(len(order))]


def _clusters(order: list[tuple[int, Span]]) -> Iterator[list[tuple[int, Span]]]:
    """Those that hang together: each one overlaps another that began earlier."""
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
