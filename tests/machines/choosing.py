"""Chooses the tests of a run, and marks them by their fixtures, as a plugin of pytest."""

from __future__ import annotations

import hypothesis
import pytest

from tests.machines import ordinary


def _is_second_turn(item: pytest.Item) -> bool:
    """Whether this is PostgreSQL's turn of a test that did not choose its databases itself."""
    call = getattr(item, "callspec", None)
    chooses = any("database_url" in mark.args[0] for mark in item.iter_markers("parametrize"))
    return call is not None and call.params.get("database_url") == "postgresql" and not chooses


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark tests that repeat and tests that belong together, and leave tests marked ``full`` to full runs.

    Runs before -m is applied.
    """
    for item in items:
        fixtures = getattr(item, "fixturenames", [])
        if "counts" in fixtures or hypothesis.is_hypothesis_test(getattr(item, "obj", None)):
            item.add_marker("counted")
        if "chromium" in fixtures:
            item.add_marker("browser")
        if "postgresql" in fixtures and "database_url" not in fixtures:
            item.add_marker("postgres")
        name, _, case = item.nodeid.partition("[")
        if ordinary.is_left_out(name, case.removesuffix("]")):
            item.add_marker("full")
        if _is_second_turn(item) and not item.get_closest_marker("both_databases"):
            item.add_marker("full")
    if not config.getoption("--full"):
        left_out = [item for item in items if item.get_closest_marker("full")]
        if left_out:
            config.hook.pytest_deselected(items=left_out)
            items[:] = [item for item in items if not item.get_closest_marker("full")]
