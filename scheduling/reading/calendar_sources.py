"""How well the calendars that someone has connected are known, one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from accounts.row_permissions import Reader
from database import written_out
from models import Connection, ConnectionState, FailureReason, SyncedCalendar, User
from rows import rows_of
from scheduling.calendars.failures import cure_of
from scheduling.entries.apps import calendar_apps, label_of
from scheduling.outside.busy import STALE_AFTER, Known, NotConnected, Stale, known_among
from scheduling.remembered import Editions
from wording import counted


class CalendarSource(NamedTuple):
    """A connected calendar. `as_of`: up to when what was read of it holds (aware UTC); None before it was
    ever read. `problem`: why it could not be read since, or not completely, in words, with what helps; for
    its owner alone."""

    app: str
    as_of: datetime | None
    is_stale: bool
    problem: str


class Calendars(NamedTuple):
    """Someone's connected calendars, in the catalogue's order: the `sources` with their `editions`, and how
    far the person's time is `known`. `is_on_team`: they have not left it."""

    name: str
    is_on_team: bool
    sources: tuple[CalendarSource, ...]
    editions: Editions
    known: Known | NotConnected | Stale


def connected_calendars(reader: Reader, now: datetime) -> tuple[CalendarSource, ...]:
    """The calendars that `reader` has connected, as known at `now` (aware UTC). One statement."""
    return calendars_of([reader.id], now)[reader.id].sources


def calendars_of(user_ids: Sequence[int], now: datetime) -> Mapping[int, Calendars]:
    """The same for each of these users, as far as they exist. One statement."""
    apps = calendar_apps()
    of_user: dict[int, list[Any]] = {}
    for row in rows_of(_connected(), {"user_ids": list(user_ids), "apps": list(apps) or [""]}):
        of_user.setdefault(row.user_id, []).append(row)
    return {user_id: _calendars(rows, apps, now) for user_id, rows in of_user.items()}


def _calendars(rows: Sequence[Any], apps: tuple[str, ...], now: datetime) -> Calendars:
    someone = rows[0]
    found = sorted((row for row in rows if row.app is not None), key=lambda row: apps.index(row.app))
    return Calendars(
        someone.name,
        bool(someone.is_active),
        tuple(_source(row, now) for row in found),
        Editions(
            someone.user_id,
            someone.name,
            tuple((row.app, row.edition) for row in found if row.edition is not None),
        ),
        known_among([someone.user_id], found, now)[someone.user_id],
    )


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
    """A row for each calendar, and one without a calendar for someone who has connected none."""
    of = SyncedCalendar
    is_connected = sa.and_(
        Connection.user_id == User.id,
        Connection.app.in_(sa.bindparam("apps", expanding=True)),
        Connection.state != written_out(ConnectionState.ENDED),
    )
    return (
        sa.select(
            *(User.id.label("user_id"), User.name, User.is_active, Connection.app, Connection.state),
            *(of.read_at, of.until, of.failure, of.failure_words, of.left_out, of.edition),
        )
        .select_from(User)
        .outerjoin(Connection, is_connected)
        .outerjoin(of, of.connection_id == Connection.id)
        .where(User.id.in_(sa.bindparam("user_ids", expanding=True)))
    )
