"""Taking hold of an interview that is about to be changed, so that two people's changes come one by one."""

from __future__ import annotations

from extensions import db
from models import Candidate, Interview, Meeting
from scheduling.entries.hosting import hold_interview
from scheduling.meetings.wanting import wanted_meeting


def locked(interview: Interview) -> tuple[Interview, Meeting | None]:
    """The interview as it is now, with its wanted meeting, both held for the rest of the transaction.

    The meeting first, because the outcomes of calls are written to it first and to the interview afterwards.
    """
    meeting = wanted_meeting(interview.id, lock=True)
    return (
        hold_interview(interview.id),
        meeting,
    )


def locked_with_candidate(interview: Interview) -> tuple[Interview, Meeting | None]:
    """The same for a command that gives the interview a time: the candidate is held too, who can have only
    one interview at a time. They come first, as everywhere, so that no two commands wait for each other."""
    candidate_id = interview.application.candidate_id
    db.session.get_one(Candidate, candidate_id, with_for_update=True, populate_existing=True)
    return locked(interview)
