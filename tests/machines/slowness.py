"""Says in the summary which tests took long without being known to."""

from __future__ import annotations

import pytest

# A test longer than this either says why, by a marker, or has something to be made quicker.
SECONDS = 1.0
_KNOWN_TO_BE_SLOW = ("browser", "full", "counted", "slow")


class SlownessWarning(UserWarning):
    """Never an error: how long a test takes depends on what else the machine does."""


class Slowness:
    """A plugin that collects the time of every test, in whichever process it ran."""

    def __init__(self) -> None:
        self._slow: list[tuple[float, str]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Look at what a test took on its own; what a fixture took the first time is everyone's."""
        is_known = any(marker in report.keywords for marker in _KNOWN_TO_BE_SLOW)
        if report.when == "call" and report.duration > SECONDS and not is_known:
            self._slow.append((report.duration, report.nodeid))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Warn about each, the slowest first."""
        if not self._slow:
            return
        terminalreporter.section(f"WARNING: unmarked tests over {SECONDS:g} s", yellow=True)
        for seconds, name in sorted(self._slow, reverse=True):
            terminalreporter.line(f"{seconds:.2f}s {name}")
