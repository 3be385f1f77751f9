"""Upcoming interviews that are not ready: for the line above every page of those who arrange them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from database import written_out
from extensions import db
from models import Interview, InterviewStatus, Meeting, MeetingState, User
from scheduling.preflight import problems_of


@dataclass(frozen=True)
class AtRisk:
    """One interview. `software` is what its meeting would be called, if there is none; `problem` is what the
    check before the start found, with what helps, if there is one."""

    interview_id: int
    candidate_name: str
    starts_at: datetime
    software: str | None
    problem: str


def is_any_at_risk(now: sa.BindParameter[datetime]) -> sa.ColumnElement[bool]:
    """Whether there is one for the user of the statement around it, who manages or scheduled it. Nearly
    always there is none, which two small indexes answer: one statement for both would read every upcoming
    interview."""
    # Written this way round, it cannot be answered by going through all that they have ever arranged.
    is_theirs = sa.and_(_is_upcoming(now), User.id.in_([Interview.hiring_manager_id, Interview.scheduler_id]))
    lost = sa.exists().where(_is_without_link(), Interview.id == Meeting.interview_id, is_theirs)
    found = sa.exists().where(Interview.checked_problems.is_not(None), is_theirs)
    return sa.or_(lost.correlate(User), found.correlate(User))


def interviews_at_risk(user_id: int, now: datetime) -> list[AtRisk]:
    """Those of one user at `now` (aware UTC), soonest first. What was put right since it was found is left
    out."""
    lost = sa.select(Meeting.interview_id).where(_is_without_link())
    rows: Sequence[Interview] = db.session.scalars(
        sa.select(Interview)
        .where(
            sa.or_(Interview.id.in_(lost), Interview.checked_problems.is_not(None)),
            _is_upcoming(now),
            sa.or_(Interview.hiring_manager_id == user_id, Interview.scheduler_id == user_id),
        )
        .order_by(Interview.starts_at, Interview.id)
    ).all()
    found = (_described(interview) for interview in rows)
    return [each for each in found if each is not None]


def _described(interview: Interview) -> AtRisk | None:
    meeting = interview.meeting
    name, starts_at = interview.candidate.name, interview.starts_at
    if meeting is not None and meeting.state is MeetingState.FAILED and meeting.arranged_by_id is None:
        return AtRisk(interview.id, name, starts_at, meeting.called, "")
    problems = problems_of(interview) if interview.checked_problems is not None else ()
    if not problems:
        return None
    return AtRisk(interview.id, name, starts_at, None, f"{problems[0].words} {problems[0].cure}")


def _is_without_link() -> sa.ColumnElement[bool]:
    return sa.and_(
        Meeting.is_wanted,
        Meeting.state == written_out(MeetingState.FAILED),
        Meeting.arranged_by_id.is_(None),
    )


def _is_upcoming(now: Any) -> sa.ColumnElement[bool]:
    # Not "scheduled", which would make SQLite look through all of those that are.
    return sa.and_(Interview.status != written_out(InterviewStatus.CANCELLED), Interview.starts_at > now)
