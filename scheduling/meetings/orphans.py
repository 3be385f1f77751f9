"""Orphaned meetings: those that a create with a lost answer may have left behind, beside the meeting that is
used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from database import read_only
from extensions import db
from models import (
    UNCLEAR,
    CallKind,
    CallState,
    Connection,
    ConnectionState,
    InterviewStatus,
    Lane,
    Meeting,
    MeetingCall,
    MeetingSoftware,
    MeetingState,
    User,
)
from providers.base import Grant, MeetingRequest
from providers.base import Meeting as ShownMeeting
from providers.protocols import MeetingProvider
from scheduling.entries import hosting
from scheduling.entries import wanting as entries
from scheduling.meetings import asking
from scheduling.software import meeting_of, spec_of
from scheduling.timeline import note, note_once
from timezones import utc_now
from wording import first_name, possessive
from work import outbox
from work.kinds import TaskKind

REMOVE_ORPHANS = TaskKind(
    "remove_orphans",
    Lane.PROVIDER,
    "Looking for a second meeting that may have been left behind",
    subject="interview",
)

# When the orphan of a lost create is looked for: after the call has surely ended at both ends, and once more
# much later, because a provider under stress may finish late.
_CHECKS = (timedelta(minutes=1), timedelta(minutes=15))


# A create takes no longer than this, by far: the provider's client gives up earlier.
LONGEST_CREATE = timedelta(minutes=1)
# How soon a meeting that was found is looked at again, if another interview may be waiting for it.
AWAITED_ELSEWHERE = timedelta(seconds=3)


@dataclass(frozen=True)
class OrphansFound:
    """How many were removed, and the one that the interview gets."""

    removed: int
    adopted: ShownMeeting | None


@dataclass(frozen=True)
class OrphanSearch:
    """One create whose answer was lost: all meetings that match it and that no interview knows of or waits
    for are deleted.

    `may_adopt`: the interview still has no meeting, so the first match is the one it is waiting for.
    """

    call_id: int
    may_adopt: bool
    connection_id: int
    software: MeetingSoftware
    lost: MeetingRequest
    since: datetime

    def call(self, provider: MeetingProvider, grant: Grant) -> OrphansFound:
        """Find them, keep the one to adopt, and delete the rest. Reads the database in between, in
        transactions of its own. May raise any `ProviderError`; it is safe to repeat."""
        found = provider.find_meetings(grant, self.lost, self.since)
        orphans = [shown for shown in found if not self._is_ours_or_awaited(shown.id)]
        adopted = orphans.pop(0) if orphans and self.may_adopt else None
        for orphan in orphans:
            provider.delete_meeting(grant, orphan.id, keeps_entry=self._keeps_entry())
        return OrphansFound(len(orphans), adopted)

    def _keeps_entry(self) -> bool:
        with read_only():
            keeps = hosting.keeps_entry(self.lost.entry_key)
            db.session.rollback()
        return keeps

    def _is_ours_or_awaited(self, provider_meeting_id: str) -> bool:
        with read_only():
            known = is_known(self.software, provider_meeting_id) or _may_be_anothers(self.call_id)
            # End the transaction of this query: the next line talks to the provider.
            db.session.rollback()
        return known


def search_later(meeting: Meeting) -> None:
    """In the current transaction, request a search for meetings that creates with a lost answer may have
    left."""
    for call in meeting.calls:
        if _may_have_left_one(call):
            outbox.enqueue(
                REMOVE_ORPHANS,
                meeting.interview_id,
                payload={"call_id": call.id},
                run_at=call.began_at + _CHECKS[0],
                dedupe_key=REMOVE_ORPHANS.key(call.id),
            )


def search_on_account(connection_ids: sa.Select[int]) -> None:
    """An account can be used again: look now, instead of when it is next due, for what lost answers may have
    left on it.
    """
    of_lost_answers = sa.select(MeetingCall.meeting_id).where(
        MeetingCall.kind == CallKind.CREATE,
        MeetingCall.state.in_(UNCLEAR),
        MeetingCall.connection_id.in_(connection_ids),
    )
    for meeting in db.session.scalars(sa.select(Meeting).where(Meeting.id.in_(of_lost_answers))).all():
        search_later(meeting)


def out_of_reach(interview_id: int) -> list[str]:
    """The names of those on whose accounts a lost answer may have left a meeting that cannot be looked for,
    because the account is not connected at the moment."""
    return list(
        db.session.scalars(
            sa.select(User.name)
            .join(MeetingCall, MeetingCall.host_id == User.id)
            .join(Meeting, Meeting.id == MeetingCall.meeting_id)
            .outerjoin(Connection, Connection.id == MeetingCall.connection_id)
            .where(
                Meeting.interview_id == interview_id,
                MeetingCall.kind == CallKind.CREATE,
                MeetingCall.state.in_(UNCLEAR),
                MeetingCall.is_assumed.is_(False),
                sa.or_(Connection.id.is_(None), Connection.state != ConnectionState.CONNECTED),
            )
            .distinct()
            .order_by(User.name)
        )
    )


def out_of_reach_words(software: MeetingSoftware, name: str) -> tuple[str, str]:
    """What may be left on the account of `name`, and what to do about it."""
    return (
        f"Another {meeting_of(software)} for this interview may exist on {possessive(name)} account",
        f"It is removed once that account is connected again. {first_name(name)} can also delete it in "
        f"{spec_of(software).app_label}.",
    )


def note_out_of_reach(call_id: int) -> None:
    """Record once that we cannot look for what this call may have left at the moment."""
    call = db.session.get_one(MeetingCall, call_id)
    host = db.session.get_one(User, call.host_id)
    what, cure = out_of_reach_words(call.meeting.software, host.name)
    note_once(call.meeting.interview_id, f"{what}. {cure}")


def plan_search(call_id: int) -> OrphanSearch | None:
    """What to look for; None when it is clear what this call did, or when its account is gone."""
    call = db.session.get(MeetingCall, call_id)
    if call is None or not _may_have_left_one(call) or call.connection_id is None:
        return None
    return OrphanSearch(
        call_id=call.id,
        may_adopt=_is_awaited(call.meeting),
        connection_id=call.connection_id,
        software=call.meeting.software,
        lost=asking.asked_by(call),
        since=asking.made_since([call]),
    )


def record_search(call_id: int, removed: int) -> datetime | None:
    """Record how many were `removed`; returns when to look once more (aware UTC), or None when everything is
    clear.
    """
    call = db.session.get_one(MeetingCall, call_id)
    call.checks += 1
    if removed:
        call.state = CallState.REMOVED
        note(
            call.meeting.interview_id,
            f"Removed a second {meeting_of(call.meeting.software)} that a lost answer had left behind",
        )
        return None
    if utc_now() - call.began_at >= _CHECKS[-1]:
        call.state = CallState.ABSENT
        return None
    return call.began_at + _CHECKS[-1]


def record_stays(call_id: int) -> None:
    """The meeting that was found cannot be taken off the calendar entry on which it lives, whose owner takes
    part: the entry is removed with it, and they get a new one."""
    call = db.session.get_one(MeetingCall, call_id)
    hosting.hold_interview(call.meeting.interview_id)
    entry = hosting.entry_of_key(call.entry_key)
    if entry is not None and entry.is_wanted:
        entries.replace(entry)
    entries.request_if_any(call.meeting.interview_id)


def record_still_being_made(call_id: int) -> bool:
    """A meeting that no one waits for anymore is still being made on the calendar entry of someone who takes
    part. Until it is made, a provider may not let us change the entry's text, so the entry is removed
    together with the meeting, and they get a new one. Returns whether this was the case."""
    call = db.session.get_one(MeetingCall, call_id)
    hosting.hold_interview(call.meeting.interview_id)
    entry = hosting.entry_of_key(call.entry_key)
    if entry is None or not entry.is_wanted or entries.is_needed_by_meeting(entry):
        return False
    entries.replace(entry)
    entries.request_if_any(call.meeting.interview_id)
    return True


def _is_awaited(meeting: Meeting) -> bool:
    return (
        meeting.is_wanted
        and meeting.state in (MeetingState.WAITING, MeetingState.FAILED)
        and meeting.interview.status == InterviewStatus.SCHEDULED
        and utc_now() < meeting.interview.starts_at
    )


def is_known(software: MeetingSoftware, provider_meeting_id: str) -> bool:
    """Whether one of our interviews has this meeting already."""
    return (
        db.session.scalar(
            sa.select(Meeting.id).where(
                Meeting.software == software, Meeting.provider_meeting_id == provider_meeting_id
            )
        )
        is not None
    )


def awaited_elsewhere(call_id: int) -> bool:
    """Whether another interview is at this moment creating a meeting like the one that this call asked for,
    on the same account: what a look-up finds may be the meeting whose answer is still on its way there.

    A create whose answer was given up long ago does not count: its process died, and looks for itself.
    """
    call = db.session.get_one(MeetingCall, call_id)
    return _alike_elsewhere(
        call, MeetingCall.state == CallState.CALLING, MeetingCall.began_at > utc_now() - LONGEST_CREATE
    )


def _may_have_left_one(call: MeetingCall) -> bool:
    is_unclear = call.kind is CallKind.CREATE and call.state in UNCLEAR and not call.is_assumed
    return is_unclear and call.connection_id is not None


def _may_be_anothers(call_id: int) -> bool:
    """Whether another unclear create asked for the same, so that it may have made the orphan."""
    call = db.session.get_one(MeetingCall, call_id)
    return _alike_elsewhere(call, MeetingCall.state.in_(UNCLEAR), MeetingCall.checks == 0)


def _alike_elsewhere(call: MeetingCall, *which: sa.ColumnElement[bool]) -> bool:
    """Whether a create of another interview on the same account asked for the same as `call`."""
    alike = db.session.scalar(
        sa.select(MeetingCall.id)
        .where(
            MeetingCall.meeting_id != call.meeting_id,
            MeetingCall.kind == CallKind.CREATE,
            MeetingCall.connection_id == call.connection_id,
            MeetingCall.topic == call.topic,
            MeetingCall.starts_at == call.starts_at,
            # A calendar entry has one meeting, no matter how many look alike.
            MeetingCall.entry_key == call.entry_key,
            *which,
        )
        .limit(1)
    )
    return alike is not None
