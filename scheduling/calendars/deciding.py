"""What a person decides about an entry that its owner changed or deleted in their calendar.

Each function adds to the current transaction."""

from __future__ import annotations

from extensions import db
from models import CalendarEntry, EntryState, Interview, User
from scheduling.commands.locking import locked
from scheduling.entries import wanting
from scheduling.entries.apps import calendars_of, label_of
from scheduling.entries.content import edit_of
from scheduling.timeline import note
from wording import possessive


def try_again(actor: User, entry: CalendarEntry) -> bool:
    """Retry now what could not be done in someone's calendar, instead of when it is due. False if nothing is
    waiting for that anymore."""
    held = _locked(entry)
    if held.failure is None:
        return False
    held.retry_at = None
    wanting.request(held.interview_id)
    note(held.interview_id, f"{actor.name} asked to try again in {_calendar_of(held)}", actor=actor)
    return True


class NothingToDecideError(Exception):
    """By now the entry is as it should be, or is no longer wanted."""


def put_back(actor: User, entry: CalendarEntry) -> None:
    """Make the entry match the interview again, with its time and title, and make a new one if its owner
    deleted it. Raises `NothingToDecideError`."""
    entry = _held(entry)
    if entry.state is EntryState.DELETED:
        interview = db.session.get_one(Interview, entry.interview_id)
        connection = calendars_of([entry.user_id]).get(entry.user_id)
        if connection is None:
            raise NothingToDecideError
        entry.is_wanted = False
        # At most one may be wanted at any time, even between two statements.
        db.session.flush()
        wanting.add(interview, connection)
    elif edit_of(entry) is not None:
        # An entry that was never requested is requested.
        entry.asked = {}
    else:
        raise NothingToDecideError
    entry.retry_at = None
    wanting.request(entry.interview_id)
    note(entry.interview_id, f"{actor.name} put back the entry in {_calendar_of(entry)}", actor=actor)


def leave(actor: User, entry: CalendarEntry) -> None:
    """Leave the entry as its owner has it now, until they or the interview change it again. Raises
    `NothingToDecideError`."""
    entry = _held(entry)
    if edit_of(entry) is None:
        raise NothingToDecideError
    entry.keeps_theirs = True
    note(entry.interview_id, f"{actor.name} left the entry in {_calendar_of(entry)} as it is", actor=actor)


def _held(entry: CalendarEntry) -> CalendarEntry:
    held = _locked(entry)
    if not held.is_wanted:
        raise NothingToDecideError
    return held


def _locked(entry: CalendarEntry) -> CalendarEntry:
    """The current entry, locked together with its interview, which is always locked first."""
    locked(db.session.get_one(Interview, entry.interview_id))
    return db.session.get_one(CalendarEntry, entry.id, with_for_update=True, populate_existing=True)


def _calendar_of(entry: CalendarEntry) -> str:
    return f"{possessive(entry.user.name)} {label_of(entry.app)}"
