"""Locking an interview that is about to be changed, so that two people's changes are made one after the
other."""

from __future__ import annotations

import sqlalchemy as sa

from extensions import db
from models import Candidate, Interview, Meeting
from scheduling.entries.hosting import hold_interview


def locked(interview: Interview) -> tuple[Interview, Meeting | None]:
    """The interview as it is now, with its wanted meeting, both locked for the rest of the transaction. The
    meetings first, because the outcomes of calls are written to them first and to the interview afterwards.
    All of them, because undoing a change makes an earlier meeting the wanted one.
    """
    while True:
        attempt = db.session.begin_nested()
        meetings = db.session.scalars(
            sa.select(Meeting)
            .where(Meeting.interview_id == interview.id)
            .order_by(Meeting.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).all()
        held = hold_interview(interview.id)
        # If someone gave the interview another meeting while we waited for the old one, we hold the interview
        # but not its new meeting, and the holder of that meeting may be waiting for the interview. So
        # everything is released, and locked again in the right order.
        newest = db.session.scalar(sa.select(sa.func.max(Meeting.id)).where(Meeting.interview_id == held.id))
        if newest == max((meeting.id for meeting in meetings), default=None):
            attempt.commit()
            return held, next((meeting for meeting in meetings if meeting.is_wanted), None)
        attempt.rollback()


def locked_with_candidate(interview: Interview) -> tuple[Interview, Meeting | None]:
    """The same for a command that gives the interview a time: the candidate is held too, who can have only
    one interview at a time. They come first, as everywhere, so that no two commands wait for each other."""
    candidate_id = interview.application.candidate_id
    db.session.get_one(Candidate, candidate_id, with_for_update=True, populate_existing=True)
    return locked(interview)
