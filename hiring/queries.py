"""Reading jobs, candidates and people.

The first argument is always the person asking, so that no one sees more than their role allows.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from accounts.permissions import Action
from accounts.row_permissions import (
    Asker,
    application_is_within,
    candidate_is_within,
    is_settled,
    job_is_within,
)
from extensions import db
from models import Application, ApplicationNote, Candidate, InterviewTemplate, Job, Role, StageMove, User
from rows import rows_of


def job(actor: User, job_id: int, action: Action = Action.SEE) -> Job | None:
    """One job, if `actor` may do this to it or, for actions on candidates, to those on it."""
    return db.session.scalar(sa.select(Job).where(Job.id == job_id, job_is_within(actor, action)))


class OpenJob(NamedTuple):
    """A job to choose."""

    id: int
    title: str


def open_jobs(actor: User, action: Action) -> list[Job]:
    """Open jobs on which `actor` may do this."""
    return list(db.session.scalars(_open(actor.role, action), {"asker_id": actor.id}))


def open_jobs_to_choose(actor: User, action: Action) -> list[OpenJob]:
    """The same for a list to choose from, which reads only what it shows."""
    statement = _open_to_choose(actor.role, action)
    return list(map(OpenJob._make, rows_of(statement, {"asker_id": actor.id})))


@cache
def _open(role: Role, action: Action) -> sa.Select[Job]:
    return (
        sa.select(Job)
        .where(Job.is_open.is_(True), job_is_within(Asker(role), action))
        .order_by(Job.title_key, Job.id)
    )


@cache
def _open_to_choose(role: Role, action: Action) -> sa.Select[int, str]:
    return _open(role, action).with_only_columns(Job.id, Job.title)


def candidate(actor: User, candidate_id: int, action: Action = Action.SEE) -> Candidate | None:
    """One candidate, if `actor` may do this to them."""
    told = {"asker_id": actor.id, "candidate_id": candidate_id}
    return db.session.scalar(_candidate(actor.role, action), told)


def candidate_at(actor: User, email: str) -> Candidate | None:
    """The candidate with this email address, if `actor` may see them."""
    found = db.session.scalar(sa.select(Candidate.id).where(Candidate.email == email.strip().lower()))
    return candidate(actor, found) if found is not None else None


def candidates_like(actor: User, new: Candidate) -> list[Candidate]:
    """Up to three others whom `actor` may see, the newest first, with the same name or telephone number as a
    new candidate: one person may have written from two addresses."""
    told = {
        "asker_id": actor.id,
        "candidate_id": new.id,
        "name_key": new.name_key,
        "phone_digits": new.phone_digits,
    }
    return list(db.session.scalars(_candidates_like(actor.role, bool(new.phone_digits)), told))


_CANDIDATE_ID = sa.bindparam("candidate_id", type_=sa.Integer())


@cache
def _candidates_like(role: Role, has_phone: bool) -> sa.Select[Candidate]:
    alike = Candidate.name_key == sa.bindparam("name_key", type_=sa.String())
    if has_phone:
        alike = sa.or_(alike, Candidate.phone_digits == sa.bindparam("phone_digits", type_=sa.String()))
    return (
        sa.select(Candidate)
        .where(
            alike,
            Candidate.id != _CANDIDATE_ID,
            Candidate.erased_at.is_(None),
            candidate_is_within(Asker(role), Action.SEE),
        )
        .order_by(Candidate.id.desc())
        .limit(3)
    )


@cache
def _candidate(role: Role, action: Action) -> sa.Select[Candidate]:
    within = candidate_is_within(Asker(role), action)
    return sa.select(Candidate).where(Candidate.id == _CANDIDATE_ID, within)


def may(actor: User, action: Action, seen: Candidate) -> bool:
    """Whether `actor` may do this to a candidate that they see."""
    settled = is_settled(actor, action)
    return settled if settled is not None else candidate(actor, seen.id, action) is not None


def applications_of(actor: User, candidate_id: int, action: Action = Action.SEE) -> list[Application]:
    """The applications of one candidate on which `actor` may do this, newest first."""
    told = {"asker_id": actor.id, "candidate_id": candidate_id}
    return list(db.session.scalars(_applications_of(actor.role, action), told))


@cache
def _applications_of(role: Role, action: Action) -> sa.Select[Application]:
    return (
        sa.select(Application)
        .where(Application.candidate_id == _CANDIDATE_ID, application_is_within(Asker(role), action))
        .options(joinedload(Application.job))
        .order_by(Application.id.desc())
    )


def applications_with_moves(actor: User, candidate_id: int) -> list[Application]:
    """The applications of one candidate that `actor` sees, newest first, with the moves of each."""
    told = {"asker_id": actor.id, "candidate_id": candidate_id}
    return list(db.session.scalars(_applications_with_moves(actor.role), told).unique())


@cache
def _applications_with_moves(role: Role) -> sa.Select[Application]:
    who = joinedload(Application.moves).joinedload(StageMove.actor).load_only(User.name)
    return _applications_of(role, Action.SEE).options(who)


def applications_to_schedule(actor: User, candidate_id: int) -> list[Application]:
    """Those on which `actor` may schedule interviews, with the teams and interview plans of their jobs."""
    told = {"asker_id": actor.id, "candidate_id": candidate_id}
    return list(db.session.scalars(_applications_to_schedule(actor.role), told).unique())


@cache
def _applications_to_schedule(role: Role) -> sa.Select[Application]:
    job, template = joinedload(Application.job), InterviewTemplate
    # Together, because each step of the dialog asks for them; of the templates, what a menu shows.
    shown = (template.id, template.position, template.name, template.duration_minutes)
    how = (template.interview_type, template.meeting_software, template.link_label)
    return _applications_of(role, Action.SCHEDULE).options(
        job.joinedload(Job.team), job.joinedload(Job.templates).load_only(*shown, *how)
    )


def among(actor: User, action: Action, seen: list[Application], candidate_id: int) -> list[Application]:
    """Those among the applications of a candidate that `actor` sees on which `actor` may do this."""
    match is_settled(actor, action):
        case True:
            return seen
        case False:
            return []
    return applications_of(actor, candidate_id, action)


def application(actor: User, candidate_id: int, application_id: int, action: Action) -> Application | None:
    """One application of one candidate, if `actor` may do this to it."""
    return db.session.scalar(
        sa.select(Application).where(
            Application.id == application_id,
            Application.candidate_id == candidate_id,
            application_is_within(actor, action),
        )
    )


def has_applications_beyond(actor: User, candidate_id: int, action: Action) -> bool:
    """Whether the candidate is also on jobs on which `actor` may not do this."""
    beyond = sa.select(Application.id).where(
        Application.candidate_id == candidate_id, ~application_is_within(actor, action)
    )
    return db.session.scalar(beyond.limit(1)) is not None


def notes_on(actor: User, candidate_id: int) -> dict[int, list[ApplicationNote]]:
    """The notes on one candidate that `actor` may see, newest first, by the id of the application."""
    told = {"asker_id": actor.id, "candidate_id": candidate_id}
    notes: dict[int, list[ApplicationNote]] = {}
    for note in db.session.scalars(_notes_on(actor.role), told):
        notes.setdefault(note.application_id, []).append(note)
    return notes


@cache
def _notes_on(role: Role) -> sa.Select[ApplicationNote]:
    return (
        sa.select(ApplicationNote)
        .join(ApplicationNote.application)
        .where(
            Application.candidate_id == _CANDIDATE_ID,
            application_is_within(Asker(role), Action.SEE_NOTES),
        )
        .options(joinedload(ApplicationNote.author))
        .order_by(ApplicationNote.id.desc())
    )


_TEAM = sa.select(User).where(User.is_active.is_(True)).order_by(User.name, User.id)


def interviewers_of(job: Job, team: Iterable[User]) -> list[User]:
    """Those among `team`, in its order, who are on the job and interview for it. Its hiring
    manager is not among them."""
    on_job = {user.id for user in job.team} - {job.hiring_manager_id}
    return [user for user in team if user.id in on_job and user.role is not Role.OBSERVER]


_ZONES_OF_TEAM = (
    sa.select(User.timezone)
    .where(User.is_active.is_(True))
    .group_by(User.timezone)
    .order_by(sa.func.count().desc(), User.timezone)
)


def zones_of_team() -> list[str]:
    """The time zones of all active users, each once, the one of the most people first."""
    return list(db.session.scalars(_ZONES_OF_TEAM))


def team() -> list[User]:
    """All active users, by name. The team is no secret to its members."""
    return list(db.session.scalars(_TEAM))
