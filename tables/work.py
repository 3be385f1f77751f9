"""Durable background work, and the heartbeat that shows that it is being done."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from database import choice
from extensions import Model
from timezones import utc_now


class Lane(StrEnum):
    """Work of one lane never waits for that of another: a silent mail server does not stop the meetings, nor
    does reading a hundred calendars."""

    PROVIDER = "provider"
    MAIL = "mail"
    CALENDAR = "calendar"
    # Work that takes minutes and that no one waits for.
    UPKEEP = "upkeep"


class TaskState(StrEnum):
    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    # Nothing more will be tried automatically; a person has to look.
    DEAD = "dead"


class Task(Model):
    """One piece of background work: started when it is due and repeated until it is done."""

    __tablename__ = "tasks"
    __table_args__ = (
        sa.Index("ix_tasks_state_lane_run_at", "state", "lane", "run_at"),
        # At most one running task per subject and lane, decided by the database and not by a query.
        sa.Index(
            "uq_tasks_running_subject",
            "subject",
            "lane",
            unique=True,
            sqlite_where=sa.text("state = 'running'"),
            postgresql_where=sa.text("state = 'running'"),
        ),
        # Requesting the same work twice before it has started is the same as requesting it once.
        sa.Index(
            "uq_tasks_ready_dedupe_key",
            "dedupe_key",
            unique=True,
            sqlite_where=sa.text("state = 'ready'"),
            postgresql_where=sa.text("state = 'ready'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(40))
    lane: Mapped[Lane] = mapped_column(choice(Lane, "lane"))
    # What the work is about, for example `interview:42`.
    subject: Mapped[str] = mapped_column(sa.String(60))
    payload: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    dedupe_key: Mapped[str | None] = mapped_column(sa.String(120))
    state: Mapped[TaskState] = mapped_column(choice(TaskState, "state"), default=TaskState.READY)
    run_at: Mapped[datetime] = mapped_column(default=utc_now)
    # Claims so far, and of those the ones that ended in a failure.
    starts: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    # The current claim's own token, and when it expires.
    lease: Mapped[str | None] = mapped_column(sa.String(32))
    leased_until: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(sa.String(500))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    finished_at: Mapped[datetime | None]


class Heartbeat(Model):
    """When a part of the product last gave a sign of life."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    beat_at: Mapped[datetime]


class Server(Model):
    """A server that uses this database now or did so lately. Only on PostgreSQL can there be more than
    one."""

    __tablename__ = "servers"

    # A new one at each start.
    sign: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    # The machine and the port, for people.
    name: Mapped[str] = mapped_column(sa.String(255))
    version: Mapped[str] = mapped_column(sa.String(40))
    # The values that the servers have to agree on, by name, each as a keyed hash.
    settings: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
