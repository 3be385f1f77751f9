"""Problems of a server, as one kind of value for everything that shows them: the banners above the pages, the
health page, the System log. Each part of the product reports its own findings; this module reports those
about background work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from extensions import db
from models import Task, TaskState
from wording import counted
from work.heartbeat import DEAD_AFTER, last_beat

Level = Literal["info", "warning", "danger"]

# If due work has not been started for this long, nothing is processing it.
OVERDUE_FOR = timedelta(minutes=5)
# A large backup to a slow disk takes its time.
BACKUP_LATE_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class Cure:
    """Where a person can fix it: the endpoint of a page, the section on it, and the text of a link to it.
    `app`: the key of the app that the page is asked about, where it is one about apps."""

    words: str
    page: str
    part: str | None = None
    app: str | None = None


@dataclass(frozen=True)
class Finding:
    """Something that someone has to fix, in words that also say what to do. `danger` means that the product
    cannot do its work in the meantime. `cure` is None where none of our pages helps."""

    level: Level
    words: str
    cure: Cure | None = None


@dataclass(frozen=True)
class BackgroundState:
    """`beat_age`: how long ago any process last ticked, None before the first tick. `overdue`: how long ago
    the oldest unstarted task was due. Work that is waiting for a retry is not overdue."""

    beat_age: timedelta | None
    overdue: timedelta
    findings: tuple[Finding, ...]


def background_state(now: datetime, *, is_expected: bool) -> BackgroundState:
    """The state of background work at `now` (aware UTC); two short queries. `is_expected` is False on a
    server whose work is done by a command instead; there, a silent metronome is not a finding."""
    beat_at = last_beat()
    oldest = db.session.scalar(
        sa.select(sa.func.min(Task.run_at)).where(Task.state == TaskState.READY, Task.run_at <= now)
    )
    beat_age = now - beat_at if beat_at is not None else None
    overdue = now - oldest if oldest is not None else timedelta()
    found = []
    stopped = stopped_metronome(now, beat_at) if is_expected else None
    if stopped is not None:
        found.append(stopped)
    elif overdue > OVERDUE_FOR:
        found.append(
            Finding("warning", "Background work is late: some of it is due and hasn't been started.")
        )
    return BackgroundState(beat_age, overdue, tuple(found))


def late_backup(
    now: datetime, asked_at: datetime | None, made_at: datetime | None, resumed_at: datetime | None
) -> Finding | None:
    """What to tell people if a nightly backup has not been made within an hour of when it was asked for, or
    of `resumed_at`: the rows of a restored server say that it was under way when they were backed up. Not for
    a server whose work is paused. All aware UTC, None where there was none yet. It is tried every hour; the
    System log says what keeps it."""
    if asked_at is None or now - max(asked_at, resumed_at or asked_at) < BACKUP_LATE_AFTER:
        return None
    if made_at is None:
        age = "there is none yet"
    elif made_at >= asked_at:
        return None
    else:
        days = (now - made_at).days
        age = f"the last one is {counted(days, 'day') if days else 'less than a day'} old"
    return Finding(
        "danger",
        f"The nightly backup can't be made, and {age}. The System log says why.",
        Cure("System log", "settings.system_log"),
    )


def stopped_metronome(now: datetime, beat_at: datetime | None) -> Finding | None:
    """What to tell people if no process has ticked lately. `beat_at`: the last tick, or None if none yet."""
    if beat_at is not None and now - beat_at < DEAD_AFTER:
        return None
    words = "Background work has stopped: no meetings are made, and no emails are sent. Restart the server."
    return Finding("danger", words)
