"""Which rows a person's role reaches, as conditions for queries.

The first argument is always the person asking, so that no one sees more than their role allows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

import sqlalchemy as sa
from sqlalchemy.sql import ColumnElement

from accounts.permissions import Action, Scope, scope_of
from extensions import db
from models import Application, Attendee, Candidate, Interview, Job, JobMember, Role


class Reader(Protocol):
    """The person asking, with what reading depends on: a user, or the person behind a request."""

    @property
    def id(self) -> int: ...

    @property
    def role(self) -> Role: ...


@dataclass(frozen=True)
class Asker:
    """A person with a known role whose id is known only when a statement runs. The conditions below accept it
    instead of a user, so that statements can be built once for each role; they then have the parameter
    `asker_id`."""

    role: Role

    @property
    def id(self) -> sa.BindParameter[int]:
        return _ASKER_ID


_ASKER_ID = sa.bindparam("asker_id", type_=sa.Integer())


def is_settled(actor: Reader, action: Action) -> bool | None:
    """Whether `actor` may do this to a row that they see, if their role alone decides; None if it depends on
    the row, so that the database has to be asked."""
    scope = scope_of(actor.role, action)
    if scope in (Scope.ALL, scope_of(actor.role, Action.SEE)):
        return True
    return False if scope is Scope.NONE else None


class _EveryJob:
    """All jobs, without loading them."""

    def __contains__(self, job_id: object) -> bool:
        return True


EVERY_JOB: Final = _EveryJob()


def jobs_within(actor: Reader, action: Action) -> _EveryJob | frozenset[int]:
    """The ids of the jobs on whose rows `actor` may do this, for what a list offers on each of its rows. The
    database is asked only if it depends on the job.
    """
    match scope_of(actor.role, action):
        case Scope.ALL:
            return EVERY_JOB
        case Scope.OWN_JOBS:
            return frozenset(db.session.scalars(own_job_ids(actor)))
        case _:
            return frozenset()


def own_job_ids(actor: Reader | Asker) -> sa.Select[int]:
    """Ids of the jobs that `actor` manages or works on."""
    return sa.select(Job.id).where(
        sa.or_(
            Job.hiring_manager_id == actor.id,
            Job.id.in_(sa.select(JobMember.job_id).where(JobMember.user_id == actor.id)),
        )
    )


def own_interview_ids(actor: Reader | Asker) -> sa.Select[int]:
    """Ids of the interviews that `actor` takes part in or scheduled."""
    return sa.select(Interview.id).where(
        sa.or_(
            Interview.hiring_manager_id == actor.id,
            Interview.scheduler_id == actor.id,
            Interview.id.in_(sa.select(Attendee.interview_id).where(Attendee.user_id == actor.id)),
        )
    )


def job_is_within(actor: Reader | Asker, action: Action) -> ColumnElement[bool]:
    """The condition on `Job` for what `actor` may do this to."""
    of_interviews = (
        sa.select(Application.job_id)
        .join(Interview, Interview.application_id == Application.id)
        .where(Interview.id.in_(own_interview_ids(actor)))
    )
    return _within(actor, action, Job.id.in_(own_job_ids(actor)), Job.id.in_(of_interviews))


def application_is_within(actor: Reader | Asker, action: Action) -> ColumnElement[bool]:
    """The condition on `Application` for what `actor` may do this to."""
    of_interviews = sa.select(Interview.application_id).where(Interview.id.in_(own_interview_ids(actor)))
    of_jobs = Application.job_id.in_(own_job_ids(actor))
    return _within(actor, action, of_jobs, Application.id.in_(of_interviews))


def candidate_is_within(actor: Reader | Asker, action: Action) -> ColumnElement[bool]:
    """The condition on `Candidate`: `actor` may do this to one of their applications."""
    if scope_of(actor.role, action) is Scope.ALL:
        return sa.true()
    return Candidate.id.in_(sa.select(Application.candidate_id).where(application_is_within(actor, action)))


def interview_is_within(actor: Reader | Asker, action: Action) -> ColumnElement[bool]:
    """The condition on `Interview` for what `actor` may do this to."""
    of_jobs = sa.select(Application.id).where(Application.job_id.in_(own_job_ids(actor)))
    own = Interview.id.in_(own_interview_ids(actor))
    return _within(actor, action, Interview.application_id.in_(of_jobs), own)


def _within(
    actor: Reader | Asker, action: Action, own_job: ColumnElement[bool], own_interview: ColumnElement[bool]
) -> ColumnElement[bool]:
    """The condition for how far the role of `actor` reaches with `action`; the last two say when a row
    belongs to a job of their own, and when to an interview of their own."""
    match scope_of(actor.role, action):
        case Scope.ALL:
            return sa.true()
        case Scope.OWN_JOBS:
            return own_job
        case Scope.OWN_INTERVIEWS:
            return own_interview
        case Scope.OWN_JOBS_AND_INTERVIEWS:
            return sa.or_(own_job, own_interview)
        case _:
            return sa.false()
