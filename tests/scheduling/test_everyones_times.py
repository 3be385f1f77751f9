"""The free times of whole teams, compared with an oracle that tries every minute by the standard library's
clocks: hours in other zones, days off, notice, breaks, and caps, on days of 23, 24, and 25 hours."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from providers.base import BusySpan
from scheduling.availability.hours import OnTheirClock
from scheduling.clashes import Wanted, clashes_among
from scheduling.free_times import Asked, OnTheTeam, free_times_among, half_hours
from scheduling.live_times import Live, with_live
from scheduling.occupied import ClashKind, Needs, Occupied, Taken
from scheduling.outside.look_ups import joined
from tests.factories import GOOGLE_CALENDAR, OUTLOOK_CALENDAR
from tests.scheduling.days_and_clocks import (
    DAY,
    ODD_ZONES,
    asked_around,
    clock_changes,
    day_in,
    occupied_around,
    some_zone,
)

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


# Each question about a day is asked about everything on it.
@lru_cache(maxsize=16)
def minutes_of_a_day(on: date, zone: str) -> tuple[datetime, ...]:
    """Every minute that is on that day by the clocks of a zone."""
    midnight, place = datetime(on.year, on.month, on.day, tzinfo=UTC), ZoneInfo(zone)
    instants = (midnight + timedelta(minutes=minute) for minute in range(-15 * 60, 39 * 60))
    return tuple(instant for instant in instants if instant.astimezone(place).date() == on)


def suits(clock: OnTheirClock, starts_at: datetime, length: timedelta, *, chosen: date) -> bool:
    """Whether it is within someone's hours for the day on which it begins, on their clock."""
    first = starts_at.astimezone(ZoneInfo(clock.zone))
    last = (starts_at + length).astimezone(ZoneInfo(clock.zone))
    said, on = clock.availability, first.date()
    others = [each for each in said.other_days if each.first <= on <= each.last]
    if others:
        spans = [(each.begin, each.end) for each in others[0].hours]
    elif said.week is not None:
        spans = [(each.begin, each.end) for each in said.week[on.weekday()]]
    else:
        spans = [(time(8), time(18))] if on.weekday() < 5 or chosen.weekday() >= 5 else []
    midnight = datetime.combine(on + DAY, time())
    return any(
        first.replace(tzinfo=None) >= datetime.combine(on, begin)
        and last.replace(tzinfo=None) <= (datetime.combine(on, end) if end != time() else midnight)
        for begin, end in spans
    )


def is_away(clock: OnTheirClock, instant: datetime) -> bool:
    on = instant.astimezone(ZoneInfo(clock.zone)).date()
    return any(each.first <= on <= each.last and not each.hours for each in clock.availability.other_days)


def speaks_against(
    member: OnTheTeam, occupied: tuple[Occupied, ...], starts_at: datetime, ends_at: datetime, now: datetime
) -> bool:
    """Whether any of someone's limits rules it out."""
    said, place = member.clock.availability, ZoneInfo(member.clock.zone)
    theirs = [
        each
        for each in occupied
        if any(taken.kind is ClashKind.PERSON and taken.subject_id == member.user_id for taken in each.taken)
    ]
    days = [each.starts_at.astimezone(place).date() for each in theirs]
    on = starts_at.astimezone(place).date()
    monday = on - on.weekday() * DAY
    apart = timedelta(minutes=said.minutes_before + said.minutes_after)
    return (
        starts_at < now + timedelta(minutes=said.notice_minutes)
        or any(each.starts_at < ends_at + apart and each.ends_at > starts_at - apart for each in theirs)
        or (said.most_a_day is not None and days.count(on) >= said.most_a_day)
        or (
            said.most_a_week is not None
            and sum(monday <= day < monday + 7 * DAY for day in days) >= said.most_a_week
        )
    )


def expected_times(asked: Asked, occupied: tuple[Occupied, ...], on: date, now: datetime) -> list[datetime]:
    length, place = timedelta(minutes=asked.minutes), ZoneInfo(asked.zone)
    offered = [each for each in minutes_of_a_day(on, asked.zone) if each.astimezone(place).minute in (0, 30)]
    within = [s for s in offered if all(suits(clock, s, length, chosen=on) for clock in asked.clocks)]
    if not within:
        present = [s for s in offered if not any(is_away(clock, s) for clock in asked.clocks)]
        within = [s for s in present if suits(asked.own, s, length, chosen=on)]
    return [
        start
        for start in within
        if start > now
        and not any(each.starts_at < start + length and each.ends_at > start for each in occupied)
        and not any(speaks_against(member, occupied, start, start + length, now) for member in asked.team)
    ]


@given(data=st.data())
def test_exactly_what_suits_everyone_is_offered(data: st.DataObject) -> None:
    zone = data.draw(some_zone)
    on = data.draw(day_in(zone))
    asked, occupied = data.draw(asked_around(on, zone)), data.draw(occupied_around(on))
    now = datetime(on.year, on.month, on.day, tzinfo=UTC) + timedelta(hours=data.draw(st.integers(-72, 30)))
    assert list(free_times_among(occupied, asked, on, now=now).starts) == expected_times(
        asked, occupied, on, now
    )


@given(zone=st.sampled_from(ODD_ZONES) | some_zone, data=st.data())
def test_half_hours_are_those_that_clocks_show_as_often_as_they_do(zone: str, data: st.DataObject) -> None:
    on = data.draw(day_in(zone))
    place = ZoneInfo(zone)
    shown = [each for each in minutes_of_a_day(on, zone) if each.astimezone(place).minute in (0, 30)]
    assert list(half_hours(on, zone)) == shown
    if on not in clock_changes(zone):
        assert len(shown) == 48


def test_day_that_was_left_out_has_no_times() -> None:
    """Apia went from Thursday to Saturday when it changed sides of the date line."""
    assert half_hours(date(2011, 12, 30), "Pacific/Apia") == ()
    assert len(half_hours(date(2011, 12, 31), "Pacific/Apia")) == 48


@given(data=st.data())
def test_what_calendars_say_now_takes_exactly_its_own_time_beside_what_is_known(data: st.DataObject) -> None:
    zone = data.draw(some_zone)
    on = data.draw(day_in(zone))
    asked, occupied = data.draw(asked_around(on, zone)), data.draw(occupied_around(on))
    says = {app: data.draw(occupied_around(on)) for app in (GOOGLE_CALENDAR, OUTLOOK_CALENDAR)}
    live = {
        member.user_id: Live(
            member.name,
            tuple(
                (
                    app,
                    joined(
                        BusySpan(each.starts_at, each.ends_at)
                        for each in said
                        if any(taken.subject_id == member.user_id for taken in each.taken)
                    ),
                )
                for app, said in says.items()
            ),
        )
        for member in asked.team
    }
    begins, ends = (
        datetime(day.year, day.month, day.day, tzinfo=UTC) for day in (on - 2 * DAY, on + 3 * DAY)
    )
    told = with_live(occupied, live, begins, ends)
    assert list(told) == sorted(told, key=lambda each: each.starts_at)
    assert [each for each in told if not each.key.startswith("live")] == sorted(
        occupied, key=lambda each: each.starts_at
    )
    assert len({each.key for each in told}) == len(told)
    # Among what only a live look shows, no minute of a person is there twice.
    for user_id in live:
        new = [each for each in told if each.key.startswith("live") and each.taken[0].subject_id == user_id]
        assert all(a.ends_at <= b.starts_at for a, b in pairwise(new))
    found = set(free_times_among(told, asked, on, now=LONG_AGO).starts)
    length = timedelta(minutes=asked.minutes)
    before = free_times_among(occupied, asked, on, now=LONG_AGO).starts
    assert found == {
        start
        for start in before
        if not any(
            span.starts_at < start + length and span.ends_at > start
            for each in live.values()
            for _, spans in each.calendars
            for span in spans
        )
    }


def test_what_was_accepted_while_only_known_live_stays_accepted_once_it_is_read() -> None:
    """In a live look, an event is joined with the next one, and lacks the time that an interview takes of
    it."""
    nine, hour = datetime(2027, 2, 10, 9, tzinfo=UTC), timedelta(hours=1)
    who = (Taken(ClashKind.CALENDAR, 1, "Ben Frei"),)
    interview = Occupied("interview 1", nine - hour, nine, (Taken(ClashKind.PERSON, 1, "Ben Frei"),))
    live = {1: Live("Ben Frei", ((GOOGLE_CALENDAR, (BusySpan(nine - hour / 2, nine + 2 * hour),)),))}
    event = Occupied("calendar 1", nine - hour / 2, nine + hour / 2, who, app=GOOGLE_CALENDAR)
    later = Occupied("calendar 2", nine + hour / 2, nine + 2 * hour, who, app=GOOGLE_CALENDAR)

    def keys(occupied: Sequence[Occupied], minutes: int = 30) -> list[str]:
        return [each.key for each in clashes_among(occupied, Wanted(Needs(frozenset({1}), 0), nine, minutes))]

    [accepted] = keys(with_live([interview], live, nine - hour, nine + 3 * hour))
    assert keys([interview, event, later]) == [accepted]
    # At another time, or where it takes another part of the time, it is another clash.
    assert accepted not in keys([event], 45)
    assert accepted not in keys([event._replace(ends_at=nine + hour / 4)])
    assert accepted not in keys([event._replace(app=OUTLOOK_CALENDAR)])
