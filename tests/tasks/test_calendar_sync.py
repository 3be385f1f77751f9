"""Reading connected calendars: what is stored from them, when, and what ends it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.team import deactivate
from background import work_once
from connections.revocation import end_connections
from extensions import db
from models import Connection, ConnectionState, FailureReason, Interview, Lane, TaskState, User
from scheduling.outside.sync import SYNC_CALENDAR
from tasks.calendar_sync import sync_calendar
from tests.factories import LENA
from tests.tasks.calendar_office import MARCO, CalendarInstallation, in_calendars, taking_part
from tests.tasks.installation import another_runner
from tests.tasks.reading_calendars import (
    Stored,
    ask,
    calendar_of,
    connect,
    is_read,
    own,
    read_due,
    stored,
    titles,
)
from work import retry
from work.protocol import ClaimedTask
from work.runner import Phase, Runner

pytestmark = in_calendars("outlook")

FIVE_MINUTES = timedelta(minutes=5, seconds=31)


@pytest.fixture
def office(calendar_installation: CalendarInstallation) -> CalendarInstallation:
    return calendar_installation


def disconnect(office: CalendarInstallation) -> None:
    """Disconnect what Ben has connected."""
    with office.writing():
        end_connections(db.session.get_one(User, office.team.ben.id))
        db.session.commit()


def test_events_are_stored_with_their_time_and_title(office: CalendarInstallation) -> None:
    begins = office.clock.now + timedelta(days=2)
    own(office, "Dentist", begins, 45)
    connect(office, office.team.ben)
    assert stored(office, office.team.ben) == [Stored("Dentist", begins, begins + timedelta(minutes=45))]
    seen = calendar_of(office, office.team.ben)
    assert seen.read_at == seen.read_fully_at == office.clock.now
    assert (seen.failure, seen.left_out, seen.has_position) == (None, 0, True)
    assert seen.since
    assert seen.until
    assert office.clock.now - seen.since >= timedelta(days=28)
    assert seen.until - office.clock.now >= timedelta(days=184)


def test_entries_of_interviews_are_not_stored(office: CalendarInstallation) -> None:
    own(office, "Dentist", office.clock.now + timedelta(days=2))
    connect(office, office.team.ben)
    office.schedule(attendees=taking_part(office.team.ben))
    office.settle()
    assert office.events(LENA)
    office.clock.forward(FIVE_MINUTES)
    read_due(office)
    assert titles(office, office.team.ben) == ["Dentist"]
    office.clock.forward(timedelta(days=1))
    read_due(office)
    assert titles(office, office.team.ben) == ["Dentist"]


def test_what_the_owner_changes_follows_within_minutes(office: CalendarInstallation) -> None:
    begins, side = office.clock.now + timedelta(days=2), office.side_of(LENA)
    first, second = own(office, "Dentist", begins), own(office, "Lunch", begins + timedelta(days=1))
    own(office, "Team", begins + timedelta(days=2))
    connect(office, office.team.ben)
    assert titles(office, office.team.ben) == ["Dentist", "Lunch", "Team"]
    side.move(LENA, first, minutes=60)
    side.delete(LENA, second)
    own(office, "Flight", begins + timedelta(days=3), 90)
    before = calendar_of(office, office.team.ben)
    office.clock.forward(FIVE_MINUTES)
    read_due(office)
    found = stored(office, office.team.ben)
    assert [each.title for each in found] == ["Dentist", "Team", "Flight"]
    assert found[0].starts_at == begins + timedelta(hours=1)
    after = calendar_of(office, office.team.ben)
    assert after.read_at == office.clock.now
    # Only what had changed was asked for.
    assert after.read_fully_at == before.read_fully_at


def test_calendar_is_not_asked_before_its_turn(office: CalendarInstallation) -> None:
    connect(office, office.team.ben)
    office.clock.forward(timedelta(minutes=4))
    assert read_due(office) == 0
    office.clock.forward(timedelta(minutes=2))
    assert read_due(office) == 1


def test_it_is_read_from_scratch_every_day_so_that_its_period_moves_on(office: CalendarInstallation) -> None:
    far = own(office, "In half a year", office.clock.now.replace(hour=1) + timedelta(days=185))
    past = own(office, "Four weeks ago", office.clock.now.replace(hour=1) - timedelta(days=28))
    assert far != past
    connect(office, office.team.ben)
    assert titles(office, office.team.ben) == ["Four weeks ago"]
    office.clock.forward(timedelta(days=1, minutes=1))
    read_due(office)
    assert titles(office, office.team.ben) == ["In half a year"]
    seen = calendar_of(office, office.team.ben)
    assert seen.read_fully_at == office.clock.now


def test_nothing_is_ever_written_to_a_calendar(office: CalendarInstallation) -> None:
    own(office, "Dentist", office.clock.now + timedelta(days=2))
    connect(office, office.team.ben)
    for _ in range(3):
        office.clock.forward(timedelta(hours=9))
        read_due(office)
    assert office.writes() == []


def test_owner_who_asks_has_it_read_at_once_but_not_again_and_again(office: CalendarInstallation) -> None:
    ben, side = office.team.ben, office.side_of(LENA)
    connect(office, ben)
    own(office, "Dentist", office.clock.now + timedelta(days=2))
    office.clock.forward(timedelta(seconds=10))
    assert ask(office, ben).reading == (side.app,)
    assert read_due(office) == 1
    assert titles(office, ben) == ["Dentist"]
    office.clock.forward(timedelta(seconds=29))
    again = ask(office, ben)
    assert (again.reading, again.just_asked) == ((), (side.app,))
    assert read_due(office) == 0


def test_owner_who_asks_twice_has_everything_read_again(office: CalendarInstallation) -> None:
    ben = office.team.ben
    connect(office, ben)
    office.clock.forward(timedelta(minutes=3))
    ask(office, ben)
    read_due(office)
    first = calendar_of(office, ben)
    office.clock.forward(timedelta(minutes=1))
    ask(office, ben)
    read_due(office)
    second = calendar_of(office, ben)
    assert first.read_fully_at == office.clock.now - timedelta(minutes=4)
    assert second.read_fully_at == second.read_at == office.clock.now


def test_asking_without_a_calendar_reads_nothing(office: CalendarInstallation) -> None:
    asked = ask(office, office.team.ben)
    assert (asked.reading, asked.just_asked) == ((), ())
    assert office.tasks(SYNC_CALENDAR.name) == []


def test_server_reads_calendars_that_nothing_reads(office: CalendarInstallation) -> None:
    own(office, "Dentist", office.clock.now + timedelta(days=2))
    office.connect_calendar(office.team.ben, LENA)
    # As after an update: connected, and without a task.
    assert office.tasks(SYNC_CALENDAR.name) == []
    work_once(office.app)
    assert titles(office, office.team.ben) == ["Dentist"]
    work_once(office.app)
    assert len(office.tasks(SYNC_CALENDAR.name)) == 1


def test_silent_provider_leaves_what_was_read_and_is_asked_again(office: CalendarInstallation) -> None:
    ben = office.team.ben
    own(office, "Dentist", office.clock.now + timedelta(days=2))
    connect(office, ben)
    own(office, "Lunch", office.clock.now + timedelta(days=3))
    office.switches(fail_next=1, fail_status=503)
    office.clock.forward(FIVE_MINUTES)
    read_due(office)
    seen = calendar_of(office, ben)
    assert (seen.failure, seen.failures) == (FailureReason.UNREACHABLE, 1)
    assert seen.failure_words
    assert seen.read_at == office.clock.now - FIVE_MINUTES
    assert titles(office, ben) == ["Dentist"]
    assert seen.retry_at is not None
    office.clock.forward(seen.retry_at - office.clock.now)
    read_due(office)
    seen = calendar_of(office, ben)
    assert (seen.failure, seen.failure_words, seen.failures, seen.retry_at) == (None, None, 0, None)
    assert titles(office, ben) == ["Dentist", "Lunch"]


def test_one_calendar_in_trouble_does_not_stop_another(office: CalendarInstallation) -> None:
    own(office, "Dentist", office.clock.now + timedelta(days=2))
    own(office, "Lunch", office.clock.now + timedelta(days=2), account=MARCO)
    connect(office, office.team.ben, reads=False)
    connect(office, office.team.cleo, MARCO, reads=False)
    office.side_of(LENA).switches(fail_next=1, fail_status=503)
    read_due(office)
    assert [*titles(office, office.team.ben), *titles(office, office.team.cleo)] in (["Dentist"], ["Lunch"])


def test_provider_that_wants_a_pause_gets_it_no_matter_who_asks(office: CalendarInstallation) -> None:
    ben = office.team.ben
    connect(office, ben)
    office.switches(fail_next=1, fail_status=429, retry_after=600)
    office.clock.forward(FIVE_MINUTES)
    read_due(office)
    seen = calendar_of(office, ben)
    assert seen.failure is FailureReason.RATE_LIMITED
    assert seen.retry_at
    assert seen.retry_at - office.clock.now >= timedelta(minutes=9)
    asked_before = len(office.asked())
    office.clock.forward(timedelta(minutes=1))
    ask(office, ben)
    read_due(office)
    assert len(office.asked()) == asked_before
    office.clock.forward(timedelta(minutes=11))
    read_due(office)
    seen = calendar_of(office, ben)
    assert seen.failure is None


def test_disconnecting_removes_what_was_read(office: CalendarInstallation) -> None:
    own(office, "Dentist", office.clock.now + timedelta(days=2))
    connect(office, office.team.ben)
    disconnect(office)
    assert stored(office, office.team.ben) == []
    assert not is_read(office, office.team.ben)
    office.clock.forward(FIVE_MINUTES)
    read_due(office)
    assert not is_read(office, office.team.ben)
    assert [each.state for each in office.tasks(SYNC_CALENDAR.name)] == [TaskState.DONE]


def test_disconnecting_while_it_is_read_stores_nothing(office: CalendarInstallation) -> None:
    own(office, "Dentist", office.clock.now + timedelta(days=2))
    connect(office, office.team.ben, reads=False)

    def leave(phase: Phase, task: ClaimedTask) -> None:
        if phase == "called":
            disconnect(office)

    another_runner(office, on_phase=leave).run_due(Lane.CALENDAR)
    assert stored(office, office.team.ben) == []
    assert not is_read(office, office.team.ben)


def test_another_account_meanwhile_gets_nothing_of_the_first(office: CalendarInstallation) -> None:
    # The same server keeps Lena's and Marco's calendars, so that the same connection goes to it.
    office.at_outlook = (
        office.at_outlook | {MARCO} if LENA in office.at_outlook else office.at_outlook - {MARCO}
    )
    own(office, "Dentist", office.clock.now + timedelta(days=2))
    own(office, "Lunch", office.clock.now + timedelta(days=2), account=MARCO)
    connect(office, office.team.ben, reads=False)

    def change_accounts(phase: Phase, task: ClaimedTask) -> None:
        if phase == "called" and not changed:
            changed.append(connect(office, office.team.ben, MARCO, reads=False))

    changed: list[int] = []
    another_runner(office, on_phase=change_accounts).run_due(Lane.CALENDAR)
    assert titles(office, office.team.ben) == ["Lunch"]


def test_person_who_leaves_the_team_leaves_no_events_behind(office: CalendarInstallation) -> None:
    own(office, "Dentist", office.clock.now + timedelta(days=2))
    connect(office, office.team.ben)
    with office.writing():
        deactivate(db.session.get_one(User, office.team.ada.id), db.session.get_one(User, office.team.ben.id))
        db.session.commit()
    assert stored(office, office.team.ben) == []


def test_lost_permission_keeps_what_was_read_with_its_age(office: CalendarInstallation) -> None:
    ben = office.team.ben
    own(office, "Dentist", office.clock.now + timedelta(days=2))
    connect(office, ben)
    office.side_of(LENA).revoke(LENA)
    office.clock.forward(timedelta(hours=2))
    read_due(office)
    seen = calendar_of(office, ben)
    assert seen.failure is FailureReason.RECONNECT_NEEDED
    assert seen.failure_words
    assert seen.read_at == office.clock.now - timedelta(hours=2)
    assert titles(office, ben) == ["Dentist"]
    with office.reading():
        [connection] = db.session.scalars(db.select(Connection).where(Connection.user_id == ben.id))
        assert connection.state is ConnectionState.RECONNECT_NEEDED
    own(office, "Lunch", office.clock.now + timedelta(days=3))
    connect(office, ben)
    seen = calendar_of(office, ben)
    assert seen.failure is None
    assert titles(office, ben) == ["Dentist", "Lunch"]


def test_reading_that_crashes_is_shown_and_tried_again_later(office: CalendarInstallation) -> None:
    ben = office.team.ben
    connect(office, ben)

    def crash(_loaded: object) -> None:
        raise ZeroDivisionError

    broken = Runner(office.app, {SYNC_CALENDAR: replace(sync_calendar(), call=crash)})
    for _ in range(retry.CRASHES_ALLOWED):
        office.clock.forward(timedelta(hours=2))
        broken.run_due(Lane.CALENDAR)
    assert [each.state for each in office.tasks(SYNC_CALENDAR.name)] == [TaskState.DEAD]
    seen = calendar_of(office, ben)
    assert seen.failure_words is not None
    assert "failed here" in seen.failure_words
    office.clock.forward(timedelta(hours=1, minutes=9))
    work_once(office.app)
    seen = calendar_of(office, ben)
    assert (seen.read_at, seen.failure) == (office.clock.now, None)


@pytest.mark.parametrize("phase", ["claimed", "loaded", "called"])
def test_process_that_dies_while_reading_loses_nothing(office: CalendarInstallation, phase: Phase) -> None:
    own(office, "Dentist", office.clock.now + timedelta(days=2))
    connect(office, office.team.ben, reads=False)
    office.die_after(phase, SYNC_CALENDAR.name)
    assert titles(office, office.team.ben) == []
    read_due(office)
    assert titles(office, office.team.ben) == ["Dentist"]
    own(office, "Lunch", office.clock.now + timedelta(days=3))
    office.clock.forward(FIVE_MINUTES)
    office.die_after(phase, SYNC_CALENDAR.name)
    read_due(office)
    assert titles(office, office.team.ben) == ["Dentist", "Lunch"]
    assert len(office.tasks(SYNC_CALENDAR.name)) == 1


def test_copy_that_came_with_the_invitation_is_ours_whatever_becomes_of_the_interview(
    office: CalendarInstallation,
) -> None:
    """Ben accepted the calendar file in the email, and connected his calendar later."""
    ben, begins = office.team.ben, office.clock.now + timedelta(days=2)
    interview = office.schedule(attendees=taking_part(ben), starts_at=begins)
    with office.reading():
        uid = db.session.get_one(Interview, interview).ics_uid
    remote, ends = office.side_of(LENA).remote, begins + timedelta(minutes=45)
    remote.own_event(LENA, "Interview", begins, ends, uid=uid)
    remote.own_event(LENA, "Someone else's", begins, ends, uid=f"{'0' * 32}@elsewhere.example")
    connect(office, ben)
    assert titles(office, ben) == ["Someone else's"]
    office.edit(interview, starts_at=begins + timedelta(days=1))
    office.later(minutes=6)
    assert titles(office, ben) == ["Someone else's"]


def test_two_processes_never_read_the_same_calendar_at_once(office: CalendarInstallation) -> None:
    own(office, "Dentist", office.clock.now + timedelta(days=2))
    connect(office, office.team.ben, reads=False)
    elsewhere: list[int] = []

    def meanwhile(phase: Phase, task: ClaimedTask) -> None:
        if phase == "called":
            # Its owner asks, and another process looks for work.
            ask(office, office.team.ben)
            elsewhere.append(read_due(office))

    another_runner(office, on_phase=meanwhile).run_due(Lane.CALENDAR)
    assert elsewhere[0] == 0
    assert titles(office, office.team.ben) == ["Dentist"]


def test_owner_who_asks_twice_during_a_reading_still_has_everything_read_again(
    office: CalendarInstallation,
) -> None:
    ben = office.team.ben
    connect(office, ben)
    ask(office, ben)
    office.clock.forward(timedelta(minutes=6))

    def ask_again(phase: Phase, task: ClaimedTask) -> None:
        if phase == "called" and not asked:
            asked.append(ask(office, ben).reading)

    asked: list[tuple[str, ...]] = []
    another_runner(office, on_phase=ask_again).run_due(Lane.CALENDAR)
    read_due(office)
    seen = calendar_of(office, ben)
    assert seen.read_fully_at == office.clock.now
