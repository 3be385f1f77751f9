"""Disconnecting a calendar: its entries stay or are removed as asked, and are removed before the permission
ends."""

from datetime import timedelta
from typing import Any

import pytest

from connections.grants import with_grant
from connections.revocation import EntryToRemove, end_connections
from connections.wording import ended_by_provider
from extensions import db
from hiring.erasing import erase_candidate
from models import (
    AuditEntry,
    CalendarEntry,
    Candidate,
    Connection,
    ConnectionState,
    EntryState,
    Interview,
    Task,
    TaskState,
    User,
)
from providers.errors import ConnectionRevokedError
from scheduling.commands.conclude import complete
from scheduling.entries.disconnecting import coming_entries, let_go
from services import services
from tests.factories import GOOGLE_CALENDAR, PRIYA, Member, connect_app
from tests.tasks.calendar_office import CalendarInstallation, in_calendars
from tests.tasks.calendar_sides import Event
from timezones import utc_now

# Locking and what two transactions see of each other are part of their subject.
pytestmark = pytest.mark.both_databases

GMAIL = "gmail"


@pytest.fixture
def installation(calendar_installation: CalendarInstallation) -> CalendarInstallation:
    return calendar_installation


def disconnect(installation: CalendarInstallation, member: Member, *, removing: bool, app: str = "") -> int:
    """Disconnect as the page does; returns how many entries will be removed. `app` is their calendar by
    default."""
    app = app or installation.side_of(PRIYA).app
    with installation.writing():
        user = db.session.get_one(User, member.id)
        row = db.session.scalars(
            db.select(Connection).where(Connection.user_id == member.id, Connection.app == app)
        ).one()
        leaving = [EntryToRemove(*entry) for entry in let_go(row, removing=removing)]
        assert end_connections(user, only=app, removing=leaving) == [app]
        db.session.commit()
    return len(leaving)


def events(installation: CalendarInstallation, account: str = PRIYA) -> list[Event]:
    return installation.side_of(account).events(account)


def living(installation: CalendarInstallation, account: str = PRIYA) -> int:
    return installation.side_of(account).living_grants(account)


def after_the_end(installation: CalendarInstallation) -> int:
    """How many grants should be left at the provider: Microsoft has no way to end one."""
    return int(PRIYA in installation.at_outlook)


def states(installation: CalendarInstallation) -> list[EntryState]:
    with installation.reading():
        return list(db.session.scalars(db.select(CalendarEntry.state).order_by(CalendarEntry.id)))


def told(installation: CalendarInstallation, event: str) -> list[str]:
    with installation.reading():
        return list(db.session.scalars(db.select(AuditEntry.words).where(AuditEntry.event == event)))


def scheduled(installation: CalendarInstallation, count: int = 1, **wishes: Any) -> list[int]:
    """Interviews of Ben's, in his calendar."""
    installation.connect_calendar(installation.team.ben, PRIYA)
    starts = utc_now().replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
    made = [installation.schedule(starts_at=starts + timedelta(days=day), **wishes) for day in range(count)]
    installation.run_due()
    assert len(events(installation)) == count
    return made


def move(installation: CalendarInstallation, interview_id: int) -> None:
    installation.edit(interview_id, starts_at=utc_now() + timedelta(days=5))
    installation.later(minutes=1)


@in_calendars("outlook")
def test_entries_that_are_kept_stay_and_no_longer_follow(installation: CalendarInstallation) -> None:
    [interview] = scheduled(installation)
    assert disconnect(installation, installation.team.ben, removing=False) == 0
    installation.run_due()
    [before] = events(installation)
    assert (states(installation), living(installation)) == ([EntryState.LEFT], after_the_end(installation))
    move(installation, interview)
    [after] = events(installation)
    assert after.starts_at == before.starts_at
    # He has the change by email, with a calendar file.
    assert installation.entries("ben@northlight.example") != []


@in_calendars("google", "outlook")
def test_entries_that_are_removed_go_before_the_permission(installation: CalendarInstallation) -> None:
    scheduled(installation, 3)
    assert disconnect(installation, installation.team.ben, removing=True) == 3
    installation.run_due()
    assert (events(installation), living(installation)) == ([], after_the_end(installation))
    assert states(installation) == [EntryState.REMOVED] * 3
    assert told(installation, "entries_left_behind") == []
    assert len(installation.side_of(PRIYA).calls("delete")) == 3


@in_calendars("google", "outlook")
def test_removing_goes_on_after_the_provider_was_away(installation: CalendarInstallation) -> None:
    scheduled(installation, 3)
    disconnect(installation, installation.team.ben, removing=True)
    installation.switches(lose_next_deletes=1)
    installation.run_due()
    # One was removed and its answer lost; nothing is revoked before all are gone.
    assert (len(events(installation)), living(installation)) == (2, 1)
    installation.clock.forward(timedelta(hours=2))
    installation.run_due()
    assert (events(installation), living(installation)) == ([], after_the_end(installation))
    assert told(installation, "entries_left_behind") == []


def test_entries_are_removed_while_the_other_app_keeps_the_permission(
    installation: CalendarInstallation,
) -> None:
    scheduled(installation)
    with installation.writing():
        connect_app(GMAIL, installation.team.ben, PRIYA)
    disconnect(installation, installation.team.ben, removing=True)
    installation.run_due()
    assert (events(installation), living(installation)) == ([], 2)
    disconnect(installation, installation.team.ben, removing=False, app=GMAIL)
    installation.run_due()
    assert living(installation) == 0


@in_calendars("outlook")
def test_entry_with_a_meeting_on_it_stays(installation: CalendarInstallation) -> None:
    [hosted, *_] = scheduled(installation, software=installation.side_of(PRIYA).software)
    installation.schedule(starts_at=utc_now() + timedelta(days=9))
    installation.run_due()
    with installation.reading():
        row = db.session.scalars(db.select(Connection)).one()
        shown = {entry.interview_id: entry.carries_meeting for entry in coming_entries(row, now=utc_now())}
    assert (shown.pop(hosted), list(shown.values())) == (True, [False])
    assert disconnect(installation, installation.team.ben, removing=True) == 1
    installation.run_due()
    [event] = events(installation)
    assert event.join_link == installation.meeting(hosted).join_url
    assert sorted(states(installation)) == [EntryState.LEFT, EntryState.REMOVED]


def erase(installation: CalendarInstallation, interview_id: int) -> None:
    """Erase Dina, whose interview is over."""
    installation.clock.forward(timedelta(days=40))
    with installation.writing():
        ada = db.session.get_one(User, installation.team.ada.id)
        complete(ada, db.session.get_one(Interview, interview_id))
        erase_candidate(ada, db.session.get_one(Candidate, installation.team.dina.id))
        db.session.commit()
    installation.run_due()


@in_calendars("both")
def test_erased_candidate_leaves_a_calendar_that_was_given_up_and_is_connected_again(
    installation: CalendarInstallation,
) -> None:
    [interview] = scheduled(installation)
    disconnect(installation, installation.team.ben, removing=False)
    installation.run_due()
    installation.clock.forward(timedelta(days=4))
    installation.connect_calendar(installation.team.ben, PRIYA)
    installation.run_due()
    assert states(installation) == [EntryState.LEFT]
    erase(installation, interview)
    assert (events(installation), states(installation)) == ([], [EntryState.REMOVED])
    assert "can't reach" not in " ".join(installation.timeline(interview))


@in_calendars("both")
def test_entry_of_an_erased_candidate_that_is_out_of_reach_is_reported(
    installation: CalendarInstallation,
) -> None:
    [interview] = scheduled(installation)
    disconnect(installation, installation.team.ben, removing=False)
    erase(installation, interview)
    assert len(events(installation)) == 1
    words = " ".join(installation.timeline(interview))
    calendar = installation.side_of(PRIYA).label
    assert (
        f"Ben's {calendar} may still name the candidate in an entry that we can't reach and only "
        "they can delete" in words
    )
    assert "Dina" not in words


@in_calendars("outlook")
def test_permission_that_ended_before_leaves_the_entries_and_says_so(
    installation: CalendarInstallation,
) -> None:
    scheduled(installation, 2)
    installation.side_of(PRIYA).revoke(PRIYA)
    disconnect(installation, installation.team.ben, removing=True)
    installation.run_due()
    assert len(events(installation)) == 2
    assert states(installation) == [EntryState.LEFT] * 2
    [words] = told(installation, "entries_left_behind")
    calendar = installation.side_of(PRIYA).label
    assert words == (
        f"2 interviews could not be removed from Ben Frei's {calendar}: the connection had ended. "
        "They have to be deleted there."
    )
    assert told(installation, "revocation_failed") == []


@in_calendars("outlook")
def test_calendar_that_is_connected_again_takes_up_what_was_kept(installation: CalendarInstallation) -> None:
    [interview] = scheduled(installation)
    disconnect(installation, installation.team.ben, removing=False)
    installation.run_due()
    installation.connect_calendar(installation.team.ben, PRIYA)
    installation.run_due()
    assert states(installation) == [EntryState.PLACED]
    [before] = events(installation)
    move(installation, interview)
    [after] = events(installation)
    assert after.starts_at != before.starts_at


@in_calendars("outlook")
def test_entry_that_was_about_to_go_goes_even_if_the_others_are_kept(
    installation: CalendarInstallation,
) -> None:
    gone, _ = scheduled(installation, 2)
    installation.switches(fail_next=5, fail_operation="delete")
    installation.cancel(gone)
    installation.later(minutes=1)
    assert len(events(installation)) == 2
    installation.switches(fail_next=0)
    assert disconnect(installation, installation.team.ben, removing=False) == 1
    installation.run_due()
    assert len(events(installation)) == 1
    assert sorted(states(installation)) == [EntryState.LEFT, EntryState.REMOVED]


def test_permission_that_ends_after_seven_days_names_testing_and_tells_the_owner(
    installation: CalendarInstallation,
) -> None:
    installation.simulators.google.switches(testing_mode=True)
    connection = installation.connect_calendar(installation.team.ben, PRIYA)
    installation.clock.forward(timedelta(days=7, hours=2))
    with installation.app.app_context():
        google = services().connections.clients[GOOGLE_CALENDAR].accounts
        with pytest.raises(ConnectionRevokedError):
            with_grant(connection, google.account)
    with installation.reading():
        row = db.session.get_one(Connection, connection)
        assert row.state is ConnectionState.RECONNECT_NEEDED
        assert row.problem == ended_by_provider(GOOGLE_CALENDAR, timedelta(days=7))
        assert "after seven days" in (row.problem or "")
        assert "Testing" in (row.problem or "")
    installation.run_due()
    subjects = [
        str(mail.message["Subject"]) for mail in installation.simulators.mails("ada@northlight.example")
    ]
    assert "Google Calendar connections at Northlight keep ending" in subjects
    assert [
        str(mail.message["Subject"]) for mail in installation.simulators.mails("ben@northlight.example")
    ] == ["Reconnect Google Calendar"]


def test_new_password_ends_mail_with_its_reason_and_leaves_the_calendar(
    installation: CalendarInstallation,
) -> None:
    calendar = installation.connect_calendar(installation.team.ben, PRIYA)
    with installation.writing():
        mail = connect_app(GMAIL, installation.team.ben, PRIYA)
    assert installation.simulators.google.change_password(PRIYA) == 1
    with installation.app.app_context():
        clients = services().connections.clients
        with pytest.raises(ConnectionRevokedError):
            with_grant(mail, clients[GMAIL].accounts.account)
        with_grant(calendar, clients[GOOGLE_CALENDAR].accounts.account)
    with installation.reading():
        row = db.session.get_one(Connection, mail)
        assert "when the account's password is changed" in (row.problem or "")
        assert "Testing" not in (row.problem or "")


@in_calendars("outlook")
def test_nothing_of_a_grant_is_left_in_the_task_that_ended_it(installation: CalendarInstallation) -> None:
    scheduled(installation)
    disconnect(installation, installation.team.ben, removing=True)
    installation.run_due()
    with installation.reading():
        [task] = db.session.scalars(db.select(Task).where(Task.kind == "revoke_grant"))
        assert task.state is TaskState.DONE
        assert "sealed" not in task.payload
