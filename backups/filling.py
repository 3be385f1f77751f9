"""Putting the rows of a backup into an empty database."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DataError, IntegrityError

from backups.errors import DamagedFileError, OccupiedPlaceError
from backups.neutral import RowReader, count_rows, tables_of
from backups.numbers import move_on
from backups.opening import OpenedBackup
from database import read_only, writing
from extensions import db
from schema import bring_to, migrate_database
from timezones import utc_now

# The heartbeat of a server that was started on the empty database.
_MAY_HAVE_ROWS = frozenset({"heartbeats", "servers"})
# Holds the id of a restore while the rows are there and the restore is not finished.
_UNFINISHED = sa.Table(
    "unfinished_restore", sa.MetaData(), sa.Column("restored_as", sa.String(32), primary_key=True)
)


def make_room(engine: Engine, *, restored_as: str | None = None) -> None:
    """Remove the empty tables of a database, and what the unfinished restore of that name left in it.

    Raises `OccupiedPlaceError` for a database that holds anything else.
    """
    with read_only(), engine.connect() as connection:
        tables = tables_of(connection)
        is_ours = restored_as is not None and _unfinished(connection) == restored_as
        if not is_ours:
            _refuse_occupied(connection, tables)
    with writing(), engine.begin() as connection:
        found = sa.MetaData()
        found.reflect(connection)
        found.drop_all(connection)


def fill(app: Flask, backup: OpenedBackup, *, restored_as: str) -> None:
    """Put all rows into the empty database of `app`, with the tables as they were when the backup was made,
    and bring them up to date.

    Until `finish`, the database is marked as unfinished. The rows are held back as soon as they are there: a
    server of another machine may have been started on the empty database, and would act on them right away.
    Raises `DamagedFileError` for rows that do not fit.
    """
    bring_to(app, backup.manifest.schema)
    with app.app_context(), writing(), db.engine.begin() as connection:
        _UNFINISHED.create(connection)
        connection.execute(sa.insert(_UNFINISHED), {"restored_as": restored_as})
        try:
            _insert(connection, backup)
        except (IntegrityError, DataError) as error:
            raise DamagedFileError(f"The rows of this backup don't fit together: {error.orig}.") from None
        _hold_back(connection, backup)
    migrate_database(app)


def finish(engine: Engine, backup: OpenedBackup, *, restored_as: str) -> None:
    """Mark the database as complete, with background work that waits until someone has decided about it."""
    with writing(), engine.begin() as connection:
        tables = {table.name: table for table in tables_of(connection)}
        now = utc_now()
        for name, content in backup.manifest.tables.items():
            # A later migration may have dropped a table.
            if content.last_id is not None and name in tables:
                move_on(connection, tables[name], content.last_id, made_at=backup.manifest.made_at, now=now)
        # Again, because the tables of an old backup may have lacked what they need for it.
        _hold_back(connection, backup)
        connection.execute(sa.update(_ORGANIZATION).values(restored_as=restored_as))
        _UNFINISHED.drop(connection)


def is_finished(engine: Engine, restored_as: str) -> bool:
    """Whether the restore of that name has finished in this database."""
    with read_only(), engine.connect() as connection:
        if not sa.inspect(connection).has_table(_ORGANIZATION.name):
            return False
        columns = {column["name"] for column in sa.inspect(connection).get_columns(_ORGANIZATION.name)}
        if "restored_as" not in columns:
            return False
        return connection.execute(sa.select(_ORGANIZATION.c.restored_as)).scalar() == restored_as


_ORGANIZATION = sa.table(
    "organizations",
    sa.column("restored_as", sa.String),
    sa.column("restored_from", sa.DateTime),
    sa.column("held_back_since", sa.DateTime),
)

_SESSIONS = sa.table("user_sessions", sa.column("ended_at", sa.DateTime))
_RESETS = sa.table("password_resets", sa.column("used_at", sa.DateTime))


def _hold_back(connection: Connection, backup: OpenedBackup) -> None:
    """Pause background work, and make sure that nothing that was ended or used up since the backup works
    again: everyone has to sign in, and links to new passwords are over. Leaves out what the tables do not
    have."""
    now, inspector = utc_now().replace(tzinfo=None), sa.inspect(connection)
    made_at = backup.manifest.made_at.replace(tzinfo=None)
    for table, values, still in (
        (_ORGANIZATION, {"held_back_since": now, "restored_from": made_at}, sa.true()),
        (_SESSIONS, {"ended_at": now}, _SESSIONS.c.ended_at.is_(None)),
        (_RESETS, {"used_at": now}, _RESETS.c.used_at.is_(None)),
    ):
        if not inspector.has_table(table.name):
            continue
        if set(values) <= {column["name"] for column in inspector.get_columns(table.name)}:
            connection.execute(sa.update(table).where(still).values(values))


def _insert(connection: Connection, backup: OpenedBackup) -> None:
    tables = {table.name: table for table in tables_of(connection) if table.name != _UNFINISHED.name}
    if set(tables) != set(backup.manifest.tables):
        raise DamagedFileError("This backup's tables don't fit its schema. Use another one.")
    # Its order is that of the file: each table after those that it points to.
    readers = {
        name: RowReader(connection, tables[name], content.columns)
        for name, content in backup.manifest.tables.items()
    }
    for name, part in backup.parts():
        readers[name].put(part)
    for reader in readers.values():
        reader.finish()


def _refuse_occupied(connection: Connection, tables: list[sa.Table]) -> None:
    foreign = sorted({table.name for table in tables} - set(db.metadata.tables))
    if foreign:
        raise OccupiedPlaceError(
            f"The database holds tables of something else ({', '.join(foreign[:3])}). Restore into an empty "
            "one: set DATABASE_URL to it."
        )
    counted = count_rows(connection, (table for table in tables if table.name not in _MAY_HAVE_ROWS))
    if any(counted.values()):
        raise OccupiedPlaceError(
            "The database isn't empty, and a restore never replaces anything. Restore into an empty one: set "
            "DATABASE_URL to it."
        )


def _unfinished(connection: Connection) -> str | None:
    if not sa.inspect(connection).has_table(_UNFINISHED.name):
        return None
    found: str | None = connection.execute(sa.select(_UNFINISHED)).scalar()
    return found
