"""When the threads of a runner look for work, and which of them does.

One commit wakes all threads of a lane. If all of them looked, they would find the same row and race for it;
on SQLite the losers, and every request in the meantime, would wait for the write lock. So only one thread of
a lane looks at a time, and none repeats a look that has just found nothing, or the only thing there was.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from models import Lane

T = TypeVar("T")

NEVER = -1


@dataclass(frozen=True)
class Found(Generic[T]):
    """What a look for work found. `is_only_one`: another look would find nothing until the next wake."""

    it: T | None
    is_only_one: bool = False


class Turns:
    """Shared by the threads of one runner."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._is_over = False
        self._wakes = dict.fromkeys(Lane, 0)
        self._looking = {lane: threading.Lock() for lane in Lane}
        self._fruitless = dict.fromkeys(Lane, NEVER)

    def wake(self, lane: Lane | None = None) -> None:
        """Let waiting threads look for due work; those of all lanes when none is named."""
        with self._condition:
            for woken in [lane] if lane else list(Lane):
                self._wakes[woken] += 1
            self._condition.notify_all()

    def wait(self, lane: Lane, seen: int) -> int:
        """Wait until the number of the newest wake differs from `seen`, or until the end, and return it."""
        with self._condition:
            while not self._is_over and self._wakes[lane] == seen:
                self._condition.wait()
            return self._wakes[lane]

    def look(self, lane: Lane, claim: Callable[[], Found[T]]) -> Found[T]:
        """What `claim` found, if it is this thread's turn. Nothing if it is not, or if a look would find
        nothing."""
        with self._looking[lane]:
            wake = self._wakes[lane]
            if self._fruitless[lane] == wake:
                return Found(None)
            found = claim()
            if found.it is None or found.is_only_one:
                self._fruitless[lane] = wake
            return found

    def note_end(self, lane: Lane) -> None:
        """A task has ended: work that was blocked because it has the same subject can be claimed now."""
        with self._condition:
            self._wakes[lane] += 1

    def end(self) -> None:
        """Wake all threads for the last time."""
        with self._condition:
            self._is_over = True
            self._condition.notify_all()
