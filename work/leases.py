"""Leases that are renewed while their tasks run.

A lease is short, so that the work of a process that was killed is taken over within seconds: people wait for
a meeting only so long. A task that takes longer keeps it, because this process keeps renewing it, up to the
longest that any task may take. After that it counts as hanging, and another process may take it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from database import writing
from extensions import db
from models import Task, TaskState
from timezones import utc_now

log = logging.getLogger("tasks")

# How often a lease is renewed before it would run out.
_RENEWALS_IN_A_LEASE = 3


class Leases:
    """The leases that one runner holds. `lasts`: how long one is good for without being renewed."""

    def __init__(self, app: Flask, lasts: timedelta) -> None:
        self.lasts = lasts
        self._app = app
        # In seconds.
        self.renewed_every = lasts.total_seconds() / _RENEWALS_IN_A_LEASE
        # When each was claimed, by the monotonic clock, and until when its task may run.
        self._held: dict[str, tuple[float, float]] = {}

    @contextmanager
    def holding(self, lease: str, longest: timedelta) -> Iterator[None]:
        """Keep a lease until the task has ended; `longest`: how long it may run in total."""
        now = time.monotonic()
        self._held[lease] = (now, now + longest.total_seconds())
        try:
            yield
        finally:
            self._held.pop(lease, None)

    def held(self) -> list[str]:
        """The leases of running tasks. A copy, because late threads may still finish meanwhile."""
        return list(self._held)

    def may_keep(self, lease: str | None) -> bool:
        """Whether this process holds the lease, for a task that may take longer still."""
        held = self._held.get(lease) if lease is not None else None
        return held is not None and time.monotonic() < held[1]

    @contextmanager
    def kept_up(self) -> Iterator[None]:
        """Renew what is held, in a thread of its own, for as long as this lasts."""
        is_over = threading.Event()
        keeper = threading.Thread(target=self._keep_up, args=(is_over,), name="tasks-leases", daemon=True)
        keeper.start()
        try:
            yield
        finally:
            is_over.set()

    def _keep_up(self, is_over: threading.Event) -> None:
        while not is_over.wait(self.renewed_every):
            try:
                self.renew()
            except SQLAlchemyError:
                log.exception("leases could not be renewed; the next try follows shortly")

    def renew(self) -> None:
        """Extend the leases of tasks that are still running. Most tasks end before their first renewal, so
        usually nothing is written.
        """
        now = time.monotonic()
        due = [
            lease
            for lease, (since, until) in list(self._held.items())
            if since + self.renewed_every <= now < until
        ]
        if not due:
            return
        with self._app.app_context(), writing():
            db.session.execute(
                sa.update(Task)
                .where(Task.lease.in_(due), Task.state == TaskState.RUNNING)
                .values(leased_until=utc_now() + self.lasts)
            )
            db.session.commit()
