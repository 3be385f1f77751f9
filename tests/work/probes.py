"""A kind of task that exists only in tests, whose phases do what the test says."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Flask

from database import read_only, writing
from extensions import db
from models import Lane, Task, TaskState
from timezones import utc_now
from work import outbox
from work.kinds import TaskKind
from work.protocol import ClaimedTask, Done, Handler, Next
from work.runner import Runner

PROBE = TaskKind("probe", Lane.PROVIDER, "Trying out the engine", subject="interview")
MAIL_PROBE = TaskKind("mail_probe", Lane.MAIL, "Trying out the mail lane", subject="interview")


class Probe:
    """A runner whose one kind of task records what happened to it."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.began: list[int] = []
        self.recorded: list[int] = []
        self.gave_up: list[str] = []
        self.during_call: Callable[[ClaimedTask], None] = lambda task: None
        self.becomes: Callable[[ClaimedTask], Next] = lambda task: Done()
        self.when_given_up: Callable[[ClaimedTask], None] = lambda task: None

    def runner(self, **options: Any) -> Runner:
        handler = Handler(self._load, self._call, self._record, self._gave_up)
        return Runner(self.app, {PROBE: handler, MAIL_PROBE: handler}, **options)

    def enqueue(
        self,
        interview: int = 1,
        *,
        kind: TaskKind = PROBE,
        dedupe_key: str | None = None,
        run_at: datetime | None = None,
    ) -> None:
        with self.app.app_context(), writing():
            outbox.enqueue(kind, interview, dedupe_key=dedupe_key, run_at=run_at)
            db.session.commit()

    def tasks(self) -> list[Task]:
        """All tasks, oldest first, detached."""
        with self.app.app_context(), read_only():
            rows = list(db.session.scalars(db.select(Task).order_by(Task.id)))
            db.session.expunge_all()
            return rows

    def states(self) -> list[TaskState]:
        return [task.state for task in self.tasks()]

    def claim_and_die(self) -> None:
        """Claim the only task like a process that dies right after."""
        with self.app.app_context(), writing():
            [task] = db.session.scalars(db.select(Task))
            task.state, task.lease, task.starts = TaskState.RUNNING, "of-the-dead", task.starts + 1
            lease_time = timedelta(seconds=self.app.config["TASK_LEASE_SECONDS"])
            task.leased_until = utc_now() + lease_time
            db.session.commit()

    def _load(self, task: ClaimedTask) -> ClaimedTask:
        self.began.append(task.id)
        return task

    def _call(self, task: ClaimedTask) -> None:
        self.during_call(task)

    def _record(self, task: ClaimedTask, outcome: None) -> Next:
        self.recorded.append(task.id)
        return self.becomes(task)

    def _gave_up(self, task: ClaimedTask, why: str) -> None:
        self.gave_up.append(why)
        self.when_given_up(task)
