"""Reading jobs, candidates and people.

The first argument is always the person asking, so that nobody sees more than their role allows.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from accounts.permissions import Action
from accounts.row_permissions import application_is_within, candidate_is_within, job_is_within
from extensions import db
from models import Application, ApplicationNote, Candidate, Job, User


def job(actor: User, job_id: int, action: Action = Action.SEE) -> Job | None:
    """One job, if `actor` may do this to it or, for actions on candidates, to those on it."""
    return db.session.scalar(sa.select(Job).where(Job.id == job_id, job_is_within(actor, action)))


def open_jobs(actor: User, action: Action) -> list[Job]:
    """Open jobs on which `actor` may do this."""
    return list(
        db.session.scalars(
            sa.select(Job)
            .where(Job.is_open.is_(True), job_is_within(actor, action))
            .order_by(Job.title_key, Job.id)
        )
    )


def candidate(actor: User, candidate_id: int, action: Action = Action.SEE) -> Candidate | None:
    """One candidate, if `actor` may do this to them."""
    return db.session.scalar(
        sa.select(Candidate).where(Candidate.id == candidate_id, candidate_is_within(actor, action))
    )


def applications_of(actor: User, candidate_id: int, action: Action = Action.SEE) -> list[Application]:
    """The applications of one candidate on which `actor` may do this, newest first."""
    return list(
        db.session.scalars(
            sa.select(Application)
            .where(Application.candidate_id == candidate_id, application_is_within(actor, action))
            .options(joinedload(Application.job))
            .order_by(Application.id.desc())
        )
    )


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
    found = db.session.scalars(
        sa.select(ApplicationNote)
        .join(ApplicationNote.application)
        .where(Application.candidate_id == candidate_id, application_is_within(actor, Action.SEE_NOTES))
        .options(joinedload(ApplicationNote.author))
        .order_by(ApplicationNote.id.desc())
    )
    notes: dict[int, list[ApplicationNote]] = {}
    for note in found:
        notes.setdefault(note.application_id, []).append(note)
    return notes


def team() -> list[User]:
    """All active users, by name. The team is no secret to its members."""
    return list(
        db.session.scalars(sa.select(User).where(User.is_active.is_(True)).order_by(User.name, User.id))
    )
