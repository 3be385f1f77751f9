"""Day and Week: what overlaps is side by side, whatever there is and in whichever order it is read."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueprints.calendar_page.hours import MOST_LANES
from blueprints.calendar_page.layout import LeftOut, Place, Span, lay_out
from web.calendar_places import COLUMNS, WIDTHS, place_rules

spans = st.builds(
    lambda begins, length: Span(begins, begins + length), st.integers(0, 95), st.integers(1, 24)
)
many = st.lists(spans, max_size=14)
mosts = st.sampled_from(sorted(WIDTHS))


def overlap(one: Span, other: Span) -> bool:
    return one.begins < other.ends and other.begins < one.ends


def at_once(found: list[Span]) -> int:
    """How many things there are in the fullest row."""
    return max((sum(each.begins <= row < each.ends for each in found) for row in range(130)), default=0)


@given(many, mosts)
def test_nothing_covers_anything_else(found: list[Span], most: int) -> None:
    laid = lay_out(found, most)
    drawn = [(span, place) for span, place in zip(found, laid.places, strict=True) if place is not None]
    drawn += [(left_out.span, left_out.place) for left_out in laid.left_out]
    for number, (span, place) in enumerate(drawn):
        assert place.column >= 0
        assert place.width >= 1
        assert place.column + place.width <= COLUMNS
        for other, beside in drawn[:number]:
            if overlap(span, other):
                in_columns = range(place.column, place.column + place.width)
                assert not set(in_columns) & set(range(beside.column, beside.column + beside.width))


@given(many, mosts)
def test_each_is_drawn_once_or_counted_once(found: list[Span], most: int) -> None:
    laid = lay_out(found, most)
    hidden = [span for span, place in zip(found, laid.places, strict=True) if place is None]
    assert sum(left_out.number for left_out in laid.left_out) == len(hidden)
    for left_out in laid.left_out:
        inside = [span for span in hidden if overlap(span, left_out.span)]
        assert len(inside) == left_out.number
        assert left_out.span == (min(each.begins for each in inside), max(each.ends for each in inside))


@given(many, mosts)
def test_nothing_is_left_out_where_all_have_room(found: list[Span], most: int) -> None:
    assert bool(lay_out(found, most).left_out) is (at_once(found) > most)


@given(many, mosts, st.randoms(use_true_random=False))
def test_order_does_not_matter(found: list[Span], most: int, random: object) -> None:
    other = list(found)
    random.shuffle(other)  # type: ignore[attr-defined]
    one, two = lay_out(found, most), lay_out(other, most)
    assert Counter(zip(found, one.places, strict=True)) == Counter(zip(other, two.places, strict=True))
    assert one.left_out == two.left_out


@given(many)
def test_each_is_at_least_as_wide_as_if_all_lanes_were_taken(found: list[Span]) -> None:
    for most in WIDTHS:
        for place in lay_out(found, most).places:
            assert place is None or place.width >= COLUMNS // WIDTHS[most]


def test_what_is_alone_has_the_whole_day() -> None:
    assert lay_out([Span(0, 4), Span(4, 8)], 3).places == (Place(0, 12), Place(0, 12))


def test_what_has_no_neighbor_goes_up_to_the_edge() -> None:
    # The last two follow each other beside the first; the one between them is over when the last one begins.
    places = lay_out([Span(0, 8), Span(0, 4), Span(2, 4), Span(4, 8)], 6).places
    assert places == (Place(0, 4), Place(4, 4), Place(8, 4), Place(4, 8))


def test_more_than_can_be_read_are_counted_at_their_time() -> None:
    laid = lay_out([Span(0, 4)] * 5 + [Span(2, 6), Span(20, 24)], 3)
    assert laid.places == (Place(0, 4), Place(4, 4), None, None, None, None, Place(0, 12))
    assert laid.left_out == (LeftOut(Span(0, 6), Place(8, 4), 4),)


def test_nothing_has_no_places() -> None:
    assert lay_out([], 3) == ((), ())


@pytest.mark.parametrize("most", sorted(set(MOST_LANES.values())))
def test_style_sheet_has_a_rule_for_every_place(most: int) -> None:
    rules = set(place_rules().splitlines())
    for lanes in range(1, most + 1):
        for place in lay_out([Span(0, 4)] * lanes, most).places:
            assert place is not None
            assert f".c{place.column}{{grid-column-start:{place.column + 1}}}" in rules
            assert f".w{place.width}{{grid-column-end:span {place.width}}}" in rules
