"""Putting work into the database, in the transaction of the decision that needs it.

Either both are committed or neither is. This is a low layer on purpose: the domain may import it, and nothing
here knows what the work is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

from database import written_out
from extensions import db
from models import Lane, Task, TaskState
from timezones import utc_now
from work.kinds import TaskKind

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

_ENQUEUED = "lanes_with_new_tasks"
_listeners: list[Callable[[Lane], None]] = []
_held_back: ContextVar[set[Lane] | None] = ContextVar("held_back", default=None)


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
    enqueue_all([work])


def enqueue_all(works: Sequence[Work]) -> None:
    """The same for several, in one statement: a person may be waiting for it."""
    if not works:
        return
    now = utc_now()
    # The commit wakes the lanes. Work that is due later is found by the first tick after it is due.
    db.session.info.setdefault(_ENQUEUED, set()).update(
        work.kind.lane for work in works if work.run_at <= now
    )
    db.session.flush()
    connection = db.session.connection()
    connection.execute(_insert_or_bring_forward(connection.dialect.name), [_row(work) for work in works])


@cache
def _insert_or_bring_forward(dialect: str) -> sa.Insert:
    """If a runner is claiming the waiting row right now, it holds its lock, and by the time we get it, the
    work has begun and may have read what the caller is about to change: then a new row is inserted.
    """
    # One statement in each, of which SQLAlchemy has no common form. Either dialect takes 2 MB to load.
    insert_into = import_module(f"sqlalchemy.dialects.{dialect}").insert
    insert: sqlite.Insert | postgresql.Insert = insert_into(Task)
    wanted = insert.excluded.run_at
    return insert.on_conflict_do_update(
        index_elements=[Task.dedupe_key],
        index_where=Task.state == written_out(TaskState.READY),
        set_={"run_at": sa.case((Task.run_at > wanted, wanted), else_=Task.run_at)},
    )


def _row(work: Work) -> dict[str, Any]:
    return {
        "kind": work.kind.name,
        "lane": work.kind.lane,
        "subject": work.kind.about(work.about),
        "payload": dict(work.payload),
        "run_at": work.run_at,
        "dedupe_key": work.dedupe_key,
    }


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
    lanes, held_back = session.info.pop(_ENQUEUED, ()), _held_back.get()
    if held_back is None:
        _wake(lanes)
    else:
        held_back.update(lanes)


def _wake(lanes: Iterable[Lane]) -> None:
    for lane in lanes:
        for listener in list(_listeners):
            listener(lane)


def hold_back_wakes() -> Callable[[], None]:
    """Stop this thread's commits from waking workers, until `stop_holding_back_wakes`. The returned function
    wakes the workers that were not woken: call it when the response is out.

    Someone waits for the answer to a click, and the threads that do the work compete with the one that writes
    the answer: Python runs one of them at a time, and lets each go on for up to 5 ms.
    """
    lanes: set[Lane] = set()
    _held_back.set(lanes)
    return partial(_wake, lanes)


def stop_holding_back_wakes() -> None:
    """From now on, each commit of this thread wakes workers again; wakes that were held back stay held
    back."""
    _held_back.set(None)


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.info.pop(_ENQUEUED, None)
