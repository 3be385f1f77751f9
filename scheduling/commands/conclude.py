"""Saying how an interview ended: it took place, or someone did not come. Adds to the current transaction."""

from __future__ import annotations

from datetime import datetime

from extensions import db
from models import Absent, Interview, InterviewStatus, User
from scheduling.commands.locking import locked
from scheduling.timeline import note
from timezones import in_zone, utc_now


class NotOverError(Exception):
    """The interview has not begun, or someone has already said how it ended."""


class TooLateToReopenError(Exception):
    """How it ended was recorded on another day, or was taken back already."""


def can_be_concluded(interview: Interview, now: datetime) -> bool:
    """Whether someone can say at `now` (aware UTC) how it ended: from its start on."""
    return interview.status is InterviewStatus.SCHEDULED and interview.starts_at <= now


def should_be_concluded(interview: Interview, now: datetime) -> bool:
    """Whether someone should: it is over, and no one has said how it ended."""
    return interview.status is InterviewStatus.SCHEDULED and interview.ends_at <= now


def complete(actor: User, interview: Interview) -> None:
    """It took place. Raises `NotOverError`."""
    _conclude(actor, interview, InterviewStatus.COMPLETED, None)
    note(interview.id, f"{actor.name} completed the interview", actor=actor)


def mark_no_show(actor: User, interview: Interview, absent: Absent) -> None:
    """It did not take place, because `absent` did not come. Raises `NotOverError`."""
    _conclude(actor, interview, InterviewStatus.NO_SHOW, absent)
    who = "the candidate" if absent is Absent.CANDIDATE else "our team"
    note(interview.id, f"{actor.name} noted that {who} didn't come", actor=actor)


def can_be_reopened(interview: Interview, actor: User, now: datetime) -> bool:
    """Whether how it ended can be taken back at `now` (aware UTC): on the same day, where `actor` is."""
    at = interview.concluded_at
    has_ended = interview.status in (InterviewStatus.COMPLETED, InterviewStatus.NO_SHOW)
    if not has_ended or at is None:
        return False
    return in_zone(at, actor.timezone).date() == in_zone(now, actor.timezone).date()


def reopen(actor: User, interview: Interview) -> None:
    """Take back how it ended. Feedback stays. Raises `TooLateToReopenError`."""
    interview, _ = locked(interview)
    if not can_be_reopened(interview, actor, utc_now()):
        raise TooLateToReopenError
    interview.status = InterviewStatus.SCHEDULED
    interview.concluded_at = interview.concluded_by_id = interview.absent = None
    note(interview.id, f"{actor.name} set the interview back to Scheduled", actor=actor)


def _conclude(actor: User, interview: Interview, status: InterviewStatus, absent: Absent | None) -> None:
    interview, _ = locked(interview)
    now = utc_now()
    if not can_be_concluded(interview, now):
        raise NotOverError
    interview.status, interview.absent = status, absent
    interview.concluded_at, interview.concluded_by_id = now, actor.id
    db.session.flush()
