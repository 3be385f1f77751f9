"""Alarms: the emails to people who can do something when a meeting could not be made, and the all-clear."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from accounts.team import owner
from extensions import db
from models import FailureReason, Interview, Mail, MailState, Meeting, ReaderRole, User
from scheduling.mails.queue import MEETING_FAILED, MEETING_SOLVED
from scheduling.rules import Rules
from timezones import utc_now
from work import mail as mails
from work.mail import NewMail, Recipient

# Reasons that pass without anyone doing anything. Someone who has been alarmed is not alarmed again by one of
# these.
_PASSES = frozenset(
    {
        FailureReason.RATE_LIMITED,
        FailureReason.DAILY_LIMIT,
        FailureReason.UNREACHABLE,
        FailureReason.NOT_ASKED_YET,
        FailureReason.NOT_READY,
        FailureReason.GONE,
    }
)

# A link that is only a little late needs no alarm.
_MAY_STILL_PASS = timedelta(seconds=30)


def raise_alarm(meeting: Meeting, reason: FailureReason, rules: Rules) -> None:
    """Tell the hiring manager, with a copy to the scheduler, that this meeting could not be made, at most
    once for each reason, no matter how often it is tried. In the current transaction, which has locked its
    row.
    """
    about, occasion = mails.about_interview(meeting.interview_id), f"m{meeting.id}-{reason.value}"
    earlier = set(
        db.session.scalars(sa.select(Mail.occasion).where(Mail.about == about, Mail.kind == MEETING_FAILED))
    )
    is_for_this_meeting = any(each.startswith(f"m{meeting.id}-") for each in earlier)
    if occasion in earlier or (is_for_this_meeting and reason in _PASSES):
        return
    due_at = utc_now() + (_MAY_STILL_PASS if reason in _PASSES else timedelta())
    _queue(MEETING_FAILED, meeting, occasion, people_to_alarm(meeting.interview), rules, due_at)


def sound_all_clear(meeting: Meeting, rules: Rules) -> None:
    """Tell everyone whose alarm about this interview has been sent that there is a link now. Alarms that are
    still waiting are dropped when their turn comes."""
    about, occasion = mails.about_interview(meeting.interview_id), f"m{meeting.id}"
    alarmed = {
        user.id: user
        for user in db.session.scalars(
            sa.select(User)
            .join(Mail, Mail.user_id == User.id)
            .where(Mail.about == about, Mail.kind == MEETING_FAILED, Mail.state == MailState.SENT)
        )
        if user.is_active
    }
    told = set(
        db.session.scalars(
            sa.select(Mail.user_id).where(
                Mail.about == about, Mail.kind == MEETING_SOLVED, Mail.occasion == occasion
            )
        )
    )
    people = [user for key, user in alarmed.items() if key not in told]
    _queue(MEETING_SOLVED, meeting, occasion, people, rules, utc_now())


def people_to_alarm(interview: Interview) -> list[User]:
    """The hiring manager and the scheduler, each once, if emails reach them; otherwise the owner."""
    reached: list[User] = []
    for user in (interview.hiring_manager, interview.scheduler):
        if user.is_active and user not in reached and mails.refusal_of(user.email) is None:
            reached.append(user)
    return reached or [owner()]


def _queue(
    kind: str, meeting: Meeting, occasion: str, people: list[User], rules: Rules, due_at: datetime
) -> None:
    about = mails.about_interview(meeting.interview_id)
    mails.queue(
        [
            NewMail(kind, about, occasion, Recipient(ReaderRole.TEAM, user.id, user.name, user.email), due_at)
            for user in people
        ],
        domain=rules.message_id_domain,
    )
