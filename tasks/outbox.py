"""Putting work into the database, in the transaction of the decision that needs it.

Either both are committed or neither is. Low on purpose: the domain may import this, and nothing here
knows what the work is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from extensions import db
from models import Lane, Task, TaskState
from timezones import utc_now

_ENQUEUED = "lanes_with_new_tasks"
_listeners: list[Callable[[Lane], None]] = []


def enqueue(
    kind: str,
    *,
    lane: Lane,
    subject: str,
    payload: Mapping[str, Any] | None = None,
    run_at: datetime | None = None,
    dedupe_key: str | None = None,
    is_first: bool = False,
) -> None:
    """Add a task to the current transaction, due at `run_at` (aware UTC; None means now).

    With a `dedupe_key`, work of the same key that has not started yet is used instead and brought
    forward if it was due later. `is_first` says that there can be none, because what the key names was
    made in this very transaction; that saves looking, which a person would wait for. The caller commits.
    """
    now = utc_now()
    due = run_at or now
    if due <= now:
        # Work for later needs nobody now; the tick after its time finds it.
        db.session.info.setdefault(_ENQUEUED, set()).add(lane)
    if dedupe_key is not None and not is_first and _bring_forward(dedupe_key, due):
        return
    task = Task(
        kind=kind, lane=lane, subject=subject, payload=dict(payload or {}), run_at=due, dedupe_key=dedupe_key
    )
    if dedupe_key is None or is_first:
        db.session.add(task)
        return
    try:
        with db.session.begin_nested():
            db.session.add(task)
    except IntegrityError:
        # PostgreSQL only: another transaction committed the same work between our look and our insert.
        _bring_forward(dedupe_key, due)


def _bring_forward(dedupe_key: str, due: datetime) -> bool:
    # Locked, because a runner may be claiming this very row: it has begun then, and may have read what the
    # caller is about to change.
    waiting = db.session.scalar(
        sa.select(Task)
        .where(Task.dedupe_key == dedupe_key, Task.state == TaskState.READY)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if waiting is None:
        return False
    waiting.run_at = min(waiting.run_at, due)
    return True


def when_committed(listener: Callable[[Lane], None]) -> Callable[[], None]:
    """Call `listener` with the lane after each commit that added work; returns the way to stop that.

    The commit must not wait for the next tick to be noticed by its own process; other processes
    notice at their tick.
    """
    _listeners.append(listener)
    return lambda: _listeners.remove(listener)


@event.listens_for(Session, "after_commit")
def _announce(session: Session) -> None:
    # The event comes for savepoints too, whose work is not visible to anybody yet.
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
