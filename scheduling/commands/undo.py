"""Undoing the last cancellation or change of an interview, while nothing about it has been sent."""

from __future__ import annotations

from collections.abc import Mapping

from extensions import db
from models import Attendee, Interview, Meeting, MeetingState, RevisionReason, User
from scheduling import answers
from scheduling.commands.locking import locked
from scheduling.entries import wanting as entries
from scheduling.mails import queue, reminders
from scheduling.meetings import looks, wanting
from scheduling.plans import from_json, put
from scheduling.revisions import revision_of
from scheduling.rules import Rules
from scheduling.timeline import note
from scheduling.undoing import PutBack, can_be_undone
from timezones import utc_now
from work import mail as mails
from work import unsent


class TooLateError(Exception):
    """People are being told already, or someone has changed the interview again."""


def undo(actor: User, interview: Interview, number: int, rules: Rules) -> RevisionReason:
    """Put an interview back to what it was before its revision `number`, in the current transaction, as if
    that had never happened, and return what it was. Raises `TooLateError`.
    """
    interview, meeting = locked(interview)
    revision = revision_of(interview)
    if (
        revision is None
        or revision.number != number
        or revision.undo is None
        or revision.before is None
        or not can_be_undone(interview, utc_now())
    ):
        raise TooLateError
    before, reason = PutBack.from_json(revision.undo), revision.reason
    about = mails.about_interview(interview.id)
    unsent.forget_unsent(about, queue.current_occasion(interview))
    put(from_json(revision.before), interview)
    _same_rows(interview, before.attendees)
    interview.status, interview.times_moved = before.status, before.times_moved
    interview.revision, interview.undo_until = number - 1, None
    db.session.delete(revision)
    answers.wait_again(interview.id, number)
    _want_again(before.meeting_id, meeting)
    unsent.take_up_again(before.dropped_mails)
    reminders.rearrange(interview, rules)
    db.session.refresh(interview, ["meeting"])
    if interview.meeting is not None and interview.meeting.state is not MeetingState.WAITING:
        # It was settled in the meantime, when no one was waiting for it.
        queue.release_invitations(interview)
        looks.look_in_turn(interview.meeting)
    wanting.enqueue_sync(interview.id)
    entries.arrange(interview)
    what = "cancelling the interview" if reason is RevisionReason.CANCELLED else "changing the interview"
    note(interview.id, f"{actor.name} took back {what}", actor=actor)
    return reason


def _same_rows(interview: Interview, rows: Mapping[str, int]) -> None:
    """Give back the rows of attendees who were removed, unless another interview's attendee has one now."""
    for attendee in interview.attendees:
        row = rows.get(attendee.email.lower())
        if row is None or attendee not in db.session.new:
            continue
        with db.session.no_autoflush:
            is_free = db.session.get(Attendee, row) is None
        if is_free:
            attendee.id = row


def _want_again(meeting_id: int | None, now_wanted: Meeting | None) -> None:
    """Want the meeting that was wanted before. One that was only wanted since was never asked for."""
    if now_wanted is not None and now_wanted.id == meeting_id:
        return
    if now_wanted is not None:
        now_wanted.is_wanted = False
        # At most one may be wanted at any time, even between two statements.
        db.session.flush()
    if meeting_id is not None:
        db.session.get_one(Meeting, meeting_id).is_wanted = True
    db.session.flush()
