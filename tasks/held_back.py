"""What would be sent if the background work of a restored server continued, in numbers and words for
people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from accounts import outgoing_webhook
from models import Mail, MailState, Task, TaskState
from rows import rows_of
from scheduling.feedback import to_remind
from wording import counted
from work.kinds import words_of
from work.mail import SEND_MAIL, kind_of


@dataclass(frozen=True)
class WaitingEmails:
    """The unsent emails of one kind. `due` would be sent right away; `later` when their time comes."""

    label: str
    due: int
    later: int


@dataclass(frozen=True)
class WaitingTasks:
    """Other work of one kind that is due, in the words of the System log."""

    words: str
    due: int


@dataclass(frozen=True)
class HeldBack:
    """Everything that waits, the most of a kind first. `reminders`: the emails about feedback on interviews
    that are over, which are not written yet; `messages`: those to the webhook. Both follow the decision about
    the emails that are due."""

    emails: tuple[WaitingEmails, ...]
    work: tuple[WaitingTasks, ...]
    reminders: int
    messages: int

    @property
    def besides(self) -> list[str]:
        """What is sent or dropped with the emails that are due."""
        found = []
        if self.reminders:
            found.append(f"{counted(self.reminders, 'reminder')} of feedback on interviews that are over")
        if self.messages:
            found.append(f"{counted(self.messages, 'message')} to your webhook")
        return found

    @property
    def due_emails(self) -> int:
        """How many emails would be sent right away."""
        return sum(each.due for each in self.emails)

    @property
    def later_emails(self) -> int:
        """How many emails have their time still to come."""
        return sum(each.later for each in self.emails)


def what_waits(now: datetime) -> HeldBack:
    """What waits at `now` (aware UTC); three statements, and those of `to_remind`."""
    is_due = sa.case((Mail.due_at <= now, 1), else_=0)
    emails = rows_of(
        sa.select(Mail.kind, sa.func.sum(is_due).label("due"), sa.func.count(Mail.id).label("all"))
        .where(Mail.state == MailState.QUEUED)
        .group_by(Mail.kind)
    )
    work = rows_of(
        sa.select(Task.kind, sa.func.count(Task.id).label("due"))
        .where(
            Task.kind != SEND_MAIL.name,
            sa.or_(
                sa.and_(Task.state == TaskState.READY, Task.run_at <= now),
                # Running when the backup was made, so it is started again.
                Task.state == TaskState.RUNNING,
            ),
        )
        .group_by(Task.kind)
    )
    found = [WaitingEmails(kind_of(row.kind).label, int(row.due), row.all - int(row.due)) for row in emails]
    others = [WaitingTasks(words_of(row.kind), row.due) for row in work]
    return HeldBack(
        tuple(sorted(found, key=lambda each: (-each.due, -each.later, each.label))),
        tuple(sorted(others, key=lambda each: (-each.due, each.words))),
        reminders=len(to_remind(now)),
        messages=outgoing_webhook.how_many_wait(),
    )
