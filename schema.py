"""Bringing the tables of a database up to date, by one process at a time."""

from __future__ import annotations

import fcntl
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from config import ROOT
from database import read_only, writing
from extensions import db

# Tests name another folder in the configuration, with migrations that are yet to come.
_FOLDER = ROOT / "migrations"
_REVISION = re.compile(r'^(down_)?revision = "(\w+)"', re.MULTILINE)
# Any two numbers that no one else takes in the same database: for the tables, and for all of an upgrade.
_ADVISORY_LOCK, _UPGRADE_LOCK = 0x536D6F6F7468, 0x536D6F6F7469
_WAITING = "Another process is bringing the database up to date; this one waits until it is done.\n"

# The exit status of a program that would end in the same way if it were started again: EX_CONFIG of
# sysexits.h. The systemd unit does not start a server again that ended with it.
USELESS_TO_REPEAT = 78


class UnusableDatabaseError(Exception):
    """The program can't work with the database as it is. `problem`, `consequence`, and `cure` are sentences
    for the person who runs the server."""

    def __init__(self, problem: str, consequence: str, cure: str) -> None:
        super().__init__(f"{problem} {cure}")
        self.problem, self.consequence, self.cure = problem, consequence, cure


class NoAnswerError(UnusableDatabaseError):
    """The database can't be reached, or refuses to answer."""

    def __init__(self, error: SQLAlchemyError) -> None:
        super().__init__(
            f"The database doesn't answer ({type(getattr(error, 'orig', None) or error).__name__}).",
            "Nothing works without it.",
            "Start the database server, or correct DATABASE_URL.",
        )


class NoTablesError(UnusableDatabaseError):
    """No server has started with this database yet."""

    def __init__(self) -> None:
        super().__init__(
            "The database has no tables yet.",
            "Nothing works without them.",
            "Start the server: it makes them.",
        )


class OlderDatabaseError(UnusableDatabaseError):
    """No server of this version has started with this database yet."""

    def __init__(self, found: str, newest: str | None) -> None:
        super().__init__(
            f"The tables are at revision {found}, and this version needs {newest}.",
            "Pages that use what is new fail.",
            "Restart the server: it brings them up to date.",
        )


class NewerDatabaseError(UnusableDatabaseError):
    """The database was brought up to date by a newer version of the program than this one."""

    def __init__(self, found: str, newest: str) -> None:
        super().__init__(
            f"The database is newer than this program: its tables are at revision {found}, and this version "
            f"of SmoothHiring knows them up to {newest}. It can't know what a newer version keeps there, so "
            "it stopped before changing anything.",
            "This version must not touch it.",
            "Start the newer version again; to go back for good, restore the backup from before the upgrade, "
            "as docs/upgrading.md says.",
        )


def migrate_database(app: Flask, before: Callable[[], object] | None = None) -> None:
    """Bring the tables of the application's database up to date. Does nothing if they already are.

    If another process is doing it, this one says so on the console and waits until that is done, no matter
    how long it takes. All steps are one transaction, so a process that is killed leaves the database as it
    was. `before` is called first if there are tables already, while no other process is doing it; whatever it
    raises leaves them as they are. Raises `NewerDatabaseError` if the database is newer than the program, and
    `NoAnswerError` if it doesn't answer.
    """
    if _is_up_to_date(app):
        return
    require_answer(app)
    with _alone(app):
        # The process that this one waited for has done it.
        if _is_up_to_date(app):
            return
        if before is not None and revision_of(app) is not None:
            before()
        # Alembic takes a tenth of a second and several megabytes, and every process of a server would keep
        # them.
        from flask_migrate import upgrade

        know_migrations(app)
        with app.app_context():
            upgrade(directory=str(_folder(app)))


def require_tables(app: Flask) -> str:
    """Return the revision of the database's tables, which are those of this version. Changes nothing.

    Raises the `UnusableDatabaseError` that says why this version can't work with the database as it is.
    """
    require_answer(app)
    found = revision_of(app)
    if found is None:
        raise NoTablesError
    if not _is_up_to_date(app):
        raise OlderDatabaseError(found, newest_revision(_folder(app)))
    return found


def require_answer(app: Flask) -> None:
    """Raise `NoAnswerError` unless the application's database answers."""
    with app.app_context(), read_only():
        try:
            with db.engine.connect() as connection:
                connection.execute(sa.text("SELECT 1"))
        except SQLAlchemyError as error:
            raise NoAnswerError(error) from None


def bring_to(app: Flask, revision: str) -> None:
    """Make the tables of an empty database as they were at that migration, one of `known_revisions`."""
    with _alone(app):
        from flask_migrate import upgrade

        know_migrations(app)
        with app.app_context():
            upgrade(directory=str(_folder(app)), revision=revision)


def known_revisions(folder: Path = _FOLDER) -> set[str]:
    """All migrations of this version of the product."""
    made, _ = _revisions(folder)
    return made


def know_migrations(app: Flask) -> None:
    """Let Flask-Migrate, and with it `flask db`, find the application's database."""
    from flask_migrate import Migrate

    Migrate().init_app(app, db, directory=str(_folder(app)), render_as_batch=True)


def newest_revision(folder: Path = _FOLDER) -> str | None:
    """The migration that no other one follows; None if there is not exactly one."""
    made, followed = _revisions(folder)
    newest = made - followed
    return newest.pop() if len(newest) == 1 else None


def revision_of(app: Flask) -> str | None:
    """The revision of the tables of the application's database. None if it has no tables, or if it cannot be
    reached."""
    with app.app_context(), read_only():
        try:
            with db.engine.connect() as connection:
                found: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
        except SQLAlchemyError:
            # No tables yet; or no database, and then upgrading says so.
            return None
    return found


def wait_for_other_upgrades(connection: Connection) -> None:
    """On PostgreSQL, take the lock for changing the tables, until the end of the transaction.

    It belongs to the transaction rather than to the connection, so it cannot be lost while the transaction
    goes on, not even behind a connection pool. On SQLite, `migrate_database` has its own.
    """
    if connection.dialect.name == "postgresql":
        _wait_for(connection, _ADVISORY_LOCK)


def _wait_for(connection: Connection, lock: int) -> None:
    key = {"key": lock}
    if not connection.scalar(sa.text("SELECT pg_try_advisory_xact_lock(:key)"), key):
        _tell(_WAITING)
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), key)


@contextmanager
def _alone(app: Flask) -> Iterator[None]:
    """Be the only process that brings this database up to date, with everything that belongs to it."""
    with app.app_context():
        engine = db.engine
    if engine.url.get_backend_name() == "sqlite":
        with _alone_with_file(Path(engine.url.database or "")):
            yield
        return
    # The tables have a lock of their own, taken by their transaction. This one only keeps two processes from
    # preparing it at once, so nothing depends on it if the server ends a transaction that waits for long.
    with app.app_context(), writing(), engine.connect() as connection:
        _wait_for(connection, _UPGRADE_LOCK)
        yield
        with suppress(SQLAlchemyError):
            connection.rollback()


@contextmanager
def _alone_with_file(file: Path) -> Iterator[None]:
    """Be the only process that opens this SQLite file to bring it up to date.

    SQLite's own lock would do for the tables, but a process that waits for it gives up after five seconds.
    This one is on an empty file beside the database, and the system takes it from a process however it ends.
    """
    if not file.parent.is_dir():
        # Opening the database says what is wrong.
        yield
        return
    with file.with_name(f"{file.name}.upgrading").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _tell(_WAITING)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_up_to_date(app: Flask) -> bool:
    found = revision_of(app)
    if found is None:
        return False
    made, followed = _revisions(_folder(app))
    if found not in made:
        raise NewerDatabaseError(found, ", ".join(sorted(made - followed)))
    return found not in followed


def _folder(app: Flask) -> Path:
    return Path(app.config.get("MIGRATIONS_FOLDER", _FOLDER))


def _revisions(folder: Path) -> tuple[set[str], set[str]]:
    """The names of all migrations, and of those that another one follows."""
    made: set[str] = set()
    followed: set[str] = set()
    for path in (folder / "versions").glob("*.py"):
        for is_followed, name in _REVISION.findall(path.read_text(encoding="utf-8")):
            (followed if is_followed else made).add(name)
    return made, followed


def _tell(words: str) -> None:
    sys.stderr.write(words)
    sys.stderr.flush()
