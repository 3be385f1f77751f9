"""Long tests come first in the share of each process, and every test comes up once."""

import pytest

from tests.machines.dealing import dealt

GROUPS = ["aaaa", "Lb", "ccc", "M", "dddddd", "N", "eN", "ffff"]


@pytest.mark.parametrize(
    ("shares", "order"),
    [
        (1, "LbMNeNaaaacccddddddffff"),
        (2, "LbNaaaacccdMeNdddddffff"),
        # Twenty-three in three shares: seven, eight, eight.
        (3, "LbeNaaaMacccdddNdddffff"),
        (30, "LbMNeNaaaacccddddddffff"),
    ],
)
def test_each_share_begins_with_its_part_of_the_long_ones(shares: int, order: str) -> None:
    assert "".join(dealt(GROUPS, str.isupper, shares)) == order


def test_nothing_is_dealt_from_nothing() -> None:
    assert dealt([], str.isupper, 3) == []
