"""What is wrong with a server, as one kind of value, whoever asks: the banners above the pages, the health
page, the System log. Each part of the product finds its own; this module finds what is wrong with background
work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from extensions import db
from models import Task, TaskState
from work.heartbeat import DEAD_AFTER, last_beat

Level = Literal["info", "warning", "danger"]

# Work that is due and has not been started for this long means that nobody does any.
OVERDUE_FOR = timedelta(minutes=5)


@dataclass(frozen=True)
class Cure:
    """Where a person puts it right: the endpoint of a page, the part of it, and what a link to it says."""

    words: str
    page: str
    part: str | None = None


@dataclass(frozen=True)
class Finding:
    """Something that someone has to put right, in words that also say what to do. `danger` means that the
    product does not do its work meanwhile. `cure` is None where no page of ours helps."""

    level: Level
    words: str
    cure: Cure | None = None


@dataclass(frozen=True)
class BackgroundState:
    """`beat_age` since any process last ticked, None before the first time; `overdue` since the oldest task
    that nobody has started was due. Work that waits for its retry is not overdue."""

    beat_age: timedelta | None
    overdue: timedelta
    findings: tuple[Finding, ...]


def background_state(now: datetime, *, is_expected: bool) -> BackgroundState:
    """How background work goes at `now` (aware UTC); two short queries. `is_expected` is False on a server
    whose work is done by a command instead, where a silent metronome is no finding."""
    beat_at = last_beat()
    oldest = db.session.scalar(
        sa.select(sa.func.min(Task.run_at)).where(Task.state == TaskState.READY, Task.run_at <= now)
    )
    beat_age = now - beat_at if beat_at is not None else None
    overdue = now - oldest if oldest is not None else timedelta()
    found = []
    if is_expected and (beat_age is None or beat_age >= DEAD_AFTER):
        found.append(
            Finding(
                "danger",
                "Background work has stopped: no meetings are made and no mails leave. Restart the server.",
            )
        )
    elif overdue > OVERDUE_FOR:
        found.append(
            Finding("warning", "Background work is late: some of it is due and has not been started.")
        )
    return BackgroundState(beat_age, overdue, tuple(found))
