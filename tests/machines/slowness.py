"""Lists in the summary the tests that took long without being marked as slow."""

from __future__ import annotations

import pytest

# A test that takes longer than this either has a marker that says why, or should be made faster.
SECONDS = 1.0
_KNOWN_TO_BE_SLOW = ("browser", "full", "counted", "slow")


class SlownessWarning(UserWarning):
    """Never an error: how long a test takes depends on what else the machine is doing."""


class Slowness:
    """A plugin that collects the time of every test, in whichever process it ran."""

    def __init__(self) -> None:
        self._slow: list[tuple[float, str]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Look only at the time of the test itself; the first use of a fixture is a cost that all tests
        share."""
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
