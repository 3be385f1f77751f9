"""The next step toward the wanted state of a meeting, worked out from its row, its calls and its hosts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from extensions import db
from models import (
    UNCLEAR,
    Application,
    CallKind,
    CallState,
    Connection,
    ConnectionState,
    FailureReason,
    Interview,
    InterviewStatus,
    Meeting,
    MeetingCall,
    MeetingState,
)
from providers.base import MeetingRequest
from scheduling import restored, undoing
from scheduling.entries import hosting
from scheduling.meetings import asking, recording
from scheduling.meetings.hosts import Host, first_usable, hosts_of, ruling_out, why_not
from scheduling.meetings.steps import Create, LookUp, NoOneCanHost, NotYet, ReadBack, Remove, Step, Update
from scheduling.meetings.wanting import useful_until
from scheduling.software import lives_on_entry

# With everything that is read below, which would otherwise be loaded one by one.
_INTERVIEW = (
    sa.select(Interview)
    .where(Interview.id == sa.bindparam("interview_id"))
    .options(
        joinedload(Interview.hiring_manager, innerjoin=True),
        joinedload(Interview.scheduler, innerjoin=True),
        joinedload(Interview.application, innerjoin=True).joinedload(Application.job, innerjoin=True),
    )
)


def plan(meeting_id: int, now: datetime) -> Step | None:
    """The next step toward the wanted state of a meeting at `now` (aware UTC), or None when there is nothing
    to do.

    Writes the call of a step that creates, changes or deletes into the current transaction; the caller
    commits before the step makes its call.
    """
    meeting = db.session.get(Meeting, meeting_id, with_for_update=True)
    if meeting is None or meeting.state is MeetingState.REMOVED:
        return None
    # After the lock, because anything read while waiting for it may be old.
    interview = db.session.scalars(_INTERVIEW, {"interview_id": meeting.interview_id}).one()
    held_until = undoing.held_until(interview, now)
    if held_until is not None:
        return NotYet(meeting.software, held_until)
    if not meeting.is_wanted:
        return _towards_none(meeting, now)
    if interview.status != InterviewStatus.SCHEDULED or now >= useful_until(meeting):
        return None
    if meeting.arranged_by_id is not None:
        return None
    if meeting.state is MeetingState.READY:
        return _towards_a_change(meeting, now)
    return _towards_one(meeting, interview, now)


def _towards_one(meeting: Meeting, interview: Interview, now: datetime) -> Step | None:
    """A meeting is wanted, and none is known."""
    calls = list(meeting.calls)
    hosts = hosts_of(meeting)
    possible = [host for host in hosts if ruling_out(host, calls, meeting.walk) is None]
    host = first_usable(possible)
    if host is None or host.connection is None:
        return _no_one(meeting, hosts, calls)

    connection = host.connection
    unclear = [
        call
        for call in _unclear(calls, CallKind.CREATE)
        if call.connection_id == connection.id and call.checks == 0
    ]
    if unclear:
        return _look_up(meeting, connection, unclear)
    unknown_since = restored.unknown_since(interview)
    wanted = asking.wanted_of(meeting)
    if unknown_since is not None and not lives_on_entry(meeting.software):
        step = _look_for_one_from_before(meeting, possible, unknown_since, wanted)
        if step is not None:
            return step
    if lives_on_entry(meeting.software):
        # An entry has one meeting, and the same key after a restore: what is on it already is found there.
        entry, may_exist = hosting.entry_for(interview, connection, now)
        may_exist = may_exist or unknown_since is not None
        # The same creation no matter how often it is repeated, until all hosts have been asked again.
        creation = f"{entry.key}-{meeting.id}-{meeting.walk}"
        wanted = replace(wanted, entry_key=entry.key, creation=creation, entry_may_exist=may_exist)
    call_id = _begin(meeting, CallKind.CREATE, connection, now, wanted)
    return Create(meeting.id, call_id, meeting.software, connection.id, wanted)


def _look_up(meeting: Meeting, connection: Connection, unclear: Sequence[MeetingCall]) -> LookUp:
    """Look for what the first of these calls, and those like it, may have made. It may have asked for
    something other than what is wanted now. Calls that asked for something else are looked at afterwards."""
    lost = asking.asked_by(unclear[0])
    alike = [call for call in unclear if asking.asked_by(call) == lost]
    return LookUp(
        meeting.id,
        tuple(call.id for call in alike),
        meeting.software,
        connection.id,
        lost,
        since=asking.made_since(alike),
    )


def _look_for_one_from_before(
    meeting: Meeting, possible: Sequence[Host], since: datetime, wanted: MeetingRequest
) -> LookUp | None:
    """After a restore: look at each account that could host, once, for a meeting that the original may have
    made since the backup (`since`, aware UTC). None when all were looked at. What it may have done is
    recorded as if it were a call of ours with a lost answer. A meeting is found if it matches what is wanted
    here. The original may have moved or renamed the interview since; its meeting is then listed with those
    that no interview has, for people to decide.
    """
    for host in possible:
        if host.unusable is not None or host.connection is None:
            continue
        assumed = [
            call for call in meeting.calls if call.is_assumed and call.connection_id == host.connection.id
        ]
        open_ones = [call for call in assumed if call.state in UNCLEAR]
        if open_ones:
            return _look_up(meeting, host.connection, open_ones)
        if not assumed:
            call = _write_down(meeting, CallKind.CREATE, host.connection, since, wanted)
            call.is_assumed, call.state = True, CallState.UNKNOWN
            return _look_up(meeting, host.connection, [call])
    return None


def _towards_a_change(meeting: Meeting, now: datetime) -> Step | None:
    """The meeting exists, but the team may want it changed by now."""
    unclear = _unclear(meeting.calls, CallKind.UPDATE)
    change = None if unclear else asking.change_towards_wanted(meeting)
    if meeting.provider_meeting_id is None or (change is None and not unclear):
        # Why a change failed no longer matters once it is not wanted anymore.
        meeting.failure = meeting.failure_words = None
        return None
    connection, problem = _its_account(meeting)
    if connection is None:
        return problem
    if change is None:
        call_ids = tuple(call.id for call in unclear)
        return ReadBack(meeting.id, call_ids, meeting.software, connection.id, meeting.provider_meeting_id)
    call_id = _begin(meeting, CallKind.UPDATE, connection, now, asking.wanted_of(meeting))
    return Update(meeting.id, call_id, meeting.software, connection.id, meeting.provider_meeting_id, change)


def _towards_none(meeting: Meeting, now: datetime) -> Step | None:
    """The meeting is no longer wanted."""
    if meeting.state is not MeetingState.READY or meeting.provider_meeting_id is None:
        recording.record_never_made(meeting)
        return None
    if now >= useful_until(meeting):
        return None
    connection, problem = _its_account(meeting)
    if connection is None:
        return problem
    entry = hosting.entry_of(meeting)
    stays = entry is not None and hosting.keeps_entry(entry.key)
    if entry is not None and not stays:
        hosting.note_removal(entry)
    call_id = _begin(meeting, CallKind.DELETE, connection, now)
    return Remove(meeting.id, call_id, meeting.software, connection.id, meeting.provider_meeting_id, stays)


def _its_account(meeting: Meeting) -> tuple[Connection | None, NoOneCanHost | None]:
    """The account that hosts an existing meeting, which keeps its host, or why it cannot be used."""
    connection = (
        db.session.get(Connection, meeting.connection_id) if meeting.connection_id is not None else None
    )
    if connection is None or connection.state == ConnectionState.ENDED:
        return None, NoOneCanHost(meeting.id, meeting.software, FailureReason.NOT_CONNECTED, None)
    if connection.state != ConnectionState.CONNECTED:
        return None, NoOneCanHost(
            meeting.id, meeting.software, FailureReason.RECONNECT_NEEDED, connection.problem
        )
    return connection, None


def _begin(
    meeting: Meeting,
    kind: CallKind,
    connection: Connection,
    now: datetime,
    wanted: MeetingRequest | None = None,
) -> int:
    """Record that a call is about to be made, and return its number."""
    return _write_down(meeting, kind, connection, now, wanted).id


def _write_down(
    meeting: Meeting,
    kind: CallKind,
    connection: Connection,
    now: datetime,
    wanted: MeetingRequest | None = None,
) -> MeetingCall:
    call = MeetingCall(
        meeting_id=meeting.id,
        kind=kind,
        connection_id=connection.id,
        account_id=connection.account_id,
        host_id=connection.user_id,
        walk=meeting.walk,
        state=CallState.CALLING,
        began_at=now,
    )
    if wanted is not None:
        call.topic, call.agenda, call.timezone = wanted.topic, wanted.agenda, wanted.timezone
        call.starts_at, call.duration_minutes = wanted.starts_at, wanted.duration_minutes
        call.entry_key, call.creation = wanted.entry_key, wanted.creation
    db.session.add(call)
    db.session.flush()
    return call


def _unclear(calls: Sequence[MeetingCall], kind: CallKind) -> list[MeetingCall]:
    return [call for call in calls if call.kind is kind and call.state in UNCLEAR]


def _no_one(meeting: Meeting, hosts: list[Host], calls: Sequence[MeetingCall]) -> NoOneCanHost:
    said = why_not(hosts, calls, meeting.walk) or None
    # A refusal says more than "not connected", even if it came from a later host.
    for host in hosts:
        refused = ruling_out(host, calls, meeting.walk)
        if refused is not None and refused.failure is not None:
            return NoOneCanHost(meeting.id, meeting.software, refused.failure, said)
    if any(host.unusable is FailureReason.RECONNECT_NEEDED for host in hosts):
        return NoOneCanHost(meeting.id, meeting.software, FailureReason.RECONNECT_NEEDED, said)
    if any(host.unusable is FailureReason.NOT_ALLOWED for host in hosts):
        return NoOneCanHost(meeting.id, meeting.software, FailureReason.NOT_ALLOWED, said)
    return NoOneCanHost(meeting.id, meeting.software, FailureReason.NOT_CONNECTED, None)
