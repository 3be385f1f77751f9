"""The team together with how far everyone's time is known, for pages that need both and wait for one
statement only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from database import written_out
from extensions import db
from models import Connection, ConnectionState, SyncedCalendar, User
from scheduling.entries.apps import calendar_apps
from scheduling.outside.busy import Known, NotConnected, Stale, known_among
from timezones import utc_now


def team_with_calendars(
    *, now: datetime | None = None
) -> tuple[tuple[User, ...], Mapping[int, Known | NotConnected | Stale]]:
    """All active users, by name, and how far the time of each of them is known at `now` (aware UTC), as
    `known_of` says it. One statement."""
    team: dict[int, User] = {}
    calendars = []
    for row in db.session.execute(_team(), {"apps": list(calendar_apps()) or [""]}):
        team[row.User.id] = row.User
        if row.app is not None:
            calendars.append(row)
    return tuple(team.values()), known_among(team, calendars, now if now is not None else utc_now())


@cache
def _team() -> sa.Select[*tuple[Any, ...]]:
    """A row for each of the team, and another one for each further calendar that someone has connected."""
    connected = sa.and_(
        Connection.user_id == User.id,
        Connection.app.in_(sa.bindparam("apps", expanding=True)),
        Connection.state != written_out(ConnectionState.ENDED),
    )
    return (
        sa.select(
            *(User, Connection.user_id, Connection.app),
            *(SyncedCalendar.read_at, SyncedCalendar.until, SyncedCalendar.failure),
        )
        .select_from(User)
        .outerjoin(Connection, connected)
        .outerjoin(SyncedCalendar, SyncedCalendar.connection_id == Connection.id)
        .where(User.is_active.is_(True))
        .order_by(User.name, User.id)
    )
