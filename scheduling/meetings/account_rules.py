"""Telling the scheduler that a host account's rules have overruled the settings of a meeting."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import sqlalchemy as sa

from extensions import db
from models import Mail, Meeting, ReaderRole
from scheduling.mails.queue import ACCOUNT_RULES, recipients_of
from scheduling.meetings.entry import entry_rules, refused_passcode
from scheduling.rules import Rules
from timezones import utc_now
from work import mail as mails
from work.mail import NewMail, Recipient

# The rules of an account are the same for each of its meetings: once a day is often enough to read them.
_EVERY = timedelta(days=1)


def told_to_scheduler(meeting: Meeting) -> tuple[str, ...]:
    """What was overruled, in words for the scheduler; empty if nothing was."""
    refused = refused_passcode(meeting)
    return (*(rule.to_team for rule in entry_rules(meeting)), *([refused] if refused else []))


def tell_scheduler(meeting: Meeting, rules: Rules) -> None:
    """Tell the scheduler by email, in the current transaction, unless they take part: their invitation says
    it already. At most once a day for the same rules of the same account."""
    interview, told = meeting.interview, told_to_scheduler(meeting)
    if not told:
        return
    scheduler = interview.scheduler
    takes_part = {who.address.lower() for who in recipients_of(interview)}
    if not scheduler.is_active or scheduler.email.lower() in takes_part:
        return
    same_rules = hashlib.sha256(" ".join((str(meeting.host_id), *told)).encode()).hexdigest()[:16]
    was_told = sa.exists().where(
        Mail.kind == ACCOUNT_RULES,
        Mail.user_id == scheduler.id,
        Mail.occasion.endswith(f"-{same_rules}"),
        Mail.created_at > utc_now() - _EVERY,
    )
    if db.session.scalar(sa.select(was_told)):
        return
    notice = NewMail(
        ACCOUNT_RULES,
        mails.about_interview(interview.id),
        f"m{meeting.id}-{same_rules}",
        Recipient(ReaderRole.TEAM, scheduler.id, scheduler.name, scheduler.email),
        utc_now(),
    )
    mails.queue([notice], domain=rules.message_id_domain)
