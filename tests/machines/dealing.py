"""Decides in which order the processes of a run take the tests, as a plugin of pytest.

pytest-xdist cuts the list of tests into one share for each process, equal in number, and lets a process that
is done take over tests from the end of another's share. A long test at that end keeps one process busy when
the others have nothing left, so each share begins with some of the long ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import TypeVar

import pytest

T = TypeVar("T")

_LONG = ("browser", "slow")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deal out the remaining tests, in their random order. The tests of a long file stay together."""
    processes: int = getattr(config, "workerinput", {}).get("workercount", 1)
    files = [list(tests) for _, tests in groupby(items, lambda item: item.path)]
    items[:] = dealt(files, _is_long, processes)


def dealt(groups: Sequence[Sequence[T]], is_long: Callable[[T], bool], shares: int) -> list[T]:
    """Reorder ``groups`` so that each of the ``shares`` begins with groups that contain something long, about
    as many in each."""
    long = [group for group in groups if any(map(is_long, group))]
    short = [item for group in groups if not any(map(is_long, group)) for item in group]
    order: list[T] = []
    left = sum(map(len, groups))
    for number in range(shares):
        share = [item for group in long[number::shares] for item in group]
        # Cut as xdist does: what is left, divided by the number of processes that are left.
        size = left // (shares - number)
        left -= size
        missing = max(size - len(share), 0)
        order += [*share, *short[:missing]]
        del short[:missing]
    return [*order, *short]


def _is_long(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(marker) for marker in _LONG)
