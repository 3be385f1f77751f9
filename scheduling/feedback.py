"""What the people who took part say about an interview: who owes it, who may read it, and the reminders.

Everyone who takes part writes their own before they see anyone else's, so that no one is influenced.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from extensions import db
from models import Feedback, Interview, InterviewStatus, Mail, Organization, ReaderRole, User, Verdict
from scheduling.mails.queue import FEEDBACK_NUDGE
from scheduling.timeline import note
from timezones import in_zone, utc_now
from work import mail as mails
from work.mail import NewMail, Recipient

# The first reminder comes this long after the end, the others on later working days.
_FIRST_AFTER = timedelta(hours=1)
_MOST = 5
# Reminding of older ones is no longer gentle. Weekends and holidays fit in.
_NOT_AFTER = timedelta(days=10)
_FROM_HOUR, _FRIDAY = 9, 4


class NoFeedbackError(Exception):
    """This person cannot give feedback: they did not take part, or it has not begun or did not take place."""


@dataclass(frozen=True)
class Given:
    """What someone says: `rating` from 1 to 5, or None."""

    verdict: Verdict
    rating: int | None = None
    notes: str = ""


def interviewers_of(interview: Interview) -> list[User]:
    """Everyone on the team who takes part, each once: the hiring manager first."""
    people = {interview.hiring_manager_id: interview.hiring_manager}
    people |= {each.user_id: each.user for each in interview.attendees if each.user_id and each.user}
    return list(people.values())


def is_awaited(interview: Interview) -> bool:
    """Whether it takes place, or took place, so that there is something to say about it."""
    return (
        interview.status in (InterviewStatus.SCHEDULED, InterviewStatus.COMPLETED)
        and interview.candidate.erased_at is None
    )


def can_give(interview: Interview, user_id: int, now: datetime) -> bool:
    """Whether this person can give feedback at `now` (aware UTC)."""
    return (
        is_awaited(interview)
        and interview.starts_at <= now
        and any(user.id == user_id for user in interviewers_of(interview))
    )


def of(interview: Interview, user_id: int) -> Feedback | None:
    """This person's own."""
    return next((each for each in interview.feedback if each.user_id == user_id), None)


def readable_by(interview: Interview, user_id: int) -> list[Feedback]:
    """The feedback that someone who sees the interview's notes may read: all of it, unless they take part and
    have not given their own."""
    takes_part = any(user.id == user_id for user in interviewers_of(interview))
    return [] if takes_part and of(interview, user_id) is None else list(interview.feedback)


def owing(interview: Interview) -> list[User]:
    """Those who take part, are still on the team, and have not given any."""
    given = {each.user_id for each in interview.feedback}
    return [user for user in interviewers_of(interview) if user.is_active and user.id not in given]


def give(actor: User, interview: Interview, given: Given) -> Feedback:
    """Write down what someone says, or write over it. Raises `NoFeedbackError`."""
    now = utc_now()
    if not can_give(interview, actor.id, now):
        raise NoFeedbackError
    row = of(interview, actor.id)
    if row is None:
        row = Feedback(interview_id=interview.id, user_id=actor.id)
        interview.feedback.append(row)
        note(interview.id, f"{actor.name} gave feedback", actor=actor)
    row.verdict, row.rating, row.notes, row.updated_at = given.verdict, given.rating, given.notes, now
    return row


# Reminding those who owe some


def to_remind(now: datetime) -> list[tuple[int, int]]:
    """Pairs of an interview and a user who is to be reminded at `now` (aware UTC) of feedback they owe: an
    hour after the end, then once on each working day, at most five times in all."""
    interviews = db.session.scalars(
        sa.select(Interview)
        .where(
            Interview.status.in_((InterviewStatus.SCHEDULED, InterviewStatus.COMPLETED)),
            Interview.starts_at > now - _NOT_AFTER,
            Interview.ends_at <= now - _FIRST_AFTER,
            # After a restore, about interviews that were over then, if their emails were dropped.
            ~sa.exists().where(Organization.dropped_at >= Interview.ends_at),
        )
        .options(selectinload(Interview.feedback), selectinload(Interview.attendees))
    ).all()
    return [
        (interview.id, user.id)
        for interview in interviews
        if interview.candidate.erased_at is None
        for user in owing(interview)
        if _is_due(interview, user, now)
    ]


def _is_due(interview: Interview, user: User, now: datetime) -> bool:
    sent = db.session.scalars(
        sa.select(Mail.created_at).where(
            Mail.about == mails.about_interview(interview.id),
            Mail.kind == FEEDBACK_NUDGE,
            Mail.user_id == user.id,
        )
    ).all()
    if not sent:
        return True
    here, last = in_zone(now, user.timezone), in_zone(max(sent), user.timezone)
    is_working_time = here.weekday() <= _FRIDAY and here.hour >= _FROM_HOUR
    return len(sent) < _MOST and is_working_time and here.date() > last.date()


def remind(due: list[tuple[int, int]], domain: str) -> None:
    """Queue those reminders in the current transaction; `domain` follows the @ of every Message-ID. If two
    processes look at the same time, no one is reminded twice: the second finds nothing due.
    """
    now = utc_now()
    for interview_id, user_id in due:
        interview = db.session.get_one(Interview, interview_id, with_for_update=True)
        user = db.session.get_one(User, user_id)
        if user not in owing(interview) or not _is_due(interview, user, now):
            continue
        about = mails.about_interview(interview_id)
        count = db.session.scalar(
            sa.select(sa.func.count(Mail.id)).where(
                Mail.about == about, Mail.kind == FEEDBACK_NUDGE, Mail.user_id == user_id
            )
        )
        who = Recipient(ReaderRole.TEAM, user.id, user.name, user.email)
        mails.queue([NewMail(FEEDBACK_NUDGE, about, f"n{(count or 0) + 1}", who, now)], domain=domain)
