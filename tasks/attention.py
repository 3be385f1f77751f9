"""Background work that someone should look at, described in words for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from extensions import db
from models import Interview, Mail, MailState, MailTrouble, Task, TaskState
from timezones import utc_now
from work.findings import OVERDUE_FOR
from work.kinds import words_of
from work.mail import kind_of

# Failed work is retried automatically; it is worth a look once that has gone on for this long.
_FAILING_FOR = timedelta(minutes=15)
_SHOWN = 50

WorkState = Literal["given_up", "failing", "overdue"]


@dataclass(frozen=True)
class WaitingWork:
    """One piece of work. `next_try_at` is None when nothing more will be tried; `interview_title` and
    `interview_id` are set when it is about an interview."""

    task_id: int
    words: str
    state: WorkState
    problem: str
    since: datetime
    next_try_at: datetime | None
    interview_id: int | None = None
    interview_title: str | None = None


def work_needing_attention() -> list[WaitingWork]:
    """Work that was given up, keeps failing, or has not begun: given-up work first, then the oldest first."""
    now = utc_now()
    rows = db.session.scalars(
        sa.select(Task)
        .where(
            sa.or_(
                Task.state == TaskState.DEAD,
                sa.and_(
                    Task.state == TaskState.READY,
                    sa.or_(
                        sa.and_(Task.failures > 0, Task.created_at < now - _FAILING_FOR),
                        # Until someone fixes something, it can only keep failing.
                        Task.dedupe_key.in_(
                            sa.select(sa.literal("mail:") + sa.cast(Mail.id, sa.String)).where(
                                Mail.trouble == MailTrouble.OURS, Mail.state == MailState.QUEUED
                            )
                        ),
                        Task.run_at < now - OVERDUE_FOR,
                    ),
                ),
            )
        )
        .order_by(Task.state, Task.id)
        .limit(_SHOWN)
    ).all()
    titles, mails = _titles(rows), _mail_labels(rows)
    return [_described(task, titles, mails, now) for task in rows]


def _titles(tasks: Sequence[Task]) -> dict[int, str]:
    ids = {number for task in tasks if (number := _interview_id(task)) is not None}
    found = db.session.execute(sa.select(Interview.id, Interview.title).where(Interview.id.in_(ids)))
    return {row.id: row.title for row in found}


def _mail_labels(tasks: Sequence[Task]) -> dict[int, str]:
    """Labels of the emails that these tasks send, by the email's id."""
    ids = {task.payload["mail_id"] for task in tasks if "mail_id" in task.payload}
    found = db.session.execute(sa.select(Mail.id, Mail.kind).where(Mail.id.in_(ids)))
    return {row.id: kind_of(row.kind).label for row in found}


def _words(task: Task, mail_labels: dict[int, str]) -> str:
    label = mail_labels.get(task.payload.get("mail_id", 0))
    return f"{words_of(task.kind)}: {label}" if label is not None else words_of(task.kind)


def _interview_id(task: Task) -> int | None:
    kind, _, number = task.subject.partition(":")
    return int(number) if kind == "interview" and number.isdigit() else None


def _described(task: Task, titles: dict[int, str], mail_labels: dict[int, str], now: datetime) -> WaitingWork:
    interview_id = _interview_id(task)
    state: WorkState = "failing"
    if task.state == TaskState.DEAD:
        state = "given_up"
    elif task.run_at < now - OVERDUE_FOR:
        state = "overdue"
    return WaitingWork(
        task_id=task.id,
        words=_words(task, mail_labels),
        state=state,
        problem=task.last_error or "",
        since=task.created_at,
        next_try_at=None if state == "given_up" else task.run_at,
        interview_id=interview_id if interview_id in titles else None,
        interview_title=titles.get(interview_id) if interview_id is not None else None,
    )


def try_again_now(task_id: int) -> str | None:
    """Make a piece of work due again in the current transaction, even if it was given up, and return its
    description; the next tick runs it. None when the work does not exist, is done, or is running."""
    task = db.session.get(Task, task_id, with_for_update=True, populate_existing=True)
    if task is None or task.state not in (TaskState.READY, TaskState.DEAD):
        return None
    mail_id = task.payload.get("mail_id")
    mail = db.session.get(Mail, mail_id) if mail_id is not None else None
    if mail is not None and mail.state == MailState.FAILED:
        # Giving up marked the email as ended, and a delivery only sends emails that are queued.
        mail.state, mail.words = MailState.QUEUED, None
    now, words = utc_now(), _words(task, _mail_labels([task]))
    twin = db.session.scalar(
        sa.select(Task).where(
            Task.dedupe_key == task.dedupe_key, Task.state == TaskState.READY, Task.id != task.id
        )
    )
    if twin is not None:
        # The same work was requested again after this was given up, and it may not be queued twice.
        twin.run_at = now
        task.state, task.finished_at = TaskState.DONE, now
        return words
    task.state, task.run_at, task.finished_at = TaskState.READY, now, None
    task.failures = task.starts = 0
    return words
