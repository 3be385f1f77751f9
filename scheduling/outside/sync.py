"""Reading people's connected calendars: when, from which position, and for which period. Nothing is ever
written to them.

A calendar is read from its beginning at first, and then only what has changed since. The period is fixed at
the first reading, so once a day the calendar is read from the beginning again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from extensions import db
from models import Connection, ConnectionState, FailureReason, Lane, SyncedCalendar, Task, TaskState, User
from rows import rows_of
from scheduling.entries.apps import calendar_apps
from scheduling.outside import recording
from scheduling.outside.reading import Reading, Wait
from scheduling.outside.rows import held_calendar, held_connection
from timezones import utc_now
from work import outbox
from work.kinds import TaskKind

SYNC_CALENDAR = TaskKind("sync_calendar", Lane.CALENDAR, "Reading someone's calendar", subject="connection")

# From the beginning of today, in UTC. The last of these days ends six months ahead.
_BACK, _AHEAD = timedelta(days=28), timedelta(days=185)
_FULLY_EVERY = timedelta(days=1)
# A calendar that has not been read for this long has lost its task, which reads it every five minutes.
_LOST_AFTER = timedelta(minutes=8)
# Someone who keeps clicking causes one reading in this time.
_ASKED_AT_MOST_EVERY = timedelta(seconds=30)
# Someone who asks again this soon does not see what they expect: everything is read again.
_ASKED_TWICE_WITHIN = timedelta(minutes=10)
# While these last, asking would only make them last longer.
_LIMITS = frozenset({FailureReason.RATE_LIMITED, FailureReason.DAILY_LIMIT})


def plan(connection_id: int, now: datetime) -> Reading | Wait | None:
    """How to read the calendar of a connection at `now` (aware, UTC), or when; None if it is not connected.

    Adds the calendar's row to the current transaction if there is none, and the caller commits.
    """
    connection = held_connection(connection_id)
    if connection is None or connection.app not in calendar_apps():
        return None
    calendar = held_calendar(connection_id)
    if connection.state is not ConnectionState.CONNECTED:
        if connection.state is ConnectionState.RECONNECT_NEEDED and calendar is not None:
            recording.note_out_of_reach(calendar, connection)
        return None
    if calendar is None:
        calendar = SyncedCalendar(connection_id=connection.id, user_id=connection.user_id, app=connection.app)
        db.session.add(calendar)
        db.session.flush()
    if calendar.failure in _LIMITS and calendar.retry_at is not None and calendar.retry_at > now:
        return Wait(calendar.retry_at)
    position, since, until = calendar.position, calendar.since, calendar.until
    is_old = calendar.read_fully_at is None or now - calendar.read_fully_at >= _FULLY_EVERY
    if position is None or since is None or until is None or is_old:
        today = now.replace(hour=0, minute=0, second=0, microsecond=0)
        position, since, until = None, today - _BACK, today + _AHEAD
    return Reading(
        connection.id, calendar.id, connection.app, connection.account_id, position, since, until, began=now
    )


def request(connection: Connection) -> None:
    """Have the calendar of a connection read now, in the current transaction. Connections of other apps are
    left alone."""
    if connection.app in calendar_apps():
        _enqueue(connection.id)


@dataclass(frozen=True)
class Asked:
    """The result of asking, by the keys of the apps: calendars that are about to be read, and those that were
    asked for a moment ago. Both are empty for someone without a connected calendar."""

    reading: tuple[str, ...]
    just_asked: tuple[str, ...]


def ask_now(user: User) -> Asked:
    """Have all connected calendars of a person read now, in the current transaction, because they asked for
    it; the caller commits. Each at most once in 30 seconds. If they ask twice within ten minutes, everything
    is read from the beginning."""
    now, reading, just_asked = utc_now(), [], []
    connections = db.session.scalars(
        sa.select(Connection)
        .where(
            Connection.user_id == user.id,
            Connection.app.in_(calendar_apps()),
            Connection.state == ConnectionState.CONNECTED,
        )
        .order_by(Connection.id)
    ).all()
    for connection in connections:
        calendar = held_calendar(connection.id)
        asked_at = calendar.asked_at if calendar is not None else None
        if asked_at is not None and now - asked_at < _ASKED_AT_MOST_EVERY:
            just_asked.append(connection.app)
            continue
        if calendar is not None:
            calendar.asked_at = now
            if asked_at is not None and now - asked_at < _ASKED_TWICE_WITHIN:
                calendar.position = None
        _enqueue(connection.id)
        reading.append(connection.app)
    return Asked(tuple(reading), tuple(just_asked))


def readings_of(user_id: int) -> Mapping[str, SyncedCalendar]:
    """How far the calendars of a person have been read, by the key of their app. One that is connected and
    missing here has not been looked at yet."""
    rows = db.session.scalars(sa.select(SyncedCalendar).where(SyncedCalendar.user_id == user_id))
    return {row.app: row for row in rows}


# Run every few seconds in every process, so it is built once. A calendar is due here only if it should have a
# task that reads it and has none.
_DUE = (
    sa.select(Connection.id)
    .outerjoin(SyncedCalendar, SyncedCalendar.connection_id == Connection.id)
    .where(
        Connection.state == ConnectionState.CONNECTED,
        Connection.app.in_(sa.bindparam("apps", expanding=True)),
        sa.or_(
            SyncedCalendar.id.is_(None),
            sa.func.coalesce(SyncedCalendar.retry_at, SyncedCalendar.read_at, SyncedCalendar.created_at)
            < sa.bindparam("lost", type_=SyncedCalendar.created_at.type),
        ),
    )
    .order_by(Connection.id)
)


def due_readings(now: datetime) -> list[int]:
    """Ids of the connections whose calendar should have been read by `now` (aware, UTC), and that no task is
    about to read."""
    due = [row.id for row in rows_of(_DUE, {"apps": list(calendar_apps()), "lost": now - _LOST_AFTER})]
    if not due:
        return []
    waiting = set(
        db.session.scalars(
            sa.select(Task.dedupe_key).where(
                Task.kind == SYNC_CALENDAR.name, Task.state.in_((TaskState.READY, TaskState.RUNNING))
            )
        )
    )
    return [each for each in due if SYNC_CALENDAR.key(each) not in waiting]


def request_all(connection_ids: list[int]) -> None:
    """Have the calendars of these connections read now, in the current transaction."""
    for connection_id in connection_ids:
        _enqueue(connection_id)


def _enqueue(connection_id: int) -> None:
    outbox.enqueue(
        SYNC_CALENDAR,
        connection_id,
        payload={"connection_id": connection_id},
        dedupe_key=SYNC_CALENDAR.key(connection_id),
    )
