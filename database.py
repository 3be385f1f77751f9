"""How the product talks to its database: base class, instant type, transactions on both engines.

SQLite and PostgreSQL are used in the same way: a transaction is either for reading or for writing,
and this is decided before its first statement.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NewType

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Dialect, Engine, ExceptionContext
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, registry

from timezones import present_zone_name

SQLITE_BUSY_TIMEOUT_MS = 5000
# How long a writer waits before it looks again whether it is its turn, at least and at most.
SQLITE_PAUSE_SECONDS = (0.0005, 0.002)

# The largest key that both databases keep in an integer column. PostgreSQL answers a larger one with an
# error instead of "no such row".
LARGEST_ROW_ID = 2**31 - 1


def read_row_id(value: object) -> int | None:
    """The id that a text from outside says, or another number counted from 1 that is compared with an integer
    column; None for anything that no row can have."""
    digits = str(value)
    if not (digits.isascii() and digits.isdigit() and len(digits) <= len(str(LARGEST_ROW_ID))):
        return None
    return number if 0 < (number := int(digits)) <= LARGEST_ROW_ID else None


def row_id(value: object) -> int:
    """The same, as forms and addresses take it for what turns their text into values: raises `ValueError`
    instead."""
    if (number := read_row_id(value)) is None:
        raise ValueError(value)
    return number


# What `security.TokenVault` has sealed, for types alone. It opens nothing else, so every column with such
# values is declared as one of them, and a rehearsal of a restore opens them all (`backups/rehearsing.py`).
SealedText = NewType("SealedText", str)
SealedBytes = NewType("SealedBytes", bytes)


class UTCDateTime(sa.TypeDecorator[datetime]):
    """An instant. Stored as naive UTC, read as aware UTC; a naive value is refused, never guessed."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant must be aware: say which zone it is in")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        # A list of 25 rows has a hundred instants and words; reading them took longer than the statement.
        return _read_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _read_text(text: str | None) -> datetime | None:
    """An instant as SQLite holds it."""
    return None if text is None else datetime.fromisoformat(text + "+00:00")


class _Choice(sa.Enum):
    """An enum that is read with one look-up. A value that is none of its own is a LookupError, as usual."""

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        members = {None: None, **{member.value: member for member in self.enum_class or ()}}
        return members.__getitem__


class ZoneName(sa.TypeDecorator[str]):
    """The IANA name of a time zone, written and read by its present name. A zone that is renamed while rows
    hold the old name is still the same one as in rows that hold the new."""

    impl = sa.String(64)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else present_zone_name(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else present_zone_name(value)


def choice(enum: type[StrEnum], name: str) -> sa.Enum:
    """A column type that stores an enum by its value, with a CHECK of that name.

    A native PostgreSQL enum would need a migration outside a transaction for each new value.
    """
    return _Choice(
        enum,
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        create_constraint=True,
        validate_strings=True,
        length=32,
        name=name,
    )


def open_choice(enum: type[StrEnum]) -> sa.Enum:
    """The same without a CHECK, for enums that will grow: on SQLite, a new value would copy the table."""
    return _Choice(
        enum,
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        create_constraint=False,
        validate_strings=True,
        length=32,
    )


class Base(DeclarativeBase):
    """The declarative base. It names every constraint, so that a migration can find it again."""

    registry = registry(
        metadata=sa.MetaData(
            naming_convention={
                "ix": "ix_%(column_0_N_label)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={datetime: UTCDateTime()},
    )


@event.listens_for(sa.Table, "before_create")
def _number_rows_once(table: sa.Table, _connection: Connection, **_how: object) -> None:
    """Have SQLite never give a number twice, as PostgreSQL does not: without AUTOINCREMENT, the number of the
    newest row is free again once that is deleted, and an old email would lead to another person's row. Tables
    of migrations are made by this, too.
    """
    key = list(table.primary_key.columns)
    if len(key) == 1 and isinstance(key[0].type, sa.Integer) and not key[0].foreign_keys:
        table.dialect_options["sqlite"]["autoincrement"] = True


def written_out(word: StrEnum | str) -> sa.ColumnClause[Any]:
    """One of our own words as a part of the statement instead of a parameter; never what anyone typed.

    SQLite looks at the value of a parameter where a partial index might apply, and then prepares the
    statement again at each execution, which takes ten times as long as running it.
    """
    if not str(word).replace("_", "").replace("-", "").isalnum():
        raise ValueError(word)
    return sa.literal_column(f"'{word!s}'")


_reading: ContextVar[bool] = ContextVar("reading", default=False)
_may_be_lost: ContextVar[bool] = ContextVar("may_be_lost", default=False)


@contextmanager
def read_only() -> Iterator[None]:
    """Transactions begun inside this block can only read.

    On SQLite they do not queue behind the one writer, and `query_only` makes an attempt to write
    fail instead of wait; on PostgreSQL the server enforces the same.
    """
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


@contextmanager
def writing() -> Iterator[None]:
    """Transactions begun inside this block may write, even inside a `read_only` block."""
    token = _reading.set(False)
    try:
        yield
    finally:
        _reading.reset(token)


@contextmanager
def writing_what_may_be_lost() -> Iterator[None]:
    """As `writing`, for what a power outage may undo: these commits do not wait for the disk.

    Only for what would be done again just the same. They survive the end of the process, and later commits
    never survive without them. A commit that waits takes about 4 ms on an ordinary disk.
    """
    token = _may_be_lost.set(True)
    try:
        with writing():
            yield
    finally:
        _may_be_lost.reset(token)


def begin_reading() -> None:
    """Make this request's transactions read-only; the counterpart of `begin_writing`."""
    _reading.set(True)


def begin_writing() -> None:
    """Let this request's transactions write. Takes effect at the next BEGIN."""
    _reading.set(False)


def is_reading() -> bool:
    """Whether this request's transactions are read-only: what was read once need not be read again."""
    return _reading.get()


def listen(engine: Engine) -> None:
    """Give an engine the product's transaction rules."""
    event.listen(engine, "handle_error", _leave_out_what_was_stored)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_postgresql)


def _leave_out_what_was_stored(context: ExceptionContext) -> None:
    """Shorten PostgreSQL's errors to their first line.

    Its details name the values of the row that was refused, and errors are written to logs. `hide_parameters`
    keeps only SQLAlchemy itself from naming them; SQLite names columns alone.
    """
    error, wrapped = context.original_exception, context.sqlalchemy_exception
    diagnosis = getattr(error, "diag", None)
    if diagnosis is None or not diagnosis.message_primary:
        return
    error.args = (diagnosis.message_primary,)
    if wrapped is not None:
        kind = type(error)
        wrapped.args = (f"({kind.__module__}.{kind.__name__}) {diagnosis.message_primary}", *wrapped.args[1:])


def _prepare_sqlite(connection: Any, _record: object) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    # The driver's own transaction handling does not begin a transaction for a SELECT, so a check and the
    # insert that follows it would race. It is turned off here; `_begin_sqlite` emits BEGIN instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {SQLITE_BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    # Every thread has a connection, and the system keeps the pages of the file anyway: with SQLite's 2 MB for
    # each, a server held 13 MB more and was no faster.
    cursor.execute("PRAGMA cache_size = -256")
    # An interview confirmed on screen survives a power outage only if the log is flushed at each commit.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    # What is deleted is overwritten. Some builds of SQLite do so anyway, others leave it in the file.
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.close()


def clear_the_log(engine: Engine) -> bool:
    """Empty SQLite's write-ahead log, where older versions of erased rows stay readable until it is reused.

    To be called after the commit of what was erased, outside any transaction. Returns whether the log is
    empty; False when a reader held on to it for longer than the busy time-out, and the daily erasing does it
    later. On PostgreSQL there is nothing to do here: its log and its dead rows are the server's own business.
    """
    if engine.dialect.name != "sqlite":
        return True
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        # Whether it was hindered, the pages in the log, and those of them that were moved.
        [(was_busy, _, _)] = cursor.fetchall()
        cursor.close()
    finally:
        connection.close()
    return not was_busy


def _begin_sqlite(connection: Connection) -> None:
    # Straight to the driver, because through SQLAlchemy each of these takes ten times as long.
    driver: sqlite3.Connection = connection.connection.dbapi_connection  # type: ignore[assignment]
    reading, may_be_lost = _reading.get(), _may_be_lost.get()
    info = connection.info
    if info.get("query_only", False) != reading:
        driver.execute(f"PRAGMA query_only = {'ON' if reading else 'OFF'}")
        info["query_only"] = reading
    # A writer that began as a reader fails immediately with SQLITE_BUSY_SNAPSHOT if another one wrote in
    # between, regardless of the busy timeout; taking the write lock first makes it wait its turn.
    if reading:
        driver.execute("BEGIN")
        return
    if info.get("may_be_lost", False) != may_be_lost:
        driver.execute(f"PRAGMA synchronous = {'NORMAL' if may_be_lost else 'FULL'}")
        info["may_be_lost"] = may_be_lost
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        _take_the_write_lock(connection)
    finally:
        driver.execute(f"PRAGMA busy_timeout = {SQLITE_BUSY_TIMEOUT_MS}")


def _take_the_write_lock(connection: Connection) -> None:
    """Begin a writing transaction, checking for its turn at a steady pace.

    SQLite's own wait sleeps longer and longer, up to a tenth of a second, so the writer that came first
    checks least often and, with several writers at once, may starve until the timeout.
    """
    deadline = time.monotonic() + SQLITE_BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            return
        except OperationalError as error:
            is_busy = isinstance(error.orig, sqlite3.OperationalError) and (
                error.orig.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            )
            if not is_busy or time.monotonic() > deadline:
                raise
        time.sleep(random.uniform(*SQLITE_PAUSE_SECONDS))


def _begin_postgresql(connection: Connection) -> None:
    if _reading.get():
        # A page reads a single state of the data, as on SQLite.
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    elif _may_be_lost.get():
        connection.exec_driver_sql("SET LOCAL synchronous_commit = OFF")
