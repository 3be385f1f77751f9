"""What was read of people's connected calendars, kept by this process until their events change.

A calendar may have hundreds of events in a week, and people look at the same few weeks again and again. What
is kept is found by the edition of each calendar that it was read from, so nothing has to be invalidated when
one changes: entries of an earlier edition are no longer asked for, and are dropped first.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")


class Editions(NamedTuple):
    """Whose calendars they are, the name that others see, and the app and the edition of each."""

    user_id: int
    name: str
    calendars: tuple[tuple[str, str], ...]


def _one(_: object) -> int:
    return 1


class Remembered(Generic[T]):
    """The values that were last asked for, by their keys: as many as have a total size of `most`, where each
    counts as one unless `size` says otherwise. Safe for several threads."""

    def __init__(self, most: int, size: Callable[[T], int] = _one) -> None:
        self._most, self._size, self._sum = most, size, 0
        self._kept: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> T | None:
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def keep(self, key: Hashable, value: T) -> T:
        with self._lock:
            before = self._kept.pop(key, None)
            if before is not None:
                self._sum -= self._size(before)
            self._kept[key] = value
            self._sum += self._size(value)
            while self._sum > self._most:
                _, oldest = self._kept.popitem(last=False)
                self._sum -= self._size(oldest)
        return value

    def get_or(self, key: Hashable, read: Callable[[], T]) -> T:
        """The kept value, or else what `read` returns, which is then kept. Two threads that ask at the same
        time may both read."""
        found = self.get(key)
        return found if found is not None else self.keep(key, read())
