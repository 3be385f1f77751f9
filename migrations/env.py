"""Runs the migrations on the application's own engine, inside its context (`flask db …`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy.engine import Connection

from database import writing
from extensions import db
from schema import wait_for_other_upgrades


def _as_written(kind: str, item: object, autogen: AutogenContext) -> str | Literal[False]:
    """A migration is history: its enums must not depend on how the product reads them today."""
    if kind != "type" or not isinstance(item, sa.Enum):
        return False
    parts = [repr(value) for value in item.enums]
    parts += [f"name={item.name!r}", "native_enum=False", f"length={item.length}"]
    if item.create_constraint:
        parts.append("create_constraint=True")
    return f"sa.Enum({', '.join(parts)})"


@contextmanager
def _tables_may_be_replaced(connection: Connection) -> Iterator[None]:
    """Let SQLite change a table by copying it and dropping the old one, with the rows that refer to it.

    While foreign keys are enforced, dropping a table deletes its rows first, and with them whatever goes with
    them. They can only be turned off outside a transaction; `_check_references` makes up for it.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.dbapi_connection
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


@contextmanager
def _numbers_go_on(connection: Connection) -> Iterator[None]:
    """Have tables that SQLite replaces go on with the numbers of their rows where they were: not after the
    highest row that is left, whose number an older row may have had."""
    if connection.dialect.name != "sqlite":
        yield
        return
    read = "SELECT name, seq FROM sqlite_sequence"
    has_numbers = "SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_sequence'"
    is_kept = bool(connection.exec_driver_sql(has_numbers).scalar())
    before = connection.exec_driver_sql(read).all() if is_kept else []
    yield
    for name, number in before:
        connection.exec_driver_sql(
            "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", (number, name)
        )


def _check_references(connection: Connection) -> None:
    """Raise RuntimeError if a row refers to one that is gone, which undoes everything."""
    if connection.dialect.name != "sqlite":
        return
    astray = {(row[0], row[2]) for row in connection.exec_driver_sql("PRAGMA foreign_key_check")}
    if astray:
        found = ", ".join(f"{table} to {other}" for table, other in sorted(astray))
        raise RuntimeError(f"The migrations would leave references to rows that don't exist: {found}")


def run() -> None:
    """Bring the database to the wanted revision, all steps in one transaction."""
    with writing(), db.engine.connect() as connection, _tables_may_be_replaced(connection):
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            # SQLite changes a table by copying it; batch mode writes migrations that do.
            render_as_batch=True,
            render_item=_as_written,
            transaction_per_migration=False,
            # SQLite can undo changes of tables as well, because `database` begins its transactions.
            transactional_ddl=True,
        )
        with context.begin_transaction():
            wait_for_other_upgrades(connection)
            with _numbers_go_on(connection):
                context.run_migrations()
            _check_references(connection)


run()
