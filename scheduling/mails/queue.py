"""Who gets which mail and when; and what became of it. What the mails say is `messaging`'s business."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from extensions import db
from models import (
    Interview,
    InterviewStatus,
    Lane,
    Mail,
    MailKind,
    MailState,
    MeetingState,
    ReaderRole,
)
from scheduling.rules import Rules
from scheduling.timeline import note
from timezones import utc_now
from work import outbox
from work.kinds import TaskKind

SEND_MAIL = TaskKind("send_mail", Lane.MAIL, "Sending a mail about an interview", subject="interview")

# A reminder that leaves later than this before the start only startles people.
_REMINDER_USELESS_BEFORE_START = timedelta(minutes=5)

# A mail on its way into the table, column by column.
_Row = dict[str, Any]


@dataclass(frozen=True)
class Recipient:
    role: ReaderRole
    user_id: int | None
    name: str
    address: str


def recipients_of(interview: Interview) -> list[Recipient]:
    """Everybody who takes part, the candidate first, each address once."""
    candidate, manager = interview.candidate, interview.hiring_manager
    everybody = [
        Recipient(ReaderRole.CANDIDATE, None, candidate.name, candidate.email),
        Recipient(ReaderRole.HIRING_MANAGER, manager.id, manager.name, manager.email),
        *(
            Recipient(ReaderRole.ATTENDEE, attendee.user_id, attendee.name, attendee.email)
            for attendee in interview.attendees
        ),
    ]
    by_address: dict[str, Recipient] = {}
    for recipient in everybody:
        by_address.setdefault(recipient.address.lower(), recipient)
    return list(by_address.values())


def queue_first_mails(
    interview: Interview,
    rules: Rules,
    *,
    invite_by: datetime,
    remind_minutes_before: Iterable[int],
    no_reminder_for: frozenset[str] = frozenset(),
) -> None:
    """What everybody gets about a new interview: an invitation, to leave at `invite_by` at the latest, and a
    reminder at each of the times before the start.

    `no_reminder_for` holds the addresses, in lower case, of those who get none.
    """
    _queue(
        interview.id,
        [
            *_invitations(interview, rules, due_at=invite_by),
            *_reminders(interview, rules, remind_minutes_before, except_for=no_reminder_for),
        ],
    )


def _invitations(interview: Interview, rules: Rules, *, due_at: datetime) -> list[_Row]:
    """One of the current revision per recipient."""
    return [
        _row(interview, rules, recipient, MailKind.INVITATION, due_at=due_at)
        for recipient in recipients_of(interview)
    ]


def _reminders(
    interview: Interview, rules: Rules, minutes: Iterable[int], *, except_for: frozenset[str]
) -> list[_Row]:
    """One per recipient and time; those whose time has passed are kept, dropped, with the reason."""
    now = utc_now()
    recipients = [who for who in recipients_of(interview) if who.address.lower() not in except_for]
    wanted = []
    for before in minutes:
        due_at = interview.starts_at - timedelta(minutes=before)
        for recipient in recipients:
            row = _row(interview, rules, recipient, MailKind.REMINDER, due_at=due_at, minutes_before=before)
            if due_at <= now:
                row["state"] = MailState.DROPPED
                row["words"] = f"The interview begins in less than {span(before)}."
            wanted.append(row)
    return wanted


def release_invitations(interview: Interview) -> None:
    """Let the waiting invitations of the current revision leave now: the meeting is settled."""
    now = utc_now()
    for mail in _waiting(interview.id, MailKind.INVITATION):
        if mail.revision == interview.revision:
            mail.due_at = min(mail.due_at, now)
            outbox.enqueue_work(_delivery(interview.id, mail.id, mail.due_at))


def send_corrected_invitations(interview: Interview, rules: Rules) -> None:
    """Invite everyone again, after the revision was raised; older invitations that have not left are
    dropped."""
    for mail in _waiting(interview.id, MailKind.INVITATION):
        mail.state, mail.words = MailState.DROPPED, "A newer invitation takes its place."
    _queue(interview.id, _invitations(interview, rules, due_at=utc_now()))


def _row(
    interview: Interview,
    rules: Rules,
    recipient: Recipient,
    kind: MailKind,
    *,
    due_at: datetime,
    minutes_before: int = 0,
) -> _Row:
    return {
        "interview_id": interview.id,
        "kind": kind,
        "revision": interview.revision,
        "minutes_before": minutes_before,
        "role": recipient.role,
        "user_id": recipient.user_id,
        "name": recipient.name,
        "address": recipient.address,
        "message_id": f"<{secrets.token_hex(16)}@{rules.message_id_domain}>",
        "due_at": due_at,
        "state": MailState.QUEUED,
        "words": None,
    }


def _queue(interview_id: int, rows: list[_Row]) -> None:
    """Add new mails and ask for those that are to leave: two statements however many there are, because
    somebody is waiting for the answer to their click."""
    new = db.session.execute(
        sa.insert(Mail).returning(Mail.id, Mail.due_at, Mail.state),
        rows,
        # Else rows with and without a user would be of two kinds, each with statements of its own.
        execution_options={"render_nulls": True},
    )
    outbox.enqueue_first(
        [_delivery(interview_id, mail.id, mail.due_at) for mail in new if mail.state is MailState.QUEUED]
    )


def _delivery(interview_id: int, mail_id: int, due_at: datetime) -> outbox.Work:
    return outbox.Work(
        SEND_MAIL,
        interview_id,
        payload={"mail_id": mail_id},
        run_at=due_at,
        dedupe_key=f"mail:{mail_id}",
    )


def _waiting(interview_id: int, kind: MailKind) -> list[Mail]:
    return list(
        db.session.scalars(
            sa.select(Mail)
            .where(Mail.interview_id == interview_id, Mail.kind == kind, Mail.state == MailState.QUEUED)
            .order_by(Mail.id)
        )
    )


def why_useless(mail: Mail, interview: Interview, now: datetime) -> str | None:
    """The reason for not sending a mail any more, or None while it is still of use."""
    if interview.status == InterviewStatus.CANCELLED:
        return "The interview was cancelled."
    if mail.kind is MailKind.INVITATION:
        if mail.revision != interview.revision:
            return "A newer invitation takes its place."
        if now >= interview.ends_at:
            return "The interview is over."
    if mail.kind is MailKind.REMINDER and now > interview.starts_at - _REMINDER_USELESS_BEFORE_START:
        return "It would have come too late to be of use."
    return None


def waits_until(mail: Mail, interview: Interview, now: datetime) -> datetime | None:
    """When an invitation has to wait for its meeting: until then at most; None when it may leave."""
    meeting = interview.meeting
    if mail.kind is not MailKind.INVITATION or meeting is None or meeting.state != MeetingState.WAITING:
        return None
    return meeting.grace_ends_at if now < meeting.grace_ends_at else None


def record_sent(mail_id: int, *, words: str, lost_files: int = 0) -> Interview:
    """A server took the mail. Adds the timeline's line when it was the last of its kind to leave.

    `lost_files` could not be read and stayed behind; the timeline says so without their names, because not
    everybody who reads it may see those.
    """
    mail = db.session.get_one(Mail, mail_id)
    mail.state, mail.sent_at, mail.words = MailState.SENT, utc_now(), words[:500]
    if lost_files:
        mail.leaves_files_out = True
        assert mail.interview_id is not None, "a mail to the team brings no files"
        files = "an attached file that" if lost_files == 1 else f"{lost_files} attached files that"
        note(mail.interview_id, f"The invitation to {mail.name} left without {files} could not be read.")
    db.session.flush()
    return _note_when_all_left(mail)


def record_refused(mail_id: int, *, words: str) -> Interview:
    """The mail will never be taken; the timeline says for whom. What the server said stays with the mail,
    because it may repeat an address that not every reader of the timeline may see."""
    mail = db.session.get_one(Mail, mail_id)
    mail.state, mail.words = MailState.FAILED, words[:500]
    assert mail.interview_id is not None, "a mail to the team has no timeline"
    note(mail.interview_id, f"{mail.kind.value.title()} to {mail.name} could not be delivered.")
    db.session.flush()
    return _note_when_all_left(mail)


def record_files_left_out(mail_id: int, *, words: str, why: str, may_be_double: bool = False) -> None:
    """With its files it does not arrive: it leaves again, without them, and the timeline says so. `why` is a
    sentence without its full stop."""
    record_not_yet(mail_id, words=words, may_be_double=may_be_double)
    mail = db.session.get_one(Mail, mail_id)
    mail.leaves_files_out = True
    assert mail.interview_id is not None, "a mail to the team brings no files"
    note(mail.interview_id, f"{why}. The invitation to {mail.name} leaves without them.")


def record_dropped(mail_id: int, *, words: str) -> None:
    """The mail is of no use any more and stays shown as dropped."""
    mail = db.session.get_one(Mail, mail_id)
    mail.state, mail.words = MailState.DROPPED, words[:500]


def record_not_yet(mail_id: int, *, words: str, may_be_double: bool = False) -> None:
    """The mail has not left; it will be tried again."""
    mail = db.session.get_one(Mail, mail_id)
    mail.words = words[:500]
    mail.may_be_double = mail.may_be_double or may_be_double


def _note_when_all_left(mail: Mail) -> Interview:
    interview = db.session.get_one(Interview, mail.interview_id)
    rows = db.session.execute(
        sa.select(Mail.state, sa.func.count(Mail.id))
        .where(
            Mail.interview_id == mail.interview_id,
            Mail.kind == mail.kind,
            Mail.revision == mail.revision,
            Mail.minutes_before == mail.minutes_before,
        )
        .group_by(Mail.state)
    )
    counts = {row[0]: row[1] for row in rows}
    sent = counts.get(MailState.SENT, 0)
    if sent and not counts.get(MailState.QUEUED):
        what = (
            "Corrected invitation"
            if mail.kind is MailKind.INVITATION and mail.revision
            else mail.kind.value.title()
        )
        note(interview.id, f"{what} sent to {people(sent)}")
    return interview


def people(number: int) -> str:
    return "1 person" if number == 1 else f"{number} people"


def span(minutes: int) -> str:
    """`24 hours`, `1 hour`, `90 minutes`."""
    hours, rest = divmod(minutes, 60)
    if rest:
        return f"{minutes} minutes"
    return "1 hour" if hours == 1 else f"{hours} hours"
