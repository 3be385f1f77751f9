"""Live lookups without an application: what they say about busy times, and how these are joined."""

from datetime import UTC, datetime, timedelta

import pytest

from providers.base import BusySpan
from scheduling.outside.look_ups import joined, without

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def span(begins: float, ends: float) -> BusySpan:
    """A time in hours after noon."""
    return BusySpan(NOON + timedelta(hours=begins), NOON + timedelta(hours=ends))


@pytest.mark.parametrize(
    ("spans", "found"),
    [
        ([], []),
        ([(1, 1)], []),
        ([(2, 3), (0, 1)], [(0, 1), (2, 3)]),
        ([(0, 1), (1, 2)], [(0, 2)]),
        ([(0, 4), (1, 2), (3, 5)], [(0, 5)]),
    ],
)
def test_times_are_joined(spans: list[tuple[float, float]], found: list[tuple[float, float]]) -> None:
    assert joined(span(*each) for each in spans) == tuple(span(*each) for each in found)


@pytest.mark.parametrize(
    ("spans", "holes", "found"),
    [
        ([(0, 4)], [], [(0, 4)]),
        ([(0, 4)], [(1, 2)], [(0, 1), (2, 4)]),
        ([(0, 4)], [(1, 2), (2, 3)], [(0, 1), (3, 4)]),
        ([(0, 4)], [(-1, 1), (3, 9)], [(1, 3)]),
        ([(0, 4), (6, 7)], [(0, 4)], [(6, 7)]),
        ([(0, 4)], [(4, 5), (-2, 0)], [(0, 4)]),
    ],
)
def test_times_are_taken_out(
    spans: list[tuple[float, float]], holes: list[tuple[float, float]], found: list[tuple[float, float]]
) -> None:
    taken = (span(*each) for each in holes)
    assert without([span(*each) for each in spans], taken) == tuple(span(*each) for each in found)
