"""The next step for an interview's entries, worked out from their rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from extensions import db
from models import (
    CalendarEntry,
    Connection,
    ConnectionState,
    EntryState,
    FailureReason,
    Interview,
    InterviewStatus,
    Meeting,
    MeetingState,
)
from scheduling import undoing
from scheduling.calendars import recording
from scheduling.calendars.steps import Change, Create, Look, Remove, Step, Wait
from scheduling.entries import wanting
from scheduling.entries.content import Content, certain_during_change, change_towards
from scheduling.in_full import in_full
from scheduling.restored import unknown_since
from scheduling.rules import Rules

# What an entry says to its owner. Made in a higher layer, which knows the addresses of pages.
Writer = Callable[[Interview, CalendarEntry], Content]

# The next look comes after this share of the time left until the start, within these limits.
_SHARE_OF_TIME_LEFT = 10
_SOONEST, _LATEST = timedelta(minutes=10), timedelta(days=1)
# An entry that is no longer wanted is in its owner's way until a while after it would have ended.
_REMOVED_UNTIL = timedelta(days=1)


def plan(interview_id: int, now: datetime, write: Writer, rules: Rules) -> Step | Wait | None:
    """The next step at `now` (aware UTC), or when to ask for it; None when there is nothing left to do.
    Records in the current transaction that an entry is requested; the caller commits before the step makes
    its call.
    """
    interview = db.session.get(Interview, interview_id)
    if interview is None:
        return None
    held_until = undoing.held_until(interview, now)
    if held_until is not None:
        return Wait(held_until)
    entries = _open_entries(interview_id)
    # Each of them says the same of it, so it is read once for all.
    interview = in_full(interview_id) if entries else interview
    waits: list[datetime] = []
    settles_at = _settles_at(interview.meeting, now)
    for entry in entries:
        if entry.is_wanted and settles_at is not None:
            # With the link it is right from the start.
            waits.append(settles_at)
            continue
        step = _step_for(entry, interview, now, write, rules)
        if isinstance(step, Wait):
            waits.append(step.at)
        elif step is not None:
            return step
    for entry in entries:
        at = _next_look(entry, interview, now)
        if entry.failure is FailureReason.GONE:
            at = None
        connection = _connection_of(entry)
        if at is None or connection is None or entry.provider_entry_id is None:
            continue
        if at <= now:
            return Look(entry.id, entry.app, connection.id, entry.provider_entry_id)
        waits.append(at)
    return Wait(min(waits)) if waits else None


_OPEN_ENTRIES = (
    sa.select(CalendarEntry)
    .where(
        CalendarEntry.interview_id == sa.bindparam("interview_id"),
        CalendarEntry.state.not_in((EntryState.REMOVED, EntryState.LEFT)),
    )
    # Removals come first, so that no one ever has two.
    .order_by(CalendarEntry.is_wanted, CalendarEntry.id)
    .with_for_update(of=CalendarEntry)
    .options(joinedload(CalendarEntry.connection))
)


def _open_entries(interview_id: int) -> list[CalendarEntry]:
    return list(db.session.scalars(_OPEN_ENTRIES, {"interview_id": interview_id}))


def _settles_at(meeting: Meeting | None, now: datetime) -> datetime | None:
    """Until when (aware UTC) the link may still come before the invitations; None once that is settled."""
    if meeting is None or meeting.state is not MeetingState.WAITING or now >= meeting.grace_ends_at:
        return None
    return meeting.grace_ends_at


def _step_for(
    entry: CalendarEntry, interview: Interview, now: datetime, write: Writer, rules: Rules
) -> Step | Wait | None:
    not_before = Wait(entry.retry_at) if entry.retry_at is not None and entry.retry_at > now else None
    if not entry.is_wanted:
        return not_before or _towards_none(entry, interview, now, write, rules)
    if interview.status is not InterviewStatus.SCHEDULED or now >= interview.ends_at:
        return None
    if entry.state is EntryState.DELETED:
        return None
    if entry.state is EntryState.WAITING and entry.user_id not in {
        user.id for user in wanting.people_of(interview)
    }:
        # It only exists for the meeting, which makes it.
        return None
    if entry.failure is FailureReason.GONE and entry.provider_entry_id is not None:
        connection = _connection_of(entry)
        look = Look(entry.id, entry.app, connection.id, entry.provider_entry_id) if connection else None
        return not_before or look
    content = write(interview, entry)
    change = change_towards(content, entry.asked) if entry.state is EntryState.PLACED else None
    if entry.state is EntryState.PLACED and change is None:
        recording.record_in_line(entry, rules)
        return None
    if not_before is not None:
        return not_before
    connection = _connection_of(entry)
    if connection is None:
        recording.record_out_of_reach(entry, rules)
        return None
    if entry.state is EntryState.WAITING or entry.provider_entry_id is None:
        is_repeated = entry.began_at is not None or unknown_since(interview) is not None
        entry.began_at = entry.began_at or now
        return Create(entry.id, entry.app, connection.id, entry.key, content, is_repeated)
    assert change is not None
    asked = entry.asked
    entry.asked = certain_during_change(content, asked)
    return Change(entry.id, entry.app, connection.id, entry.provider_entry_id, change, content, asked)


def _towards_none(
    entry: CalendarEntry, interview: Interview, now: datetime, write: Writer, rules: Rules
) -> Step | None:
    was_never_made = entry.state is EntryState.WAITING and entry.began_at is None
    # The owner can restore a deleted entry from the trash.
    is_gone = entry.state is EntryState.DELETED and entry.provider_entry_id is None
    if was_never_made or is_gone:
        entry.state = EntryState.REMOVED
        return None
    if now > interview.ends_at + _REMOVED_UNTIL and interview.candidate.erased_at is None:
        return None
    connection = _connection_of(entry)
    if connection is None:
        if entry.state is not EntryState.DELETED:
            recording.record_out_of_reach(entry, rules)
        return None
    entry.state = EntryState.REMOVING
    wanted = write(interview, entry).under(entry.key, may_exist=True)
    return Remove(entry.id, entry.app, connection.id, entry.provider_entry_id, wanted)


def _connection_of(entry: CalendarEntry) -> Connection | None:
    """The connection with which the entry can be reached; None while there is none."""
    connection = entry.connection
    if connection is None or connection.state is not ConnectionState.CONNECTED:
        return None
    return connection if connection.account_id == entry.account_id else None


def _next_look(entry: CalendarEntry, interview: Interview, now: datetime) -> datetime | None:
    """When to look at an entry next (aware UTC); None when that would help no one."""
    is_there = entry.state is EntryState.PLACED and entry.is_wanted
    if not is_there or interview.status is not InterviewStatus.SCHEDULED or now >= interview.starts_at:
        return None
    if entry.looked_at is None:
        return now
    left = interview.starts_at - entry.looked_at
    at = entry.looked_at + min(max(left / _SHARE_OF_TIME_LEFT, _SOONEST), _LATEST)
    return at if at < interview.starts_at else None
