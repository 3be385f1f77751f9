"""Claims due tasks and runs them in three phases: load, call, record.

*load* reads (or notes what is about to be tried) and ends its transaction; *call* talks to the outside
with no transaction open; *record* writes the outcome, its consequences, and the end of the task in one
transaction, provided that the claim is still ours. If a process dies between any two of them, the lease is no
longer renewed and runs out, and the next start of the task finds out what happened.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import (
    DisconnectionError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from database import read_only, writing, writing_what_may_be_lost
from extensions import db
from models import Lane, Task, TaskState
from rows import change_rows, rows_of
from timezones import utc_now
from work import claims, outbox, retry
from work.claims import LeaseLostError
from work.kinds import TaskKind
from work.leases import Leases
from work.protocol import Again, ClaimedTask, Dead, Done, Handler, Next
from work.turns import NEVER, Found, Turns

log = logging.getLogger("tasks")

Phase = Literal["claimed", "loaded", "called", "recorded"]
# The database is unavailable, full, or locked. The task is not at fault, and we could not record it anyway.
_DATABASE_AWAY = (OperationalError, InterfaceError, DisconnectionError, PoolTimeoutError)

# How long to wait before writing an outcome again that could not be written, in seconds. Short, because the
# outside work is repeated if another process gets the task first.
_WRITE_AGAIN_AFTER, _WRITE_AGAIN_AT_LEAST_EVERY = 0.2, 1.0

PhaseHook = Callable[[Phase, "ClaimedTask"], None]


def _no_hook(phase: Phase, task: ClaimedTask) -> None:
    pass


def _never() -> bool:
    return False


class Runner:
    """A few threads per lane that run due tasks until told to stop.

    `is_paused` is asked before each claim, in a read-only transaction: while it says so, nothing is started.
    """

    def __init__(
        self,
        app: Flask,
        handlers: Mapping[TaskKind, Handler],
        *,
        threads: Mapping[Lane, int] | None = None,
        on_phase: PhaseHook = _no_hook,
        is_paused: Callable[[], bool] = _never,
    ) -> None:
        self._app = app
        self._is_paused = is_paused
        self._handlers = {kind.name: handler for kind, handler in handlers.items()}
        usual = {Lane.PROVIDER: 3, Lane.MAIL: 3, Lane.CALENDAR: 2, Lane.UPKEEP: 1}
        self._thread_counts = threads or usual
        self._on_phase = on_phase
        self._leases = Leases(app, lasts=timedelta(seconds=app.config["TASK_LEASE_SECONDS"]))
        longest = timedelta(seconds=app.config["TASK_LONGEST_SECONDS"])
        upkeep = timedelta(seconds=app.config["UPKEEP_LONGEST_SECONDS"])
        self._longest = {**dict.fromkeys(Lane, longest), Lane.UPKEEP: upkeep}
        self._keeping_leases = ExitStack()
        self._threads: list[threading.Thread] = []
        self._stopping = False
        # By the monotonic clock.
        self._judges_again_at = 0.0
        self._turns = Turns()
        self._stop_listening: Callable[[], None] | None = None

    def start(self) -> None:
        """Start the threads. Must be called after the fork that made this process."""
        self._stop_listening = outbox.when_committed(self.wake)
        self._keeping_leases.enter_context(self._leases.kept_up())
        for lane, count in self._thread_counts.items():
            for number in range(count):
                thread = threading.Thread(
                    target=self._work, args=(lane,), name=f"tasks-{lane.value}-{number}", daemon=True
                )
                self._threads.append(thread)
                thread.start()

    def wake(self, lane: Lane | None = None) -> None:
        """Let waiting threads look for due work; all lanes when none is named."""
        self._turns.wake(lane)

    def wake_for_due(self) -> None:
        """Let waiting threads look for due work in those lanes that have any: one statement for all lanes."""
        with self._app.app_context(), read_only():
            [has_due] = rows_of(claims.LANES_WITH_DUE, {"now": utc_now()})
        for lane, is_due in zip(Lane, has_due, strict=True):
            if is_due:
                self.wake(lane)

    def stop(self, timeout: float) -> None:
        """Claim nothing more, wait up to `timeout` seconds for running tasks, then release the others."""
        if self._stop_listening:
            self._stop_listening()
            self._stop_listening = None
        self._stopping = True
        self._turns.end()
        deadline = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._keeping_leases.close()
        self._let_go()

    def run_due(self, lane: Lane | None = None) -> int:
        """Run everything that is due, in this thread, and return how many tasks were started."""
        started = 0
        with self._leases.kept_up():
            for wanted in [lane] if lane else list(Lane):
                while self._run_one(wanted):
                    started += 1
        return started

    def note_outage(self) -> None:
        """The database could not be used just now: leases that run out say nothing until they could be
        renewed again."""
        self._judges_again_at = time.monotonic() + self._leases.renewed_every

    def release_forfeited(self) -> int:
        """Make tasks ready again whose lease ran out: their process died or hangs. Return how many.

        While the database takes nothing, no one can renew a lease either. So the tasks that this process is
        still running are left alone, and after such a time (`note_outage`) the other processes get their
        chance to renew first.
        """
        if time.monotonic() < self._judges_again_at:
            return 0
        now = utc_now()
        with self._app.app_context(), read_only():
            forfeited = [row.id for row in rows_of(claims.FORFEITED, {"now": now})]
        for task_id in forfeited:
            with self._app.app_context(), writing():
                task = db.session.get(Task, task_id, with_for_update=True)
                if task is None or task.state != TaskState.RUNNING or task.leased_until is None:
                    continue
                if task.leased_until >= now or self._leases.may_keep(task.lease):
                    continue
                log.warning("task %s %s: its lease ran out", task.id, task.kind)
                if task.starts >= retry.STARTS_WITHOUT_END_ALLOWED:
                    why = "it was started again and again without ever coming to an end"
                    self._show_end(claims.as_claimed(task, task.lease or ""), why)
                    claims.bury(task, why)
                else:
                    claims.make_ready(task, now)
                db.session.commit()
        return len(forfeited)

    # Threads

    def _work(self, lane: Lane) -> None:
        seen = NEVER
        while not self._stopping:
            seen = self._turns.wait(lane, seen)
            try:
                while not self._stopping and self._run_next(lane):
                    pass
            except SQLAlchemyError:
                # The database is unavailable or full. The next tick tries again; web requests report it too.
                self.note_outage()
                log.exception("the database is unavailable; background work pauses until the next tick")
            except Exception:
                # Never let this end the thread: a lane without threads fails silently. The next tick retries.
                log.exception("background work failed and pauses until the next tick")

    def _run_next(self, lane: Lane) -> bool:
        """Run one due task, if there is one and it is this thread's turn to look for it."""
        task = self._turns.look(lane, lambda: self._claim(lane)).it
        if task is None:
            return False
        try:
            self._run_claimed(task)
        finally:
            self._turns.note_end(lane)
        return True

    def _let_go(self) -> None:
        held = self._leases.held()
        if not held:
            return
        try:
            with self._app.app_context(), writing():
                for task in db.session.scalars(
                    sa.select(Task).where(Task.lease.in_(held), Task.state == TaskState.RUNNING)
                ):
                    claims.make_ready(task, utc_now())
                db.session.commit()
        except SQLAlchemyError:
            log.exception("leases could not be released; they will expire on their own")

    # One task

    def _run_one(self, lane: Lane) -> bool:
        task = self._claim(lane).it
        if task is None:
            return False
        self._run_claimed(task)
        return True

    def _run_claimed(self, task: ClaimedTask) -> None:
        with self._leases.holding(task.lease, self._longest[task.lane]):
            try:
                self._run(task)
            except LeaseLostError:
                log.warning("task %s %s: the lease was lost, the outcome is not written", task.id, task.kind)

    def _claim(self, lane: Lane) -> Found[ClaimedTask]:
        now = utc_now()
        with self._app.app_context(), read_only():
            if self._is_paused():
                return Found(None)
            due = rows_of(claims.DUE, {"lane": lane, "now": now})
        for row in due:
            claimed = self._claim_one(row.id, now)
            if claimed is not None:
                subjects = {each.subject for each in due}
                is_only_one = len(due) < claims.MOST_LOOKED_AT and subjects == {row.subject}
                return Found(claimed, is_only_one=is_only_one)
        return Found(None)

    def _claim_one(self, task_id: int, now: datetime) -> ClaimedTask | None:
        lease = secrets.token_hex(16)
        told = {"task_id": task_id, "now": now, "until": now + self._leases.lasts, "claim": lease}
        # After a power outage nothing is running, so losing the claim does no harm.
        with self._app.app_context(), writing_what_may_be_lost():
            try:
                row = db.session.connection().execute(claims.CLAIM, told).one_or_none()
                db.session.commit()
            except IntegrityError:
                # Another task with the same subject started a moment ago; this one waits its turn.
                db.session.rollback()
                return None
        if row is None:
            return None
        claimed = claims.as_claimed(row, lease)
        self._on_phase("claimed", claimed)
        return claimed

    def _run(self, task: ClaimedTask) -> None:
        began = time.monotonic()
        try:
            handler = self._handlers[task.kind]
            mode = writing if handler.load_writes else read_only
            with self._app.app_context(), mode():
                if handler.load_writes:
                    claims.hold(task)
                loaded = handler.load(task)
                db.session.commit()
            self._on_phase("loaded", task)
            if loaded is None:
                self._finish(task, lambda: Done())
                return
            with self._app.app_context():
                outcome = handler.call(loaded)
            self._on_phase("called", task)
            self._finish(task, lambda: handler.record(loaded, outcome))
            self._on_phase("recorded", task)
        except (LeaseLostError, *_DATABASE_AWAY):
            raise
        except Exception as error:
            # Bad data or a bug must not stop the other tasks; this one is set aside and reported.
            log.exception("task %s %s crashed", task.id, task.kind)
            crash = type(error).__name__
            self._finish(task, lambda: self._after_crash(task, crash))
        finally:
            log.info(
                "task %s %s %s %.0f ms", task.id, task.kind, task.subject, 1000 * (time.monotonic() - began)
            )

    def _after_crash(self, task: ClaimedTask, crash: str) -> Next:
        crashes = task.failures + 1
        why = f"{crash} in {task.kind}"
        if crashes < retry.CRASHES_ALLOWED:
            return Again(utc_now() + retry.CRASH.delay(crashes), why)
        self._show_end(task, why)
        return Dead(why)

    def _show_end(self, task: ClaimedTask, why: str) -> None:
        """Let the handler tell people; it may fail on the same data that crashed the task."""
        if task.kind not in self._handlers:
            return
        try:
            with db.session.begin_nested():
                self._handlers[task.kind].gave_up(task, why)
        except _DATABASE_AWAY:
            raise
        except Exception:
            log.exception("task %s %s was given up and could not say so", task.id, task.kind)

    def _finish(self, task: ClaimedTask, record: Callable[[], Next]) -> None:
        """Record the outcome of a task.

        While the database takes nothing, because it is locked, on a full disk, or restarting, this tries
        again for as long as the task may take at all. The outside effect has already happened: if its outcome
        were dropped, the next start would send the same email a second time.
        """
        pause = _WRITE_AGAIN_AFTER
        while True:
            try:
                self._finish_soon(task, record)
                return
            except _DATABASE_AWAY:
                if not self._leases.may_keep(task.lease):
                    raise
                if pause == _WRITE_AGAIN_AFTER:
                    log.warning("task %s %s: its outcome cannot be written yet", task.id, task.kind)
            time.sleep(pause)
            pause = min(2 * pause, _WRITE_AGAIN_AT_LEAST_EVERY)

    def _finish_soon(self, task: ClaimedTask, record: Callable[[], Next]) -> None:
        try:
            self._finish_once(task, record)
        except IntegrityError:
            # On PostgreSQL the same work may have been requested again in a transaction that committed
            # between our check for such a duplicate and our own write. It is visible now; any other
            # constraint violation happens again and counts as a crash.
            self._finish_once(task, record)

    def _finish_once(self, task: ClaimedTask, record: Callable[[], Next]) -> None:
        handler = self._handlers.get(task.kind)
        mode = writing_what_may_be_lost if handler and handler.finds_out_again else writing
        with self._app.app_context(), mode():
            claims.hold(task)
            then = record()
            match then:
                case Done():
                    change_rows(claims.END, {"task_id": task.id, "now": utc_now()})
                case Again(at, why, is_failure):
                    claims.start_again(task.id, at, why, is_failure=is_failure)
                case Dead(why):
                    claims.bury(db.session.get_one(Task, task.id), why)
            db.session.commit()
