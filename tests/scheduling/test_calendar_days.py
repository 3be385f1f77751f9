"""Which days of a calendar something is on, across all zones and clock changes."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueprints.calendar_page.grouping import by_days, days_taken, in_words, piece_on
from timezones import in_zone, start_of_day, zone_names

DAY = timedelta(days=1)
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
# Clocks that change at midnight, by half an hour, and by a whole day.
ODD_ZONES = ("Asia/Beirut", "America/Havana", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca")


@dataclass(frozen=True)
class Thing:
    starts_at: datetime
    ends_at: datetime
    first_day: date | None = None
    last_day: date | None = None


def thing(begins: str, ends: str, zone: str) -> Thing:
    place = ZoneInfo(zone)
    return Thing(*(datetime.fromisoformat(at).replace(tzinfo=place).astimezone(UTC) for at in (begins, ends)))


zones = st.one_of(st.sampled_from(ODD_ZONES), st.sampled_from(zone_names()))
instants = st.timedeltas(timedelta(), timedelta(days=730)).map(lambda away: BEGINNING + away)
lengths = st.one_of(
    st.sampled_from([timedelta(), timedelta(minutes=30), DAY, 2 * DAY]),
    st.timedeltas(timedelta(), timedelta(days=40)),
)
timed = st.builds(lambda at, length: Thing(at, at + length), instants, lengths)


@st.composite
def whole_days(draw: st.DrawFn) -> Thing:
    first = draw(st.dates(date(2026, 1, 1), date(2028, 1, 1)))
    last, there = first + draw(st.integers(0, 20)) * DAY, draw(zones)
    return Thing(start_of_day(first, there), start_of_day(last + DAY, there), first, last)


@given(timed, zones)
def test_it_is_on_the_days_whose_time_it_takes_and_on_no_others(one: Thing, zone: str) -> None:
    first, last = days_taken(one, zone)
    on = first - 2 * DAY
    while on <= last + 2 * DAY:
        begins, ends = start_of_day(on, zone), start_of_day(on + DAY, zone)
        takes_some = one.starts_at < ends and one.ends_at > begins
        is_moment_of = one.starts_at == one.ends_at and begins <= one.starts_at < ends
        # A day that a zone skipped altogether has no time.
        if begins < ends:
            assert (first <= on <= last) is (takes_some or is_moment_of), on
        on += DAY


@given(whole_days(), zones)
def test_whole_days_are_the_same_wherever_their_reader_is(one: Thing, zone: str) -> None:
    assert days_taken(one, zone) == (one.first_day, one.last_day)
    assert one.first_day is not None
    assert piece_on(one, one.first_day, zone).is_whole


@given(st.lists(st.one_of(timed, whole_days()), max_size=6), instants, zones)
def test_month_has_each_day_of_everything_once(things: list[Thing], at: datetime, zone: str) -> None:
    first = in_zone(at, zone).date()
    days = [first + number * DAY for number in range(42)]
    found = by_days(things, days, zone)
    assert list(found) == sorted(found)
    assert set(found) <= set(days)
    for on in days:
        there = [days_taken(each, zone) for each in things]
        assert len(found.get(on, ())) == sum(begins <= on <= ends for begins, ends in there)
        for piece in found.get(on, ()):
            begins, ends = days_taken(piece.thing, zone)
            assert piece.parts == (ends - begins).days + 1
            assert begins + (piece.part - 1) * DAY == on
            # Its start is shown on its first day, and its end on its last day, or neither.
            assert not piece.begins or piece.part == 1
            assert not piece.ends or piece.part == piece.parts


@given(st.lists(st.one_of(timed, whole_days()), max_size=8), instants, zones)
def test_day_begins_with_what_takes_all_of_it_and_goes_on_by_the_clock(
    things: list[Thing], at: datetime, zone: str
) -> None:
    on = in_zone(at, zone).date()
    pieces = by_days(things, [on], zone).get(on, ())
    order = [(not piece.is_whole, piece.part == 1) for piece in pieces]
    assert order == sorted(order)
    starts = [piece.thing.starts_at for piece in pieces if not piece.is_whole and piece.part == 1]
    assert starts == sorted(starts)


@pytest.mark.parametrize(
    ("begins", "ends", "zone", "said"),
    [
        ("2026-11-10T10:00", "2026-11-10T10:30", "Europe/Zurich", ["10:00–10:30"]),
        (
            "2026-11-10T22:00",
            "2026-11-11T05:00",
            "Europe/Zurich",
            ["From 22:00 · day 1 of 2", "Until 05:00 · day 2 of 2"],
        ),
        ("2026-11-10T10:00", "2026-11-10T10:00", "Europe/Zurich", ["10:00"]),
        # Something that ends at midnight takes no time on the next day.
        ("2026-11-10T22:00", "2026-11-11T00:00", "Europe/Zurich", ["22:00–00:00"]),
        ("2026-11-10T00:00", "2026-11-11T00:00", "Europe/Zurich", ["All day"]),
        (
            "2026-11-10T08:00",
            "2026-11-12T09:00",
            "Europe/Zurich",
            ["From 08:00 · day 1 of 3", "All day · day 2 of 3", "Until 09:00 · day 3 of 3"],
        ),
        # The day of 23 hours, the one of 25, and one that begins at one o'clock.
        ("2027-03-28T00:00", "2027-03-29T00:00", "Europe/Zurich", ["All day"]),
        ("2026-10-25T00:00", "2026-10-26T00:00", "Europe/Zurich", ["All day"]),
        ("2026-03-29T01:00", "2026-03-30T00:00", "Asia/Beirut", ["All day"]),
    ],
)
def test_each_day_says_what_it_has_of_it(begins: str, ends: str, zone: str, said: list[str]) -> None:
    one = thing(begins, ends, zone)
    first, last = days_taken(one, zone)
    days = [first + number * DAY for number in range((last - first).days + 1)]
    assert [in_words(piece) for on in days for piece in by_days([one], days, zone)[on]] == said


def test_no_days_have_nothing() -> None:
    assert by_days([thing("2026-11-10T10:00", "2026-11-10T10:30", "UTC")], [], "UTC") == {}
