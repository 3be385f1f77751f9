"""Which tests a run holds, and what their fixtures say about them, as a plugin of pytest.

A full run holds every case of every test. A case that could run on either database, and whose subject is the
same on both, runs on one of them: which one the run's seed says, case by case, so that each run holds another
half of the pairs, and a few runs have held every case on both. Tests marked ``both_databases`` run on both in
every full run, and so do cases that their test gives to both databases in ordinary runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from zlib import crc32

import hypothesis
import pytest

from tests.machines import ordinary

# The name of a database among the parts of a case's id.
_DATABASE = re.compile(r"(?<=[\[-])(?:sqlite|postgresql)(?=[]-])")


def turns_of(test: str) -> tuple[str, str]:
    """Return the id of a test on SQLite and that on PostgreSQL; they are the same if it names no database."""
    return _DATABASE.sub("sqlite", test, count=1), _DATABASE.sub("postgresql", test, count=1)


def second_turns(pairs: Iterable[Sequence[str]], seed: int) -> set[str]:
    """Return which one of each pair, the ids of a case on either database, is left to another seed."""
    return {sorted(pair)[crc32(f"{seed} {min(pair)}".encode()) % 2] for pair in pairs}


def _pairs(items: Sequence[pytest.Item]) -> list[list[str]]:
    """The ids of the cases that are here on both databases, though no ordinary run takes both."""
    found: dict[str, list[pytest.Item]] = {}
    for item in items:
        call = getattr(item, "callspec", None)
        if call is None or "database_url" not in call.params or item.get_closest_marker("both_databases"):
            continue
        found.setdefault(turns_of(item.nodeid)[0], []).append(item)
    return [
        [item.nodeid for item in pair]
        for pair in found.values()
        if len(pair) == 2 and any(item.get_closest_marker("full") for item in pair)
    ]


def _is_second_turn(item: pytest.Item) -> bool:
    """Whether this is PostgreSQL's turn of a test that did not choose its databases itself."""
    call = getattr(item, "callspec", None)
    chooses = any("database_url" in mark.args[0] for mark in item.iter_markers("parametrize"))
    return call is not None and call.params.get("database_url") == "postgresql" and not chooses


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what repeats itself and what belongs together, and leave tests marked ``full`` to full runs.

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
    elif not config.getoption("--both-databases"):
        # The seed of the tests' order, which all processes of a run share. A case that was asked for on one
        # database alone, as when a failure is repeated, has no other turn and stays.
        others = second_turns(_pairs(items), config.getoption("randomly_seed", 0))
        left_out = [item for item in items if item.nodeid in others]
    else:
        left_out = []
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        gone = set(left_out)
        items[:] = [item for item in items if item not in gone]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say how to run each case on the same database once more."""
    seed = config.getoption("randomly_seed", None)
    if config.getoption("--full") and not config.getoption("--both-databases") and seed is not None:
        terminalreporter.write_line(f"Which cases ran on which database: --randomly-seed={seed}")
