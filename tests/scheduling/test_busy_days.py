"""What is kept of people's calendars is what would be read: however their events change, a look that uses
what was read before finds and draws the same as one that reads everything."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blueprints.schedule_interview.panels.day import day_of
from blueprints.schedule_interview.panels.free_times import offered_times
from blueprints.schedule_interview.panels.strip import Period
from database import writing
from extensions import db
from models import SyncedCalendar, User
from providers.base import BusySpan, EventChanges, ListedEvent
from scheduling.availability.hours import OnTheirClock
from scheduling.free_times import Asked, FreeTimes, OnTheTeam, free_times
from scheduling.live_times import Live
from scheduling.occupied import Needs
from scheduling.outside import recording, sync
from scheduling.outside.reading import Reading
from scheduling.outside.team import team_with_calendars
from scheduling.remembered import Remembered
from tests.factories import GOOGLE_CALENDAR, OUTLOOK_CALENDAR, Team, create_team, schedule
from tests.machines.clock import Clock
from tests.outside_events import create_custom_event, create_synced_calendar
from tests.scheduling.days_and_clocks import DAY, ODD_ZONES

pytestmark = pytest.mark.both_databases

NOON = datetime(2027, 2, 10, 12, tzinfo=UTC)
A_MINUTE = timedelta(minutes=1)
# So many that some of them are drawn together.
_IDS = [f"event-{number}" for number in range(40)]


class Office(NamedTuple):
    team: Team
    calendars: tuple[int, ...]

    def free(
        self, asked: Asked, days: list[date], seen_by: int, live: dict[int, Live], *, is_kept: bool
    ) -> dict[date, FreeTimes]:
        reader, everyone = db.session.get_one(User, seen_by), team_with_calendars()
        editions = everyone.editions if is_kept else None
        found = free_times(
            *(asked, days),
            now=NOON - 9 * DAY,
            seen_by=reader,
            with_others_on=days[0],
            live=live,
            editions=editions,
        )
        return dict(found)

    def asked(self, zone: str, minutes: int) -> Asked:
        members = (self.team.ada, self.team.ben, self.team.cleo)
        team = tuple(OnTheTeam(each.id, each.name, OnTheirClock(zone)) for each in members)
        user_ids = frozenset(each.id for each in members)
        return Asked(Needs(user_ids, self.team.dina.id), minutes, zone, team, frozenset(), OnTheirClock(zone))


@pytest.fixture
def office(app: Flask, clock: Clock) -> Iterator[Office]:
    """Ada, who looks at her own calendar; Ben, who has two; Cleo, who has none; and interviews."""
    clock.now = NOON - 9 * DAY
    with app.test_request_context(), writing():
        team = create_team()
        for number in range(8):
            schedule(team.ada, team.dina, starts_at=NOON + number * timedelta(hours=7), software=None)
            create_custom_event(team.cleo, NOON + number * timedelta(hours=11), 90)
        whose = ((team.ada, GOOGLE_CALENDAR), (team.ben, GOOGLE_CALENDAR), (team.ben, OUTLOOK_CALENDAR))
        calendars = [create_synced_calendar(member, app=app_key) for member, app_key in whose]
        yield Office(team, tuple(calendars))


def change(calendar_id: int, changes: EventChanges) -> None:
    """Read the calendar again, with this change in it."""
    db.session.expire_all()
    connection_id = db.session.get_one(SyncedCalendar, calendar_id).connection_id
    reading = sync.plan(connection_id, NOON - 9 * DAY)
    assert isinstance(reading, Reading)
    recording.record_read(reading, changes)
    db.session.commit()


_events = st.builds(
    lambda event_id, at, minutes, is_busy, title: ListedEvent(
        event_id, NOON + at * 5 * A_MINUTE, NOON + (at * 5 + minutes) * A_MINUTE, is_busy, title
    ),
    st.sampled_from(_IDS),
    st.integers(-400, 1200),
    st.sampled_from((0, 5, 30, 30, 30, 60, 600, 1500, 5000)),
    st.integers(0, 4).map(bool),
    st.sampled_from(("Dentist", "Lunch <b>")),
)
_changes = st.builds(
    lambda events, gone, is_everything: EventChanges(tuple(events), tuple(gone), is_everything, "here"),
    st.lists(_events, max_size=30, unique_by=lambda event: event.id),
    st.lists(st.sampled_from(_IDS), max_size=5),
    st.integers(0, 9).map(lambda number: number == 0),
)


@pytest.mark.slow
def test_look_at_what_was_kept_finds_what_reading_everything_does(office: Office) -> None:
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(
        changes=st.lists(st.tuples(st.sampled_from(office.calendars), _changes), max_size=3),
        zone=st.sampled_from(ODD_ZONES[:6]),
        numbers=st.lists(st.integers(-1, 5), min_size=1, max_size=4, unique=True),
        minutes=st.sampled_from((15, 45, 90, 600)),
        seen_by=st.sampled_from((office.team.ada.id, office.team.cleo.id)),
        at=st.none() | st.integers(-40, 90),
        says=st.booleans(),
    )
    def each_story(
        changes: list[tuple[int, EventChanges]],
        zone: str,
        numbers: list[int],
        minutes: int,
        seen_by: int,
        at: int | None,
        says: bool,
    ) -> None:
        for calendar_id, of_one in changes:
            change(calendar_id, of_one)
        asked, days = office.asked(zone, minutes), [NOON.date() + number * DAY for number in numbers]
        chosen = None
        if at is not None:
            starts_at = NOON + at * 30 * A_MINUTE
            chosen = Period(starts_at, starts_at + minutes * A_MINUTE)
        now = BusySpan(NOON + 100 * A_MINUTE, NOON + 400 * A_MINUTE)
        live = {office.team.ben.id: Live("Ben Frei", ((OUTLOOK_CALENDAR, (now,)),))} if says else {}
        # Once to be kept, and once from what was kept.
        first, kept, read = (
            office.free(asked, days, seen_by, live, is_kept=is_kept) for is_kept in (True, True, False)
        )
        for day in days:
            assert kept[day].starts == first[day].starts == read[day].starts
            assert kept[day].occupied == first[day].occupied == read[day].occupied
            noon = NOON + (day - NOON.date())
            hour = noon, noon + 60 * A_MINUTE
            assert kept[day].between(*hour) == read[day].between(*hour)
            drawn, needed = (
                (
                    vars(
                        offered_times(
                            asked, free, day, people=["Dina Roth"], known={}, chosen=chosen, today=min(days)
                        )
                    ),
                    vars(day_of(free[day], day, zone, chosen=chosen, software=None)),
                )
                for free in (kept, read)
            )
            assert drawn == needed

    each_story()


def test_titles_that_were_kept_for_their_owner_are_kept_from_everyone_else(office: Office) -> None:
    ada, cleo = office.team.ada.id, office.team.cleo.id
    change(
        office.calendars[0],
        EventChanges((ListedEvent("a", NOON, NOON + 30 * A_MINUTE, True, "Dentist"),), (), True, "here"),
    )
    asked, days = office.asked("UTC", 45), [NOON.date()]
    for seen_by in (ada, cleo, ada):
        [of_day] = office.free(asked, days, seen_by, {}, is_kept=True).values()
        assert {each.title for each in of_day.calendars.events.all} == {"Dentist" if seen_by == ada else None}


def test_only_calendars_that_have_changed_are_read_again(office: Office) -> None:
    def event(hours: int) -> EventChanges:
        begins = NOON + timedelta(hours=hours)
        made = ListedEvent("a", begins, begins + 30 * A_MINUTE, True, "Dentist")
        return EventChanges((made,), (), False, "here")

    for calendar_id in office.calendars:
        change(calendar_id, event(0))
    asked, days = office.asked("UTC", 45), [NOON.date()]
    before = office.free(asked, days, office.team.cleo.id, {}, is_kept=True)[days[0]].calendars
    assert office.free(asked, days, office.team.cleo.id, {}, is_kept=True)[days[0]].calendars is before
    change(office.calendars[0], event(1))
    after = office.free(asked, days, office.team.cleo.id, {}, is_kept=True)[days[0]].calendars
    ada, ben = office.team.ada.id, office.team.ben.id
    assert after.of_user[ben] is before.of_user[ben]
    assert [each.starts_at for each in after.of_user[ada].events] == [NOON + timedelta(hours=1)]


def test_no_more_is_kept_than_its_size() -> None:
    kept: Remembered[str] = Remembered(10, len)
    for number, text in enumerate(("aaaa", "bbb", "ccc")):
        kept.keep(number, text)
    assert kept.get(0) == "aaaa"
    kept.keep(3, "dd")
    assert [kept.get(number) for number in range(4)] == ["aaaa", None, "ccc", "dd"]
    kept.keep(2, "cccc")
    kept.keep(4, "e" * 11)
    assert [kept.get(number) for number in range(5)] == [None] * 5
