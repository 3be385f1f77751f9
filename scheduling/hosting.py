"""The coming interviews that stand or fall with one connected account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from accounts.permissions import Action
from extensions import db
from models import (
    Application,
    Candidate,
    Connection,
    Interview,
    InterviewStatus,
    Meeting,
    MeetingAttempt,
    MeetingState,
    User,
)
from scheduling.hosts import APP_FOR
from scheduling.queries import interview_is_within


@dataclass(frozen=True)
class HostedInterview:
    """`has_meeting`: its meeting exists on this account. Otherwise the account is one that may get it."""

    interview_id: int
    title: str
    candidate_name: str
    starts_at: datetime
    timezone: str
    has_meeting: bool


def coming_on_account(connection: Connection, *, now: datetime) -> list[HostedInterview]:
    """The scheduled interviews from `now` on that this account hosts or may still have to, soonest first.

    The account may still get an interview whose meeting has not been made (yet), if its user is the hiring
    manager or the scheduler: those are asked to host.
    """
    softwares = [software for software, app in APP_FOR.items() if app is connection.app]
    is_here = sa.and_(Meeting.state == MeetingState.READY, Meeting.connection_id == connection.id)
    may_come_here = sa.and_(
        Meeting.state.in_((MeetingState.WAITING, MeetingState.FAILED)),
        sa.or_(
            Interview.hiring_manager_id == connection.user_id, Interview.scheduler_id == connection.user_id
        ),
    )
    rows = db.session.execute(
        sa.select(
            Interview.id,
            Interview.title,
            Candidate.name,
            Interview.starts_at,
            Interview.timezone,
            Meeting.state == MeetingState.READY,
        )
        .join(Meeting, Meeting.interview_id == Interview.id)
        .join(Application, Application.id == Interview.application_id)
        .join(Candidate, Candidate.id == Application.candidate_id)
        .where(
            Interview.status == InterviewStatus.SCHEDULED,
            Interview.starts_at >= now,
            Meeting.software.in_(softwares),
            Meeting.is_wanted.is_(True),
            sa.or_(is_here, may_come_here),
        )
        .order_by(Interview.starts_at, Interview.id)
    )
    return [HostedInterview(*row) for row in rows]


def seen_by(actor: User, hosted: list[HostedInterview]) -> list[HostedInterview]:
    """Those that `actor` may see: an account may host interviews that its user's role no longer reaches."""
    ids = {interview.interview_id for interview in hosted}
    seen = set(
        db.session.scalars(
            sa.select(Interview.id).where(Interview.id.in_(ids), interview_is_within(actor, Action.SEE))
        )
        if ids
        else ()
    )
    return [interview for interview in hosted if interview.interview_id in seen]


def leave_account(connection_id: int) -> None:
    """A connection stands for another account from now on: what lies on the old one is out of its reach.

    Meetings keep their links. What an older try left on the old account can no longer be looked for, and
    what that account was refused says nothing about the new one.
    """
    for table in (Meeting, MeetingAttempt):
        db.session.execute(
            sa.update(table).where(table.connection_id == connection_id).values(connection_id=None)
        )
