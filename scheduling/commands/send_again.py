"""Sending emails again that a mail server refused for good, after the address or the server was fixed."""

from __future__ import annotations

import sqlalchemy as sa

from extensions import db
from models import Interview, Mail, MailState, MailTrouble, ReaderRole, User
from scheduling.mails.outcomes import label_of
from scheduling.timeline import note
from wording import people
from work import mail as mails


def send_again(actor: User, interview: Interview, mail_ids: frozenset[int]) -> int:
    """Queue those emails of the interview again, in the current transaction, and return how many there were;
    only ones that are undelivered or held back count. Each is the same message as before; the candidate's
    goes to the address that the candidate has now.

    One that has become useless is dropped when its turn comes, with the reason.
    """
    failed = db.session.scalars(
        sa.select(Mail)
        .where(Mail.interview_id == interview.id, Mail.id.in_(mail_ids), _can_be_sent_again())
        .order_by(Mail.id)
        .with_for_update()
    ).all()
    for mail in failed:
        if mail.role is ReaderRole.CANDIDATE:
            mail.name, mail.address = interview.candidate.name, interview.candidate.email
        mails.queue_again(mail)
    if len(failed) == 1:
        what, whom = label_of(failed[0]).lower(), failed[0].name
        note(interview.id, f"{actor.name} asked for the {what} to {whom} to be sent again", actor=actor)
    elif failed:
        number = people(len({mail.address for mail in failed}))
        note(interview.id, f"{actor.name} asked for what {number} did not get to be sent again", actor=actor)
    return len(failed)


def _can_be_sent_again() -> sa.ColumnElement[bool]:
    """Undelivered, or held back because the address refused another one: the person who asks knows better."""
    is_held = sa.and_(Mail.state == MailState.QUEUED, Mail.trouble == MailTrouble.ADDRESS)
    return sa.or_(Mail.state == MailState.FAILED, is_held)
