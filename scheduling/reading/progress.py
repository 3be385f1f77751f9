"""How far an interview's deliveries have come, in the words of its page."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from models import Interview, InterviewStatus, Mail, MailKind, MailState, MeetingState
from scheduling.meetings import failures
from wording import people, possessive

RowState = Literal["done", "waiting", "problem", "dropped"]

_FILES_STAYED = "The timeline says why. Send what is missing yourself."


@dataclass(frozen=True)
class ProgressRow:
    """One line. `at` is an instant to be shown in the reader's zone behind the words, if there is one."""

    state: RowState
    icon: str
    words: str
    detail: str | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Progress:
    rows: tuple[ProgressRow, ...]
    is_settled: bool

    @property
    def version(self) -> str:
        """Changes exactly when a reader would see something else."""
        return hashlib.sha256(repr((self.rows, self.is_settled)).encode()).hexdigest()[:16]

    @property
    def poll_seconds(self) -> int:
        return 2


def progress_of(interview: Interview) -> Progress:
    """The delivery list of one interview; settled when nothing more happens before its reminders."""
    rows = [ProgressRow("done", "circle-check", "Interview saved")]
    meeting = interview.meeting
    is_settled = True
    if meeting is not None:
        label = meeting.called
        if meeting.state == MeetingState.READY and meeting.host is not None:
            rows.append(
                ProgressRow(
                    "done", "video", f"{label} meeting created on {possessive(meeting.host.name)} account"
                )
            )
        elif meeting.state == MeetingState.READY:
            rows.append(ProgressRow("done", "link", f"{label} link saved"))
        elif meeting.state == MeetingState.FAILED and meeting.failure is not None:
            words = meeting.failure_words or failures.words_of(meeting.failure, meeting.software)
            cure = failures.cure_of(meeting.failure, meeting.software).words
            rows.append(ProgressRow("problem", "alert-triangle", f"No {label} meeting yet. {words}", cure))
        elif meeting.state == MeetingState.WAITING:
            is_settled = False
            rows.append(ProgressRow("waiting", "video", f"{label} meeting is being created"))
    invitations = [mail for mail in interview.mails if mail.kind is MailKind.INVITATION]
    newest = [mail for mail in invitations if mail.revision == interview.revision]
    rows += _invitations(newest, is_correction=interview.revision > 0)
    if interview.status == InterviewStatus.SCHEDULED and any(m.state == MailState.QUEUED for m in newest):
        is_settled = False
    rows += _reminders(mail for mail in interview.mails if mail.kind is MailKind.REMINDER)
    return Progress(tuple(rows), is_settled)


def _invitations(mails: list[Mail], *, is_correction: bool) -> list[ProgressRow]:
    what = "Corrected invitation" if is_correction else "Invitation"
    by_state: dict[MailState, list[Mail]] = defaultdict(list)
    for mail in mails:
        by_state[mail.state].append(mail)
    rows = []
    sent, queued = by_state[MailState.SENT], by_state[MailState.QUEUED]
    if sent:
        last = max((mail.sent_at for mail in sent if mail.sent_at is not None), default=None)
        rows.append(ProgressRow("done", "send", f"{what} sent to {people(len(sent))}", _names(sent), last))
    if queued:
        reasons = dict.fromkeys(mail.words for mail in queued if mail.words)
        rows.append(
            ProgressRow(
                "waiting", "mail", f"{what} to {people(len(queued))} is on its way", " ".join(reasons) or None
            )
        )
    rows += [
        ProgressRow("problem", "paperclip", f"{what} to {mail.name} left without files", _FILES_STAYED)
        for mail in sent
        if mail.leaves_files_out
    ]
    rows += [
        ProgressRow("problem", "alert-triangle", f"{what} to {mail.name} could not be delivered", mail.words)
        for mail in by_state[MailState.FAILED]
    ]
    rows += [
        ProgressRow("dropped", "circle-x", f"{what} to {mail.name} was not sent", mail.words)
        for mail in by_state[MailState.DROPPED]
    ]
    return rows


def _reminders(mails: Iterable[Mail]) -> list[ProgressRow]:
    groups: dict[tuple[int, MailState], list[Mail]] = defaultdict(list)
    for mail in mails:
        groups[(mail.minutes_before, mail.state)].append(mail)
    rows = []
    for (_, state), group in sorted(groups.items(), key=lambda entry: (-entry[0][0], entry[0][1].value)):
        first = group[0]
        match state:
            case MailState.QUEUED:
                rows.append(
                    ProgressRow("waiting", "bell", "Reminder queued for", _names(group), first.due_at)
                )
            case MailState.SENT:
                rows.append(
                    ProgressRow(
                        "done", "bell", f"Reminder sent to {people(len(group))}", _names(group), first.sent_at
                    )
                )
            case MailState.FAILED:
                rows.append(
                    ProgressRow(
                        "problem",
                        "alert-triangle",
                        f"Reminder to {_names(group)} could not be delivered",
                        first.words,
                    )
                )
            case MailState.DROPPED:
                rows.append(ProgressRow("dropped", "circle-x", "No reminder", first.words))
    return rows


def _names(mails: Iterable[Mail]) -> str:
    return ", ".join(mail.name for mail in mails)
