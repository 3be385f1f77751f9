"""Earlier interviews that a new one can start from, and the candidates it could be for."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVarTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from accounts.permissions import Action
from accounts.row_permissions import Asker, application_is_within, interview_is_within
from extensions import db
from models import Application, Candidate, Draft, Interview, Job, Role, User
from rows import rows_of

Columns = TypeVarTuple("Columns")


def last_on_job(actor: User, job_id: int, template_id: int | None = None) -> Interview | None:
    """The last interview that `actor` scheduled on this job, or else that anyone did; None if the job has no
    interview yet. One that started from the same template comes before all others."""
    told = {"asker_id": actor.id, "job_id": job_id}
    if template_id is not None:
        told["template_id"] = template_id
    statement = _last_on_job(actor.role, of_template=template_id is not None)
    return db.session.scalars(statement, told).unique().first()


def has_interview(actor: User, job_id: int) -> bool:
    """Whether `last_on_job` finds one."""
    return bool(rows_of(_any_on_job(actor.role), {"asker_id": actor.id, "job_id": job_id}))


@cache
def _any_on_job(role: Role) -> sa.Select[int]:
    return _on_job(sa.select(Interview.id), role).limit(1)


def _on_job(statement: sa.Select[*Columns], role: Role) -> sa.Select[*Columns]:
    """The interviews on a job that a new one can start from."""
    return (
        statement.join(Interview.application)
        .join(Application.candidate)
        .where(
            Application.job_id == sa.bindparam("job_id", type_=sa.Integer()),
            # Text written about a candidate who was erased has been erased too.
            Candidate.erased_at.is_(None),
            interview_is_within(Asker(role), Action.SCHEDULE),
        )
    )


@cache
def _last_on_job(role: Role, *, of_template: bool) -> sa.Select[Interview]:
    """Built once: each step of the dialog asks for it, and building it takes longer than running it."""
    order: list[sa.ColumnElement[Any]] = [
        (Interview.scheduler_id == Asker(role).id).desc(),
        Interview.id.desc(),
    ]
    if of_template:
        is_like_it = Interview.template_id == sa.bindparam("template_id", type_=sa.Integer())
        order.insert(0, is_like_it.desc().nulls_last())
    return (
        _on_job(sa.select(Interview), role)
        .options(
            joinedload(Interview.application).joinedload(Application.candidate),
            joinedload(Interview.meeting),
            joinedload(Interview.attendees),
        )
        .order_by(*order)
        .limit(1)
    )


def candidate_of_repeated(draft: Draft) -> str | None:
    """The name of the candidate whose interview this draft repeats; None for other drafts, and once the name
    is erased."""
    if draft.repeats_id is None:
        return None
    return db.session.scalar(
        sa.select(Candidate.name)
        .join(Application, Application.candidate_id == Candidate.id)
        .join(Interview, Interview.application_id == Application.id)
        .where(Interview.id == draft.repeats_id, Candidate.erased_at.is_(None))
    )


def people_for_another(actor: User, interview: Interview) -> list[Application]:
    """The people with whom `actor` could schedule another interview like this, by name: everyone on its job;
    no one once the job is closed."""
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
