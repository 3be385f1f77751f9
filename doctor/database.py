"""Whether the database answers, and whether its tables are those of this program."""

from __future__ import annotations

import time

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from accounts.findings import shared_database_file
from database import LARGEST_ROW_ID
from doctor.results import Level, Result, broken, look, ok
from extensions import db
from schema import NoAnswerError, UnusableDatabaseError, require_tables

_SLOW_SECONDS = 0.5
# A year and more before the end, with as many rows as a day has had until then.
_MOST_NUMBERS = LARGEST_ROW_ID * 8 // 10
# Each table with the number that it gave out last.
_NUMBERS_OF_SQLITE = sa.text("SELECT name, seq FROM sqlite_sequence ORDER BY name")
_NUMBERS_OF_POSTGRESQL = sa.text(
    "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema() ORDER BY 1"
)


def check(_seconds: float) -> list[Result]:
    """The database's answer, its tables, and what its file is on."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    began = time.monotonic()
    try:
        words = _in_words()
    except SQLAlchemyError as error:
        return [_broken("Database", NoAnswerError(error))]
    took = time.monotonic() - began
    found = [ok("Database", f"{words} answers.")]
    if took > _SLOW_SECONDS:
        found = [
            look(
                "Database",
                f"{words} took {took:.1f} seconds for the simplest question.",
                "Every page waits for it several times.",
                "Look at what else keeps its machine or the network in between busy.",
            )
        ]
    tables = _tables(app)
    found.append(tables)
    if tables.level is Level.OK:
        found += _numbers()
    shared = shared_database_file(current_app.config["NETWORK_FILE_SYSTEM"])
    if shared is not None:
        what, _, cure = shared.words.partition(". ")
        found.append(broken("File system", f"{what}.", "Data can be lost.", cure))
    return found


def _in_words() -> str:
    if db.engine.dialect.name == "sqlite":
        return f"SQLite {db.session.scalar(sa.text('SELECT sqlite_version()'))}"
    return f"PostgreSQL {db.session.scalar(sa.text('SHOW server_version'))}"


def _numbers() -> list[Result]:
    """The tables whose rows have used up most of the numbers that there are; nothing is said before that.

    Columns of integers end at two billion. With 100,000 interviews a day, background work and emails get
    there after six or seven years.
    """
    given = _NUMBERS_OF_SQLITE if db.engine.dialect.name == "sqlite" else _NUMBERS_OF_POSTGRESQL
    return [
        look(
            f"Row numbers: {table.removesuffix('_id_seq')}",
            f"{int(100 * last / LARGEST_ROW_ID)} % of the numbers that its rows can have are used up.",
            "Once all are, nothing new can be stored there.",
            "Upgrade in time to a release with larger numbers, and report it if there is none.",
        )
        for table, last in db.session.execute(given)
        if last is not None and last >= _MOST_NUMBERS
    ]


def _tables(app: Flask) -> Result:
    try:
        revision = require_tables(app)
    except UnusableDatabaseError as error:
        return _broken("Tables", error)
    return ok("Tables", f"The tables are up to date (revision {revision}).")


def _broken(name: str, error: UnusableDatabaseError) -> Result:
    return broken(name, error.problem, error.consequence, error.cure)
