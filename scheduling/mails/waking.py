"""Waking emails that wait for their next try, because they can now be sent another way."""

from __future__ import annotations

import sqlalchemy as sa

from extensions import db
from models import Interview, Mail, MailState, MailTrouble
from timezones import utc_now
from work import mail as mails


def try_again_for_scheduler(user_id: int) -> None:
    """From now on, emails about interviews that this person schedules are sent another way: those that were
    tried, or that wait until someone makes sending possible, are tried again now. In the current transaction.
    Later reminders have not been tried, and a refused address is refused either way."""
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
