"""Emails that wait for their next try, when something has changed about how they could be sent."""

from __future__ import annotations

import sqlalchemy as sa

from extensions import db
from models import Interview, Mail, MailState, MailTrouble
from timezones import utc_now
from work import mail as mails


def try_again_for_scheduler(user_id: int) -> None:
    """The emails about interviews that this person schedules are sent another way from now on: those that
    were tried, or wait for someone to make that possible, are tried again now. In the current transaction.

    Reminders for later have not been tried, and an address that was refused is refused either way."""
    waiting = db.session.scalars(
        sa.select(Mail)
        .join(Interview, Interview.id == Mail.interview_id)
        .where(
            Interview.scheduler_id == user_id,
            Mail.state == MailState.QUEUED,
            Mail.due_at <= utc_now(),
            Mail.words.is_not(None),
            sa.or_(Mail.trouble.is_(None), Mail.trouble != MailTrouble.ADDRESS),
        )
        .order_by(Mail.id)
    ).all()
    mails.let_leave_now(waiting)
