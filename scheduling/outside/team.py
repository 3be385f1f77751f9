"""The team, together with how well everyone's time is known, for pages that need both, in one statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from database import written_out
from extensions import db
from models import Connection, ConnectionState, SyncedCalendar, User
from scheduling.entries.apps import calendar_apps
from scheduling.outside.busy import Known, NotConnected, Stale, known_among
from scheduling.remembered import Editions
from timezones import utc_now


class Team(NamedTuple):
    """All active `users`, by name; how far the time of each of them is `known`, as `known_of` says it; and
    the `editions` of everyone's calendars."""

    users: tuple[User, ...]
    known: Mapping[int, Known | NotConnected | Stale]
    editions: Mapping[int, Editions]


def team_with_calendars(*, now: datetime | None = None) -> Team:
    """The team, with what is known of everyone's time at `now` (aware UTC). One statement."""
    team: dict[int, User] = {}
    calendars: list[Any] = []
    of_user: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in db.session.execute(_team(), {"apps": list(calendar_apps()) or [""]}):
        team[row.User.id] = row.User
        if row.app is not None:
            calendars.append(row)
        if row.edition is not None:
            of_user[row.User.id].append((row.app, row.edition))
    return Team(
        tuple(team.values()),
        known_among(team, calendars, now if now is not None else utc_now()),
        {
            user_id: Editions(user_id, user.name, tuple(sorted(of_user[user_id])))
            for user_id, user in team.items()
        },
    )


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
            *(SyncedCalendar.read_at, SyncedCalendar.until, SyncedCalendar.failure, SyncedCalendar.edition),
        )
        .select_from(User)
        .outerjoin(Connection, connected)
        .outerjoin(SyncedCalendar, SyncedCalendar.connection_id == Connection.id)
        .where(User.is_active.is_(True))
        .order_by(User.name, User.id)
    )
