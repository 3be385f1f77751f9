"""Who is told about a change: people who stay get an updated invitation, people who were taken off a
cancellation."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace
from datetime import datetime

from models import Interview, MailState
from scheduling.mails.queue import (
    INVITATION,
    NEWER_INVITATION,
    TAKEN_OFF,
    current_occasion,
    recipients_of,
)
from scheduling.rules import Rules
from work import mail as mails
from work.mail import NewMail, Recipient

TAKES_PART_AGAIN = "They take part again."


def drop_older(interview: Interview) -> list[int]:
    """Drop unsent emails of earlier revisions that no longer apply, and return their ids: invitations, and
    cancellations to people who take part again."""
    about = mails.about_interview(interview.id)
    here = {who.address.lower() for who in recipients_of(interview)}
    dropped = []
    for mail in mails.waiting(about, INVITATION):
        mail.state, mail.words = MailState.DROPPED, NEWER_INVITATION
        dropped.append(mail.id)
    for mail in mails.waiting(about, TAKEN_OFF):
        if mail.address.lower() in here:
            mail.state, mail.words = MailState.DROPPED, TAKES_PART_AGAIN
            dropped.append(mail.id)
    return dropped


def tell_everyone(
    interview: Interview,
    before: list[Recipient],
    rules: Rules,
    *,
    knowing: Container[str],
    due_at: datetime,
) -> None:
    """Queue the emails after a change. `before` took part until now; `knowing` holds the addresses (lower
    case) of people who have been told of the interview, or may have been."""
    about, occasion = mails.about_interview(interview.id), current_occasion(interview)
    now = recipients_of(interview)
    here = {who.address.lower() for who in now}
    gone = [who for who in before if who.address.lower() not in here and who.address.lower() in knowing]
    mails.queue(
        [
            *(NewMail(INVITATION, about, occasion, who, due_at) for who in now),
            # Their join page no longer leads to anything.
            *(NewMail(TAKEN_OFF, about, occasion, replace(who, join_reader=None), due_at) for who in gone),
        ],
        domain=rules.message_id_domain,
    )
