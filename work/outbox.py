"""Putting work into the database, in the transaction of the decision that needs it.

Either both are committed or neither is. This is a low layer on purpose: the domain may import it, and nothing
here knows what the work is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from database import written_out
from extensions import db
from models import Lane, Task, TaskState
from rows import add_rows, change_rows
from timezones import utc_now
from work.kinds import TaskKind

_ENQUEUED = "lanes_with_new_tasks"
_listeners: list[Callable[[Lane], None]] = []


@dataclass(frozen=True)
class Work:
    """One piece of work to request. `about` identifies one of the things that the kind's `subject` names; the
    work is due at `run_at` (aware UTC)."""

    kind: TaskKind
    about: int | str
    payload: Mapping[str, Any]
    run_at: datetime
    dedupe_key: str | None


def enqueue(
    kind: TaskKind,
    about: int | str,
    *,
    payload: Mapping[str, Any] | None = None,
    run_at: datetime | None = None,
    dedupe_key: str | None = None,
) -> None:
    """Add a task to the current transaction, due at `run_at` (aware UTC; None means now).

    With a `dedupe_key`, work with the same key that has not started yet is used instead, and brought
    forward if it was due later. The caller commits.
    """
    enqueue_work(Work(kind, about, dict(payload or {}), run_at or utc_now(), dedupe_key))


def enqueue_work(work: Work) -> None:
    """The same as `enqueue`, for work that is already a value."""
    if work.dedupe_key is None:
        enqueue_first([work])
        return
    _announce_later([work])
    if _bring_forward(work.dedupe_key, work.run_at):
        return
    try:
        with db.session.begin_nested():
            _insert([work])
    except IntegrityError:
        # PostgreSQL only: another transaction committed the same work between our look and our insert.
        _bring_forward(work.dedupe_key, work.run_at)


def enqueue_first(works: Sequence[Work]) -> None:
    """Add tasks that cannot have been requested before, because what they are about was created in the
    current transaction. Nothing is looked up, and all go in one statement: a person is waiting for it."""
    _announce_later(works)
    _insert(works)


def _insert(works: Sequence[Work]) -> None:
    if works:
        add_rows(Task, [_row(work) for work in works])


def _row(work: Work) -> dict[str, Any]:
    return {
        "kind": work.kind.name,
        "lane": work.kind.lane,
        "subject": work.kind.about(work.about),
        "payload": dict(work.payload),
        "run_at": work.run_at,
        "dedupe_key": work.dedupe_key,
    }


_DUE = sa.bindparam("due", type_=Task.run_at.type)
_BRING_FORWARD = (
    sa.update(Task)
    .where(Task.dedupe_key == sa.bindparam("key"), Task.state == written_out(TaskState.READY))
    .values(run_at=sa.case((Task.run_at > _DUE, _DUE), else_=Task.run_at))
)


def _bring_forward(dedupe_key: str, due: datetime) -> bool:
    """Make waiting work due no later than `due`. False when there is none: if a runner is claiming the row
    right now, it holds the lock, and by the time we get it the work has begun and may have read what the
    caller is about to change.
    """
    return bool(change_rows(_BRING_FORWARD, {"key": dedupe_key, "due": due}))


def _announce_later(works: Sequence[Work]) -> None:
    """Let the commit wake the lanes. Work that is due later is found by the first tick after it is due."""
    now = utc_now()
    db.session.info.setdefault(_ENQUEUED, set()).update(
        work.kind.lane for work in works if work.run_at <= now
    )


def forget(task_id: int, *names: str) -> None:
    """Remove values from a task's payload, in the current transaction: finished tasks are kept, and nothing
    secret or personal should be kept with them."""
    row = db.session.get_one(Task, task_id)
    row.payload = {name: value for name, value in row.payload.items() if name not in names}


def when_committed(listener: Callable[[Lane], None]) -> Callable[[], None]:
    """Call `listener` with the lane after each commit that added work; returns a function that stops this.

    A process notices its own commits this way without waiting for the next tick; other processes notice at
    their next tick.
    """
    _listeners.append(listener)
    return lambda: _listeners.remove(listener)


@event.listens_for(Session, "after_commit")
def _announce(session: Session) -> None:
    # The event also fires for savepoints, whose work is not visible to anyone yet.
    if session.in_nested_transaction():
        return
    for lane in session.info.pop(_ENQUEUED, ()):
        for listener in list(_listeners):
            listener(lane)


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.info.pop(_ENQUEUED, None)
