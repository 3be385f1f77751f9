"""Day and Week: each thing is drawn at its time on a wall clock, across all zones and clock changes."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueprints.calendar_page.asked import Asked, View
from blueprints.calendar_page.hours import Hour, HoursDay, hours_of, wall_hours
from blueprints.calendar_page.layout import Span
from blueprints.calendar_page.pages import Page
from models import Role
from scheduling.reading.calendar import OURS, Item, ItemKind
from tests.scheduling.test_calendar_days import DAY, instants, lengths, zones
from timezones import in_zone, start_of_day
from web.calendar_places import ROWS_OF_HOUR

QUARTER = timedelta(minutes=15)
LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)
# Days on which clocks change at night, at midnight, by half an hour, and by two hours, and the one that Samoa
# skipped.
CHANGES = [
    ("Asia/Beirut", date(2026, 3, 29)),
    ("Asia/Beirut", date(2026, 10, 25)),
    ("America/Havana", date(2026, 3, 8)),
    ("America/Havana", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Africa/Casablanca", date(2026, 2, 15)),
    ("Antarctica/Troll", date(2026, 3, 29)),
    ("Antarctica/Troll", date(2026, 10, 25)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Europe/Zurich", date(2026, 3, 29)),
    ("Europe/Zurich", date(2026, 10, 25)),
]


def item(starts_at: datetime, length: timedelta = timedelta(hours=1), number: int = 0) -> Item:
    ends_at = starts_at + length
    return Item(ItemKind.OUTSIDE, number, starts_at, ends_at, None, None, "Dentist", None, True, None, "")


def whole(first: date, last: date, number: int = 0) -> Item:
    begins, ends = start_of_day(first, "UTC"), start_of_day(last + DAY, "UTC")
    return Item(ItemKind.OUTSIDE, number, begins, ends, first, last, "Offsite", None, True, None, "")


class Anyone(NamedTuple):
    id: int = 1
    role: Role = Role.OWNER


def page_at(on: date, zone: str, view: View = View.WEEK, *, first_weekday: int = 0) -> Page:
    return Page(
        reader=Anyone(),
        asked=Asked(view, on),
        zone=zone,
        now=LONG_AGO,
        first_weekday=first_weekday,
        sources=frozenset({OURS}),
        editions={},
        may_add=True,
    )


def drawn(page: Page, *items: Item) -> tuple[tuple[Hour, ...], tuple[HoursDay, ...]]:
    on = page.asked.on
    return hours_of(page.week_of(on) if page.asked.view is View.WEEK else [on], items, page)


def week(on: date, zone: str, *items: Item) -> tuple[tuple[Hour, ...], dict[date, HoursDay]]:
    hours, days = drawn(page_at(on, zone), *items)
    return hours, {day.on: day for day in days}


def rows_of_day(on: date, zone: str, hours: tuple[Hour, ...]) -> dict[datetime, int]:
    """The row of each quarter of an hour that a day has in a zone, if it is shown."""
    at, ends, rows = start_of_day(on, zone), start_of_day(on + DAY, zone), {}
    while at < ends:
        local = in_zone(at, zone)
        hour = Hour(local.hour, local.fold)
        if hour in hours:
            rows[at] = hours.index(hour) * ROWS_OF_HOUR + local.minute // 15
        at += QUARTER
    return rows


all_day = st.just(timedelta(hours=30))
some = st.lists(st.builds(item, instants, st.one_of(lengths, all_day)), max_size=5)


@given(some, instants, zones)
def test_each_thing_is_on_each_of_its_days_once(items: list[Item], at: datetime, zone: str) -> None:
    items = [each._replace(id=number) for number, each in enumerate(items)]
    _, days = week(in_zone(at, zone).date(), zone, *items)
    for on, day in days.items():
        begins, ends = start_of_day(on, zone), start_of_day(on + DAY, zone)
        there = {
            each.id
            for each in items
            if begins < ends
            and each.starts_at < ends
            and (each.ends_at > begins or each.starts_at == each.ends_at == begins)
        }
        found = [block.item.id for block in day.blocks] + [bar.item.id for bar in day.whole_days]
        assert len(found) == len(set(found))
        assert set(found) <= there
        assert len(found) + sum(left_out.number for left_out in day.left_out) == len(there)


@given(some, instants, zones)
def test_all_that_is_on_is_among_the_hours_shown(items: list[Item], at: datetime, zone: str) -> None:
    hours, days = week(in_zone(at, zone).date(), zone, *items)
    assert {Hour(hour) for hour in range(8, 18)} <= set(hours)
    for day in days.values():
        spans = [block.span for block in day.blocks] + [left_out.span for left_out in day.left_out]
        spans += day.gone
        assert all(0 <= span.begins < span.ends <= len(hours) * ROWS_OF_HOUR for span in spans)
        assert all(0 <= cell.row < len(hours) * ROWS_OF_HOUR for cell in day.cells)
        assert day.entry is None or day.entry in day.cells


def check_day(on: date, zone: str) -> None:
    """Check that everything that begins on a quarter hour of that day is at its wall-clock time, in
    chronological order, and covers the rows of all its quarter hours."""
    days_of_week = page_at(on, zone).week_of(on)
    borders = [start_of_day(each, zone) for each in (*days_of_week, days_of_week[-1] + DAY)]
    night = [item(begins, ends - begins) for begins, ends in pairwise(borders) if begins < ends]
    hours, _ = week(on, zone, *night)
    rows = rows_of_day(on, zone, hours)
    assert all(before < after for before, after in pairwise(rows.values())), "as time goes on, rows do"
    assert len(rows) * QUARTER == start_of_day(on + DAY, zone) - start_of_day(on, zone)
    _, days = week(on, zone, *night, *(item(at, QUARTER, row + 1) for at, row in rows.items()))
    assert bool(days[on].blocks) is bool(rows), "a skipped day has nothing"
    spans = {block.item.id - 1: block.span for block in days[on].blocks if block.item.id}
    assert spans == {row: Span(row, row + 1) for row in rows.values()}
    gone = {row for span in days[on].gone for row in range(span.begins, span.ends)}
    assert not gone & set(rows.values())
    for cell in days[on].cells:
        assert rows[cell.starts_at] == cell.row
        assert f"{in_zone(cell.starts_at, zone):%H:%M}" == cell.label


@pytest.mark.parametrize(("zone", "on"), CHANGES)
def test_day_with_a_clock_change_has_all_its_time(zone: str, on: date) -> None:
    for day in (on - DAY, on, on + DAY):
        check_day(day, zone)


@given(instants, zones)
def test_any_day_has_all_its_time(at: datetime, zone: str) -> None:
    on = in_zone(at, zone).date()
    hours = wall_hours((on,), zone)
    rows = rows_of_day(on, zone, hours)
    assert all(before < after for before, after in pairwise(rows.values()))
    assert {Hour(hour) for hour in range(24)} <= set(hours)


def test_long_thing_goes_from_its_first_quarter_to_its_last() -> None:
    # From 01:30 to 04:30 on the night in which the hour from two to three happens twice: four hours.
    on = date(2026, 10, 25)
    at = datetime(2026, 10, 24, 23, 30, tzinfo=UTC)
    hours, days = week(on, "Europe/Zurich", item(at, timedelta(hours=4)))
    assert hours[:5] == (Hour(1), Hour(2), Hour(2, 1), Hour(3), Hour(4))
    [block] = days[on].blocks
    assert block.span == Span(2, 18)
    # The hour that is repeated takes up its second place on the other days as well, where it is empty.
    assert days[on].gone == ()
    assert all(day.gone == (Span(8, 12),) for other, day in days.items() if other != on)


def test_skipped_hour_is_shown_as_one() -> None:
    on = date(2026, 3, 29)
    hours, days = week(on, "Europe/Zurich", item(datetime(2026, 3, 29, 0, 30, tzinfo=UTC)))
    assert hours[:3] == (Hour(1), Hour(2), Hour(3))
    [block] = days[on].blocks
    # From half past one to half past three, which is one hour.
    assert block.span == Span(2, 10)
    assert days[on].gone == (Span(4, 8),)
    assert all(day.gone == () for other, day in days.items() if other != on)
    assert "02:30" not in [cell.label for cell in days[on].cells]


def test_across_midnight_it_is_on_both_days() -> None:
    on = date(2026, 11, 10)
    at = datetime(2026, 11, 10, 21, tzinfo=UTC)
    hours, days = week(on, "Europe/Zurich", item(at, timedelta(hours=8)))
    assert (hours[0], hours[-1]) == (Hour(8), Hour(22))
    [evening], [morning] = days[on].blocks, days[on + DAY].whole_days
    assert evening.span == Span(56, 60)
    assert (evening.goes_on_before, evening.goes_on_after) == (False, True)
    assert (morning.goes_on_before, morning.goes_on_after, morning.until) == (True, False, "06:00")
    assert days[on + DAY].blocks == ()


def test_night_that_ends_among_the_hours_shown_is_drawn_from_the_first_of_them() -> None:
    on = date(2026, 11, 10)
    shift = item(datetime(2026, 11, 9, 21, tzinfo=UTC), timedelta(hours=13), number=1)
    trip = item(datetime(2026, 11, 9, 12, tzinfo=UTC), timedelta(days=3), number=2)
    early = item(datetime(2026, 11, 12, 6, tzinfo=UTC), number=3)
    cases: list[tuple[tuple[Item, ...], int]] = [((), 8), ((early,), 6)]
    for others, first in cases:
        hours, days = week(on, "UTC", shift, trip, *others)
        assert (hours[0], hours[-1]) == (Hour(first), Hour(21))
        spans = {block.item.id: block.span for block in days[on].blocks}
        assert spans == {1: Span(0, (10 - first) * 4), 2: Span(0, len(hours) * 4)}
        assert all(block.goes_on_before for block in days[on].blocks)
        assert not any(day.whole_days for day in days.values())


def test_night_before_an_early_morning_is_at_its_place() -> None:
    on = date(2026, 11, 10)
    night = item(datetime(2026, 11, 9, 22, tzinfo=UTC), timedelta(hours=4), number=1)
    early = item(datetime(2026, 11, 10, 1, tzinfo=UTC), number=2)
    hours, days = week(on, "UTC", night, early)
    assert hours[0] == Hour(1)
    assert {block.item.id: block.span for block in days[on].blocks} == {1: Span(0, 4), 2: Span(0, 4)}


def test_what_ends_at_midnight_is_not_on_the_day_after() -> None:
    on = date(2026, 11, 10)
    _, days = week(on, "Europe/Zurich", item(datetime(2026, 11, 10, 22, tzinfo=UTC)))
    assert len(days[on].blocks) == 1
    assert days[on + DAY].blocks == ()


@pytest.mark.parametrize("minute", [0, 7, 59])
def test_moment_has_a_row_of_its_own(minute: int) -> None:
    on = date(2026, 11, 10)
    at = datetime(2026, 11, 10, 9, minute, tzinfo=UTC)
    _, days = week(on, "UTC", item(at, timedelta()))
    [block] = days[on].blocks
    assert block.span == Span(4 + minute // 15, 5 + minute // 15)


def test_whole_days_are_above_the_hours_and_show_where_they_continue() -> None:
    monday = date(2026, 11, 9)
    _, days = week(monday, "Pacific/Apia", whole(monday - DAY, monday + DAY))
    bars = {on: day.whole_days for on, day in days.items() if day.whole_days}
    assert list(bars) == [monday, monday + DAY]
    [[first], [last]] = bars.values()
    assert (first.goes_on_before, first.goes_on_after) == (True, True)
    assert (last.goes_on_before, last.goes_on_after) == (True, False)
    assert all(not day.blocks for day in days.values())


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)), st.integers(0, 6))
def test_week_begins_as_the_organization_says(on: date, first_weekday: int) -> None:
    page = page_at(on, "Europe/Zurich", first_weekday=first_weekday)
    days = [day.on for day in drawn(page)[1]]
    assert len(days) == 7
    assert on in days
    assert days[0].weekday() == first_weekday
    assert all(after - before == DAY for before, after in pairwise(days))


def test_tab_leads_to_the_first_free_half_hour_of_the_usual_ones() -> None:
    on = date(2026, 11, 10)
    night = item(datetime(2026, 11, 10, 0, tzinfo=UTC), number=1)
    early = item(datetime(2026, 11, 10, 8, tzinfo=UTC), timedelta(minutes=40), number=2)
    hours, days = week(on, "UTC", night, early)
    entry = days[on].entry
    assert entry is not None
    assert hours[0] == Hour(0)
    assert entry.label == "09:00"
    assert entry.starts_at == datetime(2026, 11, 10, 9, tzinfo=UTC)


def test_only_what_is_to_come_can_be_chosen() -> None:
    on = date(2026, 11, 10)
    page = replace(page_at(on, "UTC"), now=datetime(2026, 11, 10, 9, 10, tzinfo=UTC))
    days = {day.on: day for day in drawn(page)[1]}
    assert days[on - DAY].cells == ()
    assert days[on].cells[0].label == "09:30"
    assert len(days[on + DAY].cells) == 20
    assert days[on].now_row == 4
    assert [day.on for day in days.values() if day.now_row is not None or day.is_today] == [on]
