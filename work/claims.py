"""The rows of claimed tasks: the statements that find, claim and end them, and what happens to a claim."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from database import written_out
from extensions import db
from models import Lane, Task, TaskState
from rows import change_rows, rows_of
from timezones import utc_now
from work.protocol import ClaimedTask


class LeaseLostError(Exception):
    """Another process has claimed the task by now; our outcome must not be written."""


# The statements of every task, written once: building them takes several times as long as running them.
_NOW = sa.bindparam("now", type_=Task.run_at.type)
_LANE = sa.bindparam("lane", type_=Task.lane.type)
_THE_TASK = Task.id == sa.bindparam("task_id")
_IS_READY, _IS_RUNNING = (Task.state == written_out(state) for state in (TaskState.READY, TaskState.RUNNING))

MOST_LOOKED_AT = 8
DUE = (
    sa.select(Task.id, Task.subject)
    .where(
        _IS_READY,
        Task.lane == _LANE,
        Task.run_at <= _NOW,
        Task.subject.not_in(sa.select(Task.subject).where(_IS_RUNNING, Task.lane == _LANE)),
    )
    .order_by(Task.run_at, Task.id)
    .limit(MOST_LOOKED_AT)
)
# Whether each lane has something that is due, in the order of the lanes.
LANES_WITH_DUE = sa.select(
    *(
        sa.exists().where(_IS_READY, Task.lane == written_out(lane), Task.run_at <= _NOW).label(lane.value)
        for lane in Lane
    )
)
FORFEITED = sa.select(Task.id).where(_IS_RUNNING, Task.leased_until < _NOW)
CLAIM = (
    sa.update(Task)
    .where(_THE_TASK, _IS_READY, Task.run_at <= _NOW)
    .values(
        state=TaskState.RUNNING,
        lease=sa.bindparam("claim"),
        leased_until=sa.bindparam("until"),
        starts=Task.starts + 1,
    )
    .returning(Task.id, Task.kind, Task.lane, Task.subject, Task.payload, Task.failures, Task.starts)
)
_LEASE = sa.select(Task.lease).where(_THE_TASK, _IS_RUNNING).with_for_update()
END = (
    sa.update(Task)
    .where(_THE_TASK)
    .values(state=TaskState.DONE, finished_at=_NOW, last_error=None, lease=None, leased_until=None)
)


_twin = aliased(Task)
_AGAIN = (
    sa.update(Task)
    .where(
        _THE_TASK,
        ~sa.exists().where(
            _twin.dedupe_key == Task.dedupe_key,
            _twin.state == written_out(TaskState.READY),
            _twin.id != Task.id,
        ),
    )
    .values(
        state=TaskState.READY,
        run_at=sa.bindparam("at"),
        last_error=sa.bindparam("why"),
        failures=Task.failures + sa.bindparam("more_failures"),
        # Any outcome at all shows that starting the task does not kill its process.
        starts=0,
        lease=None,
        leased_until=None,
    )
)


def hold(task: ClaimedTask) -> None:
    """Lock the task's row for the rest of the transaction. Raises `LeaseLostError` if our claim is lost."""
    if [row.lease for row in rows_of(_LEASE, {"task_id": task.id})] != [task.lease]:
        raise LeaseLostError(task.id)


def as_claimed(row: Task | sa.Row[Any], lease: str) -> ClaimedTask:
    """The task as its handler sees it, held under this lease."""
    return ClaimedTask(row.id, row.kind, row.lane, row.subject, row.payload, row.failures, row.starts, lease)


def start_again(task_id: int, at: datetime, why: str, *, is_failure: bool) -> None:
    """After an outcome: as `make_ready`, and counted if it was a failure."""
    told = {"task_id": task_id, "at": at, "why": why[:500], "more_failures": int(is_failure)}
    if change_rows(_AGAIN, told):
        return
    row = db.session.get_one(Task, task_id)
    row.last_error, row.starts = why[:500], 0
    row.failures += int(is_failure)
    make_ready(row, at)


def make_ready(row: Task, at: datetime) -> None:
    """Ready again at `at`; or done, if the same work was requested again while this ran."""
    row.lease = row.leased_until = None
    if row.dedupe_key is not None:
        twin = db.session.scalar(
            sa.select(Task).where(
                Task.dedupe_key == row.dedupe_key, Task.state == TaskState.READY, Task.id != row.id
            )
        )
        if twin is not None:
            row.state, row.finished_at = TaskState.DONE, utc_now()
            # No one knows how far this one came if its process died, so the other one counts as started.
            twin.starts = max(twin.starts, row.starts)
            return
    row.state, row.run_at = TaskState.READY, at


def bury(row: Task, why: str) -> None:
    """Nothing more is tried automatically, for this reason."""
    row.state, row.finished_at, row.last_error = TaskState.DEAD, utc_now(), why[:500]
    row.lease = row.leased_until = None
