"""Reading interviews. The first argument is always who asks: nobody sees more than their role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql import ColumnElement

from accounts.permissions import Action, Scope, scope_of
from extensions import db
from hiring.queries import own_interview_ids, own_job_ids
from models import Application, Interview, InterviewStatus, Meeting, MeetingState, User
from timezones import utc_now

PAGE_SIZE = 25
# An interview stays among the coming ones until it is surely over.
_STILL_ON = timedelta(hours=1)


@dataclass(frozen=True)
class Page:
    interviews: list[Interview]
    number: int
    count: int


def interview_is_within(actor: User, action: Action) -> ColumnElement[bool]:
    """The condition on `Interview` for what `actor` may do this to."""
    match scope_of(actor.role, action):
        case Scope.ALL:
            return sa.true()
        case Scope.OWN_JOBS:
            return Interview.application_id.in_(
                sa.select(Application.id).where(Application.job_id.in_(own_job_ids(actor)))
            )
        case Scope.OWN_INTERVIEWS:
            return Interview.id.in_(own_interview_ids(actor))
        case _:
            return sa.false()


def _with_people() -> sa.Select[Interview]:
    return sa.select(Interview).options(
        joinedload(Interview.application).joinedload(Application.candidate),
        joinedload(Interview.application).joinedload(Application.job),
        joinedload(Interview.meeting),
    )


def interview(actor: User, interview_id: int, action: Action = Action.SEE) -> Interview | None:
    """One interview, if `actor` may do this to it."""
    return db.session.scalar(
        _with_people()
        .where(Interview.id == interview_id, interview_is_within(actor, action))
        .options(
            joinedload(Interview.meeting).joinedload(Meeting.host),
            selectinload(Interview.attendees),
            selectinload(Interview.mails),
            selectinload(Interview.timeline),
        )
    )


def may(actor: User, action: Action, interview_id: int) -> bool:
    """Whether `actor` may do this to one interview."""
    return (
        db.session.scalar(
            sa.select(Interview.id).where(Interview.id == interview_id, interview_is_within(actor, action))
        )
        is not None
    )


def counts_by_status(actor: User) -> dict[InterviewStatus, int]:
    """How many interviews `actor` sees in each status."""
    rows = db.session.execute(
        sa.select(Interview.status, sa.func.count(Interview.id))
        .where(interview_is_within(actor, Action.SEE))
        .group_by(Interview.status)
    )
    return {row[0]: row[1] for row in rows}


def interviews(actor: User, status: InterviewStatus, page: int) -> Page:
    """One page of the interviews in a status; what is to come soonest first, what is over latest first."""
    where = (Interview.status == status, interview_is_within(actor, Action.SEE))
    total = db.session.scalar(sa.select(sa.func.count(Interview.id)).where(*where)) or 0
    count = max(1, -(-total // PAGE_SIZE))
    number = min(max(page, 1), count)
    is_over = status in (InterviewStatus.COMPLETED, InterviewStatus.CANCELLED, InterviewStatus.NO_SHOW)
    order = Interview.starts_at.desc() if is_over else Interview.starts_at
    found = db.session.scalars(
        _with_people()
        .where(*where)
        .order_by(order, Interview.id)
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    ).all()
    return Page(list(found), number, count)


def interviews_of_candidate(actor: User, candidate_id: int) -> list[Interview]:
    """The interviews of one candidate that `actor` sees, newest first."""
    return list(
        db.session.scalars(
            _with_people()
            .join(Interview.application)
            .where(Application.candidate_id == candidate_id, interview_is_within(actor, Action.SEE))
            .order_by(Interview.starts_at.desc())
        )
    )


def upcoming(actor: User, *, limit: int = 8) -> list[Interview]:
    """The next interviews that `actor` sees."""
    return list(
        db.session.scalars(
            _with_people()
            .where(
                Interview.status == InterviewStatus.SCHEDULED,
                Interview.starts_at > utc_now() - _STILL_ON,
                interview_is_within(actor, Action.SEE),
            )
            .order_by(Interview.starts_at, Interview.id)
            .limit(limit)
        )
    )


def without_link(actor: User, *, limit: int = 8) -> list[Interview]:
    """Coming interviews whose meeting could not be made and that `actor` could do something about."""
    return list(
        db.session.scalars(
            _with_people()
            .join(Meeting, Meeting.interview_id == Interview.id)
            .where(
                Interview.status == InterviewStatus.SCHEDULED,
                Interview.starts_at > utc_now(),
                Meeting.state == MeetingState.FAILED,
                interview_is_within(actor, Action.SCHEDULE),
            )
            .order_by(Interview.starts_at, Interview.id)
            .limit(limit)
        )
    )
