"""Upcoming interviews that are not ready, for the line above every page of the people who arrange them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from database import written_out
from extensions import db
from models import (
    Application,
    Candidate,
    Interview,
    InterviewStatus,
    Meeting,
    MeetingSoftware,
    MeetingState,
    User,
)
from rows import rows_of
from scheduling.preflight import problems_of


@dataclass(frozen=True)
class AtRisk:
    """One interview. `software` is what its meeting would be called, if there is none; `problem` is what the
    check before the start found, and what helps, if anything."""

    interview_id: int
    candidate_name: str
    starts_at: datetime
    software: str | None
    problem: str


def is_any_at_risk(now: sa.BindParameter[datetime]) -> sa.ColumnElement[bool]:
    """Whether there is one for the user of the statement around it, who manages or scheduled it. Nearly
    always there is none, which two small indexes can tell: a single condition for both would read every
    upcoming interview."""
    # Written this way so that the database cannot answer it by going through everything they have ever
    # arranged.
    is_theirs = sa.and_(_is_upcoming(now), User.id.in_([Interview.hiring_manager_id, Interview.scheduler_id]))
    lost = sa.exists().where(_is_without_link(), Interview.id == Meeting.interview_id, is_theirs)
    found = sa.exists().where(Interview.checked_problems.is_not(None), is_theirs)
    return sa.or_(lost.correlate(User), found.correlate(User))


def interviews_at_risk(user_id: int, now: datetime) -> list[AtRisk]:
    """Those of one user at `now` (aware UTC), soonest first. Problems that were fixed since they were found
    are left out."""
    found = []
    for row in rows_of(_at_risk(), {"user_id": user_id, "now": now}):
        interview_id, name, starts_at, lost, label, was_checked = row
        called = (label or lost.label) if lost is not None else None
        if called is not None:
            found.append(AtRisk(interview_id, name, starts_at, called, ""))
        elif was_checked and (problem := _problem(interview_id)):
            found.append(AtRisk(interview_id, name, starts_at, None, problem))
    return found


@cache
def _at_risk() -> sa.Select[int, str, datetime, MeetingSoftware | None, str | None, bool]:
    """The columns of `AtRisk`, with whether the check before the start found anything."""
    user_id = sa.bindparam("user_id", type_=sa.Integer())
    lost = sa.select(Meeting.interview_id).where(_is_without_link())
    return (
        sa.select(
            Interview.id,
            Candidate.name,
            Interview.starts_at,
            Meeting.software,
            Meeting.label,
            Interview.checked_problems.is_not(None),
        )
        .join(Application, Application.id == Interview.application_id)
        .join(Candidate, Candidate.id == Application.candidate_id)
        .outerjoin(Meeting, sa.and_(Meeting.interview_id == Interview.id, _is_without_link()))
        .where(
            sa.or_(Interview.id.in_(lost), Interview.checked_problems.is_not(None)),
            _is_upcoming(sa.bindparam("now", type_=Interview.starts_at.type)),
            sa.or_(Interview.hiring_manager_id == user_id, Interview.scheduler_id == user_id),
        )
        .order_by(Interview.starts_at, Interview.id)
    )


def _problem(interview_id: int) -> str:
    """What is still wrong, with what helps, or ""."""
    problems = problems_of(db.session.get_one(Interview, interview_id))
    return f"{problems[0].whole} {problems[0].cure}" if problems else ""


def _is_without_link() -> sa.ColumnElement[bool]:
    return sa.and_(
        Meeting.is_wanted,
        Meeting.state == written_out(MeetingState.FAILED),
        Meeting.arranged_by_id.is_(None),
    )


def _is_upcoming(now: Any) -> sa.ColumnElement[bool]:
    # Not "scheduled", or SQLite would look through all scheduled interviews.
    return sa.and_(Interview.status != written_out(InterviewStatus.CANCELLED), Interview.starts_at > now)
