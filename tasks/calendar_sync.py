"""The task that reads a person's calendar, and the chore that makes sure every calendar has one."""

from __future__ import annotations

from dataclasses import dataclass

from connections.grants import with_grant
from connections.rows import held, lose_permissions
from models import ConnectionState
from providers.base import EventChanges
from providers.errors import ProviderError, ScopeMissingError
from scheduling.meetings.tries import NotSetUpError
from scheduling.outside import recording
from scheduling.outside.reading import Reading, Wait
from scheduling.outside.sync import due_readings, plan, request_all
from services import services
from timezones import utc_now
from work.chores import frequent
from work.protocol import Again, ClaimedTask, Done, Handler, Next

# Each calendar has one task that waits for its next reading. Usually it is requested when someone connects;
# this finds calendars that have none.
ASK_FOR_READINGS = frequent("calendar readings", due_readings, request_all)


@dataclass(frozen=True)
class _Loaded:
    what: Reading | Wait


def sync_calendar() -> Handler:
    """The handler that reads what has changed in a calendar, again and again for as long as it is
    connected."""

    def load(task: ClaimedTask) -> _Loaded | None:
        found = plan(int(task.payload["connection_id"]), utc_now())
        return None if found is None else _Loaded(found)

    def call(loaded: _Loaded) -> EventChanges | ProviderError | None:
        return None if isinstance(loaded.what, Wait) else _read(loaded.what)

    def record(loaded: _Loaded, outcome: EventChanges | ProviderError | None) -> Next:
        reading = loaded.what
        if isinstance(reading, Wait):
            return Again(reading.at, "the provider asked for a pause", is_failure=False)
        if isinstance(outcome, EventChanges):
            at, why = recording.record_read(reading, outcome), "the next look at this calendar"
        else:
            assert outcome is not None, "only waiting has no outcome"
            if isinstance(outcome, ScopeMissingError):
                _lose(reading, outcome)
            at, why = recording.record_failed(reading, outcome), outcome.words
        # How often it failed is counted with the calendar. Failures of the task itself are our own.
        return Done() if at is None else Again(at, why, is_failure=False)

    def gave_up(task: ClaimedTask, why: str) -> None:
        recording.record_crash(int(task.payload["connection_id"]))

    # The position is written together with what was read from there, so a lost outcome is read again.
    return Handler(load, call, record, gave_up, load_writes=True, finds_out_again=True)


def _read(reading: Reading) -> EventChanges | ProviderError:
    clients = services().connections.clients.get(reading.app)
    calendar = clients.calendar if clients is not None else None
    if calendar is None:
        return NotSetUpError("This calendar isn't set up on this server.")
    try:
        return with_grant(reading.connection_id, lambda grant: reading.call(calendar, grant))
    except ProviderError as error:
        return error


def _lose(reading: Reading, error: ScopeMissingError) -> None:
    """Its owner did not allow reading it, or took that back: nothing works until they reconnect."""
    row = held(reading.connection_id)
    is_same = row is not None and row.account_id == reading.account_id
    if row is not None and is_same and row.state is ConnectionState.CONNECTED:
        lose_permissions(row, error.scopes, error.words)
