"""The half hours at which everyone is free: on unusual clocks, on days with a clock change, and never in the
past."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.availability.hours import OnTheirClock, zones_of
from scheduling.free_times import Asked, FreeTimes, free_times_among, half_hours
from scheduling.occupied import ClashKind, Needs, Occupied, Taken
from timezones import zone_names

BEFORE_ALL = datetime(2020, 1, 1, tzinfo=UTC)
NEEDS = Needs(frozenset({1}), 1)
ODD_ZONES = ("Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Chatham", "Asia/Kolkata", "Africa/Casablanca")


def asked(zone: str, *zones: str, minutes: int = 45, own_zone: str | None = None) -> Asked:
    others = frozenset(OnTheirClock(there) for there in zones)
    return Asked(NEEDS, minutes, zone, (), others, OnTheirClock(own_zone or zone))


def busy(begins: str, ends: str, zone: str = "Europe/Zurich") -> Occupied:
    place = ZoneInfo(zone)
    starts_at, ends_at = (
        datetime.fromisoformat(at).replace(tzinfo=place).astimezone(UTC) for at in (begins, ends)
    )
    return Occupied("interview 1", starts_at, ends_at, (Taken(ClashKind.PERSON, 1, "Ben Frei"),))


def shown(found: FreeTimes, zone: str) -> list[str]:
    return [f"{start.astimezone(ZoneInfo(zone)):%H:%M}" for start in found.starts]


@pytest.mark.parametrize(
    ("on", "zone", "zones", "minutes", "first", "last", "number"),
    [
        ("2027-02-10", "Europe/Zurich", ["Europe/Zurich"], 45, "08:00", "17:00", 19),
        ("2027-02-10", "Europe/Zurich", ["Europe/Zurich"], 30, "08:00", "17:30", 20),
        ("2027-02-10", "Europe/Zurich", ["Europe/Zurich"], 600, "08:00", "08:00", 1),
        # New York is six hours behind, but five between the two changes of the clocks in spring.
        ("2027-02-10", "Europe/Zurich", ["Europe/Zurich", "America/New_York"], 45, "14:00", "17:00", 7),
        ("2027-03-16", "Europe/Zurich", ["Europe/Zurich", "America/New_York"], 45, "13:00", "17:00", 9),
        # The scheduler in Zurich does not take part: these are mornings in Tokyo.
        ("2027-02-10", "Europe/Zurich", ["Asia/Tokyo"], 45, "00:00", "09:00", 19),
        # Kathmandu is 5:45 ahead of UTC, so 08:00 there is 03:15 in Zurich, and the first half hour is later.
        ("2027-02-10", "Europe/Zurich", ["Asia/Kathmandu"], 45, "03:30", "12:30", 19),
        ("2027-02-10", "Asia/Kathmandu", ["Asia/Kolkata"], 45, "08:30", "17:30", 19),
        ("2027-02-10", "Pacific/Chatham", ["Pacific/Auckland"], 45, "09:00", "18:00", 19),
        # The clocks in Zurich change before anyone's day begins there.
        ("2027-03-28", "Europe/Zurich", ["Europe/Zurich"], 45, "08:00", "17:00", 19),
        ("2027-10-31", "Europe/Zurich", ["Europe/Zurich"], 45, "08:00", "17:00", 19),
        # A Sunday afternoon in New York, on the day when its clocks go forward, is a Monday in Auckland.
        ("2027-03-14", "America/New_York", ["Pacific/Auckland"], 45, "15:00", "23:30", 18),
    ],
)
def test_times_are_within_everyones_day(
    on: str, zone: str, zones: list[str], minutes: int, first: str, last: str, number: int
) -> None:
    found = free_times_among((), asked(zone, *zones, minutes=minutes), date.fromisoformat(on), now=BEFORE_ALL)
    times = shown(found, zone)
    assert (times[0], times[-1], len(times)) == (first, last, number)
    assert found.is_for_everyone


def test_hours_that_are_skipped_or_happen_twice_are_offered_as_often_as_they_are() -> None:
    spring, autumn = (date(2027, month, day) for month, day in ((3, 28), (10, 31)))
    skipped, twice = half_hours(spring, "Europe/Zurich"), half_hours(autumn, "Europe/Zurich")
    assert (len(skipped), len(twice)) == (46, 50)
    assert [f"{start.astimezone(ZoneInfo('Europe/Zurich')):%H:%M %Z}" for start in twice[3:9]] == [
        *("01:30 CEST", "02:00 CEST", "02:30 CEST"),
        *("02:00 CET", "02:30 CET", "03:00 CET"),
    ]
    # If Sunday morning is chosen anyway, both are offered.
    found = free_times_among((), asked("Europe/Zurich", "Asia/Tokyo"), autumn, now=BEFORE_ALL)
    assert shown(found, "Europe/Zurich")[:6] == ["01:00", "01:30", "02:00", "02:30", "02:00", "02:30"]


def test_what_is_in_the_way_or_has_passed_is_not_offered() -> None:
    day, here = date(2027, 2, 10), asked("Europe/Zurich", "Europe/Zurich")
    occupied = [
        busy("2027-02-10 09:15", "2027-02-10 10:00"),
        # From the evening before, and into the next morning.
        busy("2027-02-09 20:00", "2027-02-10 08:10"),
        busy("2027-02-10 17:30", "2027-02-11 09:00"),
        busy("2027-02-11 10:00", "2027-02-11 11:00"),
    ]
    found = free_times_among(occupied, here, day, now=BEFORE_ALL)
    assert shown(found, "Europe/Zurich")[:3] == ["08:30", "10:00", "10:30"]
    assert shown(found, "Europe/Zurich")[-1] == "16:30"
    assert len(found.occupied) == 3
    noon = datetime(2027, 2, 10, 11, tzinfo=UTC)
    # Half past twelve is the first that is still ahead; twelve o'clock is now.
    assert shown(free_times_among(occupied, here, day, now=noon), "Europe/Zurich")[0] == "12:30"
    assert free_times_among(occupied, here, date(2027, 2, 9), now=noon).starts == ()


def test_without_an_hour_in_everyones_day_the_hours_of_the_person_who_chooses_count() -> None:
    apart = asked(
        "Europe/Zurich", "Europe/Zurich", "America/Los_Angeles", "Asia/Tokyo", own_zone="Europe/London"
    )
    found = free_times_among((), apart, date(2027, 2, 10), now=BEFORE_ALL)
    assert not found.is_for_everyone
    assert zones_of(found.clocks) == {"Europe/London"}
    assert shown(found, "Europe/London")[0] == "08:00"
    # No one's zone is known.
    found = free_times_among((), asked("Europe/Zurich"), date(2027, 2, 10), now=BEFORE_ALL)
    assert (found.is_for_everyone, shown(found, "Europe/Zurich")[0]) == (False, "08:00")
    # Longer than a day is.
    assert (
        free_times_among((), asked("UTC", "UTC", minutes=601), date(2027, 2, 10), now=BEFORE_ALL).starts == ()
    )


def test_weekend_of_others_is_offered_only_to_those_who_chose_a_weekend() -> None:
    to_sydney = asked("America/Los_Angeles", "Australia/Sydney")
    assert free_times_among((), to_sydney, date(2027, 2, 11), now=BEFORE_ALL).is_for_everyone
    assert not free_times_among((), to_sydney, date(2027, 2, 12), now=BEFORE_ALL).is_for_everyone
    assert free_times_among((), to_sydney, date(2027, 2, 13), now=BEFORE_ALL).is_for_everyone


some_zone = st.sampled_from(zone_names()) | st.sampled_from(ODD_ZONES)


@given(
    on=st.dates(date(2026, 1, 2), date(2028, 12, 30)),
    zone=some_zone,
    zones=st.sets(some_zone, min_size=1, max_size=3),
    minutes=st.integers(5, 660),
    begins=st.integers(-600, 2000),
    lasts=st.integers(5, 1440),
    passed=st.integers(-300, 1500),
)
def test_exactly_the_half_hours_that_fit_are_offered(
    on: date, zone: str, zones: set[str], minutes: int, begins: int, lasts: int, passed: int
) -> None:
    """Compared with every minute of the day, by the standard library's clocks."""
    midnight = datetime(on.year, on.month, on.day, tzinfo=UTC)
    way_begins = midnight + timedelta(minutes=begins)
    whose = (Taken(ClashKind.PERSON, 1, "Ben Frei"),)
    way = Occupied("interview 1", way_begins, way_begins + timedelta(minutes=lasts), whose)
    now, length = midnight + timedelta(minutes=passed), timedelta(minutes=minutes)
    found = free_times_among((way,), asked(zone, *zones, minutes=minutes), on, now=now)
    places, expected = [ZoneInfo(there) for there in zones_of(found.clocks)], []
    for minute in range(-15 * 60, 39 * 60):
        start = midnight + timedelta(minutes=minute)
        here = start.astimezone(ZoneInfo(zone))
        if here.date() != on or here.minute not in (0, 30):
            continue
        spans = [(start.astimezone(place), (start + length).astimezone(place)) for place in places]
        fits = all(
            first.hour >= 8 and first.date() == last.date() and last.hour * 60 + last.minute <= 18 * 60
            for first, last in spans
        )
        is_workday = on.weekday() > 4 or all(first.weekday() < 5 for first, _ in spans)
        is_free = start + length <= way.starts_at or start >= way.ends_at
        if fits and is_workday and is_free and start > now:
            expected.append(start)
    assert list(found.starts) == expected
    assert found.is_for_everyone is False or zones_of(found.clocks) == zones
