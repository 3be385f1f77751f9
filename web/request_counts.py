"""How many requests were answered, with which status, and how long they took: figures for Prometheus.

The workers of one server count in memory that they share, each in a place of its own, so no one waits for
another, and whichever worker is asked adds them all up. The place of a worker that has ended goes to the next
one, with what is there: sums only grow for as long as the server runs. Counting takes 1 to 2 µs.
"""

from __future__ import annotations

import mmap
import threading
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

from flask import Flask, Request, current_app

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

# Upper ends of the histogram's steps, in seconds; another one is without end.
STEPS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
# 1xx to 5xx.
_CLASSES = 5
# Workers at a time: those that run, and those that end while others begin.
PLACES = 16
# What belongs to no blueprint of ours: static files, and addresses that are no page.
_STATIC, _NONE = "static", "none"

_KEY = "request_counts"


@dataclass(frozen=True)
class Counted:
    """What was counted of one group of routes: how many answers of each class of status from 1xx on, how many
    took no longer than each of `STEPS` but longer than the one before, and all seconds together."""

    group: str
    by_class: tuple[int, ...]
    by_step: tuple[int, ...]
    seconds: float


class RequestCounts:
    """The counts of one server. Made before its workers are, which share the memory from then on; threads may
    count at the same time."""

    def __init__(self, groups: Iterable[str]) -> None:
        self._rows = {group: number for number, group in enumerate(groups)}
        # Answers by class, durations by step, the sum of seconds.
        self._width = _CLASSES + len(STEPS) + 1 + 1
        self._length = len(self._rows) * self._width
        # Anonymous memory is shared with processes that are forked, and goes with the last of them.
        self._numbers = memoryview(mmap.mmap(-1, PLACES * self._length * 8)).cast("d")
        self._begins_at = 0
        self._lock = threading.Lock()

    def use_place(self, number: int) -> None:
        """Count there from now on. No two living processes may have the same place."""
        self._begins_at = number % PLACES * self._length

    def count(self, group: str, status: int, seconds: float) -> None:
        """Count one answer. A group that is not known is counted with what is no page."""
        row = self._rows.get(group, self._rows[_NONE])
        at, numbers = self._begins_at + row * self._width, self._numbers
        step = at + _CLASSES + bisect_left(STEPS, seconds)
        with self._lock:
            numbers[at + status // 100 - 1] += 1
            numbers[step] += 1
            numbers[at + self._width - 1] += seconds

    def counted(self) -> Iterator[Counted]:
        """What all workers have counted so far, without groups of which there was nothing."""
        for group, row in self._rows.items():
            begins = range(row * self._width, PLACES * self._length, self._length)
            sums = [sum(self._numbers[at + column] for at in begins) for column in range(self._width)]
            if any(sums):
                counts = tuple(map(int, sums[:-1]))
                yield Counted(group, counts[:_CLASSES], counts[_CLASSES:], sums[-1])


def request_counts(app: Flask | None = None) -> RequestCounts:
    """The counts of `app`, or of the current application."""
    found = (app or current_app).extensions[_KEY]
    assert isinstance(found, RequestCounts)
    return found


def init_app(app: Flask) -> None:
    """Count what is answered from now on. After the blueprints, each of which is a group.

    Around the application rather than in functions that Flask calls before and after a route: those would
    take ten times as long.
    """
    counts = app.extensions[_KEY] = RequestCounts((*sorted(app.blueprints), _STATIC, _NONE))
    answer, count = app.wsgi_app, counts.count
    groups = {rule.endpoint: rule.endpoint.partition(".")[0] for rule in app.url_map.iter_rules()}

    def counting(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        # The status to record if the application itself fails.
        began, status, group = perf_counter(), 500, _NONE

        def start(line: str, *rest: Any) -> Any:
            nonlocal status, group
            status, asked = int(line[:3]), environ.get("werkzeug.request")
            # Files are served before there is a request of Flask's.
            group = groups.get(asked.endpoint, _NONE) if isinstance(asked, Request) else _STATIC
            return start_response(line, *rest)

        try:
            return answer(environ, start)
        finally:
            count(group, status, perf_counter() - began)

    app.wsgi_app = counting  # type: ignore[method-assign]
