"""Interviews as the organization's programs read them, through the API and in webhook messages. Anything that
gives access or is meant only for the team is left out: links, passcodes, notes, feedback.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from extensions import db
from models import Application, Interview, InterviewStatus, InterviewType, User

_LOADED = (
    joinedload(Interview.application).joinedload(Application.job),
    joinedload(Interview.application).joinedload(Application.candidate),
    joinedload(Interview.hiring_manager),
    joinedload(Interview.scheduler),
    joinedload(Interview.meeting),
    selectinload(Interview.attendees),
)


# A transaction that began before a look may end after it, with an earlier time in its rows.
OVERLAP = timedelta(minutes=5)


@dataclass(frozen=True)
class Position:
    """The interview after which a page begins, in order of the last change."""

    changed_at: datetime
    id: int


@dataclass(frozen=True)
class Wanted:
    """Which interviews are asked for. All instants are aware."""

    statuses: Collection[InterviewStatus] = ()
    starts_since: datetime | None = None
    changed_since: datetime | None = None
    after: Position | None = None
    limit: int = 50


def page(wanted: Wanted) -> tuple[list[Interview], Position | None]:
    """The interviews of one page, least recently changed first, and where the next page begins; None after
    the last page. An interview that changes in the meantime is listed again later."""
    query = sa.select(Interview).options(*_LOADED)
    if wanted.statuses:
        query = query.where(Interview.status.in_(wanted.statuses))
    if wanted.starts_since is not None:
        query = query.where(Interview.starts_at >= wanted.starts_since)
    if wanted.changed_since is not None:
        query = query.where(Interview.changed_at >= wanted.changed_since - OVERLAP)
    if wanted.after is not None:
        at, last = wanted.after.changed_at, wanted.after.id
        query = query.where(
            sa.or_(Interview.changed_at > at, sa.and_(Interview.changed_at == at, Interview.id > last))
        )
    query = query.order_by(Interview.changed_at, Interview.id).limit(wanted.limit + 1)
    rows = list(db.session.scalars(query).unique())
    shown = rows[: wanted.limit]
    return shown, Position(shown[-1].changed_at, shown[-1].id) if len(rows) > wanted.limit else None


def one(interview_id: int) -> Interview | None:
    """One interview with everything that is published about it."""
    query = sa.select(Interview).options(*_LOADED).where(Interview.id == interview_id)
    return db.session.scalars(query).unique().one_or_none()


def published(row: Interview, base_url: str) -> dict[str, Any]:
    """What programs read of an interview; docs/openapi.yaml describes it. Only values that JSON has."""
    candidate, job = row.application.candidate, row.application.job
    # While the candidate is asked for a time, the row holds the first offered one.
    has_time = row.status is not InterviewStatus.REQUESTED
    return {
        "id": row.id,
        "status": row.status.value,
        "title": row.title,
        "type": row.interview_type.value,
        "starts_at": _at(row.starts_at) if has_time else None,
        "ends_at": _at(row.ends_at) if has_time else None,
        "duration_minutes": row.duration_minutes,
        "time_zone": row.timezone,
        "job": {"id": job.id, "title": job.title},
        "candidate": {
            "id": candidate.id,
            "name": candidate.name,
            "email": candidate.email if candidate.erased_at is None else None,
        },
        "hiring_manager": _person(row.hiring_manager),
        "scheduled_by": _person(row.scheduler),
        "attendees": [{"name": each.name, "email": each.email} for each in row.attendees],
        "software": row.meeting.software.value if row.meeting is not None else None,
        "address": row.address if row.interview_type is InterviewType.IN_PERSON else None,
        "revision": row.revision,
        "created_at": _at(row.created_at),
        "updated_at": _at(row.changed_at),
        "page_url": f"{base_url}/interviews/{row.id}",
    }


def _person(user: User) -> dict[str, str]:
    return {"name": user.name, "email": user.email}


def _at(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
