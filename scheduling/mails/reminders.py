"""Reminders that keep up with their interview: moved with it, sent again for a later time, or dropped."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from extensions import db
from models import Interview, Mail, MailState
from scheduling.mails.occasions import Occasion
from scheduling.mails.queue import REMINDER, TOO_LATE, recipients_of
from scheduling.rules import Rules
from timezones import utc_now
from wording import duration
from work import mail as mails
from work import unsent
from work.mail import NewMail, Recipient

NOT_WANTED = "It isn't wanted anymore."

# Whose reminder it is, by the address in lower case, and how many minutes before the start.
_Key = tuple[str, int]


def rearrange(interview: Interview, rules: Rules) -> None:
    """Bring the reminders in line with the interview's time, people, and choices, in the current transaction.

    One that has not been sent moves. One that has been sent is sent again if its time is still ahead, because
    the interview was moved to a later one. One that no longer has a time or a reader is dropped.
    """
    now, known = utc_now(), _known(interview.id)
    wanted = _wanted(interview)
    here = {who.address.lower() for who in recipients_of(interview)}
    for key, row in known.items():
        if row.state is MailState.QUEUED and key not in wanted:
            row.state = MailState.DROPPED
            row.words = NOT_WANTED if key[0] in here else f"{row.name} no longer takes part."
    new = []
    for key, recipient in wanted.items():
        mail, due_at = known.get(key), interview.starts_at - timedelta(minutes=key[1])
        if mail is not None and mail.state is MailState.QUEUED and due_at <= now:
            mail.state, mail.words = MailState.DROPPED, TOO_LATE.format(duration(key[1]))
        elif mail is not None and mail.state in (MailState.QUEUED, MailState.DROPPED) and due_at > now:
            unsent.move(mail, due_at)
        elif mail is None or (mail.state is MailState.SENT and due_at > max(now, mail.due_at)):
            new.append(
                NewMail(
                    REMINDER,
                    mails.about_interview(interview.id),
                    str(Occasion(interview.revision, key[1])),
                    recipient,
                    due_at,
                    dropped_because=TOO_LATE.format(duration(key[1])) if due_at <= now else None,
                )
            )
    mails.queue(new, domain=rules.message_id_domain)


def _wanted(interview: Interview) -> dict[_Key, Recipient]:
    without = {address.lower() for address in interview.no_reminder_for}
    return {
        (who.address.lower(), minutes): who
        for who in recipients_of(interview)
        if who.address.lower() not in without and who.join_reader not in without
        for minutes in interview.reminder_minutes
    }


def _known(interview_id: int) -> dict[_Key, Mail]:
    """The newest reminder for each reader and time."""
    rows = db.session.scalars(
        sa.select(Mail)
        .where(Mail.about == mails.about_interview(interview_id), Mail.kind == REMINDER)
        .order_by(Mail.id)
    )
    return {(mail.address.lower(), Occasion.read(mail.occasion).minutes_before): mail for mail in rows}
