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
from schema import NewerDatabaseError, newest_revision, refuse_newer_database, revision_of

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
        return [
            broken(
                "Database",
                f"The database doesn't answer ({type(getattr(error, 'orig', None) or error).__name__}).",
                "Nothing works without it.",
                "Start the database server, or correct DATABASE_URL.",
            )
        ]
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
    name = "Tables"
    try:
        refuse_newer_database(app)
    except NewerDatabaseError as error:
        words, _, cure = str(error).partition(" Start ")
        return broken(name, words, "This version must not touch it.", f"Start {cure}")
    found, newest = revision_of(app), newest_revision()
    if found is None:
        return broken(
            name,
            "There are no tables yet.",
            "Nothing works without them.",
            "Start the server: it makes them.",
        )
    if found != newest:
        return broken(
            name,
            f"The tables are at revision {found}, and this version needs {newest}.",
            "Pages that use what is new fail.",
            "Restart the server: it brings them up to date.",
        )
    return ok(name, f"The tables are up to date (revision {found}).")
