"""The apps that keep a person's calendar, and the one to which interviews are added."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from connections import catalogue
from connections.catalogue import label_of
from extensions import db
from models import Connection, ConnectionState

__all__ = ["calendar_apps", "calendars_of", "label_of"]


def calendar_apps() -> tuple[str, ...]:
    """The keys of the apps with a calendar that this version can connect, in the catalogue's order."""
    return tuple(spec.key for spec in catalogue.specs() if spec.keeps_entries and spec.is_available)


_CONNECTED = sa.select(Connection).where(
    Connection.user_id.in_(sa.bindparam("user_ids", expanding=True)),
    Connection.app.in_(sa.bindparam("apps", expanding=True)),
    Connection.state == ConnectionState.CONNECTED,
)


def calendars_of(user_ids: Iterable[int]) -> dict[int, Connection]:
    """For each of these users who has connected a calendar, the one to which interviews are added. Someone
    who has connected two gets one entry, in the one that was connected first."""
    apps, told = calendar_apps(), sorted(set(user_ids))
    if not apps or not told:
        return {}
    found: dict[int, Connection] = {}
    rows = db.session.scalars(_CONNECTED, {"user_ids": told, "apps": list(apps)})
    for row in sorted(rows, key=lambda each: (each.connected_at, each.id)):
        found.setdefault(row.user_id, row)
    return found
