"""Entries that carry an online meeting: the meeting and its host's entry are one thing in the calendar, no
matter which was made first."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from extensions import db
from models import (
    CalendarEntry,
    CallKind,
    CallState,
    Connection,
    EntryState,
    Interview,
    Meeting,
    MeetingCall,
)
from providers.base import Meeting as ShownMeeting
from scheduling.entries import wanting


def entry_for(interview: Interview, connection: Connection, now: datetime) -> tuple[CalendarEntry, bool]:
    """The entry in this calendar on which to create the interview's meeting `now` (aware UTC), in the current
    transaction: the owner's existing one, or a new one; and whether it may already be in the calendar. It
    replaces an entry of theirs in another calendar, or one that they have deleted."""
    interview = hold_interview(interview.id)
    entry = _wanted(interview.id, connection.user_id)
    is_usable = (
        entry is not None
        and entry.connection_id == connection.id
        and entry.state in (EntryState.WAITING, EntryState.PLACED)
    )
    if entry is None or not is_usable:
        if entry is not None:
            _want_no_more(entry)
        entry = wanting.add(interview, connection)
    may_exist = entry.began_at is not None
    entry.began_at = entry.began_at or now
    return entry, may_exist


def note_meeting_made(call: MeetingCall, shown: ShownMeeting) -> None:
    """A meeting was made on an entry, so the entry exists; its text is updated next. If it is the interview's
    meeting, the entry is wanted, no matter what else was made for its owner in the meantime."""
    if not call.entry_key:
        return
    hold_interview(call.meeting.interview_id)
    entry = entry_of_key(call.entry_key)
    if entry is None or shown.entry_id is None or entry.state is EntryState.LEFT:
        return
    entry.provider_entry_id = shown.entry_id
    entry.state, entry.began_at = EntryState.PLACED, entry.began_at or call.began_at
    if call.meeting.is_wanted and not entry.is_wanted:
        other = _wanted(entry.interview_id, entry.user_id)
        if other is not None:
            _want_no_more(other)
        entry.is_wanted = True


def note_key_used_up(call: MeetingCall) -> None:
    """The owner had deleted the entry on which a meeting was to be made."""
    entry = entry_of_key(call.entry_key)
    if entry is not None:
        entry.state = EntryState.DELETED


def note_no_meeting(call: MeetingCall, provider_entry_id: str | None) -> None:
    """The account makes no meetings, so the entry of this call is an ordinary one, if it is in the calendar.
    If it is not, no one has to look for it there."""
    entry = entry_of_key(call.entry_key)
    if entry is None or entry.state is not EntryState.WAITING:
        return
    if provider_entry_id is not None:
        entry.state, entry.provider_entry_id = EntryState.PLACED, provider_entry_id
    elif entry.began_at is not None and entry.began_at >= call.began_at:
        entry.began_at = None


def entry_of(meeting: Meeting) -> CalendarEntry | None:
    """The entry on which an existing meeting lives; None if it lives elsewhere, or the entry is gone."""
    made = [
        call
        for call in meeting.calls
        if call.kind is CallKind.CREATE and call.state is CallState.DONE and call.entry_key
    ]
    return entry_of_key(made[-1].entry_key) if made else None


def note_removal(entry: CalendarEntry) -> None:
    """The entry is deleted together with its meeting, in a later call."""
    hold_interview(entry.interview_id)
    if not entry.is_wanted and entry.state in (EntryState.WAITING, EntryState.PLACED):
        entry.state = EntryState.REMOVING


def keeps_entry(key: str) -> bool:
    """Whether the entry with this key stays when its meeting is removed, because its owner takes part."""
    entry = entry_of_key(key)
    return entry is not None and entry.is_wanted and entry.state is not EntryState.DELETED


_HELD = (
    sa.select(Interview)
    .where(Interview.id == sa.bindparam("interview_id"))
    # Others can still add rows that only refer to the interview.
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)


def hold_interview(interview_id: int) -> Interview:
    """The current interview, locked for the rest of the transaction. The order is always the same: its
    meetings, the interview, its entries."""
    return db.session.scalars(_HELD, {"interview_id": interview_id}).one()


def _want_no_more(entry: CalendarEntry) -> None:
    entry.is_wanted = False
    # At most one may be wanted at any time, even between two statements.
    db.session.flush()


def _wanted(interview_id: int, user_id: int) -> CalendarEntry | None:
    return db.session.scalar(
        sa.select(CalendarEntry)
        .where(
            CalendarEntry.interview_id == interview_id,
            CalendarEntry.user_id == user_id,
            CalendarEntry.is_wanted,
        )
        .with_for_update()
    )


def entry_of_key(key: str) -> CalendarEntry | None:
    """The entry with this key; None for "", and if there is none."""
    if not key:
        return None
    return db.session.scalar(sa.select(CalendarEntry).where(CalendarEntry.key == key))
