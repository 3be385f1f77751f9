"""Sending emails now that have not arrived, after the address or the server was fixed."""

from __future__ import annotations

import sqlalchemy as sa

from extensions import db
from models import Interview, Mail, ReaderRole, User
from scheduling.mails.outcomes import can_be_sent_again, is_tried_again, label_of
from scheduling.timeline import note
from timezones import utc_now
from wording import people
from work import mail as mails


def send_again(actor: User, interview: Interview, mail_ids: frozenset[int]) -> int:
    """Queue those emails of the interview again, in the current transaction, and return how many there were;
    only ones that are undelivered, held back, or waiting for their next try count. Each is the same message
    as before; the candidate's goes to the address that the candidate has now.

    An email that has become useless is dropped when its turn comes, with the reason.
    """
    now = utc_now()
    rows = db.session.scalars(
        sa.select(Mail)
        .where(Mail.interview_id == interview.id, Mail.id.in_(mail_ids))
        .order_by(Mail.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    failed = [mail for mail in rows if can_be_sent_again(mail, now)]
    for mail in failed:
        if mail.role is ReaderRole.CANDIDATE:
            mail.name, mail.address = interview.candidate.name, interview.candidate.email
        if is_tried_again(mail, now):
            mails.let_leave_now([mail])
        else:
            mails.queue_again(mail)
    if len(failed) == 1:
        what, whom = label_of(failed[0]).lower(), failed[0].name
        note(interview.id, f"{actor.name} asked for the {what} to {whom} to be sent again", actor=actor)
    elif failed:
        number = people(len({mail.address for mail in failed}))
        note(interview.id, f"{actor.name} asked for what {number} did not get to be sent again", actor=actor)
    return len(failed)
