"""Background work that someone should look at, described in words for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from connections.catalogue import label_of
from extensions import db
from models import Connection, Interview, Mail, MailState, MailTrouble, Task, TaskState, User
from timezones import utc_now
from wording import owned_by
from work.findings import OVERDUE_FOR
from work.kinds import words_of
from work.mail import kind_of

# Failed work is retried automatically; it is worth a look once that has gone on for this long.
_FAILING_FOR = timedelta(minutes=15)
_SHOWN = 50

# Only the first three are worth someone's attention.
WorkState = Literal["given_up", "failing", "overdue", "waiting", "running", "done"]


@dataclass(frozen=True)
class WaitingWork:
    """One piece of work. `words` say what, and for whom if it is for one person; `next_try_at` is None when
    nothing more will be tried; `interview_title` and `interview_id` are set when it is about an interview.
    `kind` and `subject` are its names in the code, `mail_id` the email that it sends, if it sends one."""

    task_id: int
    kind: str
    subject: str
    words: str
    state: WorkState
    problem: str
    since: datetime
    next_try_at: datetime | None
    interview_id: int | None = None
    interview_title: str | None = None
    mail_id: int | None = None


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
    return described(rows, now)


def described(tasks: Sequence[Task], now: datetime) -> list[WaitingWork]:
    """The same for any unfinished tasks, in their order; `now` is aware UTC."""
    titles, names = _titles(tasks), _for_whom(tasks)
    return [_described(task, titles, names, now) for task in tasks]


def _titles(tasks: Sequence[Task]) -> dict[int, str]:
    ids = {number for task in tasks if (number := _interview_id(task)) is not None}
    found = db.session.execute(sa.select(Interview.id, Interview.title).where(Interview.id.in_(ids)))
    return {row.id: row.title for row in found}


def _for_whom(tasks: Sequence[Task]) -> dict[int, str]:
    """What the work of these tasks is about, by the task: an email and its reader, or someone's account."""
    mail_ids = {task.payload["mail_id"] for task in tasks if "mail_id" in task.payload}
    mails = {
        row.id: f"{kind_of(row.kind).label} to {row.name}"
        for row in db.session.execute(sa.select(Mail.id, Mail.kind, Mail.name).where(Mail.id.in_(mail_ids)))
    }
    connection_ids = {number for task in tasks if (number := _number(task, "connection")) is not None}
    accounts = {
        row.id: f"{owned_by(row.name)} {label_of(row.app)}"
        for row in db.session.execute(
            sa.select(Connection.id, Connection.app, User.name)
            .join(User, User.id == Connection.user_id)
            .where(Connection.id.in_(connection_ids))
        )
    }
    found = {
        task.id: mails.get(task.payload.get("mail_id", 0)) or accounts.get(_number(task, "connection") or 0)
        for task in tasks
    }
    return {task_id: words for task_id, words in found.items() if words is not None}


def _words(task: Task, for_whom: dict[int, str]) -> str:
    whose = for_whom.get(task.id)
    return f"{words_of(task.kind)}: {whose}" if whose is not None else words_of(task.kind)


def _interview_id(task: Task) -> int | None:
    return _number(task, "interview")


def _number(task: Task, subject: str) -> int | None:
    """The id of what the task is about, if that is a `subject`."""
    kind, _, number = task.subject.partition(":")
    return int(number) if kind == subject and number.isdigit() else None


def _described(task: Task, titles: dict[int, str], for_whom: dict[int, str], now: datetime) -> WaitingWork:
    interview_id = _interview_id(task)
    return WaitingWork(
        task_id=task.id,
        kind=task.kind,
        subject=task.subject,
        words=_words(task, for_whom),
        state=_state(task, now),
        problem=task.last_error or "",
        since=task.created_at,
        next_try_at=None if task.state in (TaskState.DEAD, TaskState.DONE) else task.run_at,
        interview_id=interview_id if interview_id in titles else None,
        interview_title=titles.get(interview_id) if interview_id is not None else None,
        mail_id=task.payload.get("mail_id"),
    )


def _state(task: Task, now: datetime) -> WorkState:
    match task.state:
        case TaskState.DEAD:
            return "given_up"
        case TaskState.DONE:
            return "done"
        case TaskState.RUNNING:
            return "running"
    if task.run_at < now - OVERDUE_FOR:
        return "overdue"
    return "failing" if task.failures else "waiting"


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
    now, words = utc_now(), words_of(task.kind)
    if mail is not None:
        # Without its reader: what is written down about this outlasts the candidate's data.
        words = f"{words}: {kind_of(mail.kind).label}"
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
