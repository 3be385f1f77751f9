"""How far the calendars that someone has connected are known, one by one."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from accounts.row_permissions import Reader
from database import written_out
from models import Connection, ConnectionState, FailureReason, SyncedCalendar
from rows import rows_of
from scheduling.calendars.failures import cure_of
from scheduling.entries.apps import calendar_apps, label_of
from scheduling.outside.busy import STALE_AFTER
from wording import counted


class CalendarSource(NamedTuple):
    """A connected calendar. `as_of`: up to when what was read of it holds (aware UTC); None before it was
    ever read. `problem`: why it could not be read since, or not completely, in words, with what helps."""

    app: str
    as_of: datetime | None
    is_stale: bool
    problem: str


def connected_calendars(reader: Reader, now: datetime) -> tuple[CalendarSource, ...]:
    """The calendars that `reader` has connected, as known at `now` (aware UTC), in the catalogue's order.
    One statement."""
    apps = calendar_apps()
    rows = rows_of(_connected(), {"user_id": reader.id, "apps": list(apps)}) if apps else []
    return tuple(_source(row, now) for row in sorted(rows, key=lambda row: apps.index(row.app)))


def _source(row: Any, now: datetime) -> CalendarSource:
    problem = ""
    if row.state is not ConnectionState.CONNECTED:
        ended = FailureReason.RECONNECT_NEEDED
        problem = f"The connection to {label_of(row.app)} has ended. {cure_of(ended)}"
    elif row.failure is not None:
        problem = " ".join(filter(None, (row.failure_words, cure_of(row.failure))))
    elif row.left_out:
        them = "is" if row.left_out == 1 else "are"
        problem = f"{counted(row.left_out, 'event')} couldn't be read and {them} left out."
    return CalendarSource(
        row.app, row.read_at, row.read_at is not None and now - row.read_at > STALE_AFTER, problem
    )


@cache
def _connected() -> sa.Select[*tuple[Any, ...]]:
    of = SyncedCalendar
    return (
        sa.select(Connection.app, Connection.state, of.read_at, of.failure, of.failure_words, of.left_out)
        .outerjoin(of, of.connection_id == Connection.id)
        .where(
            Connection.user_id == sa.bindparam("user_id", type_=sa.Integer()),
            Connection.app.in_(sa.bindparam("apps", expanding=True)),
            Connection.state != written_out(ConnectionState.ENDED),
        )
    )
