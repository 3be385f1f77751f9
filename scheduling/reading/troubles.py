"""What went wrong with upcoming interviews, why, when it is tried next, and who can help: for the System
log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from accounts.permissions import Action
from accounts.row_permissions import Reader, interview_is_within
from extensions import db
from models import (
    Application,
    Interview,
    InterviewStatus,
    Mail,
    MailState,
    MailTrouble,
    Meeting,
    MeetingState,
    Task,
    TaskState,
)
from scheduling.mails.outcomes import label_of
from scheduling.meetings import failures, recording, wanting
from scheduling.slots import has_time
from scheduling.software import meeting_of
from timezones import utc_now


@dataclass(frozen=True)
class Trouble:
    """`what` is missing, for whom (`whose`: the candidate and the interview), and `why`, in sentences;
    `helps` is what someone can do about it, or "". `starts_at`, `since` and `next_try` are aware UTC; there
    is no start while the candidate is asked for a time, and no next try means that a person has to ask for
    one. `mail_id` is set for an email, and None for a meeting. `people` can help: the hiring manager and the
    scheduler.
    """

    interview_id: int
    what: str
    whose: str
    starts_at: datetime | None
    people: tuple[str, ...]
    why: str
    helps: str
    since: datetime | None
    next_try: datetime | None
    mail_id: int | None = None


def meeting_troubles(actor: Reader, *, limit: int) -> list[Trouble]:
    """Meetings that could not be made, changed, or removed, soonest interview first. Two statements."""
    now = utc_now()
    is_missing = sa.and_(
        Meeting.is_wanted,
        Meeting.state == MeetingState.FAILED,
        Meeting.arranged_by_id.is_(None),
        Interview.status == InterviewStatus.SCHEDULED,
    )
    is_out_of_line = sa.and_(Meeting.state == MeetingState.READY, Meeting.failure.is_not(None))
    rows = db.session.scalars(
        sa.select(Meeting)
        .join(Interview, Interview.id == Meeting.interview_id)
        .where(sa.or_(is_missing, is_out_of_line), *_is_coming(actor))
        .order_by(Interview.starts_at, Meeting.id)
        .options(joinedload(Meeting.interview).options(*_PEOPLE))
        .limit(limit)
    ).all()
    tries = _next_tries(meeting.id for meeting in rows)
    return [
        _trouble(
            meeting.interview,
            _what(meeting),
            why=meeting.failure_words or failures.told_of(meeting),
            helps=_helps(meeting),
            since=meeting.settled_at,
            next_try=tries.get(meeting.id) if now < wanting.useful_until(meeting) else None,
        )
        for meeting in rows
    ]


def email_troubles(actor: Reader, *, limit: int) -> list[Trouble]:
    """Emails that were refused for good, or are on hold for a better address, soonest interview first. One
    statement."""
    is_held = sa.and_(Mail.state == MailState.QUEUED, Mail.trouble == MailTrouble.ADDRESS)
    rows = db.session.execute(
        sa.select(Mail, Interview)
        .join(Interview, Interview.id == Mail.interview_id)
        .where(sa.or_(Mail.state == MailState.FAILED, is_held), *_is_coming(actor))
        .order_by(Interview.starts_at, Mail.id)
        .options(*_PEOPLE)
        .limit(limit)
    ).all()
    return [
        _trouble(
            interview,
            f"{label_of(mail)} to {mail.name} {_what_became_of(mail)}",
            why=mail.words or "",
            since=mail.due_at,
            mail_id=mail.id,
        )
        for mail, interview in rows
    ]


def _what_became_of(mail: Mail) -> str:
    if mail.may_have_left:
        return "may have left. Send it again?"
    return "could not be delivered" if mail.state is MailState.FAILED else "is on hold"


_PEOPLE = (
    joinedload(Interview.application, innerjoin=True).joinedload(Application.candidate, innerjoin=True),
    joinedload(Interview.hiring_manager, innerjoin=True),
    joinedload(Interview.scheduler, innerjoin=True),
)


def _is_coming(actor: Reader) -> tuple[sa.ColumnElement[bool], ...]:
    """Interviews that are not over, and that `actor` could do something about."""
    return Interview.ends_at > utc_now(), interview_is_within(actor, Action.SCHEDULE)


def _trouble(
    interview: Interview,
    what: str,
    *,
    why: str,
    since: datetime | None,
    helps: str = "",
    next_try: datetime | None = None,
    mail_id: int | None = None,
) -> Trouble:
    people = dict.fromkeys((interview.hiring_manager.name, interview.scheduler.name))
    return Trouble(
        interview_id=interview.id,
        what=what,
        whose=f"{interview.candidate.name}, {interview.title}",
        starts_at=interview.starts_at if has_time(interview) else None,
        people=tuple(people),
        why=why,
        helps=helps,
        since=since,
        next_try=next_try,
        mail_id=mail_id,
    )


def _what(meeting: Meeting) -> str:
    if meeting.state is MeetingState.FAILED:
        return f"The {meeting_of(meeting.software, meeting.called)} could not be created"
    return recording.not_done_yet(meeting)


def _helps(meeting: Meeting) -> str:
    if meeting.failure is None:
        return ""
    doing = failures.Doing.CREATE if meeting.state is MeetingState.FAILED else failures.doing_to(meeting)
    return failures.cure_of(meeting.failure, meeting.software, doing).words


def _next_tries(meeting_ids: Iterable[int]) -> dict[int, datetime]:
    keys = {wanting.SYNC_MEETING.key(meeting_id): meeting_id for meeting_id in meeting_ids}
    if not keys:
        return {}
    found = db.session.execute(
        sa.select(Task.dedupe_key, sa.func.min(Task.run_at))
        .where(Task.dedupe_key.in_(keys), Task.state.in_((TaskState.READY, TaskState.RUNNING)))
        .group_by(Task.dedupe_key)
    )
    return {keys[key]: run_at for key, run_at in found if key is not None}
