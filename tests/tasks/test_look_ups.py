"""Live lookups: people's calendars are asked when they are busy while someone waits for a page."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from extensions import db
from models import (
    CalendarEntry,
    Connection,
    ConnectionState,
    EntryState,
    FailureReason,
    Organization,
)
from providers.base import BusySpan
from providers.errors import RetryableError
from scheduling.outside.look_ups import Ask, LiveBusy, LookUps, Unknown
from services import services
from tests.factories import LENA
from tests.machines.rows import in_rows
from tests.tasks.calendar_office import MARCO, CalendarInstallation, in_calendars, taking_part
from tests.tasks.reading_calendars import connect, own

BOTH = in_calendars("google", "outlook")


@pytest.fixture
def office(calendar_installation: CalendarInstallation) -> CalendarInstallation:
    return calendar_installation


class Calendars:
    """Takes the place of everyone's calendars: answers what the test says, as slowly as the test says."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.spans: list[BusySpan] = []
        self.error: Exception | None = None
        self.may_answer = threading.Event()
        self.may_answer.set()

    def asker(self) -> Ask:
        return self.ask

    def ask(self, connection_id: int, app: str, since: datetime, until: datetime) -> list[BusySpan]:
        self.asked.append(connection_id)
        assert self.may_answer.wait(10)
        if self.error is not None:
            raise self.error
        return self.spans


@contextmanager
def counted(office: CalendarInstallation) -> Iterator[list[str]]:
    """Count the statements of this thread."""
    seen: list[str] = []
    here = threading.get_ident()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if threading.get_ident() == here and not statement.startswith(("BEGIN", "PRAGMA", "SET")):
            seen.append(statement)

    with office.app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


@BOTH
def test_people_are_busy_by_their_calendars_without_our_own_entries(office: CalendarInstallation) -> None:
    team, now = office.team, office.clock.now
    begins = now + timedelta(days=2)
    own(office, "Dentist", begins, 60)
    connect(office, team.ben)
    office.schedule(attendees=taking_part(team.ben), starts_at=begins + timedelta(hours=3))
    office.settle()
    assert office.events(LENA)
    since, until = begins - timedelta(hours=2), begins + timedelta(hours=6)
    with office.reading():
        found = services().look_ups.look([team.ben.id, team.cleo.id], since, until, within=10)
    busy = found[team.ben.id]
    assert isinstance(busy, LiveBusy), busy
    assert busy.spans == (BusySpan(begins, begins + timedelta(hours=1)),)
    assert busy.as_of == office.clock.now
    assert found[team.cleo.id] == Unknown(FailureReason.NOT_CONNECTED, None)


@pytest.mark.parametrize("state", EntryState)
@in_calendars("google")
def test_entry_that_may_be_in_a_calendar_makes_no_one_busy(
    state: EntryState, office: CalendarInstallation
) -> None:
    """As with reading, which leaves out everything that has the key of an entry."""
    ben, calendars = office.team.ben, Calendars()
    connect(office, ben)
    begins = office.clock.now + timedelta(days=2)
    office.schedule(attendees=taking_part(ben), starts_at=begins)
    office.settle()
    with office.writing():
        db.session.execute(db.update(CalendarEntry).values(state=state))
        db.session.commit()
    calendars.spans = [BusySpan(begins, begins + timedelta(minutes=45))]
    with office.reading():
        found = LookUps(calendars.asker).look([ben.id], begins, begins + timedelta(days=1))[ben.id]
    assert isinstance(found, LiveBusy)
    is_gone = state in (EntryState.DELETED, EntryState.REMOVED)
    assert list(found.spans) == (calendars.spans if is_gone else [])


@BOTH
def test_calendar_that_fails_is_unknown_with_the_age_of_what_was_read(office: CalendarInstallation) -> None:
    ben, now = office.team.ben, office.clock.now
    connect(office, ben)
    office.clock.forward(timedelta(minutes=3))
    side = office.side_of(LENA)
    side.switches(fail_next=1, fail_status=503)
    with office.reading():
        found = services().look_ups.look([ben.id], now, now + timedelta(days=7), within=10)
    assert found[ben.id] == Unknown(FailureReason.UNREACHABLE, now, side.app)


@BOTH
def test_calendar_is_not_asked_while_background_work_is_paused(office: CalendarInstallation) -> None:
    """Renewing a grant here could end it for the server on which the backup was made."""
    ben, now = office.team.ben, office.clock.now
    connection_id = connect(office, ben)
    with in_rows(office.app):
        organization = db.session.get_one(Organization, 1)
        organization.held_back_since = now
        # Long enough for the token to be renewed.
        office.clock.forward(timedelta(hours=3))
        version = db.session.get_one(Connection, connection_id).token_version
        db.session.commit()
    with office.reading():
        found = services().look_ups.look([ben.id], now, now + timedelta(days=7), within=10)
    assert found[ben.id] == Unknown(FailureReason.UNREACHABLE, now, office.side_of(LENA).app)
    with in_rows(office.app):
        connection = db.session.get_one(Connection, connection_id)
        assert (connection.token_version, connection.state) == (version, ConnectionState.CONNECTED)


def test_no_one_is_waited_for_longer_than_allowed(office: CalendarInstallation) -> None:
    team, now, calendars = office.team, office.clock.now, Calendars()
    connect(office, team.ben)
    connect(office, team.cleo, MARCO, reads=False)
    look_ups = LookUps(calendars.asker)
    calendars.may_answer.clear()
    begun = time.monotonic()
    with office.reading(), counted(office) as seen:
        found = look_ups.look([team.ben.id, team.cleo.id], now, now + timedelta(days=1), within=0.3)
    assert time.monotonic() - begun < 2
    assert len(seen) == 1
    assert [type(each) for each in found.values()] == [Unknown, Unknown]
    assert [each.as_of for each in found.values()] == [now, None]
    # The answers come late, and are there for the next page.
    calendars.may_answer.set()
    with office.reading():
        found = look_ups.look([team.ben.id, team.cleo.id], now, now + timedelta(days=1), within=10)
    assert [type(each) for each in found.values()] == [LiveBusy, LiveBusy]
    assert len(calendars.asked) == 2


def test_answers_count_for_half_a_minute_and_for_the_same_question(
    office: CalendarInstallation, monkeypatch: pytest.MonkeyPatch
) -> None:
    ben, now, calendars = office.team.ben, office.clock.now, Calendars()
    connect(office, ben)
    look_ups = LookUps(calendars.asker)
    with office.reading():
        look_ups.look([ben.id], now, now + timedelta(days=1))
        look_ups.look([ben.id], now, now + timedelta(days=1))
        assert len(calendars.asked) == 1
        look_ups.look([ben.id], now, now + timedelta(days=2))
        assert len(calendars.asked) == 2
        later = time.monotonic() + 31
        monkeypatch.setattr(time, "monotonic", lambda: later)
        look_ups.look([ben.id], now, now + timedelta(days=1))
        assert len(calendars.asked) == 3


def test_transaction_that_writes_waits_for_no_one(office: CalendarInstallation) -> None:
    ben, now, calendars = office.team.ben, office.clock.now, Calendars()
    connect(office, ben)
    look_ups = LookUps(calendars.asker)
    calendars.may_answer.clear()
    begun = time.monotonic()
    with office.writing():
        found = look_ups.look([ben.id], now, now + timedelta(days=1))
    assert time.monotonic() - begun < 1
    assert found[ben.id] == Unknown(FailureReason.NOT_ASKED_YET, now, office.side_of(LENA).app)
    calendars.may_answer.set()


def test_someone_who_has_disconnected_is_not_answered_from_memory(office: CalendarInstallation) -> None:
    ben, now, calendars = office.team.ben, office.clock.now, Calendars()
    connect(office, ben)
    calendars.spans = [BusySpan(now, now + timedelta(hours=1))]
    look_ups = LookUps(calendars.asker)
    with office.reading():
        assert isinstance(look_ups.look([ben.id], now, now + timedelta(days=1))[ben.id], LiveBusy)
    office.side_of(LENA).revoke(LENA)
    office.clock.forward(timedelta(hours=2))
    office.run_due()
    with office.reading():
        found = look_ups.look([ben.id], now, now + timedelta(days=1))[ben.id]
    assert isinstance(found, Unknown)
    assert found.why is FailureReason.RECONNECT_NEEDED


def test_two_calendars_of_one_person_are_known_together_or_not_at_all(office: CalendarInstallation) -> None:
    ben, now, calendars = office.team.ben, office.clock.now, Calendars()
    connect(office, ben)
    office.at_outlook = office.at_outlook | {LENA}
    connect(office, ben)
    look_ups = LookUps(calendars.asker)
    calendars.spans = [BusySpan(now, now + timedelta(hours=1))]
    with office.reading():
        found = look_ups.look([ben.id], now, now + timedelta(days=1))[ben.id]
        assert isinstance(found, LiveBusy)
        assert found.spans == tuple(calendars.spans)
        assert len(set(calendars.asked)) == 2
        calendars.error = RetryableError("away")
        assert isinstance(look_ups.look([ben.id], now, now + timedelta(days=2))[ben.id], Unknown)
