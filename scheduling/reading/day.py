"""One day of the team: what is already scheduled, as far as the viewer may know."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from accounts.permissions import Action
from accounts.row_permissions import interview_is_within
from extensions import db
from models import Application, Interview, InterviewStatus, User
from scheduling.clashes import LONGEST

# A day with more interviews than this is read on the calendar page.
_MOST = 200


@dataclass(frozen=True)
class DayEntry:
    """One interview of the day. `candidate` and `job` are None where the viewer may not see it (`is_seen`):
    then they learn that these people are busy, but not with whom.
    """

    starts_at: datetime
    ends_at: datetime
    people: tuple[str, ...]
    is_involved: bool
    interview_id: int
    is_seen: bool
    candidate: str | None
    job: str | None


def interviews_of_day(
    actor: User, begins: datetime, ends: datetime, *, user_ids: Collection[int], candidate_id: int
) -> list[DayEntry]:
    """The team's scheduled interviews between two instants, by time.

    Those that involve one of these people or this candidate are marked as involved. `people` names them
    first.
    """
    rows = db.session.execute(
        sa.select(Interview, interview_is_within(actor, Action.SEE).label("is_seen"))
        .where(
            Interview.status == InterviewStatus.SCHEDULED,
            Interview.starts_at < ends,
            Interview.ends_at > begins,
            # Repeats the condition in a form that can use the index on the start.
            Interview.starts_at > begins - LONGEST,
        )
        .options(
            joinedload(Interview.application).joinedload(Application.candidate),
            joinedload(Interview.application).joinedload(Application.job),
            joinedload(Interview.hiring_manager),
            joinedload(Interview.attendees),
        )
        .order_by(Interview.starts_at, Interview.id)
        .limit(_MOST)
    ).unique()
    entries = []
    for interview, is_seen in rows:
        busy = {interview.hiring_manager_id: interview.hiring_manager.name}
        busy |= {a.user_id: a.name for a in interview.attendees if a.user_id is not None}
        involved = [number for number in busy if number in user_ids]
        others = [number for number in busy if number not in user_ids]
        entries.append(
            DayEntry(
                starts_at=interview.starts_at,
                ends_at=interview.ends_at,
                people=tuple(busy[number] for number in (*involved, *others)),
                is_involved=bool(involved) or interview.candidate.id == candidate_id,
                interview_id=interview.id,
                is_seen=bool(is_seen),
                candidate=interview.candidate.name if is_seen else None,
                job=interview.application.job.title if is_seen else None,
            )
        )
    return entries
