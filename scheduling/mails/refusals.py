"""Emails about an interview to an address that refuses everything: who is told, and which emails wait."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa

from extensions import db
from models import Interview, Mail, MailState, MailTrouble, ReaderRole, User
from scheduling.mails.occasions import Occasion
from scheduling.mails.queue import ADDRESS_REFUSED, INVITATION
from scheduling.rules import Rules
from timezones import utc_now
from work import mail as mails
from work.mail import NewMail, Recipient


def held_back_by(mail: Mail) -> Mail | None:
    """The refusal that keeps this email from being tried, or None.

    The first invitation to an interview is always tried: someone has just decided to write to this address,
    and a mailbox that was full or missing last month may be there now.
    """
    if mail.kind == INVITATION and mail.occasion == str(Occasion(0)):
        return None
    return mails.refusal_of(mail.address)


def tell_once(refused: Mail, rules: Rules) -> None:
    """Tell the scheduler and the hiring manager by email that nothing reaches an address anymore, once for
    each address of an interview. Nothing is sent to the refused address itself."""
    if refused.interview_id is None or refused.role is ReaderRole.TEAM:
        return
    about, occasion = mails.about_interview(refused.interview_id), _occasion(refused.address)
    is_told = sa.exists().where(Mail.about == about, Mail.kind == ADDRESS_REFUSED, Mail.occasion == occasion)
    if db.session.scalar(sa.select(is_told)):
        return
    interview = db.session.get_one(Interview, refused.interview_id)
    wanted = [
        NewMail(
            ADDRESS_REFUSED,
            about,
            occasion,
            Recipient(ReaderRole.TEAM, person.id, person.name, person.email),
            utc_now(),
        )
        for person in _to_tell(interview, refused.address)
    ]
    mails.queue(wanted, domain=rules.message_id_domain)


def refusal_told_of(notice: Mail) -> Mail | None:
    """The newest refused email that a notice is about; None if the address has been corrected since."""
    refused = db.session.scalars(
        sa.select(Mail)
        .where(
            Mail.interview_id == notice.interview_id,
            Mail.trouble == MailTrouble.ADDRESS,
            Mail.state == MailState.FAILED,
        )
        .order_by(Mail.id.desc())
    )
    return next((mail for mail in refused if _occasion(mail.address) == notice.occasion), None)


def _to_tell(interview: Interview, address: str) -> list[User]:
    by_id = {person.id: person for person in (interview.scheduler, interview.hiring_manager)}
    return [
        person for person in by_id.values() if person.is_active and person.email.lower() != address.lower()
    ]


def _occasion(address: str) -> str:
    # Only identifies it: the address may be longer than an occasion, and has to be erased with the candidate.
    return hashlib.sha256(address.lower().encode()).hexdigest()[:16]
