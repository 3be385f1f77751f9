"""How much interviewing each person on the team has done lately, and will do soon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from extensions import db
from models import Attendee, Interview, InterviewStatus

# Four weeks: long enough to even out a quiet week, short enough that people still feel it.
RECENT = timedelta(weeks=4)
_TOOK_TIME = (InterviewStatus.SCHEDULED, InterviewStatus.COMPLETED, InterviewStatus.NO_SHOW)
# A candidate who is still being asked may choose another time; a chosen one is taken.
_TAKES_TIME = (InterviewStatus.ACCEPTED, InterviewStatus.SCHEDULED)


@dataclass(frozen=True)
class Load:
    """`recent`: interviews of the last four weeks that took the person's time. `coming`: upcoming ones."""

    recent: int = 0
    coming: int = 0


def loads(now: datetime) -> dict[int, Load]:
    """The load of everyone who has any, by user. These are only counts, which are no secret on the team, so
    everyone may see them. A candidate who did not show up took the time anyway; a cancelled interview did
    not.
    """
    counts = (
        Interview.starts_at > now - RECENT,
        sa.or_(
            sa.and_(Interview.starts_at <= now, Interview.status.in_(_TOOK_TIME)),
            sa.and_(Interview.starts_at > now, Interview.status.in_(_TAKES_TIME)),
        ),
    )
    # A union rather than a union all, to count an interview once for someone who manages and attends it.
    taking_part = sa.union(
        sa.select(Interview.hiring_manager_id.label("user_id"), Interview.id, Interview.starts_at).where(
            *counts
        ),
        sa.select(Attendee.user_id, Interview.id, Interview.starts_at)
        .join(Interview, Interview.id == Attendee.interview_id)
        .where(*counts, Attendee.user_id.is_not(None)),
    ).subquery()
    is_recent = sa.case((taking_part.c.starts_at <= now, 1), else_=0)
    rows = db.session.execute(
        sa.select(taking_part.c.user_id, sa.func.sum(is_recent), sa.func.count()).group_by(
            taking_part.c.user_id
        )
    )
    return {user_id: Load(recent, total - recent) for user_id, recent, total in rows}
