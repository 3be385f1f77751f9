"""Locking an interview that is about to be changed, so that two people's changes are made one after the
other."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from extensions import db
from models import Candidate, Interview, Meeting
from rows import rows_of
from scheduling.entries.hosting import hold_interview

_MEETINGS = (
    sa.select(Meeting)
    .where(Meeting.interview_id == sa.bindparam("interview_id"))
    .order_by(Meeting.id)
    .with_for_update()
    .execution_options(populate_existing=True)
)
_NEWEST = sa.select(sa.func.max(Meeting.id).label("id")).where(
    Meeting.interview_id == sa.bindparam("interview_id")
)


def locked(interview: Interview) -> tuple[Interview, Meeting | None]:
    """The interview as it is now, with its wanted meeting, both locked for the rest of the transaction."""
    return locked_by_id(interview.id)


def locked_by_id(interview_id: int) -> tuple[Interview, Meeting | None]:
    """The same for who has not read the interview yet.

    The meetings first, because the outcomes of calls are written to them first and to the interview
    afterwards. All of them, because undoing a change makes an earlier meeting the wanted one.
    """
    told = {"interview_id": interview_id}
    while True:
        attempt = db.session.begin_nested()
        meetings = db.session.scalars(_MEETINGS, told).all()
        held = hold_interview(interview_id)
        # If someone gave the interview another meeting while we waited for the old one, we hold the interview
        # but not its new meeting, and the holder of that meeting may be waiting for the interview. So
        # everything is released, and locked again in the right order.
        [newest] = rows_of(_NEWEST, told)
        if newest.id == max((meeting.id for meeting in meetings), default=None):
            attempt.commit()
            wanted = next((meeting for meeting in meetings if meeting.is_wanted), None)
            set_committed_value(held, "meeting", wanted)
            return held, wanted
        attempt.rollback()


def locked_with_candidate(interview: Interview) -> tuple[Interview, Meeting | None]:
    """The same for a command that gives the interview a time: the candidate is held too, who can have only
    one interview at a time. They come first, as everywhere, so that no two commands wait for each other."""
    candidate_id = interview.application.candidate_id
    db.session.get_one(Candidate, candidate_id, with_for_update=True, populate_existing=True)
    return locked(interview)
