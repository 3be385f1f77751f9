"""A typed time around every clock change in every zone from 2025 to 2030: refused, asked about, or exact."""

from datetime import UTC, datetime, timedelta
from functools import cache
from time import process_time
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import assume, given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from blueprints.schedule_interview.forms.date_time import DateTimeForm
from timezones import (
    AmbiguousTimeError,
    NonexistentTimeError,
    clock_change_between,
    in_zone,
    local_moment,
    parse_local,
    system_clock,
    use_clock,
    zone_names,
)

FIRST, LAST = datetime(2025, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
DAY, MINUTE, NO_TIME = timedelta(days=1), timedelta(minutes=1), timedelta(0)
# Lord Howe moves by half an hour, Casablanca changes twice within weeks, Tehran no longer does.
ODD_ZONES = ("Australia/Lord_Howe", "Africa/Casablanca", "Asia/Tehran", "Pacific/Chatham", "America/Santiago")


@cache
def changes(zone: str) -> tuple[tuple[datetime, timedelta, timedelta], ...]:
    """The instants at which the clocks there are set, with the offsets before and after: found by looking at
    every day, and within a day with a change at every minute."""
    place, found = ZoneInfo(zone), []

    def offset(at: datetime) -> timedelta:
        found = at.astimezone(place).utcoffset()
        assert found is not None
        return found

    at = FIRST
    while at < LAST:
        if offset(at) != offset(at + DAY):
            minute = at
            while minute < at + DAY:
                if offset(minute) != offset(minute + MINUTE):
                    found.append((minute + MINUTE, offset(minute), offset(minute + MINUTE)))
                minute += MINUTE
        at += DAY
    return tuple(found)


def test_clocks_do_change_as_these_tests_suppose() -> None:
    assert changes("Asia/Tehran") == changes("UTC") == ()
    jumps = {after - before for zone in ODD_ZONES for _, before, after in changes(zone)}
    assert jumps == {timedelta(minutes=minutes) for minutes in (-60, -30, 30, 60)}
    assert len(changes("Europe/Zurich")) == 12


def check_wall_time(zone: str, change: tuple[datetime, timedelta, timedelta], minutes: int) -> None:
    """Check the wall time that an unchanged clock would show this long after (or before) the change."""
    at, before, after = change
    passed, jump = timedelta(minutes=minutes), after - before
    wall = at.replace(tzinfo=None) + before + passed
    if NO_TIME <= passed < jump:
        with pytest.raises(NonexistentTimeError) as gap:
            parse_local(wall.date(), wall.time(), zone)
        naive = at.replace(tzinfo=None)
        assert (gap.value.before, gap.value.after) == (naive + before - MINUTE, naive + after)
    elif jump <= passed < NO_TIME:
        with pytest.raises(AmbiguousTimeError) as twice:
            parse_local(wall.date(), wall.time(), zone)
        assert (twice.value.earlier, twice.value.later) == (at + passed, at + passed - jump)
        for later, meant in [(False, twice.value.earlier), (True, twice.value.later)]:
            assert parse_local(wall.date(), wall.time(), zone, later=later) == meant
            assert in_zone(meant, zone).replace(tzinfo=None) == wall
    else:
        instant = parse_local(wall.date(), wall.time(), zone)
        assert instant == at + passed - (jump if passed >= max(jump, NO_TIME) else NO_TIME)
        assert in_zone(instant, zone).replace(tzinfo=None) == wall


around = st.integers(-90, 90)
some_zone = st.sampled_from(zone_names()) | st.sampled_from(ODD_ZONES)


@given(zone=some_zone, minutes=around, choose=st.integers(0, 1000))
def test_wall_time_near_a_change_is_found_again_or_asked_about(zone: str, minutes: int, choose: int) -> None:
    assume(changes(zone))
    check_wall_time(zone, changes(zone)[choose % len(changes(zone))], minutes)


@pytest.mark.full
def test_every_wall_time_near_every_change_is_found_again_or_asked_about() -> None:
    # Zones that change together are the same clock under different names.
    clocks = {changes(zone): zone for zone in zone_names()}
    for found, zone in clocks.items():
        for change in found:
            for minutes in range(-90, 91):
                check_wall_time(zone, change, minutes)


@given(zone=some_zone, minutes=around, choose=st.integers(0, 1000))
def test_form_refuses_asks_or_takes_the_very_instant(zone: str, minutes: int, choose: int) -> None:
    assume(changes(zone))
    at, before, after = changes(zone)[choose % len(changes(zone))]
    wall = at.replace(tzinfo=None) + before + timedelta(minutes=minutes)
    typed = {"date": f"{wall:%Y-%m-%d}", "time": f"{wall:%H:%M}", "duration_minutes": "45", "timezone": zone}
    use_clock(lambda: at - DAY)
    try:
        with Flask(__name__).test_request_context():
            form = DateTimeForm(formdata=MultiDict(typed), meta={"csrf": False})
            is_right = form.validate()
            if not is_right and form.occurrence.choices:
                # It asks which one is meant: the second is later by as much as the clocks go back.
                answered = {**typed, "occurrence": form.occurrence.choices[1].value}
                form = DateTimeForm(formdata=MultiDict(answered), meta={"csrf": False})
                assert form.validate()
                assert form.starts_at == at + timedelta(minutes=minutes) + (before - after)
                return
        if not is_right:
            assert after - before > timedelta(minutes=minutes) >= NO_TIME
            assert set(form.errors) == {"time"}
            assert form.starts_at is None
        else:
            assert form.starts_at is not None
            assert in_zone(form.starts_at, zone).replace(tzinfo=None) == wall
            assert form.wall_time == f"{wall:%Y-%m-%dT%H:%M}"
    finally:
        use_clock(system_clock)


@given(zone=some_zone, choose=st.integers(0, 1000), back=st.integers(0, 5000), ahead=st.integers(-10, 5000))
def test_first_change_after_an_instant_is_found_to_the_minute(
    zone: str, choose: int, back: int, ahead: int
) -> None:
    assume(changes(zone))
    at = changes(zone)[choose % len(changes(zone))][0]
    start, end = at - back * MINUTE, at + ahead * MINUTE
    expected = next((at for at, _, _ in changes(zone) if start < at <= end), None)
    assert clock_change_between(zone, start, end) == expected


def test_no_change_of_the_clocks_is_looked_for_without_end() -> None:
    now = datetime(2027, 2, 1, tzinfo=UTC)
    began = process_time()
    assert clock_change_between("Asia/Kolkata", now, datetime(9998, 1, 1, tzinfo=UTC)) is None
    assert process_time() - began < 1


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (-1, "Sun 31 Jan, 15:15 CET"),
        (0, "Today 15:15 CET"),
        (1, "Tue 15:15 CET"),
        (6, "Sun 15:15 CET"),
        # A week later, the name of the day alone would mean today.
        (7, "Mon 8 Feb, 15:15 CET"),
    ],
)
def test_time_is_named_as_briefly_as_is_clear(days: int, said: str) -> None:
    today = datetime(2027, 2, 1, 14, 15, tzinfo=UTC)
    assert local_moment(today + timedelta(days=days), "Europe/Zurich").near(today.date()) == said


@pytest.mark.parametrize(
    ("days", "said"),
    [(1, "Tue 2 Feb"), (0, "Today"), (-1, "Yesterday"), (-2, "Sat 30 Jan"), (-32, "Thu 31 Dec 2026")],
)
def test_day_is_named_as_briefly_as_is_clear(days: int, said: str) -> None:
    now = datetime(2027, 2, 1, 14, 15, tzinfo=UTC)
    assert local_moment(now + timedelta(days=days), "Europe/Zurich").day(now.date()) == said
    # The day is the reader's: in Zurich it is Monday by now.
    late = datetime(2027, 1, 31, 23, 30, tzinfo=UTC)
    assert local_moment(late, "Europe/Zurich").day(now.date()) == "Today"
