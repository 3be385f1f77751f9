"""Keeping grants alive: the chore that notices a token near its end, and the task that refreshes it."""

from __future__ import annotations

import sqlalchemy as sa

from connections.refresh import due_connections, live_grant
from database import read_only, writing
from extensions import db
from models import Lane, Task, TaskState
from providers.errors import ProviderError
from tasks import outbox
from tasks.runner import ClaimedTask, Done, Handler, Next
from timezones import utc_now

REFRESH_CONNECTION = "refresh_connection"


def enqueue_due_refreshes() -> None:
    """Ask for the refresh of every token that is near its end. Reads; writes only when one is due."""
    with read_only():
        asked_for = set(
            db.session.scalars(
                sa.select(Task.dedupe_key).where(
                    Task.kind == REFRESH_CONNECTION, Task.state.in_((TaskState.READY, TaskState.RUNNING))
                )
            )
        )
        due = [number for number in due_connections(utc_now()) if _key(number) not in asked_for]
        db.session.rollback()
    if not due:
        return
    with writing():
        for connection_id in due:
            outbox.enqueue(
                REFRESH_CONNECTION,
                lane=Lane.PROVIDER,
                subject=f"connection:{connection_id}",
                payload={"connection_id": connection_id},
                dedupe_key=_key(connection_id),
            )
        db.session.commit()


def _key(connection_id: int) -> str:
    return f"{REFRESH_CONNECTION}:{connection_id}"


def refresh_connection() -> Handler:
    """The handler that refreshes one connection; its row remembers how it went and when to ask again."""

    def load(task: ClaimedTask) -> int:
        return int(task.payload["connection_id"])

    def call(connection_id: int) -> str | None:
        try:
            live_grant(connection_id)
        except ProviderError as error:
            return error.code
        return None

    def record(connection_id: int, problem: str | None) -> Next:
        return Done()

    def gave_up(task: ClaimedTask, why: str) -> None:
        """Nothing to show: the grant is as it was, and the next use of it tries again."""

    return Handler(load, call, record, gave_up)
