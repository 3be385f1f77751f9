"""The lists of unfinished interviews: what a person has started and can go on with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from accounts.permissions import Action
from accounts.row_permissions import (
    Asker,
    Reader,
    application_is_within,
    interview_is_within,
)
from models import Application, Candidate, Draft, DraftSubject, Interview, InterviewStatus, Job, Role
from rows import rows_of
from scheduling.drafts.drafts import LIFETIME
from timezones import utc_now


@dataclass(frozen=True)
class OpenDraft:
    """An unfinished interview as lists show it. `job_title` is None until the job is known; `is_change`: it
    changes an interview that exists, and `is_last_look`: it schedules one whose time the candidate has
    chosen. `updated_at` is when something was last typed into it."""

    id: str
    candidate_id: int
    job_id: int | None
    candidate_name: str
    job_title: str | None
    steps_done: int
    is_change: bool
    is_last_look: bool
    updated_at: datetime


def open_drafts(actor: Reader, *, candidate_id: int | None = None, limit: int = 10) -> list[OpenDraft]:
    """This person's unfinished interviews, or those for one candidate, the last one that was changed first.

    Only those that can be finished: not for a job that was closed, for a candidate whom this person can no
    longer schedule, or about an interview that was cancelled or has taken place. They reappear when that
    changes.
    """
    told = {
        "asker_id": actor.id,
        "candidate_id": candidate_id,
        "changed_after": utc_now() - LIFETIME,
        "most": limit,
    }
    return [
        OpenDraft(
            id=draft.id,
            candidate_id=draft.candidate_id,
            job_id=draft.job_id,
            candidate_name=draft.name,
            job_title=draft.title,
            steps_done=len(draft.payload),
            is_change=draft.subject is DraftSubject.CHANGE,
            is_last_look=draft.subject is DraftSubject.ACCEPTANCE,
            updated_at=draft.updated_at,
        )
        for draft in rows_of(_open_drafts(actor.role, candidate_id is not None), told)
    ]


@cache
def _open_drafts(
    role: Role, of_candidate: bool
) -> sa.Select[str, int, int | None, str, str | None, DraftSubject, dict[str, Any], datetime]:
    asker = Asker(role)
    is_of_asker = application_is_within(asker, Action.SCHEDULE)
    can_be_scheduled = (
        sa.select(Application.id)
        .join(Job, Job.id == Application.job_id)
        .where(Application.candidate_id == Draft.candidate_id, Job.is_open, is_of_asker)
        .correlate(Draft)
        .exists()
    )
    is_about_one = Interview.id == Draft.about_interview_id, interview_is_within(asker, Action.SCHEDULE)
    can_be_changed, can_be_accepted = (
        sa.select(Interview.id).where(Interview.status == status, *is_about_one).correlate(Draft).exists()
        for status in (InterviewStatus.SCHEDULED, InterviewStatus.ACCEPTED)
    )
    query = (
        sa.select(
            Draft.id,
            Draft.candidate_id,
            Job.id.label("job_id"),
            Candidate.name,
            Job.title,
            Draft.subject,
            Draft.payload,
            Draft.updated_at,
        )
        .join(Candidate, Candidate.id == Draft.candidate_id)
        .outerjoin(Application, sa.and_(Application.id == Draft.application_id, is_of_asker))
        .outerjoin(Job, Job.id == Application.job_id)
        .where(
            Draft.owner_id == asker.id,
            Draft.used_at.is_(None),
            Draft.set_aside_at.is_(None),
            Draft.updated_at > sa.bindparam("changed_after", type_=Draft.updated_at.type),
            sa.case(
                (Draft.subject == DraftSubject.CHANGE, can_be_changed),
                (Draft.subject == DraftSubject.ACCEPTANCE, can_be_accepted),
                else_=sa.and_(sa.or_(Draft.application_id.is_(None), Job.is_open), can_be_scheduled),
            ),
        )
        .order_by(Draft.updated_at.desc())
        .limit(sa.bindparam("most", type_=sa.Integer()))
    )
    if of_candidate:
        query = query.where(Draft.candidate_id == sa.bindparam("candidate_id", type_=sa.Integer()))
    return query
