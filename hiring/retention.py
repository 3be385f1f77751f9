"""Erasing candidates automatically, a number of days after their last interview, if the team wants that."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from database import clear_the_log
from extensions import db
from hiring.commands import HiringError
from hiring.erasing import coming_interviews, erase_candidate
from hiring.imports import forget_old_imports
from models import Application, ApplicationNote, Candidate, Draft, Interview, Organization
from work.chores import daily

log = logging.getLogger("retention")

# A few at a time: each has its own transaction, and between two ticks people's requests get their turn.
_AT_ONCE = 20


def _look(now: datetime) -> tuple[int | None, list[int]]:
    """After how many days candidates are erased, and who is due; None if they are kept forever."""
    days = db.session.scalar(sa.select(Organization.retention_days))
    return days, _due(now - timedelta(days=days)) if days is not None else []


def _erase_some(found: tuple[int | None, list[int]]) -> bool:
    """Two processes that look at the same time do not erase anyone twice."""
    days, due = found
    for candidate_id in due:
        assert days is not None
        _erase(candidate_id, days)
    if len(due) == _AT_ONCE:
        return False
    forget_old_imports()
    # Also for what people erased during the day, in case someone was reading just then.
    db.session.commit()
    clear_the_log(db.engine)
    return True


def _due(cutoff: datetime) -> list[int]:
    """Candidates with whom nothing has happened since `cutoff`: they were not added or put on a job, had no
    interview, no one wrote a note about them, and no one is preparing an interview."""
    seen_since = (
        sa.select(Interview.id)
        .join(Application, Application.id == Interview.application_id)
        .where(Application.candidate_id == Candidate.id, Interview.starts_at >= cutoff)
    )
    noted_since = (
        sa.select(ApplicationNote.id)
        .join(Application, Application.id == ApplicationNote.application_id)
        .where(Application.candidate_id == Candidate.id, ApplicationNote.created_at >= cutoff)
    )
    return list(
        db.session.scalars(
            sa.select(Candidate.id)
            .where(
                Candidate.erased_at.is_(None),
                Candidate.created_at < cutoff,
                ~seen_since.exists(),
                ~noted_since.exists(),
                *(~_newer(table, cutoff).exists() for table in (Application, Draft)),
            )
            .order_by(Candidate.id)
            .limit(_AT_ONCE)
        )
    )


def _newer(table: type[Application | Draft], cutoff: datetime) -> sa.Select[Any]:
    return sa.select(table.id).where(table.candidate_id == Candidate.id, table.created_at >= cutoff)


def _erase(candidate_id: int, days: int) -> None:
    candidate = db.session.get(Candidate, candidate_id, with_for_update=True, populate_existing=True)
    if candidate is None or coming_interviews(candidate):
        db.session.rollback()
        return
    try:
        erase_candidate(None, candidate, why=f", {days} days after the last interview")
        db.session.commit()
    except HiringError:
        db.session.rollback()
        log.warning("candidate %d cannot be erased while there is an upcoming interview", candidate_id)


# Erases candidates with whom nothing has happened for too long, and deletes lists that no one imported.
ERASE_EXPIRED = daily("retention", _look, _erase_some)
