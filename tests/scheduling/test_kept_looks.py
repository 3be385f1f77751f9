"""The result of a look at free times is used again for the next look that finds the same data, and never once
anything that it depends on has changed."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from blueprints.schedule_interview.panels.around_time import AroundTime, around_time
from database import writing
from extensions import db
from models import Interview, InterviewStatus, SyncedCalendar, User
from providers.base import EventChanges, ListedEvent
from scheduling.availability.hours import Availability, OnTheirClock, OtherDays
from scheduling.availability.keeping import change, clock_of
from scheduling.free_times import Asked, OnTheTeam, free_times
from scheduling.occupied import Needs
from scheduling.outside import recording, sync
from scheduling.outside.reading import Reading
from scheduling.outside.team import team_with_calendars
from tests.factories import GOOGLE_CALENDAR, create_team, schedule
from tests.machines.clock import Clock
from tests.outside_events import create_custom_event, create_synced_calendar

pytestmark = pytest.mark.both_databases

# A Wednesday, for which everyone is asked on the Monday before.
NOON = datetime(2027, 2, 10, 12, tzinfo=UTC)
MONDAY = datetime(2027, 2, 8, 9, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Office:
    """Ada and Ben, who are needed for an interview with Dina, and what Ada sees of their time."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.team = clock, create_team()
        self.interview_id = schedule(
            self.team.ben, self.team.dina, starts_at=NOON, software=None, attendees=[]
        )
        for member in (self.team.ada, self.team.ben):
            db.session.get_one(User, member.id).timezone = "UTC"
        self.calendar_id = create_synced_calendar(self.team.ben, app=GOOGLE_CALENDAR)

    @property
    def interview(self) -> Interview:
        return db.session.get_one(Interview, self.interview_id)

    @property
    def ben(self) -> User:
        return db.session.get_one(User, self.team.ben.id)

    def asked(self, minutes: int = 60) -> Asked:
        users = [db.session.get_one(User, each.id) for each in (self.team.ada, self.team.ben)]
        return Asked(
            Needs(frozenset(user.id for user in users), self.team.dina.id),
            minutes,
            "UTC",
            tuple(OnTheTeam(user.id, user.name, clock_of(user)) for user in users),
            frozenset(),
            OnTheirClock("UTC"),
        )

    def look(self, minutes: int = 60, at: datetime = NOON + 2 * HOUR) -> AroundTime:
        db.session.commit()
        everyone = team_with_calendars()
        return around_time(
            db.session.get_one(User, self.team.ada.id),
            self.asked(minutes),
            [self.team.dina.name, "Ada", "Ben"],
            at.date(),
            at,
            read=everyone.known,
            editions=everyone.editions,
        )

    def offered(self) -> list[str]:
        times = self.look().times
        assert times is not None
        return [chip.time for chip in times.chips]


@pytest.fixture
def office(app: Flask, clock: Clock) -> Iterator[Office]:
    clock.now = MONDAY
    with app.test_request_context(), writing():
        yield Office(clock)


def schedule_another(office: Office) -> None:
    schedule(office.team.ada, office.team.dina, starts_at=NOON + 4 * HOUR, software=None)


def move(office: Office) -> None:
    office.interview.starts_at += 4 * HOUR


def cancel(office: Office) -> None:
    office.interview.status = InterviewStatus.CANCELLED


def block(office: Office) -> None:
    create_custom_event(office.team.ada, NOON + 4 * HOUR, 60)


def change_hours(office: Office) -> None:
    away = OtherDays(NOON.date(), NOON.date())
    change(office.ben, Availability(other_days=(away,)))


def change_breaks(office: Office) -> None:
    change(office.ben, Availability(minutes_before=60))


def change_most(office: Office) -> None:
    change(office.ben, Availability(most_a_day=1))


def change_zone(office: Office) -> None:
    office.ben.timezone = "Asia/Kolkata"


def sync_event(office: Office) -> None:
    db.session.commit()
    reading = sync.plan(db.session.get_one(SyncedCalendar, office.calendar_id).connection_id, MONDAY)
    assert isinstance(reading, Reading)
    event = ListedEvent("a", NOON + 4 * HOUR, NOON + 5 * HOUR, True, "Dentist")
    recording.record_read(reading, EventChanges((event,), (), True, "here"))


ALL_DAY = [f"{hour:02}:{minute}" for hour in range(8, 18) for minute in ("00", "30")][:-1]


def without(first: str, last: str) -> list[str]:
    return [time for time in ALL_DAY if not first <= time <= last]


BEFORE = without("11:30", "12:30")


@pytest.mark.parametrize(
    ("happens", "offered"),
    [
        (schedule_another, [time for time in BEFORE if not "15:30" <= time <= "16:30"]),
        (move, without("15:30", "16:30")),
        (cancel, ALL_DAY),
        (block, [time for time in BEFORE if not "15:30" <= time <= "16:30"]),
        (change_hours, []),
        (change_breaks, without("10:30", "13:30")),
        (change_most, []),
        (change_zone, [time for time in BEFORE if time <= "11:30"]),
        (sync_event, [time for time in BEFORE if not "15:30" <= time <= "16:30"]),
    ],
)
def test_look_finds_what_has_changed_since_the_last_one(
    office: Office, happens: Callable[[Office], None], offered: list[str]
) -> None:
    assert office.offered() == BEFORE
    before = office.look()
    assert office.look().times is before.times
    happens(office)
    assert office.offered() == offered
    assert office.look().times is not before.times


def test_times_are_not_offered_once_they_are_over(office: Office) -> None:
    office.clock.now = NOON - 3 * HOUR
    assert office.offered()[0] == "09:30"
    office.clock.now += timedelta(minutes=29)
    kept = office.look()
    assert office.offered()[0] == "09:30"
    assert office.look().times is kept.times
    office.clock.now += timedelta(minutes=1)
    assert office.offered()[0] == "10:00"


def test_times_are_not_offered_once_it_is_too_late_for_someone(office: Office) -> None:
    change(office.ben, Availability(notice_minutes=240))
    office.clock.now = datetime(2027, 2, 10, 5, 0, tzinfo=UTC)
    assert office.offered()[0] == "09:00"
    office.clock.now += timedelta(seconds=1)
    assert office.offered()[0] == "09:30"


def test_clock_that_was_ahead_and_is_set_right_leaves_nothing_out(office: Office) -> None:
    office.clock.now = NOON
    assert office.offered()[0] == "13:00"
    office.clock.now = NOON - 3 * HOUR
    assert office.offered()[0] == "09:30"


def test_what_one_person_may_see_is_not_shown_to_another(office: Office) -> None:
    def names(user_id: int) -> set[str | None]:
        asked, reader = office.asked(), db.session.get_one(User, user_id)
        days = [NOON.date()]
        found = free_times(asked, days, now=MONDAY, seen_by=reader, with_others_on=days[0])
        return {each.candidate for each in found[days[0]].occupied}

    ada, cleo, name = office.team.ada.id, office.team.cleo.id, office.team.dina.name
    assert [names(user_id) for user_id in (ada, cleo, ada)] == [{name}, {None}, {name}]


def test_other_time_and_length_are_marked_again(office: Office) -> None:
    free, busy = office.look(), office.look(at=NOON)
    assert not free.clashes
    assert busy.clashes
    assert office.look(minutes=150).clashes == []
    assert office.look(minutes=180, at=NOON - HOUR).clashes
    assert office.look().times is free.times


def test_what_is_kept_of_a_look_counts_by_its_events(office: Office) -> None:
    asked, reader, days = office.asked(), db.session.get_one(User, office.team.ada.id), [NOON.date()]
    empty = free_times(asked, days, now=MONDAY, seen_by=reader).size
    for number in range(1000):
        create_custom_event(office.team.ada, NOON + timedelta(seconds=number), 60)
    assert free_times(asked, days, now=MONDAY, seen_by=reader).size >= 1000 > empty > 1
