"""The numbers that tables give to their rows, and how a restore moves them on.

Rows that were made after the backup are gone, but their numbers are still in use: in the addresses of pages
that emails and bookmarks lead to, in calendar entries, in the topics of meetings. If new rows got them again,
an old email would open another person's interview. (Links that work without a sign-in also carry a nonce of
their row.)

A backup says which number each table gave out last. After a restore, the next one is so far ahead that no
row made since the backup can have had it: not on the server that was lost, and not on one that was restored
from the same file earlier. Nothing but the time since the backup is known of those, so that decides, with
more rows a second than the largest installation makes in one table (a hundred thousand interviews a day are
twelve tasks a second).
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from database import LARGEST_ROW_ID

_ROWS_A_SECOND = 20
_AT_LEAST = 100_000
# What always stays free above. A backup would have to be three years old to come near it.
_LEFT = LARGEST_ROW_ID // 10


def gives_numbers(table: sa.Table) -> bool:
    """Whether the database numbers the rows of this table."""
    key = list(table.primary_key.columns)
    return len(key) == 1 and isinstance(key[0].type, sa.Integer) and not key[0].foreign_keys


def last_number(connection: Connection, table: sa.Table) -> int | None:
    """The highest number that a table has given out, also to rows that are gone; None if it gives none."""
    if not gives_numbers(table):
        return None
    highest = connection.execute(sa.select(sa.func.max(*table.primary_key.columns))).scalar() or 0
    if connection.dialect.name == "sqlite":
        given = connection.execute(_SQLITE_LAST, {"name": table.name}).scalar()
    else:
        sequence = _sequence(connection, table)
        given = (
            connection.exec_driver_sql(f"SELECT last_value FROM {sequence}").scalar() if sequence else None
        )
    return max(highest, given or 0)


def move_on(connection: Connection, table: sa.Table, last: int, *, made_at: datetime, now: datetime) -> None:
    """Make the next row of a table get a number that no row made after `made_at`, the time of the backup, can
    have; `last` is the number given out last at that time. Both instants are aware."""
    if not gives_numbers(table):
        return
    passed = max(now - made_at, timedelta())
    wanted = last + _AT_LEAST + _ROWS_A_SECOND * int(passed.total_seconds())
    number = max(last, min(wanted, LARGEST_ROW_ID - _LEFT))
    if connection.dialect.name == "sqlite":
        connection.execute(_SQLITE_FORGET, {"name": table.name})
        connection.execute(_SQLITE_SET, {"name": table.name, "number": number})
    elif sequence := _sequence(connection, table):
        connection.execute(
            sa.text("SELECT setval(:sequence, :number)"), {"sequence": sequence, "number": number}
        )


_SQLITE_LAST = sa.text("SELECT seq FROM sqlite_sequence WHERE name = :name")
_SQLITE_FORGET = sa.text("DELETE FROM sqlite_sequence WHERE name = :name")
_SQLITE_SET = sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :number)")


def _sequence(connection: Connection, table: sa.Table) -> str | None:
    [key] = table.primary_key.columns
    named = {"table": table.name, "column": key.name}
    found: str | None = connection.execute(
        sa.text("SELECT pg_get_serial_sequence(:table, :column)"), named
    ).scalar()
    return found
