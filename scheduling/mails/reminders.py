"""Who is reminded of an interview, and when. Reminders follow the interview: they are moved, sent again for a
later time, or dropped. Their kind decides what they say.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa

from extensions import db
from models import Interview, Mail, MailState, ReaderRole
from scheduling.mails.occasions import Occasion
from scheduling.mails.queue import REMINDER, recipients_of
from scheduling.plans import Reminders
from scheduling.rules import Rules
from timezones import utc_now
from wording import duration
from work import mail as mails
from work import unsent
from work.mail import NewMail, Recipient

NOT_WANTED = "It isn't wanted anymore."

# Why a reminder is not sent: said in advance, and once it has been dropped.
_IS_TOO_LATE = "The interview is in less than {}."
_WAS_TOO_LATE = "The interview was already less than {} away."

# The recipient's address in lower case, and the minutes before the start.
_Key = tuple[str, int]


def is_too_late(starts_at: datetime, minutes: int) -> bool:
    """Whether it is too late now for a reminder this many minutes before an interview starts (aware UTC)."""
    return starts_at - timedelta(minutes=minutes) <= utc_now()


def why_too_late(minutes: int) -> str:
    """Why it is too late for one, to be said before scheduling: `The interview is in less than 24 hours.`"""
    return _IS_TOO_LATE.format(duration(minutes))


def no_reminder(minutes: int) -> str:
    """What a reminder that is not sent is called: `No reminder 24 hours before`."""
    return f"No reminder {duration(minutes)} before"


def people_to_remind(interview: Interview) -> list[Recipient]:
    """Everyone who takes part, the candidate first, and the scheduler, who gets a copy of the candidate's
    reminder unless they take part themselves. Each address once."""
    everyone, scheduler = recipients_of(interview), interview.scheduler
    if all(who.address.lower() != scheduler.email.lower() for who in everyone):
        everyone.append(Recipient(ReaderRole.TEAM, scheduler.id, scheduler.name, scheduler.email))
    return everyone


def _people_without(interview: Interview, except_for: frozenset[str]) -> list[Recipient]:
    """The same people, except those whose addresses (lower case) are in `except_for`. The scheduler gets no
    copy of a reminder that the candidate does not get."""
    is_copied = interview.candidate.email.lower() not in except_for
    return [
        who
        for who in people_to_remind(interview)
        if who.address.lower() not in except_for and (is_copied or who.role is not ReaderRole.TEAM)
    ]


def reminders(interview: Interview, minutes: Iterable[int], *, except_for: frozenset[str]) -> list[NewMail]:
    """One reminder per person and time, to be queued; `minutes` count back from the start.

    `except_for` holds the addresses, in lower case, of those who get none. Those whose time has passed are
    stored as dropped, with the reason.
    """
    people = _people_without(interview, except_for)
    return [_reminder(interview, who, before) for before in minutes for who in people]


def _reminder(interview: Interview, who: Recipient, minutes: int) -> NewMail:
    starts_at = interview.starts_at
    return NewMail(
        REMINDER,
        mails.about_interview(interview.id),
        str(Occasion(interview.revision, minutes)),
        who,
        starts_at - timedelta(minutes=minutes),
        dropped_because=_was_too_late(minutes) if is_too_late(starts_at, minutes) else None,
    )


def _was_too_late(minutes: int) -> str:
    return _WAS_TOO_LATE.format(duration(minutes))


def rearrange(interview: Interview, rules: Rules) -> None:
    """Update the reminders to match the interview's time, people, and choices, in the current transaction.

    One that has not been sent moves. One that has been sent is sent again if its time is still ahead, because
    the interview was moved to a later one. One that no longer has a time or a reader is dropped.
    """
    now, known = utc_now(), _known(interview.id)
    wanted = _wanted(interview)
    here = {who.address.lower() for who in people_to_remind(interview)}
    for key, row in known.items():
        if row.state is MailState.QUEUED and key not in wanted:
            row.state = MailState.DROPPED
            row.words = NOT_WANTED if key[0] in here else f"{row.name} no longer takes part."
    new = []
    for key, recipient in wanted.items():
        mail, due_at = known.get(key), interview.starts_at - timedelta(minutes=key[1])
        if mail is not None and mail.state is MailState.QUEUED and due_at <= now:
            mail.state, mail.words = MailState.DROPPED, _was_too_late(key[1])
        elif mail is not None and mail.state in (MailState.QUEUED, MailState.DROPPED) and due_at > now:
            # A scheduler who takes part from now on gets a reminder of their own instead of a copy.
            mail.role, mail.join_reader = recipient.role, recipient.join_reader
            unsent.move(mail, due_at)
        elif mail is None or (mail.state is MailState.SENT and due_at > max(now, mail.due_at)):
            new.append(_reminder(interview, recipient, key[1]))
    mails.queue(new, domain=rules.message_id_domain)


def _wanted(interview: Interview) -> dict[_Key, Recipient]:
    kept = Reminders(tuple(interview.reminder_minutes), frozenset(interview.no_reminder_for))
    without = kept.addresses_without(interview.candidate.email)
    return {
        (who.address.lower(), minutes): who
        for who in _people_without(interview, frozenset(address.lower() for address in without))
        for minutes in kept.minutes
    }


def _known(interview_id: int) -> dict[_Key, Mail]:
    """The newest reminder for each reader and time."""
    rows = db.session.scalars(
        sa.select(Mail)
        .where(Mail.about == mails.about_interview(interview_id), Mail.kind == REMINDER)
        .order_by(Mail.id)
    )
    return {(mail.address.lower(), Occasion.read(mail.occasion).minutes_before): mail for mail in rows}
