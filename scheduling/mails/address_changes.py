"""Updating the emails about a candidate's interviews when their name or address changes."""

from __future__ import annotations

import sqlalchemy as sa

from extensions import db
from models import (
    BEING_ARRANGED,
    Application,
    Attendee,
    Candidate,
    Interview,
    InterviewStatus,
    Mail,
    MailState,
    MailTrouble,
    ReaderRole,
    RevisionReason,
    User,
)
from scheduling.mails import queue, slots
from scheduling.revisions import raise_revision
from scheduling.rules import Rules
from scheduling.timeline import note
from timezones import utc_now
from work.mail import forget_refusals


class AddressTakenError(Exception):
    """Someone else who takes part in one of the interviews has this address."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def rename(candidate: Candidate) -> None:
    """Put the candidate's current name on their unsent emails."""
    for mail in _waiting(candidate):
        mail.name = candidate.name


def move(actor: User, candidate: Candidate, rules: Rules) -> int:
    """Handle a candidate's new address; returns how many upcoming interviews invite everyone again.

    Links in the older emails stop working, because those went to the wrong person. A candidate who is asked
    to choose a time gets the request at the new address. Raises `AddressTakenError` if the address belongs to
    someone else who takes part.
    """
    coming, asked = _coming(candidate), _asked(candidate)
    _refuse_address_of_others(candidate, [*coming, *asked])
    for address in {mail.address for mail in _in_trouble(candidate)}:
        forget_refusals(address)
    for mail in _waiting(candidate):
        mail.name, mail.address = candidate.name, candidate.email
    db.session.flush()
    for interview in [*coming, *asked]:
        interview.link_generation += 1
        note(interview.id, f"{actor.name} corrected the candidate's email address", actor=actor)
    for interview in asked:
        if interview.status is InterviewStatus.REQUESTED:
            slots.ask_again(interview, rules)
    for interview in coming:
        raise_revision(interview, RevisionReason.ADDRESS_CORRECTED, actor)
        queue.send_corrected_invitations(interview, rules)
    return len(coming)


def _coming(candidate: Candidate) -> list[Interview]:
    return _held(candidate, Interview.status == InterviewStatus.SCHEDULED, Interview.starts_at > utc_now())


def _asked(candidate: Candidate) -> list[Interview]:
    """Interviews whose time the candidate is asked to choose, or has chosen, and to which no one is invited
    yet."""
    return _held(candidate, Interview.status.in_(BEING_ARRANGED))


def _held(candidate: Candidate, *which: sa.ColumnElement[bool]) -> list[Interview]:
    """Their current rows, locked for the rest of the transaction: the candidate may be choosing a time at
    this moment, or someone may be cancelling."""
    return list(
        db.session.scalars(
            sa.select(Interview)
            .join(Interview.application)
            .where(Application.candidate_id == candidate.id, *which)
            .order_by(Interview.starts_at, Interview.id)
            .with_for_update(of=Interview)
            .execution_options(populate_existing=True)
        )
    )


def _waiting(candidate: Candidate) -> list[Mail]:
    return list(db.session.scalars(_to_candidate(candidate).where(Mail.state == MailState.QUEUED)))


def _in_trouble(candidate: Candidate) -> list[Mail]:
    """Emails that failed because of their address, and those held back for it."""
    return list(db.session.scalars(_to_candidate(candidate).where(Mail.trouble == MailTrouble.ADDRESS)))


def _to_candidate(candidate: Candidate) -> sa.Select[Mail]:
    return (
        sa.select(Mail)
        .join(Interview, Interview.id == Mail.interview_id)
        .join(Interview.application)
        .where(Application.candidate_id == candidate.id, Mail.role == ReaderRole.CANDIDATE)
    )


def _refuse_address_of_others(candidate: Candidate, interviews: list[Interview]) -> None:
    numbers = [interview.id for interview in interviews]
    attends = db.session.scalar(
        sa.select(Attendee.name).where(
            Attendee.interview_id.in_(numbers), sa.func.lower(Attendee.email) == candidate.email
        )
    )
    manages = db.session.scalar(
        sa.select(User.name)
        .join(Interview, Interview.hiring_manager_id == User.id)
        .where(Interview.id.in_(numbers), User.email == candidate.email)
    )
    taken_by = attends or manages
    if taken_by:
        raise AddressTakenError(f"{taken_by} has this address and takes part in an upcoming interview.")
