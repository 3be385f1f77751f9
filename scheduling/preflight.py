"""The check some time before each interview: whether everything it needs is ready and as people were told.
Problems that need no person are fixed; the hiring manager and the scheduler are told about each of the others
once. That excludes a meeting that could not be made, because the urgent email has told them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from extensions import db
from models import (
    CallKind,
    Connection,
    ConnectionState,
    Interview,
    InterviewStatus,
    Lane,
    Mail,
    MailState,
    MailTrouble,
    Meeting,
    MeetingState,
    Organization,
    ReaderRole,
    User,
)
from rows import rows_of
from scheduling.mails.alarms import people_to_alarm
from scheduling.mails.queue import ADDRESS_REFUSED, INVITATION, PREFLIGHT_PROBLEMS
from scheduling.meetings import asking, recording, wanting
from scheduling.meetings.entry import entry_rules, is_stricter_than_made
from scheduling.rules import Rules
from scheduling.software import spec_of
from scheduling.timeline import note
from timezones import utc_now
from wording import first_name, listed, possessive
from work import mail as mails
from work import outbox
from work.kinds import TaskKind
from work.mail import Recipient

PREFLIGHT = TaskKind(
    "preflight", Lane.PROVIDER, "Checking an interview before it starts", subject="interview"
)

# How long before the start, and a little earlier, because fixes have to be in the reminders.
_AHEAD = timedelta(minutes=5)
_DAY, _HOUR = timedelta(hours=24) + _AHEAD, timedelta(hours=1) + _AHEAD
# How many at a time, so that a busy hour does not hold up everything else.
_AT_ONCE = 50
# An invitation that has waited for this long is not just on its way.
_ON_ITS_WAY = timedelta(minutes=15)


@dataclass(frozen=True)
class Problem:
    """A problem that only people can fix. `key` is short, and unique within the interview. `said` is what a
    mail server answered, which not everyone who sees the interview may read. `was_told`: another email has
    told the same people already."""

    key: str
    words: str
    cure: str
    said: str = ""
    was_told: bool = False

    @property
    def whole(self) -> str:
        """For those who arrange the interview."""
        return f"{self.words} {self.said}".strip()

    @property
    def is_of_account(self) -> bool:
        return self.key.endswith("a")


# Looked at every few seconds in every process, so it is built once.
_NOW, _IN_AN_HOUR, _IN_A_DAY = (
    sa.bindparam(name, type_=Interview.starts_at.type) for name in ("now", "in_an_hour", "in_a_day")
)
_DUE = (
    sa.select(Interview.id)
    .where(
        Interview.status == InterviewStatus.SCHEDULED,
        Interview.starts_at > _NOW,
        Interview.starts_at <= _IN_A_DAY,
        sa.or_(
            sa.and_(
                Interview.starts_at <= _IN_AN_HOUR,
                Interview.hour_check_for.is_distinct_from(Interview.starts_at),
            ),
            sa.and_(
                Interview.starts_at > _IN_AN_HOUR,
                Interview.day_check_for.is_distinct_from(Interview.starts_at),
            ),
        ),
    )
    .order_by(Interview.starts_at, Interview.id)
    .limit(_AT_ONCE)
)


def due(now: datetime) -> list[int]:
    """The interviews to be checked at `now` (aware UTC), soonest first: a day and an hour before they start,
    each once for the time at which they start. One that is moved is checked again."""
    return [row.id for row in rows_of(_DUE, {"now": now, "in_an_hour": now + _HOUR, "in_a_day": now + _DAY})]


def request(interview_ids: Sequence[int]) -> None:
    """Request the check of these interviews, in the current transaction. Interviews that were scheduled after
    their time to be checked need none: everything about them is happening now."""
    now = utc_now()
    for interview in db.session.scalars(
        sa.select(Interview).where(Interview.id.in_(interview_ids)).with_for_update()
    ):
        starts_at = interview.starts_at
        is_hour = starts_at <= now + _HOUR
        interview.day_check_for = starts_at
        if is_hour:
            interview.hour_check_for = starts_at
        if interview.created_at > starts_at - (_HOUR if is_hour else _DAY):
            continue
        outbox.enqueue(
            PREFLIGHT,
            interview.id,
            payload={
                "interview_id": interview.id,
                "starts_at": starts_at.isoformat(),
                "since": now.isoformat(),
            },
            dedupe_key=PREFLIGHT.key(interview.id),
        )


def still_due(interview_id: int, starts_at: datetime) -> Interview | None:
    """The interview to be checked, unless it was cancelled, has begun, or starts at another time by now."""
    interview = db.session.get(Interview, interview_id)
    if interview is None or interview.status is not InterviewStatus.SCHEDULED:
        return None
    return interview if interview.starts_at == starts_at and utc_now() < starts_at else None


def repair(interview: Interview, since: datetime) -> bool:
    """Request, in the current transaction, everything that makes the meeting match what people were told;
    returns whether there is anything to wait for. What was tried since the check began (`since`, aware UTC)
    is not tried again."""
    meeting = interview.meeting
    if meeting is None or meeting.arranged_by_id is not None:
        return False
    if meeting.state is MeetingState.FAILED:
        wanting.try_again_now(interview.id)
        return False
    if meeting.state is not MeetingState.READY or meeting.provider_meeting_id is None:
        return False
    was_moved, is_stricter = asking.is_at_another_time(meeting), is_stricter_than_made(meeting)
    was_tried = any(call.kind is CallKind.UPDATE and call.began_at >= since for call in meeting.calls)
    if was_tried or not (was_moved or is_stricter):
        return False
    label = meeting.software.label
    what = f"is at another time in {label}" if was_moved else f"lets people in differently in {label} now"
    note(interview.id, f"Checked before the start: the meeting {what}. It's being changed back")
    meeting.overrules_host = True
    wanting.enqueue_sync(interview.id)
    return True


def record(interview: Interview, rules: Rules) -> None:
    """Record what the check found, in the current transaction, and tell people what is new to them."""
    found = problems_of(interview)
    interview.checked_problems = "+".join(problem.key for problem in found)[:60] or None
    about = mails.about_interview(interview.id)
    earlier = db.session.scalars(
        sa.select(Mail.occasion).where(Mail.about == about, Mail.kind == PREFLIGHT_PROBLEMS)
    )
    told = {key for occasion in earlier for key in keys_of(occasion)}
    news = [problem for problem in found if not problem.was_told and problem.key not in told]
    if not news:
        return
    for problem in news:
        note(interview.id, f"Checked before the start: {problem.words}"[:500])
    mails.queue(
        mails.copies(
            PREFLIGHT_PROBLEMS,
            about,
            [
                Recipient(ReaderRole.TEAM, user.id, user.name, user.email)
                for user in _to_tell(interview, news)
            ],
            occasion="+".join(problem.key for problem in news),
            due_at=utc_now(),
        ),
        domain=rules.message_id_domain,
    )


def _to_tell(interview: Interview, news: Sequence[Problem]) -> list[User]:
    """The same people who get alarms, but without anyone who has to reconnect their account: another email
    asks them to."""
    people, meeting = people_to_alarm(interview), interview.meeting
    if meeting is None or not all(each.is_of_account for each in news):
        return people
    row = db.session.get(Connection, meeting.connection_id) if meeting.connection_id is not None else None
    is_asked = row is not None and row.state is ConnectionState.RECONNECT_NEEDED
    return [user for user in people if not is_asked or user.id != meeting.host_id]


def keys_of(occasion: str) -> list[str]:
    """The keys of the problems that the email of this occasion tells of."""
    return occasion.split("+")


def problems_of(interview: Interview) -> tuple[Problem, ...]:
    """What is wrong with an upcoming interview and was not fixed, most urgent first, as far as is known at
    this moment."""
    meeting = interview.meeting
    of_meeting = _of_meeting(meeting) if meeting is not None else []
    return (*_of_invitations(interview), *of_meeting)


def _of_meeting(meeting: Meeting) -> list[Problem]:
    if meeting.state is not MeetingState.READY or meeting.provider_meeting_id is None:
        return []
    spec, host = spec_of(meeting.software), meeting.host
    connection = (
        db.session.get(Connection, meeting.connection_id) if meeting.connection_id is not None else None
    )
    if connection is None or connection.state is not ConnectionState.CONNECTED:
        whose, who = (possessive(host.name), first_name(host.name)) if host else ("The host's", "The host")
        return [
            Problem(
                f"m{meeting.id}a",
                f"{whose} {spec.provider_label} account isn't connected anymore, so we can't tell whether "
                "the meeting still exists.",
                f"{who} needs to reconnect it in Settings → Connected Apps. Until then, open the "
                "link once to be sure that it works.",
            )
        ]
    if asking.is_at_another_time(meeting) or meeting.failure is not None:
        words = (
            f"{recording.not_done_yet(meeting)}. {meeting.failure_words or ''}".strip()
            if meeting.failure is not None
            else f"In {spec.app_label}, the meeting is at another time, and that couldn't be changed back."
        )
        cure = f"The link still works. Change the time in {spec.app_label}, or move the interview."
        return [Problem(f"m{meeting.id}t", words, cure)]
    if is_stricter_than_made(meeting):
        rules = " ".join(rule.to_team for rule in entry_rules(meeting))
        return [
            Problem(
                f"m{meeting.id}s",
                f"People get into the meeting differently than they were told. {rules}",
                f"Change it back in {spec.app_label}, or tell the candidate.",
            )
        ]
    return []


def _of_invitations(interview: Interview) -> list[Problem]:
    invitations = [mail for mail in interview.mails if mail.kind == INVITATION]
    if not invitations:
        return []
    newest = [mail for mail in invitations if mail.occasion == invitations[-1].occasion]
    refused = [mail for mail in newest if mail.trouble is MailTrouble.ADDRESS]
    others = [mail for mail in newest if mail.trouble is not MailTrouble.ADDRESS and _is_not_delivered(mail)]
    revision = interview.revision
    problems = []
    if others:
        said = next((mail.words for mail in others if mail.words), "") or ""
        problems.append(
            Problem(
                f"r{revision}i",
                f"{_names(others)} {_not_received(others)} the invitation.",
                "Open the interview to send it again, or tell them yourself.",
                said,
            )
        )
    if refused:
        problems.append(
            Problem(
                f"r{revision}d",
                f"{_names(refused)} {_have(refused)} not received the invitation: emails are refused there.",
                "Correct the address, or tell them yourself.",
                was_told=_was_told_of_address(interview),
            )
        )
    return problems


def _is_not_delivered(mail: Mail) -> bool:
    if mail.state is not MailState.QUEUED:
        return mail.state is MailState.FAILED
    still_due = utc_now() - _ON_ITS_WAY
    if max(mail.due_at, mail.created_at) >= still_due:
        return False
    # After a restore, emails that had been due for a day may be leaving at this moment.
    resumed_at = db.session.get_one(Organization, 1).resumed_at
    return resumed_at is None or resumed_at < still_due


def _names(of: Sequence[Mail]) -> str:
    return listed([mail.name for mail in of])


def _have(of: Sequence[Mail]) -> str:
    return "has" if len(of) == 1 else "have"


def _not_received(of: Sequence[Mail]) -> str:
    if all(mail.may_have_left for mail in of):
        return "may not have received"
    return f"{_have(of)} not received"


def _was_told_of_address(interview: Interview) -> bool:
    return any(mail.kind == ADDRESS_REFUSED for mail in interview.mails)
