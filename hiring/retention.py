"""Erasing candidates by themselves, so many days after their last interview, if the organization says so."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from database import read_only, writing
from extensions import db
from hiring.commands import HiringError
from hiring.erasing import coming_interviews, erase_candidate
from hiring.imports import forget_old_imports
from models import Application, Candidate, CandidateNote, Draft, Interview, Organization
from timezones import utc_now
from work.heartbeat import last_time, mark_and_commit

log = logging.getLogger("retention")

_MARK = "retention"
_EVERY = timedelta(days=1)
# Few at a time: each is a transaction of its own, and between two looks people get their turn.
_AT_ONCE = 20


def erase_expired() -> None:
    """One look, a chore of the metronome: most of the time it reads two rows and is done.

    Once a day it erases whoever is due, some at each look until nobody is left. Two processes that look at
    the same time erase nobody twice.
    """
    now = utc_now()
    with read_only():
        days = db.session.scalar(sa.select(Organization.retention_days))
        looked_at = last_time(_MARK)
        is_time = looked_at is None or now - looked_at >= _EVERY
        due = _due(now - timedelta(days=days)) if is_time and days is not None else []
        db.session.rollback()
    if not is_time:
        return
    with writing():
        for candidate_id in due:
            assert days is not None
            _erase(candidate_id, days)
        if len(due) < _AT_ONCE:
            forget_old_imports()
            mark_and_commit(_MARK, now)


def _due(cutoff: datetime) -> list[int]:
    """Candidates with whom nothing has happened since `cutoff`: they were not entered or put on a job, had no
    interview, nobody noted anything about them and nobody is preparing an interview."""
    seen_since = (
        sa.select(Interview.id)
        .join(Application, Application.id == Interview.application_id)
        .where(Application.candidate_id == Candidate.id, Interview.starts_at >= cutoff)
    )
    return list(
        db.session.scalars(
            sa.select(Candidate.id)
            .where(
                Candidate.erased_at.is_(None),
                Candidate.created_at < cutoff,
                ~seen_since.exists(),
                *(~_newer(table, cutoff).exists() for table in (Application, CandidateNote, Draft)),
            )
            .order_by(Candidate.id)
            .limit(_AT_ONCE)
        )
    )


def _newer(table: type[Application | CandidateNote | Draft], cutoff: datetime) -> sa.Select[Any]:
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
        log.warning("candidate %d cannot be erased while an interview is to come", candidate_id)
