"""Earlier interviews that a new one can begin with, and for whom."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from accounts.permissions import Action
from accounts.row_permissions import application_is_within, interview_is_within
from extensions import db
from models import Application, Candidate, Interview, Job, User


def last_on_job(actor: User, job_id: int) -> Interview | None:
    """What `actor` scheduled last on this job, else what anyone did; None for the first interview of a
    job."""
    return db.session.scalar(
        sa.select(Interview)
        .join(Interview.application)
        .join(Application.candidate)
        .where(
            Application.job_id == job_id,
            # What was written about someone who was erased is gone with them.
            Candidate.erased_at.is_(None),
            interview_is_within(actor, Action.SCHEDULE),
        )
        .options(joinedload(Interview.application), joinedload(Interview.meeting))
        .order_by((Interview.scheduler_id == actor.id).desc(), Interview.id.desc())
        .limit(1)
    )


def people_for_another(actor: User, interview: Interview) -> list[Application]:
    """Whom `actor` could schedule another interview like this with, by name: everyone on its job. Nobody once
    the job is closed."""
    return list(
        db.session.scalars(
            sa.select(Application)
            .join(Application.candidate)
            .join(Application.job)
            .where(
                Application.job_id == interview.application.job_id,
                Job.is_open.is_(True),
                application_is_within(actor, Action.SCHEDULE),
                Candidate.erased_at.is_(None),
            )
            .options(joinedload(Application.candidate))
            .order_by(Candidate.name_key, Candidate.id)
        )
    )
