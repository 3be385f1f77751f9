"""Which calendar entries an interview should have, and requesting the work on them.

Someone on the team who takes part, and has connected a calendar when they first hear of an interview, gets it
as an entry; everyone else gets a calendar file by email. So each person is told in one way, and has it in
their calendar once.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa

from extensions import db
from models import (
    Application,
    CalendarEntry,
    CallKind,
    CallState,
    Connection,
    ConnectionState,
    EntryState,
    Interview,
    InterviewStatus,
    Lane,
    Mail,
    MailState,
    Meeting,
    MeetingCall,
    MeetingState,
    User,
)
from rows import rows_of
from scheduling.entries.apps import calendars_of, label_of
from scheduling.mails.queue import INVITATION
from scheduling.timeline import note
from timezones import utc_now
from wording import possessive
from work import outbox
from work.kinds import TaskKind

SYNC_ENTRIES = TaskKind(
    "sync_entries",
    Lane.PROVIDER,
    "Keeping people's calendars up to date",
    subject="interview",
)

# In these, an interview belongs in calendars: what has taken place stays there.
_IN_CALENDARS = (InterviewStatus.SCHEDULED, InterviewStatus.COMPLETED, InterviewStatus.NO_SHOW)
# Entries with nothing left to do, or that are no longer ours.
_OVER = (EntryState.REMOVED, EntryState.LEFT)
# Entries that may be gone because we asked for it: someone who takes part again gets a new one.
_ENDING = (EntryState.REMOVING, EntryState.REMOVED)


def arrange(interview: Interview, *, at: datetime | None = None, is_new: bool = False) -> None:
    """Decide which entries of an interview are wanted, given who takes part and whether it takes place, in
    the current transaction, and request the work, now or `at` an instant (aware UTC). The interview's row is
    locked, and its people are up to date. People who hear of it for the first time get an entry if they have
    connected a calendar. `is_new`: it was just scheduled, so no one knows of it yet.
    """
    rows = [] if is_new else _held(interview.id)
    people = people_of(interview)
    _choose(interview, rows, people)
    if interview.status is InterviewStatus.SCHEDULED and interview.candidate.erased_at is None:
        in_calendars = {row.user_id for row in rows if row.state not in _ENDING}
        others = [user.id for user in people if user.id not in in_calendars]
        calendars = calendars_of(others)
        if calendars and not is_new:
            # Someone who was taken off and takes part again had an entry, and no calendar file.
            told = _told_by_email(interview.id) - {row.user_id for row in rows}
            calendars = {user_id: row for user_id, row in calendars.items() if user_id not in told}
        for connection in calendars.values():
            earlier = [row.is_by_email for row in rows if row.user_id == connection.user_id]
            db.session.add(_new(interview, connection, earlier or [False], len(earlier) + 1))
        db.session.flush()
    request_if_any(interview.id, at=at)


def people_of(interview: Interview) -> list[User]:
    """Everyone on the team who takes part, each once."""
    users = [interview.hiring_manager, *(each.user for each in interview.attendees if each.user is not None)]
    return list({user.id: user for user in users if user.is_active}.values())


def is_to_have(interview: Interview, user: User) -> bool:
    """Whether someone takes part in an upcoming interview, which is locked, and has no entry for it."""
    if interview.status is not InterviewStatus.SCHEDULED or interview.candidate.erased_at is not None:
        return False
    has_one = any(row.user_id == user.id and row.is_wanted for row in _held(interview.id))
    return not has_one and any(each.id == user.id for each in people_of(interview))


def add(interview: Interview, connection: Connection) -> CalendarEntry:
    """Request a new entry in this calendar, in the current transaction, which has locked the interview. The
    person must have no other wanted entry for it."""
    earlier = db.session.scalars(
        sa.select(CalendarEntry.is_by_email)
        .where(CalendarEntry.interview_id == interview.id, CalendarEntry.user_id == connection.user_id)
        .order_by(CalendarEntry.id)
    ).all()
    number = len(earlier) + 1
    is_told = earlier or [connection.user_id in _told_by_email(interview.id)]
    entry = _new(interview, connection, is_told, number)
    db.session.add(entry)
    db.session.flush()
    return entry


def _new(
    interview: Interview, connection: Connection, by_email: Sequence[bool], number: int
) -> CalendarEntry:
    """The entry of this number for its owner. `by_email`: whether a file was sent in place of an earlier
    entry; it is in the owner's calendar no matter what became of that entry."""
    return CalendarEntry(
        interview_id=interview.id,
        user_id=connection.user_id,
        app=connection.app,
        connection_id=connection.id,
        account_id=connection.account_id,
        key=_key(interview.ics_uid, connection.user_id, number),
        is_wanted=True,
        is_by_email=by_email[-1],
    )


def _key(uid: str, user_id: int, generation: int) -> str:
    """The same for an entry even after a backup was restored, and unique: calendars take the letters a to v
    and digits, which is Base32 with the extended alphabet (RFC 4648)."""
    digest = hashlib.sha256(f"{uid}/{user_id}/{generation}".encode()).digest()[:20]
    return base64.b32hexencode(digest).decode().lower()


def request(interview_id: int, *, at: datetime | None = None) -> None:
    """Request that an interview's entries be brought in line, now or `at` an instant (aware UTC)."""
    outbox.enqueue(
        SYNC_ENTRIES,
        interview_id,
        payload={"interview_id": interview_id},
        run_at=at,
        dedupe_key=SYNC_ENTRIES.key(interview_id),
    )


_ANY_ENTRY = (
    sa.select(CalendarEntry.id)
    .where(
        CalendarEntry.interview_id == sa.bindparam("interview_id"),
        CalendarEntry.state.not_in(_OVER),
    )
    .limit(1)
)


def request_if_any(interview_id: int, *, at: datetime | None = None) -> None:
    """The same, if the interview is in anyone's calendar, or is going to be: something that entries say has
    changed, such as the link."""
    if rows_of(_ANY_ENTRY, {"interview_id": interview_id}):
        request(interview_id, at=at)


def request_for(connection_ids: sa.Select[int]) -> int:
    """Request it for every upcoming interview with an entry in one of these calendars, because that can be
    reached again. Returns for how many."""
    entries = db.session.scalars(
        sa.select(CalendarEntry)
        .join(Interview, Interview.id == CalendarEntry.interview_id)
        .where(
            CalendarEntry.connection_id.in_(connection_ids),
            CalendarEntry.state.not_in(_OVER),
            Interview.ends_at > utc_now(),
        )
        .order_by(CalendarEntry.id)
        .with_for_update(of=CalendarEntry)
        .execution_options(populate_existing=True)
    ).all()
    for entry in entries:
        # The old grant may have been the problem.
        entry.retry_at = None
    ids = {entry.interview_id for entry in entries}
    for interview_id in sorted(ids):
        request(interview_id)
    return len(ids)


def request_for_candidate(candidate_id: int) -> None:
    """Request it for every upcoming interview with a candidate, whose name or links are different now."""
    ids = db.session.scalars(
        sa.select(CalendarEntry.interview_id)
        .join(Interview, Interview.id == CalendarEntry.interview_id)
        .join(Application, Application.id == Interview.application_id)
        .where(
            Application.candidate_id == candidate_id,
            CalendarEntry.state.not_in(_OVER),
            Interview.ends_at > utc_now(),
        )
        .distinct()
    )
    for interview_id in ids.all():
        request(interview_id)


def forget(interview: Interview) -> None:
    """The candidate was erased: forget what the interview's entries said about them, and have the entries
    removed from the calendars, in the current transaction. An entry that its owner kept when they
    disconnected the calendar is removed too, if the calendar is connected again. If not, it is out of reach,
    and the interview's page says whose calendar still names the candidate.
    """
    for entry in _held(interview.id):
        if entry.state is EntryState.LEFT:
            _reach_for(entry)
    db.session.flush()
    arrange(interview)
    db.session.execute(
        sa.update(CalendarEntry)
        .where(CalendarEntry.interview_id == interview.id)
        .values(asked={}, shown={}, web_url=None, failure_words=None)
        .execution_options(synchronize_session="fetch")
    )


def _reach_for(entry: CalendarEntry) -> None:
    """Have an abandoned entry removed, or say where it stays."""
    connection = db.session.scalar(
        sa.select(Connection).where(
            Connection.user_id == entry.user_id,
            Connection.app == entry.app,
            Connection.account_id == entry.account_id,
            Connection.state == ConnectionState.CONNECTED,
        )
    )
    if connection is not None and entry.provider_entry_id is not None:
        entry.state, entry.connection_id = EntryState.REMOVING, connection.id
        return
    words = "may still name the candidate in an entry that we can't reach and only they can delete"
    note(entry.interview_id, f"{possessive(entry.user.name)} {label_of(entry.app)} {words}")


def replace(entry: CalendarEntry) -> CalendarEntry:
    """Request a new entry in the same calendar in place of this one, which is removed."""
    interview = db.session.get_one(Interview, entry.interview_id)
    connection = db.session.get_one(Connection, entry.connection_id)
    entry.is_wanted = False
    # At most one may be wanted at any time, even between two statements.
    db.session.flush()
    return add(interview, connection)


def is_needed_by_meeting(entry: CalendarEntry) -> bool:
    """Whether the interview's wanted meeting is on this entry, or may be made there."""
    return entry.key in _carrying(entry.interview_id)


def _choose(interview: Interview, rows: Sequence[CalendarEntry], people: Iterable[User]) -> None:
    """Mark each entry as wanted or not."""
    if not rows:
        return
    belongs = interview.status in _IN_CALENDARS and interview.candidate.erased_at is None
    carrying = _carrying(interview.id)
    here = {user.id for user in people}
    newest = {row.user_id: row for row in rows if row.state not in (*_ENDING, EntryState.LEFT)}
    wanted = {row.id for row in newest.values() if belongs and (row.user_id in here or row.key in carrying)}
    for row in rows:
        if row.is_wanted and row.id not in wanted:
            row.is_wanted = False
    db.session.flush()
    for row in newest.values():
        if row.id in wanted and not row.is_wanted:
            row.is_wanted = True
    db.session.flush()


_CREATES = (
    sa.select(MeetingCall.entry_key, MeetingCall.state, MeetingCall.failure, Meeting.state)
    .join(Meeting, Meeting.id == MeetingCall.meeting_id)
    .where(
        Meeting.interview_id == sa.bindparam("interview_id"),
        Meeting.is_wanted,
        MeetingCall.kind == CallKind.CREATE,
        MeetingCall.entry_key != "",
    )
    .order_by(MeetingCall.id)
)


def _carrying(interview_id: int) -> set[str]:
    """The keys of the entries that the interview's meeting needs: the one that it is on or, while it is being
    made, those that it may be on by now."""
    rows = rows_of(_CREATES, {"interview_id": interview_id})
    if any(meeting is MeetingState.READY for _, _, _, meeting in rows):
        return set([key for key, call, _, _ in rows if call is CallState.DONE][-1:])
    return {key for key, _, failure, _ in rows if failure is None}


def _held(interview_id: int) -> list[CalendarEntry]:
    return list(
        db.session.scalars(
            sa.select(CalendarEntry)
            .where(CalendarEntry.interview_id == interview_id)
            .order_by(CalendarEntry.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def _told_by_email(interview_id: int) -> set[int]:
    """The users to whom an invitation to an interview was sent, or may have been."""
    return {
        user_id
        for user_id in db.session.scalars(
            sa.select(Mail.user_id).where(
                Mail.interview_id == interview_id,
                Mail.kind == INVITATION,
                Mail.user_id.is_not(None),
                sa.or_(Mail.state == MailState.SENT, Mail.may_be_double),
            )
        )
        if user_id is not None
    }
