"""Disconnecting an Outlook calendar: entries that should go are removed first, and then the permission is
forgotten here, because Microsoft has no way to end it."""

from datetime import timedelta

import pytest

from connections.revocation import EntryToRemove, end_connections
from extensions import db
from models import AuditEntry, Connection, ConnectionState, Task, TaskState, User
from scheduling.entries.disconnecting import let_go
from tests.factories import OUTLOOK_CALENDAR, PRIYA
from tests.tasks.calendar_office import CalendarInstallation
from timezones import utc_now

pytestmark = pytest.mark.parametrize("calendars", ["outlook"], indirect=True)


@pytest.fixture
def installation(calendar_installation: CalendarInstallation) -> CalendarInstallation:
    return calendar_installation


def disconnect_with_entries(installation: CalendarInstallation) -> None:
    """Disconnect as Ben, who has two interviews in his calendar and wants them removed."""
    installation.connect_calendar(installation.team.ben, PRIYA)
    starts = utc_now().replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
    for day in range(2):
        installation.schedule(starts_at=starts + timedelta(days=day))
    installation.run_due()
    assert len(installation.events(PRIYA)) == 2
    with installation.writing():
        row = db.session.scalars(db.select(Connection).where(Connection.app == OUTLOOK_CALENDAR)).one()
        leaving = [EntryToRemove(*entry) for entry in let_go(row, removing=True)]
        user = db.session.get_one(User, installation.team.ben.id)
        assert end_connections(user, only=OUTLOOK_CALENDAR, removing=leaving) == [OUTLOOK_CALENDAR]
        db.session.commit()


def is_forgotten(installation: CalendarInstallation) -> bool:
    """Whether no token of the connection is left, neither in its row nor with the task that ends it."""
    with installation.reading():
        row = db.session.scalars(db.select(Connection).where(Connection.app == OUTLOOK_CALENDAR)).one()
        task = db.session.scalars(db.select(Task).where(Task.kind == "revoke_grant")).one()
        assert (row.state, row.ciphertext) == (ConnectionState.ENDED, "")
        return task.state is TaskState.DONE and "sealed" not in task.payload


def complaints(installation: CalendarInstallation) -> list[str]:
    events = ("revocation_failed", "entries_left_behind")
    with installation.reading():
        return list(db.session.scalars(db.select(AuditEntry.words).where(AuditEntry.event.in_(events))))


def test_entries_go_before_the_permission_is_forgotten_and_no_one_is_warned(
    installation: CalendarInstallation,
) -> None:
    disconnect_with_entries(installation)
    assert not is_forgotten(installation)
    installation.run_due()
    assert installation.events(PRIYA) == []
    assert is_forgotten(installation)
    assert complaints(installation) == []


def test_removing_goes_on_after_outlook_was_away(installation: CalendarInstallation) -> None:
    disconnect_with_entries(installation)
    installation.simulators.microsoft.switches(lose_next_deletes=1)
    installation.run_due()
    assert len(installation.events(PRIYA)) == 1
    assert not is_forgotten(installation)
    # By then the access token has run out, too.
    installation.clock.forward(timedelta(hours=2))
    installation.run_due()
    assert installation.events(PRIYA) == []
    assert is_forgotten(installation)
    assert complaints(installation) == []


def test_entries_stay_and_are_reported_if_the_permission_ended_before(
    installation: CalendarInstallation,
) -> None:
    disconnect_with_entries(installation)
    installation.simulators.microsoft.revoke(PRIYA)
    installation.run_due()
    assert len(installation.events(PRIYA)) == 2
    assert is_forgotten(installation)
    [words] = complaints(installation)
    assert "2 interviews could not be removed from Ben Frei's Outlook Calendar" in words
