"""When recurring things last happened: above all the metronome's tick, which is the sign of life for the
health page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from database import writing, written_out
from extensions import db
from models import Heartbeat
from rows import rows_of
from timezones import utc_now

_NAME = "metronome"
# Nightly backups: when one was last due and requested, and the moment of the last complete one.
BACKUP_ASKED, BACKUP_MADE = "backup_asked", "backup_made"
# Followed by the version of a server: when it was last started.
_STARTED = "started "
_EVERY = timedelta(seconds=30)
# Past this age the health page is red.
DEAD_AFTER = timedelta(seconds=120)


def beat_column() -> sa.ScalarSelect[datetime]:
    """When any process last ticked, as a column of a larger statement."""
    return sa.select(Heartbeat.beat_at).where(Heartbeat.name == written_out(_NAME)).scalar_subquery()


def backup_columns() -> tuple[sa.ScalarSelect[datetime], sa.ScalarSelect[datetime]]:
    """When a nightly backup was last asked for and of when the last one is, as columns of a larger
    statement."""
    asked, made = (
        sa.select(Heartbeat.beat_at).where(Heartbeat.name == written_out(name)).scalar_subquery()
        for name in (BACKUP_ASKED, BACKUP_MADE)
    )
    return asked, made


def last_beat() -> datetime | None:
    """When any process of this installation last ticked; None before the first time."""
    return last_time(_NAME)


def is_time_to_beat(now: datetime) -> bool:
    """Whether a beat is due at `now` (aware UTC). Most ticks find that it is not, and write nothing."""
    last = last_beat()
    return last is None or now - last >= _EVERY


def beat() -> None:
    """Note that a process is ticking, in a short transaction of its own."""
    with writing():
        mark_and_commit(_NAME, utc_now())


_LAST_TIMES = sa.select(Heartbeat.name, Heartbeat.beat_at)
_LAST_TIME = _LAST_TIMES.where(Heartbeat.name == sa.bindparam("of"))


def last_time(name: str) -> datetime | None:
    """When this was last recorded (aware UTC); None before the first time."""
    return next((row.beat_at for row in rows_of(_LAST_TIME, {"of": name})), None)


def last_times() -> Mapping[str, datetime]:
    """When each of the recurring things was last recorded (aware UTC), by name, in one statement."""
    return {row.name: row.beat_at for row in rows_of(_LAST_TIMES)}


def mark_start(version: str) -> None:
    """Record, in a short transaction of its own, that a server of this version works from now on."""
    with writing():
        mark_and_commit(f"{_STARTED}{version}", utc_now())


def version_started_last() -> str | None:
    """The version of the server that was started last on this database; None before the first start."""
    newest = sa.select(Heartbeat.name).where(Heartbeat.name.startswith(_STARTED))
    name = db.session.scalar(newest.order_by(Heartbeat.beat_at.desc()).limit(1))
    return None if name is None else name.removeprefix(_STARTED)


def mark(name: str, at: datetime) -> None:
    """Record that this happened, in the current writing transaction."""
    row = db.session.get(Heartbeat, name)
    if row is None:
        db.session.add(Heartbeat(name=name, beat_at=at))
    else:
        row.beat_at = at


def mark_and_commit(name: str, at: datetime) -> None:
    """Record that this happened, in the current writing transaction, and commit."""
    mark(name, at)
    try:
        db.session.commit()
    except IntegrityError:
        # Two processes recorded the first time at once; one row is enough.
        db.session.rollback()
