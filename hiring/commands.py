"""What a person does with jobs and candidates. Each adds to the current transaction; the route commits."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from extensions import db
from models import Application, Candidate, Job, User


class HiringError(Exception):
    """Refused, with a sentence for the person and the field it belongs to."""

    def __init__(self, words: str, field: str) -> None:
        super().__init__(words)
        self.words = words
        self.field = field


@dataclass(frozen=True)
class NewJob:
    title: str
    department: str
    location: str
    hiring_manager_id: int


@dataclass(frozen=True)
class NewCandidate:
    """`timezone` is an IANA name or None when nobody knows it."""

    name: str
    email: str
    phone: str
    timezone: str | None
    job_id: int


def add_job(command: NewJob) -> Job:
    """A new open job. Raises `HiringError` when the hiring manager is nobody who is active."""
    manager = db.session.get(User, command.hiring_manager_id)
    if manager is None or not manager.is_active:
        raise HiringError("Choose somebody of the team.", "hiring_manager")
    job = Job(
        title=command.title,
        department=command.department,
        location=command.location,
        hiring_manager_id=manager.id,
    )
    db.session.add(job)
    db.session.flush()
    return job


def add_candidate(command: NewCandidate) -> Candidate:
    """A new candidate on an open job. Raises `HiringError` for a known address or a closed job."""
    email = command.email.strip().lower()
    known = db.session.scalar(sa.select(Candidate).where(Candidate.email == email))
    if known is not None:
        raise HiringError("There is already a candidate with this e-mail address.", "email")
    candidate = Candidate(name=command.name, email=email, phone=command.phone, timezone=command.timezone)
    try:
        with db.session.begin_nested():
            db.session.add(candidate)
    except IntegrityError:
        raise HiringError("There is already a candidate with this e-mail address.", "email") from None
    add_application(candidate, command.job_id)
    return candidate


def add_application(candidate: Candidate, job_id: int) -> Application:
    """Put a candidate on an open job; the same job twice is the same application. Raises `HiringError`."""
    job = db.session.get(Job, job_id)
    if job is None or not job.is_open:
        raise HiringError("Choose an open job.", "job")
    known = db.session.scalar(
        sa.select(Application).where(Application.candidate_id == candidate.id, Application.job_id == job.id)
    )
    if known is not None:
        return known
    application = Application(candidate_id=candidate.id, job_id=job.id)
    db.session.add(application)
    db.session.flush()
    return application
