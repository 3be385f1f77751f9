"""How well we know when people are busy: whether their calendars are connected, and how fresh that is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from database import written_out
from models import Connection, ConnectionState, FailureReason, SyncedCalendar
from rows import rows_of
from scheduling.entries.apps import calendar_apps
from timezones import utc_now

# Anything read longer ago may have changed without our knowing: calendars are read every few minutes.
STALE_AFTER = timedelta(minutes=30)


@dataclass(frozen=True)
class Known:
    """All calendars that someone has connected are known, as they were at `as_of` (aware UTC), up to `until`.
    `apps` are their keys, in the catalogue's order."""

    as_of: datetime
    apps: tuple[str, ...]
    until: datetime


@dataclass(frozen=True)
class NotConnected:
    """Only this person's interviews and blocked times are known."""


@dataclass(frozen=True)
class Stale:
    """Something may be missing: the calendars of these `apps` were last read at `as_of` (aware UTC, of the
    oldest of them), which is a while ago; it is None if one of them never was. `why` is the reason of that
    one, if it is known; `scheduling.calendars.failures` has the words."""

    as_of: datetime | None
    why: FailureReason | None
    apps: tuple[str, ...]


def known_of(
    user_ids: Collection[int], *, now: datetime | None = None
) -> Mapping[int, Known | NotConnected | Stale]:
    """How well the time of each of these users is known at `now` (aware UTC). A calendar that was last read
    more than half an hour ago is stale, and so is one that was just connected and not read yet. One
    statement."""
    apps = calendar_apps()
    if not apps or not user_ids:
        return known_among(user_ids, (), utc_now())
    rows = rows_of(_read(), {"user_ids": sorted(set(user_ids)), "apps": list(apps)})
    return known_among(user_ids, rows, now if now is not None else utc_now())


def known_among(
    user_ids: Iterable[int], calendars: Iterable[Any], now: datetime
) -> Mapping[int, Known | NotConnected | Stale]:
    """The same from rows that were read already: for each connected calendar of theirs, `user_id`, `app`, and
    what its `SyncedCalendar` says, None where there is none."""
    apps = calendar_apps()
    found: dict[int, Known | NotConnected | Stale] = dict.fromkeys(user_ids, NotConnected())
    of_user: dict[int, list[Any]] = {}
    for row in calendars:
        of_user.setdefault(row.user_id, []).append(row)
    for user_id, rows in of_user.items():
        found[user_id] = _known(sorted(rows, key=lambda row: apps.index(row.app)), now)
    return found


def _known(rows: Sequence[Any], now: datetime) -> Known | Stale:
    stale = [row for row in rows if row.read_at is None or row.read_at < now - STALE_AFTER]
    if not stale:
        return Known(
            min(row.read_at for row in rows),
            tuple(row.app for row in rows),
            min(row.until or row.read_at for row in rows),
        )
    never = next((row for row in stale if row.read_at is None), None)
    worst = never if never is not None else min(stale, key=lambda row: row.read_at)
    return Stale(worst.read_at, worst.failure, tuple(row.app for row in stale))


@cache
def _read() -> sa.Select[*tuple[Any, ...]]:
    """What has been read of the calendars that people have connected, and of those whose connection waits to
    be renewed."""
    return (
        sa.select(
            *(Connection.user_id, Connection.app),
            *(SyncedCalendar.read_at, SyncedCalendar.until, SyncedCalendar.failure),
        )
        .outerjoin(SyncedCalendar, SyncedCalendar.connection_id == Connection.id)
        .where(
            Connection.user_id.in_(sa.bindparam("user_ids", expanding=True)),
            Connection.app.in_(sa.bindparam("apps", expanding=True)),
            Connection.state != written_out(ConnectionState.ENDED),
        )
    )
