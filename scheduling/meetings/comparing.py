"""Comparing an account's meetings with the ones we made there, to find meetings of ours that no one wants
anymore. Normally they are deleted without a comparison. It finds the ones that still slipped through: a
meeting that a provider brought back, one that was made although we were told otherwise, one from before a
backup was restored. Where the ledger proves that a meeting is ours and unwanted, it is removed; one that only
looks like ours is listed, and a person decides. Anything else on people's accounts is none of our business
and is not stored.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from accounts.audit import Event, record
from extensions import db
from models import (
    UNCLEAR,
    CallKind,
    Connection,
    ConnectionState,
    InterviewStatus,
    Lane,
    Meeting,
    MeetingCall,
    MeetingSoftware,
    MeetingState,
    OrphanedMeeting,
    User,
)
from providers.base import Grant, ListedMeeting
from providers.protocols import MeetingProvider
from scheduling.entries import hosting
from scheduling.entries import wanting as entries
from scheduling.meetings import orphans, wanting
from scheduling.software import meeting_of, softwares_of
from scheduling.timeline import note
from timezones import utc_now
from work import outbox
from work.kinds import TaskKind

COMPARE_ACCOUNT = TaskKind(
    "compare_account", Lane.PROVIDER, "Comparing an account's meetings with ours", subject="connection"
)
REMOVE_ORPHAN = TaskKind(
    "remove_orphan", Lane.PROVIDER, "Removing a meeting that no interview wants", subject="connection"
)

# A create that is in progress, or whose result is being looked up, is not judged.
_SETTLED_AFTER = timedelta(minutes=30)


@dataclass(frozen=True)
class Comparison:
    """One account to ask for its upcoming meetings."""

    connection_id: int
    software: MeetingSoftware

    def call(self, provider: MeetingProvider, grant: Grant) -> list[ListedMeeting]:
        """Ask. May raise any `ProviderError`."""
        return provider.list_meetings(grant)


@dataclass(frozen=True)
class OrphanRemoval:
    """One orphan that someone wants removed."""

    orphan_id: int
    connection_id: int
    software: MeetingSoftware
    provider_meeting_id: str
    keeps_entry: bool

    def call(self, provider: MeetingProvider, grant: Grant) -> None:
        """Remove it; a meeting that is already gone counts as removed. May raise any `ProviderError`."""
        provider.delete_meeting(grant, self.provider_meeting_id, keeps_entry=self.keeps_entry)


def accounts(now: datetime) -> list[int]:
    """The connections whose accounts host upcoming meetings of ours, or did within the last weeks."""
    return list(
        db.session.scalars(
            sa.select(MeetingCall.connection_id)
            .join(Connection, Connection.id == MeetingCall.connection_id)
            .where(
                Connection.state == ConnectionState.CONNECTED,
                MeetingCall.kind == CallKind.CREATE,
                MeetingCall.starts_at > now,
            )
            .distinct()
        )
    )


def compare(connection_ids: Iterable[int]) -> None:
    """Request a comparison of these accounts in the current transaction."""
    for connection_id in connection_ids:
        outbox.enqueue(
            COMPARE_ACCOUNT,
            connection_id,
            payload={"connection_id": connection_id},
            dedupe_key=COMPARE_ACCOUNT.key(connection_id),
        )


def plan_comparison(connection_id: int) -> Comparison | None:
    """What to ask, or None when the account cannot be used anymore."""
    connection = db.session.get(Connection, connection_id)
    if connection is None or connection.state is not ConnectionState.CONNECTED:
        return None
    software = next(iter(softwares_of(connection.app)), None)
    return Comparison(connection_id, software) if software is not None else None


def record_comparison(comparison: Comparison, listed: list[ListedMeeting]) -> None:
    """Find what no one wants among the account's upcoming meetings. Needs a transaction."""
    now = utc_now()
    upcoming = {each.id: each for each in listed if each.starts_at > now}
    known = {
        row.provider_meeting_id: row
        for row in db.session.scalars(
            sa.select(Meeting).where(
                Meeting.software == comparison.software, Meeting.provider_meeting_id.in_(upcoming)
            )
        )
    }
    connection = db.session.get_one(Connection, comparison.connection_id)
    suspects = []
    for number, each in upcoming.items():
        meeting = known.get(number)
        if meeting is not None:
            _remove_if_unwanted(meeting, each, connection)
        elif _looks_like_ours(each, connection, now):
            suspects.append(each)
    _list(comparison, suspects)


def _remove_if_unwanted(meeting: Meeting, shown: ListedMeeting, connection: Connection) -> None:
    """The ledger proves that the meeting is ours. If it counts as removed but is still there, remove it."""
    is_on = meeting.interview.status is InterviewStatus.SCHEDULED
    if meeting.state is not MeetingState.REMOVED or (meeting.is_wanted and is_on):
        return
    meeting.state, meeting.is_wanted = MeetingState.READY, False
    meeting.join_url, meeting.connection_id = shown.join_url, connection.id
    meeting.shown_starts_at, meeting.shown_duration_minutes = shown.starts_at, shown.duration_minutes
    what = meeting_of(meeting.software)
    note(meeting.interview_id, f"The {what} was removed and exists again. Removing it once more")
    wanting.enqueue_sync(meeting.interview_id)


def _looks_like_ours(each: ListedMeeting, connection: Connection, now: datetime) -> bool:
    """Whether a call of ours on this account asked for exactly this meeting. A meeting that is still being
    looked for belongs to that search."""
    calls = db.session.scalars(
        sa.select(MeetingCall).where(
            MeetingCall.kind == CallKind.CREATE,
            MeetingCall.account_id == connection.account_id,
            # A meeting on a calendar entry of ours is recognized by the entry, even if it was changed since.
            MeetingCall.entry_key == each.entry_key
            if each.entry_key
            else sa.and_(MeetingCall.starts_at == each.starts_at, MeetingCall.topic == each.topic),
        )
    ).all()
    open_ones = [
        call
        for call in calls
        if not call.is_assumed and (call.state in UNCLEAR or call.began_at > now - _SETTLED_AFTER)
    ]
    for call in open_ones:
        orphans.search_later(call.meeting)
    return bool(calls) and not open_ones


def _list(comparison: Comparison, suspects: list[ListedMeeting]) -> None:
    """Make these the list of that account."""
    numbers = {each.id for each in suspects}
    rows = {
        row.provider_meeting_id: row
        for row in db.session.scalars(
            sa.select(OrphanedMeeting).where(OrphanedMeeting.connection_id == comparison.connection_id)
        )
    }
    for number, row in rows.items():
        if number not in numbers:
            db.session.delete(row)
    for each in suspects:
        if each.id not in rows:
            db.session.add(
                OrphanedMeeting(
                    connection_id=comparison.connection_id,
                    software=comparison.software,
                    provider_meeting_id=each.id,
                    entry_key=each.entry_key,
                    topic=each.topic[:200],
                    starts_at=each.starts_at,
                )
            )


def listed_orphans() -> list[OrphanedMeeting]:
    """Everything that waits for someone to decide, soonest first."""
    return list(
        db.session.scalars(
            sa.select(OrphanedMeeting)
            .where(OrphanedMeeting.starts_at > utc_now())
            .order_by(OrphanedMeeting.starts_at, OrphanedMeeting.id)
        )
    )


def remove(actor: User, orphan_id: int) -> bool:
    """Request in the current transaction that an orphan be removed. False if it is no longer listed."""
    row = db.session.get(OrphanedMeeting, orphan_id, with_for_update=True)
    if row is None:
        return False
    row.is_to_be_removed = True
    outbox.enqueue(
        REMOVE_ORPHAN,
        row.connection_id,
        payload={"orphan_id": row.id},
        dedupe_key=REMOVE_ORPHAN.key(row.id),
    )
    what = f"{meeting_of(row.software)} “{row.topic}”"
    record(Event.ORPHAN_REMOVED, f"Removed the {what}, which no interview wants.", actor)
    return True


def plan_removal(orphan_id: int) -> OrphanRemoval | None:
    """The meeting to remove; None if that has been done, or if an interview has it by now."""
    row = db.session.get(OrphanedMeeting, orphan_id)
    if row is None or orphans.is_known(row.software, row.provider_meeting_id):
        return None
    return OrphanRemoval(
        row.id,
        row.connection_id,
        row.software,
        row.provider_meeting_id,
        keeps_entry=hosting.keeps_entry(row.entry_key),
    )


def record_stays(orphan_id: int) -> None:
    """It cannot be taken off its calendar entry: both are removed, and the owner gets a new entry."""
    row = db.session.get(OrphanedMeeting, orphan_id)
    entry = hosting.entry_of_key(row.entry_key) if row is not None else None
    if row is None or entry is None:
        return
    hosting.hold_interview(entry.interview_id)
    # It may have been replaced before the interview was held.
    db.session.refresh(entry)
    if entry.is_wanted:
        entries.replace(entry)
    entries.request_if_any(entry.interview_id)
    db.session.delete(row)


def record_removal(orphan_id: int) -> None:
    """It is gone."""
    row = db.session.get(OrphanedMeeting, orphan_id)
    if row is not None:
        db.session.delete(row)
