"""The margins with which free times are looked up are enough: the times are the same as if weeks of data were
known."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from database import writing
from extensions import db
from models import User
from scheduling.availability.hours import OnTheirClock
from scheduling.free_times import Asked, OnTheTeam, free_times, free_times_among
from scheduling.occupied import Needs, occupied_between
from tests.factories import Team, create_team, schedule
from tests.machines.clock import Clock
from tests.outside_events import create_custom_event, create_outside_event, create_synced_calendar
from tests.scheduling.days_and_clocks import DAY, ODD_ZONES, availability_around

pytestmark = pytest.mark.both_databases

NOON = datetime(2027, 2, 10, 12, tzinfo=UTC)
WEEKS = timedelta(days=40)


@pytest.fixture
def team(app: Flask, clock: Clock) -> Iterator[Team]:
    """A team with interviews of Ben's at all hours of four weeks, and some events."""
    clock.now = NOON - WEEKS
    with app.app_context(), writing():
        found = create_team()
        for number in range(40):
            starts_at = NOON + (number - 20) * timedelta(hours=17, minutes=35)
            schedule(found.ada, found.dina, starts_at=starts_at, software=None)
        calendar = create_synced_calendar(found.ben)
        for number in range(-10, 10):
            create_outside_event(calendar, NOON + number * timedelta(hours=31), 90)
            create_custom_event(found.ben, NOON + number * timedelta(hours=43), 600)
        yield found


@pytest.mark.slow
def test_everything_that_limits_count_is_near_enough_to_be_found(team: Team) -> None:
    ada = db.session.get_one(User, team.ada.id)
    needs = Needs(frozenset({team.ben.id}), 0)
    everything = occupied_between(needs, NOON - WEEKS, NOON + WEEKS, seen_by=ada)

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        zone=st.sampled_from(ODD_ZONES),
        theirs=st.sampled_from(ODD_ZONES),
        days=st.lists(st.integers(-6, 6), min_size=1, max_size=3, unique=True),
        minutes=st.sampled_from((15, 60, 300)),
        data=st.data(),
    )
    def each_story(zone: str, theirs: str, days: list[int], minutes: int, data: st.DataObject) -> None:
        said = data.draw(availability_around(NOON.date()))
        ben = OnTheTeam(team.ben.id, "Ben Frei", OnTheirClock(theirs, said))
        asked = Asked(needs, minutes, zone, (ben,), frozenset(), OnTheirClock(zone))
        wanted, now = [NOON.date() + number * DAY for number in days], NOON - 9 * DAY
        found = free_times(asked, wanted, now=now, seen_by=ada)
        for on in wanted:
            known = free_times_among(everything, asked, on, now=now)
            assert found[on].starts == known.starts
            assert found[on].occupied == known.occupied

    each_story()
