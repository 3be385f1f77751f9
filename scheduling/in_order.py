"""Things that take up time, soonest first, so that finding what is on at one time does not mean looking at
all of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import datetime
from itertools import accumulate
from operator import attrgetter

from scheduling.occupied import Occupied


class InOrder:
    """`all` of it, by its start."""

    def __init__(self, occupied: Iterable[Occupied]) -> None:
        self.all = sorted(occupied, key=attrgetter("starts_at"))
        self._starts = [each.starts_at for each in self.all]
        # The latest end of everything that has begun so far.
        self._last_end = list(accumulate((each.ends_at for each in self.all), max))

    def between(self, begins: datetime, ends: datetime) -> list[Occupied]:
        """Everything that takes time between two instants, soonest first."""
        first, last = bisect_right(self._last_end, begins), bisect_left(self._starts, ends)
        return [each for each in self.all[first:last] if each.ends_at > begins]


class Spans:
    """Time that is taken, no matter by what."""

    def __init__(self, occupied: Iterable[Occupied]) -> None:
        """`occupied`: soonest first."""
        self._starts: list[datetime] = []
        self._ends: list[datetime] = []
        for each in occupied:
            if self._ends and each.starts_at <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], each.ends_at)
            else:
                self._starts.append(each.starts_at)
                self._ends.append(each.ends_at)

    def leave_free(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether none of the time between two instants is taken."""
        return bisect_right(self._ends, starts_at) == bisect_left(self._starts, ends_at)
