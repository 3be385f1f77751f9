"""What a simulator was asked, and how many times in a second."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

LONGEST_LEDGER = 50_000
KINDS = ("calls", "token_log", "consents", "violations", "bad_answers")


@dataclass
class Ledger:
    """Everything that arrived, by kind, in the order in which it was answered; in memory, oldest dropped
    first.

    `violations` are requests that the provider's documents, or the simulator's stricter rules, do not allow;
    `bad_answers` are answers of this simulator that do not follow them. Both should stay empty.
    """

    _lists: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, kind: str, entry: dict[str, Any]) -> None:
        with self._lock:
            self._lists[kind].append(entry)
            del self._lists[kind][:-LONGEST_LEDGER]

    def snapshot(self) -> dict[str, list[dict[str, Any]]]:
        with self._lock:
            return {kind: list(entries) for kind, entries in self._lists.items()}

    def clear(self) -> None:
        with self._lock:
            for entries in self._lists.values():
                entries.clear()


class CallsPerSecond:
    """Counts calls within the current second, for a whole app."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._second = 0
        self._calls = 0

    def count(self, now: datetime) -> int:
        """Counts one call and returns how many there have been in its second."""
        second = int(now.timestamp())
        with self._lock:
            if second != self._second:
                self._second, self._calls = second, 0
            self._calls += 1
            return self._calls
