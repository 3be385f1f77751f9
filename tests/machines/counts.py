"""How often a test repeats: a few times in every run, many times in a full one, with its progress."""

import os
import sys
import time
from collections.abc import Iterator

import pytest

_SECONDS_BETWEEN_LINES = 10.0


class Counts:
    """Chooses between the two counts of a test for this run."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self.is_full: bool = config.getoption("--full")

    def __call__(self, *, ordinary: int, full: int) -> int:
        """Return ``full`` under --full and ``ordinary`` otherwise."""
        return full if self.is_full else ordinary

    def repeat(self, what: str, *, ordinary: int, full: int) -> Iterator[int]:
        """Count from 0 up to this run's count; a full run says "kill test 120/500" now and then."""
        total = self(ordinary=ordinary, full=full)
        said_at = time.monotonic()
        for number in range(total):
            yield number
            now = time.monotonic()
            if self.is_full and (now - said_at >= _SECONDS_BETWEEN_LINES or number + 1 == total):
                said_at = now
                self.say(f"{what} {number + 1}/{total}")

    def say(self, line: str) -> None:
        """Write a line to the terminal, past pytest's capture.

        It goes to standard error because in a worker of xdist nothing else leads to the terminal.
        """
        capture = self._config.pluginmanager.getplugin("capturemanager")
        with capture.global_and_fixture_disabled():
            os.write(sys.__stderr__.fileno() if sys.__stderr__ else 2, f"\n{line}\n".encode())
