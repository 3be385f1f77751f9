"""Who is already busy with another interview of ours at the wanted time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from extensions import db
from models import Attendee, Interview, InterviewStatus, User

# No interview lasts longer, so an earlier one than this cannot reach into the wanted time.
_LONGEST = timedelta(minutes=1440)


@dataclass(frozen=True)
class Clash:
    """Somebody of the team has another interview then. Times are aware UTC."""

    name: str
    starts_at: datetime
    ends_at: datetime


def find_clashes(
    user_ids: Collection[int], starts_at: datetime, duration_minutes: int, *, lock: bool = False
) -> list[Clash]:
    """The scheduled interviews of these people that overlap the wanted time, soonest first.

    `lock` holds the people's rows for the rest of the transaction, in the order of their ids, so that two
    commands for one person cannot both find the time free. SQLite has one writer and needs no lock.
    """
    if lock:
        db.session.scalars(
            sa.select(User.id).where(User.id.in_(user_ids)).order_by(User.id).with_for_update()
        ).all()
    ends_at = starts_at + timedelta(minutes=duration_minutes)
    # Bare columns first: hardly ever is anything near, and somebody is waiting for the answer to a click.
    nearby = db.session.execute(
        sa.select(Interview.id, Interview.starts_at, Interview.duration_minutes).where(
            Interview.status == InterviewStatus.SCHEDULED,
            Interview.starts_at < ends_at,
            Interview.starts_at > starts_at - _LONGEST,
            sa.or_(
                Interview.hiring_manager_id.in_(user_ids),
                Interview.id.in_(sa.select(Attendee.interview_id).where(Attendee.user_id.in_(user_ids))),
            ),
        )
    )
    overlapping = [
        number for number, begins, minutes in nearby if begins + timedelta(minutes=minutes) > starts_at
    ]
    return _clashes_with(overlapping, user_ids) if overlapping else []


def _clashes_with(interview_ids: list[int], user_ids: Collection[int]) -> list[Clash]:
    found = []
    for interview in db.session.scalars(
        sa.select(Interview)
        .where(Interview.id.in_(interview_ids))
        .options(selectinload(Interview.attendees), selectinload(Interview.hiring_manager))
        .order_by(Interview.starts_at, Interview.id)
    ):
        until = interview.starts_at + timedelta(minutes=interview.duration_minutes)
        busy = {interview.hiring_manager_id: interview.hiring_manager.name}
        busy |= {a.user_id: a.name for a in interview.attendees if a.user_id is not None}
        found += [
            Clash(name, interview.starts_at, until) for number, name in busy.items() if number in user_ids
        ]
    return found
