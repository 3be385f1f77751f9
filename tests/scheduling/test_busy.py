"""Events of people's calendars among what is in the way: found exactly, whatever their length, and described
as far as they are known."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from database import writing
from extensions import db
from models import CustomEvent, CustomEventKind, FailureReason, OutsideEvent, Role, User
from scheduling.availability.hours import Availability, OnTheirClock
from scheduling.free_times import Asked, OnTheTeam, free_times, free_times_among, half_hours
from scheduling.occupied import ClashKind, Needs, Occupied, Taken, occupied_between
from scheduling.outside.busy import STALE_AFTER, Known, NotConnected, Stale, known_of
from tests.factories import (
    GOOGLE_CALENDAR,
    OUTLOOK_CALENDAR,
    Team,
    connect_on_paper,
    create_team,
    create_user,
    schedule,
)
from tests.machines.clock import Clock
from tests.outside_events import create_custom_event, create_outside_event, create_synced_calendar
from timezones import start_of_day, zone_names

pytestmark = pytest.mark.both_databases

NOON = datetime(2027, 2, 10, 12, tzinfo=UTC)


@pytest.fixture
def team(app: Flask, clock: Clock) -> Iterator[Team]:
    with app.app_context(), writing():
        yield create_team()


def needs(*people: int) -> Needs:
    return Needs(frozenset(people), 0)


def found(
    team: Team, begins: datetime, ends: datetime, *people: int, seen_by: int | None = None
) -> tuple[Occupied, ...]:
    reader = db.session.get_one(User, seen_by or team.ada.id)
    return occupied_between(needs(*people), begins, ends, seen_by=reader)


def test_each_kind_is_found_once_with_what_its_reader_may_know(team: Team) -> None:
    google, outlook = (
        create_synced_calendar(team.ben, app=GOOGLE_CALENDAR),
        create_synced_calendar(team.ben, app=OUTLOOK_CALENDAR),
    )
    # Equal ids in all three tables, so that keys made only of ids would collide.
    dentist = create_outside_event(google, NOON, 30)
    walk = create_outside_event(outlook, NOON + timedelta(minutes=5), 30, title="Walk")
    create_outside_event(google, NOON, 30, is_busy=False)
    blocked = create_custom_event(team.ben, NOON + timedelta(minutes=10), 30, title="Writing")
    create_custom_event(team.ben, NOON, 30, kind=CustomEventKind.INTERVIEW_DAY)
    create_outside_event(create_synced_calendar(team.cleo), NOON, 30)
    number = schedule(team.ada, team.dina, starts_at=NOON + timedelta(minutes=20), software=None)
    told = found(team, NOON, NOON + timedelta(hours=1), team.ben.id)
    assert [each.key for each in told] == [
        *(f"calendar {dentist}", f"calendar {walk}", f"blocked {blocked}", f"interview {number}")
    ]
    assert [each.app for each in told] == [GOOGLE_CALENDAR, OUTLOOK_CALENDAR, None, None]
    assert [each.interview_id for each in told] == [None, None, None, number]
    assert [each.title for each in told] == [None] * 4
    assert {taken.name for each in told for taken in each.taken} == {"Ben Frei"}
    assert [each.taken[0].kind for each in told] == [
        *(ClashKind.CALENDAR, ClashKind.CALENDAR, ClashKind.BLOCKED, ClashKind.PERSON)
    ]
    own = found(team, NOON, NOON + timedelta(hours=1), team.ben.id, seen_by=team.ben.id)
    assert [each.title for each in own] == ["Dentist", "Walk", "Writing", None]


@pytest.mark.usefixtures("app")
def test_what_takes_any_of_the_time_is_found_whatever_its_length(team: Team) -> None:
    calendar = create_synced_calendar(team.ben)
    begins = NOON
    lengths = (0, 1, 30, 24 * 60 - 1, 24 * 60, 24 * 60 + 1, 3 * 24 * 60, 400 * 24 * 60)

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        spans=st.lists(st.tuples(st.integers(-5000, 5000), st.sampled_from(lengths)), max_size=8),
        minutes=st.sampled_from((5, 45, 1440, 8 * 1440)),
    )
    def each_story(spans: list[tuple[int, int]], minutes: int) -> None:
        for table in (OutsideEvent, CustomEvent):
            db.session.execute(db.delete(table))
        ends, expected = begins + timedelta(minutes=minutes), []
        for offset, lasts in spans:
            starts_at = begins + timedelta(minutes=offset)
            number = create_outside_event(calendar, starts_at, lasts)
            if lasts and starts_at < ends and starts_at + timedelta(minutes=lasts) > begins:
                expected.append(f"calendar {number}")
        assert sorted(each.key for each in found(team, begins, ends, team.ben.id)) == sorted(expected)

    each_story()


some_zone = st.sampled_from(zone_names()) | st.sampled_from(
    ("Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu")
)
# Around the changes of clocks in Europe, America and Australia.
some_day = st.dates(date(2027, 1, 2), date(2027, 12, 30)) | st.sampled_from(
    [date(2027, 3, 28), date(2027, 10, 31), date(2027, 3, 14), date(2027, 11, 7), date(2027, 4, 4)]
)


@given(
    on=some_day,
    zone=some_zone,
    minutes=st.integers(5, 300),
    spans=st.lists(st.tuples(st.integers(-2000, 3000), st.integers(0, 2000)), max_size=12),
    whole_days=st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 2), some_zone), max_size=2),
)
def test_a_half_hour_is_free_unless_something_takes_some_of_its_time(
    on: date, zone: str, minutes: int, spans: list[tuple[int, int]], whole_days: list[tuple[int, int, str]]
) -> None:
    midnight = datetime(on.year, on.month, on.day, tzinfo=UTC)
    taken = [
        (midnight + timedelta(minutes=begins), midnight + timedelta(minutes=begins + lasts))
        for begins, lasts in spans
    ]
    for offset, lasts, there in whole_days:
        first = on + timedelta(days=offset)
        taken.append((start_of_day(first, there), start_of_day(first + timedelta(days=lasts + 1), there)))
    who = (Taken(ClashKind.CALENDAR, 1, "Ben Frei"),)
    occupied = [
        Occupied(f"calendar {number}", *span, who, app=GOOGLE_CALENDAR) for number, span in enumerate(taken)
    ]
    own = OnTheirClock(zone)
    asked = Asked(needs(1), minutes, zone, (OnTheTeam(1, "Ben Frei", own),), frozenset(), own)
    length, long_ago = timedelta(minutes=minutes), datetime(2020, 1, 1, tzinfo=UTC)
    free = set(free_times_among(occupied, asked, on, now=long_ago).starts)
    within = set(free_times_among((), asked, on, now=long_ago).starts)
    assert within <= set(half_hours(on, zone))
    expected = {
        start
        for start in within
        if not any(begins < start + length and ends > start for begins, ends in taken)
    }
    assert free == expected


def test_events_neither_count_as_interviews_nor_ask_for_breaks(team: Team, clock: Clock) -> None:
    eva = create_user("Eva Lang", Role.INTERVIEWER)
    calendar, zone = create_synced_calendar(eva), "Europe/Zurich"
    on = (clock.now + timedelta(days=3)).date()
    for hour in (9, 10):
        at = datetime(on.year, on.month, on.day, hour, tzinfo=ZoneInfo(zone)).astimezone(UTC)
        create_outside_event(calendar, at, 30)
    said = Availability(minutes_before=30, minutes_after=30, most_a_day=1)
    own = OnTheirClock(zone, said)
    asked = Asked(
        needs(eva.id), 30, zone, (OnTheTeam(eva.id, eva.name, own),), frozenset(), OnTheirClock(zone)
    )
    ada = db.session.get_one(User, team.ada.id)
    starts = free_times(asked, [on], now=clock.now, seen_by=ada)[on].starts
    times = [f"{start.astimezone(ZoneInfo(zone)):%H:%M}" for start in starts]
    assert times[:5] == ["08:00", "08:30", "09:30", "10:30", "11:00"]


def test_what_is_not_known_is_pointed_out(team: Team, clock: Clock) -> None:
    eva = create_user("Eva Lang", Role.INTERVIEWER)
    fin = create_user("Fin Ott", Role.INTERVIEWER)
    fresh, old = clock.now - timedelta(minutes=3), clock.now - STALE_AFTER - timedelta(minutes=1)
    create_synced_calendar(team.ben, app=OUTLOOK_CALENDAR, read_at=fresh - timedelta(minutes=2))
    create_synced_calendar(team.ben, app=GOOGLE_CALENDAR, read_at=fresh)
    create_synced_calendar(team.cleo, app=GOOGLE_CALENDAR, read_at=fresh)
    create_synced_calendar(
        team.cleo, app=OUTLOOK_CALENDAR, read_at=old, failure=FailureReason.RECONNECT_NEEDED
    )
    # Connected a moment ago.
    connect_on_paper(eva, app=GOOGLE_CALENDAR)
    told = known_of([team.ben.id, team.cleo.id, eva.id, fin.id])
    ben = told[team.ben.id]
    assert isinstance(ben, Known)
    assert (ben.as_of, ben.apps) == (fresh - timedelta(minutes=2), (GOOGLE_CALENDAR, OUTLOOK_CALENDAR))
    assert ben.until > clock.now + timedelta(days=180)
    assert told[team.cleo.id] == Stale(old, FailureReason.RECONNECT_NEEDED, (OUTLOOK_CALENDAR,))
    assert told[eva.id] == Stale(None, None, (GOOGLE_CALENDAR,))
    assert told[fin.id] == NotConnected()
    assert known_of([]) == {}
