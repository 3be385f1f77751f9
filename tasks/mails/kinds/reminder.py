"""The reminder some time before an interview starts: to everyone who takes part and wants one.

It has no calendar file: sending the same REQUEST again makes some programs ask for an answer that the reader
has already given.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from extensions import db
from messaging.wording import day_and_time, reader_zone
from models import Interview, Mail, MailState
from scheduling.mails.queue import REMINDER
from tasks.mails.interviews import InterviewCopy, InterviewKind, More, is_off

# A reminder sent closer to the start than this only startles people.
_USELESS_BEFORE_START = timedelta(minutes=5)


def _why_useless(mail: Mail, interview: Interview, now: datetime) -> str | None:
    off = is_off(mail, interview)
    if off is not None:
        return off
    if _is_overtaken(mail, now):
        return "A later reminder leaves at the same time."
    is_late = now > interview.starts_at - _USELESS_BEFORE_START
    return "It would have come too late to be of use." if is_late else None


def _is_overtaken(mail: Mail, now: datetime) -> bool:
    """Whether a later reminder to the same person is also due: the most urgent one is enough."""
    return bool(
        db.session.scalar(
            sa.select(
                sa.exists().where(
                    Mail.about == mail.about,
                    Mail.kind == mail.kind,
                    Mail.address == mail.address,
                    Mail.state.in_((MailState.QUEUED, MailState.SENT)),
                    Mail.due_at > mail.due_at,
                    Mail.due_at <= now,
                )
            )
        )
    )


def _more(copy: InterviewCopy) -> More:
    facts, reader = copy.facts, copy.reader
    asked = f"If it doesn't, reply to this email: it goes to {facts.scheduler.name}."
    no_link = f"The link to join isn't ready yet. We'll send it to you as soon as it is. {asked}"
    if reader.join_page_url:
        no_link = (
            "The link to join isn't ready yet. When the interview starts, open this page, "
            f"which shows the link. {asked}"
        )
    return {
        "day_and_time": day_and_time(facts.starts_at, reader_zone(facts, reader), now=copy.made_at),
        "no_link": no_link,
    }


KIND = InterviewKind(
    name=REMINDER, label="Reminder", why_useless=_why_useless, more=_more, is_timed=True, icon="bell"
)
