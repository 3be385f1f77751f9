"""Commands on jobs and candidates. Each adds to the current transaction; the route commits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from accounts.permissions import Action
from extensions import db
from hiring.copied_plans import copy_to
from hiring.queries import has_applications_beyond
from models import Application, ApplicationNote, Candidate, Interview, Job, Stage, StageMove, User
from scheduling import stages
from scheduling.entries import wanting as entries
from scheduling.mails import address_changes
from scheduling.rules import Rules

_KNOWN_ADDRESS = "There is already a candidate with this email address."


class HiringError(Exception):
    """Refused, with a sentence for the person and the field it belongs to."""

    def __init__(self, words: str, field: str) -> None:
        super().__init__(words)
        self.words = words
        self.field = field


@dataclass(frozen=True)
class NewJob:
    """The details of a job. `team_ids` are users who work on it in addition to its hiring manager."""

    title: str
    department: str
    location: str
    hiring_manager_id: int
    team_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class NewCandidate:
    """`timezone` is an IANA name, or None if it is unknown. `links` are full addresses."""

    name: str
    email: str
    phone: str
    timezone: str | None
    job_id: int
    links: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True)
class CandidateDetails:
    """What is known about a candidate. `timezone` is an IANA name, or None if it is unknown. `links` are full
    addresses."""

    name: str
    email: str
    phone: str
    timezone: str | None
    links: tuple[str, ...] = ()
    source: str = ""


def add_job(command: NewJob) -> Job:
    """A new open job with a copy of the organization's interview plan. Raises `HiringError` if someone on it
    is not an active user."""
    job = Job(
        title=command.title,
        department=command.department,
        location=command.location,
        hiring_manager_id=_active_manager(command.hiring_manager_id).id,
        team=_team(command, keeping=()),
    )
    db.session.add(job)
    db.session.flush()
    copy_to(job)
    return job


def edit_job(job: Job, command: NewJob) -> None:
    """Change a job's details; interviews that are already scheduled keep their own hiring manager.

    Raises `HiringError` for a new hiring manager or team member who is not active. People who were already on
    it and have been deactivated since may stay.
    """
    if command.hiring_manager_id != job.hiring_manager_id:
        job.hiring_manager_id = _active_manager(command.hiring_manager_id).id
    job.title, job.department, job.location = command.title, command.department, command.location
    job.team = _team(command, keeping=job.team)


def reopen_job(job: Job) -> None:
    """Open a job again. Its candidates and interviews are still there."""
    job.is_open = True


def _active_manager(user_id: int) -> User:
    manager = db.session.get(User, user_id)
    if manager is None or not manager.is_active:
        raise HiringError("Choose someone on the team.", "hiring_manager")
    return manager


def _team(command: NewJob, *, keeping: Iterable[User]) -> list[User]:
    kept = {user.id for user in keeping}
    wanted = set(command.team_ids) - {command.hiring_manager_id}
    found = list(db.session.scalars(sa.select(User).where(User.id.in_(wanted)).order_by(User.name, User.id)))
    if len(found) != len(wanted) or any(not user.is_active and user.id not in kept for user in found):
        raise HiringError("Choose people on the team.", "team")
    return found


def add_candidate(command: NewCandidate) -> Candidate:
    """A new candidate on an open job. Raises `HiringError` for a known address or a closed job."""
    email = command.email.strip().lower()
    if db.session.scalar(sa.select(Candidate.id).where(Candidate.email == email)) is not None:
        raise HiringError(_KNOWN_ADDRESS, "email")
    candidate = Candidate(
        name=command.name,
        email=email,
        phone=command.phone,
        timezone=command.timezone,
        links=list(command.links),
        source=command.source,
    )
    try:
        with db.session.begin_nested():
            db.session.add(candidate)
    except IntegrityError:
        raise HiringError(_KNOWN_ADDRESS, "email") from None
    add_application(candidate, command.job_id)
    return candidate


def edit_candidate(actor: User, candidate: Candidate, command: CandidateDetails, rules: Rules) -> int:
    """Correct a candidate's details; returns how many upcoming interviews they are invited to again.

    With a new address, unsent emails go there, the links that were sent to the old one stop working, and
    everyone is invited again. Raises `HiringError` for someone else's address and for an erased candidate.
    """
    refuse_erased(candidate)
    email = command.email.strip().lower()
    is_moved = email != candidate.email
    if is_moved and has_applications_beyond(actor, candidate.id, Action.MANAGE_CANDIDATES):
        # A new address gets the links of every upcoming interview, including those of other people's jobs.
        raise HiringError("They're on other jobs too. Ask a recruiter to change this.", "email")
    if is_moved and db.session.scalar(sa.select(Candidate.id).where(Candidate.email == email)) is not None:
        raise HiringError(_KNOWN_ADDRESS, "email")
    try:
        with db.session.begin_nested():
            candidate.name, candidate.email = command.name, email
            candidate.phone, candidate.timezone = command.phone, command.timezone
            candidate.links, candidate.source = list(command.links), command.source
    except IntegrityError:
        raise HiringError(_KNOWN_ADDRESS, "email") from None
    # Entries in people's calendars have the candidate's name, and links that end with an old address.
    entries.request_for_candidate(candidate.id)
    if not is_moved:
        address_changes.rename(candidate)
        return 0
    try:
        return address_changes.move(actor, candidate, rules)
    except address_changes.AddressTakenError as error:
        raise HiringError(error.words, "email") from None


def add_application(candidate: Candidate, job_id: int) -> Application:
    """Put a candidate on an open job; doing it twice makes only one application. Raises `HiringError`."""
    refuse_erased(candidate)
    job = db.session.get(Job, job_id)
    if job is None or not job.is_open:
        raise HiringError("Choose an open job.", "job")
    known = db.session.scalar(
        sa.select(Application).where(Application.candidate_id == candidate.id, Application.job_id == job.id)
    )
    if known is not None:
        return known
    application = Application(candidate_id=candidate.id, job_id=job.id)
    try:
        with db.session.begin_nested():
            db.session.add(application)
    except IntegrityError:
        # A second click, on PostgreSQL: the first one's row is visible by now.
        return db.session.scalars(
            sa.select(Application).where(
                Application.candidate_id == candidate.id, Application.job_id == job.id
            )
        ).one()
    return application


def set_stage(actor: User, application: Application, stage: Stage) -> StageMove | None:
    """Set how far an application has progressed; returns the move, with its id, or None if it was there
    already. Interviews are not affected; scheduling one moves the stage on its own, in `scheduling.stages`.
    Raises `HiringError` for an erased candidate."""
    refuse_erased(application.candidate)
    made = stages.move(actor, application, stage)
    db.session.flush()
    return made


def take_back_move(actor: User, application: Application, move_id: int) -> Stage:
    """Put an application back to the stage before its newest move, which is another move; returns the stage.
    Raises `HiringError` if `move_id` is not its newest move, and for an erased candidate."""
    refuse_erased(application.candidate)
    # Locked first, so that two people who press Undo do not take back each other's move.
    db.session.refresh(application, attribute_names=["stage"], with_for_update=True)
    newest = db.session.scalars(
        sa.select(StageMove)
        .where(StageMove.application_id == application.id)
        .order_by(StageMove.id.desc())
        .limit(1)
    ).one_or_none()
    if newest is None or newest.id != move_id:
        raise HiringError("The stage has been changed again since, so it stays as it is.", "stage")
    stages.move(actor, application, newest.before)
    return newest.before


def remove_application(application: Application) -> None:
    """Take a candidate off a job. Raises `HiringError` if there are interviews or notes, which would be
    lost."""
    lost: dict[str, sa.Select[int]] = {
        "interviews": sa.select(Interview.id).where(Interview.application_id == application.id),
        "notes": sa.select(ApplicationNote.id).where(ApplicationNote.application_id == application.id),
    }
    for what, rows in lost.items():
        if db.session.scalar(rows.limit(1)) is not None:
            raise HiringError(
                f"{application.candidate.name} has {what} for {application.job.title}, which are kept. "
                "Set the stage to Rejected instead.",
                "job",
            )
    db.session.delete(application)


def add_note(actor: User, application: Application, text: str) -> ApplicationNote:
    """Add a note about a candidate on one job, for those of the team who see the notes there.

    Raises `HiringError` for an erased candidate.
    """
    refuse_erased(application.candidate)
    note = ApplicationNote(application_id=application.id, author_id=actor.id, text=text)
    db.session.add(note)
    return note


def refuse_erased(candidate: Candidate) -> None:
    """Raises `HiringError` for a candidate who was erased: nothing new is kept of them."""
    if candidate.erased_at is not None:
        raise HiringError("This candidate was erased. Add them again.", "email")
