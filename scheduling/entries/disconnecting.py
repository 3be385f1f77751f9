"""What happens to the entries in a calendar when its owner disconnects or reconnects it. Without the grant we
can neither change nor remove them. The owner chooses: the entries stay and no longer follow their interviews,
or they are removed with the last use of the grant. An entry on which a meeting lives stays in any case,
because people are invited to that meeting.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from extensions import db
from models import (
    Application,
    CalendarEntry,
    CallKind,
    Candidate,
    Connection,
    ConnectionState,
    EntryState,
    Interview,
    InterviewStatus,
    Meeting,
    MeetingCall,
    MeetingState,
    User,
)
from rows import rows_of
from scheduling.entries import wanting
from scheduling.software import softwares_of, spec_of
from timezones import utc_now

# In these states there may still be something of ours in the calendar.
_OURS = (EntryState.WAITING, EntryState.PLACED, EntryState.REMOVING)


class EntryHere(NamedTuple):
    """The entry of an upcoming interview in someone's calendar. `starts_at` is aware, in UTC;
    `carries_meeting`: people are invited to a meeting that lives on it."""

    interview_id: int
    title: str
    candidate_name: str
    starts_at: datetime
    carries_meeting: bool


class Leaving(NamedTuple):
    """An entry to remove from its calendar while the grant can still be used: the id of its row, our own name
    for it, and the provider's id if that is known."""

    row_id: int
    key: str
    provider_id: str | None


_COMING = (
    sa.select(Interview.id, Interview.title, Candidate.name, Interview.starts_at)
    .join(CalendarEntry, CalendarEntry.interview_id == Interview.id)
    .join(Application, Application.id == Interview.application_id)
    .join(Candidate, Candidate.id == Application.candidate_id)
    .where(
        CalendarEntry.connection_id == sa.bindparam("connection_id"),
        CalendarEntry.state == EntryState.PLACED,
        CalendarEntry.is_wanted.is_(True),
        Interview.status == InterviewStatus.SCHEDULED,
        Interview.starts_at >= sa.bindparam("now", type_=Interview.starts_at.type),
    )
    .order_by(Interview.starts_at, Interview.id)
)


def coming_entries(connection: Connection, *, now: datetime) -> list[EntryHere]:
    """The scheduled interviews from `now` (aware, UTC) on that are in this calendar, soonest first."""
    found = rows_of(_COMING, {"connection_id": connection.id, "now": now})
    hosted = _interviews_hosted_on(connection) if found else set()
    return [EntryHere(*row, carries_meeting=row[0] in hosted) for row in found]


def let_go(connection: Connection, *, removing: bool) -> list[Leaving]:
    """Give up the entries of a connection that is ended in the current transaction, and return those that
    have to be removed before its grant is revoked: with `removing`, the entries of upcoming interviews,
    unless people are invited to a meeting on them; and always those that were about to be removed anyway.

    The others stay in the calendar and are no longer ours.
    """
    now, leaving = utc_now(), []
    hosted, carrying = _interviews_hosted_on(connection), _keys_carrying(connection)
    for entry, starts_at in _held(CalendarEntry.connection_id == connection.id):
        is_carrying = entry.key in carrying or (entry.is_wanted and entry.interview_id in hosted)
        goes = not is_carrying and (not entry.is_wanted or (removing and starts_at >= now))
        may_be_there = entry.state is EntryState.PLACED or entry.began_at is not None
        entry.state = EntryState.LEFT if may_be_there and not goes else EntryState.REMOVED
        entry.is_wanted, entry.failure, entry.failure_words, entry.retry_at = False, None, None, None
        if goes and may_be_there:
            leaving.append(Leaving(entry.id, entry.key, entry.provider_entry_id))
    db.session.flush()
    return leaving


def let_go_of_all(user: User) -> None:
    """The same for all calendars of a person who leaves the team. All entries stay, even those that were
    about to be removed: no one asks the person, and the calendar is theirs."""
    rows = db.session.scalars(
        sa.select(Connection)
        .where(Connection.user_id == user.id, Connection.state != ConnectionState.ENDED)
        .order_by(Connection.id)
    ).all()
    for connection in rows:
        leaving = let_go(connection, removing=False)
        there = [entry.row_id for entry in leaving if entry.provider_id is not None]
        note_still_there(there, "The calendar's owner has left the team.")


def take_up_again(connection: Connection) -> None:
    """The calendar was reconnected: entries of upcoming interviews that stayed in it follow their interviews
    again, unless their owner has a newer one. The connection is already linked to its account's entries."""
    other = sa.orm.aliased(CalendarEntry)
    has_another = sa.exists().where(
        other.interview_id == CalendarEntry.interview_id,
        other.user_id == CalendarEntry.user_id,
        other.id > CalendarEntry.id,
        sa.or_(other.is_wanted, other.state == EntryState.LEFT),
    )
    rows = db.session.scalars(
        sa.select(CalendarEntry)
        .join(Interview, Interview.id == CalendarEntry.interview_id)
        .where(
            CalendarEntry.user_id == connection.user_id,
            CalendarEntry.app == connection.app,
            CalendarEntry.account_id == connection.account_id,
            CalendarEntry.state == EntryState.LEFT,
            CalendarEntry.provider_entry_id.is_not(None),
            Interview.status == InterviewStatus.SCHEDULED,
            Interview.starts_at >= utc_now(),
            ~has_another,
        )
        .order_by(CalendarEntry.id)
        .with_for_update(of=CalendarEntry)
    ).all()
    for entry in rows:
        entry.state, entry.is_wanted, entry.connection_id = EntryState.PLACED, True, connection.id
        entry.failure_words = None
        wanting.request(entry.interview_id)
    db.session.flush()


def note_still_there(row_ids: Collection[int], words: str) -> None:
    """These could not be removed: they are still in the calendar, and out of reach."""
    db.session.execute(
        sa.update(CalendarEntry)
        .where(CalendarEntry.id.in_(row_ids), CalendarEntry.state == EntryState.REMOVED)
        .values(state=EntryState.LEFT, failure_words=words[:500])
    )


def _held(condition: sa.ColumnElement[bool]) -> list[tuple[CalendarEntry, datetime]]:
    """Entries that are still ours, locked and reread, with the start of their interview."""
    rows = db.session.execute(
        sa.select(CalendarEntry, Interview.starts_at)
        .join(Interview, Interview.id == CalendarEntry.interview_id)
        .where(condition, CalendarEntry.state.in_(_OURS))
        .order_by(CalendarEntry.id)
        .with_for_update(of=CalendarEntry)
        .execution_options(populate_existing=True)
    ).all()
    return [(row[0], row[1]) for row in rows]


def _interviews_hosted_on(connection: Connection) -> set[int]:
    """The interviews whose meeting lives on an entry in this calendar."""
    softwares = [each for each in softwares_of(connection.app) if spec_of(each).lives_on_entry]
    return set(
        db.session.scalars(
            sa.select(Meeting.interview_id).where(
                Meeting.connection_id == connection.id,
                Meeting.software.in_(softwares),
                Meeting.state == MeetingState.READY,
                Meeting.is_wanted.is_(True),
            )
        )
    )


def _keys_carrying(connection: Connection) -> set[str]:
    """Our names for the entries on which those meetings live."""
    keys = db.session.scalars(
        sa.select(MeetingCall.entry_key)
        .join(Meeting, Meeting.id == MeetingCall.meeting_id)
        .where(
            Meeting.connection_id == connection.id,
            Meeting.state == MeetingState.READY,
            Meeting.is_wanted.is_(True),
            MeetingCall.kind == CallKind.CREATE,
            MeetingCall.entry_key != "",
        )
    )
    return set(keys)
