"""Apps and databases that tests use one after another instead of each making its own.

Building the app costs as much as three or four pages, and a team as much again. Each process of the tests
therefore works in one place: one SQLite file, one PostgreSQL database, one instance folder. Between tests
these are restored, and an app that a test left unchanged is used by the next one.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

from flask import Flask
from sqlalchemy.engine import make_url

from tests.machines.application import build_app, close_app
from tests.machines.clock import standing_at
from tests.machines.rows import in_rows

T = TypeVar("T")
LendApp = Callable[[Mapping[str, str]], Flask]


class Seeded(Protocol):
    """See ``Place.seeded``."""

    def __call__(self, app: Flask, make: Callable[[], T]) -> T: ...


# How many apps are kept for later, the most recently used ones. Each kind of settings needs one, or two where
# a test has two processes.
_KEPT = 12


@dataclass(frozen=True)
class _Traits:
    """What a test can change about an app that the next test would notice."""

    config: dict[str, Any]
    extensions: dict[str, Any]
    endpoints: frozenset[str]
    wsgi_app: object

    @classmethod
    def of(cls, app: Flask) -> _Traits:
        return cls(dict(app.config), dict(app.extensions), frozenset(app.view_functions), app.wsgi_app)

    def fits(self, app: Flask) -> bool:
        now = _Traits.of(app)
        return (
            self.config == now.config
            and self.endpoints == now.endpoints
            and self.extensions.keys() == now.extensions.keys()
            and all(self.extensions[name] is now.extensions[name] for name in self.extensions)
            and self.wsgi_app == now.wsgi_app
        )


class Apps:
    """Lends apps with the settings asked for, and takes them back."""

    def __init__(self) -> None:
        # The most recently used one comes last.
        self._idle: list[tuple[frozenset[tuple[str, str]], Flask]] = []
        self._lent: dict[int, tuple[frozenset[tuple[str, str]], Flask, _Traits, bytes]] = {}

    def lend(self, settings: Mapping[str, str]) -> Flask:
        """Return an app with these settings that no one else is using, and that sees the database as it is on
        disk."""
        key = frozenset({**settings, **_served_from(settings)}.items())
        place = next((i for i, (its_key, _) in enumerate(self._idle) if its_key == key), None)
        app = build_app(settings) if place is None else _forgetful(self._idle.pop(place)[1])
        self._lent[id(app)] = (key, app, _Traits.of(app), _keys_of(app))
        return app

    def take_back(self, app: Flask) -> None:
        """Close an app's connections, and keep the app for the next test if this one left it unchanged."""
        key, _, traits, keys = self._lent.pop(id(app))
        close_app(app)
        if traits.fits(app) and keys == _keys_of(app):
            self._idle = [*self._idle, (key, app)][-_KEPT:]


def _served_from(settings: Mapping[str, str]) -> dict[str, str]:
    """Where an app with these settings would look for its static files. An app that is built where a server
    has left compressed files looks there as long as it lives, but the next test's folder has none."""
    compressed = Path(settings.get("INSTANCE_PATH", "")) / "assets"
    return {"static files": str(compressed.is_dir())}


def _forgetful(app: Flask) -> Flask:
    """An app that was used before, without what it knew about calendars: those of the next test have the same
    ids."""
    from connections.free_busy import asker
    from scheduling.outside.look_ups import LookUps
    from services import provide, services

    provide(app, replace(services(app), look_ups=LookUps(asker)))
    return app


def _keys_of(app: Flask) -> bytes:
    # An app remembers the keys it has read; after a test that rotated them, it knows the wrong ones.
    file = Path(app.config["INSTANCE_PATH"]) / "token_encryption_keys"
    return file.read_bytes() if file.exists() else b""


class Place:
    """The one SQLite file and instance folder of this process, and saved states to go back to."""

    def __init__(self, folder: Path, empty_database: Path, empty_instance: Path) -> None:
        self.database = folder / "smoothhiring.sqlite3"
        self.instance = folder / "instance"
        self._states = folder / "states"
        self._states.mkdir()
        self._empty = (empty_database, empty_instance)
        self._kept: dict[object, tuple[object, Path, Path]] = {}

    @property
    def url(self) -> str:
        """The SQLAlchemy URL of the database."""
        return f"sqlite:///{self.database}"

    def empty_database(self) -> str:
        """Restore the migrated, empty database and return its URL. Nothing may be connected to it."""
        self._put_database(self._empty[0])
        return self.url

    def empty_instance(self) -> Path:
        """Restore the instance folder of the empty installation and return its path."""
        self._put_instance(self._empty[1])
        return self.instance

    def seeded(self, app: Flask, make: Callable[[], T]) -> T:
        """Fill the empty database of an app with ``make``, and return what ``make`` returned.

        ``make`` runs only the first time; later, the database and files are restored and its first result is
        returned, which therefore has to be a plain value. Each time at which the clock is stopped has a state
        of its own.
        """
        clock = standing_at()
        if make_url(app.config["DATABASE_URL"]).database != str(self.database):
            with in_rows(app):
                return make()
        if (make, clock) not in self._kept:
            with in_rows(app):
                value = make()
            close_app(app)
            self._keep((make, clock), value)
            return value
        value_before, database, instance = self._kept[make, clock]
        close_app(app)
        with closing(sqlite3.connect(self.database)) as connection:
            [rows] = connection.execute("SELECT count(*) FROM users").fetchone()
        assert not rows, "this database has been written to already, which would be lost"
        self._put_database(database)
        self._put_instance(instance)
        return value_before  # type: ignore[return-value]  # what this very function returned the first time

    def _keep(self, key: object, value: object) -> None:
        folder = self._states / str(len(self._kept))
        folder.mkdir()
        with closing(sqlite3.connect(self.database)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copyfile(self.database, folder / "database")
        shutil.copytree(self.instance, folder / "instance")
        self._kept[key] = (value, folder / "database", folder / "instance")

    def _put_database(self, state: Path) -> None:
        for side_file in ("-wal", "-shm", "-journal"):
            self.database.with_name(self.database.name + side_file).unlink(missing_ok=True)
        # A new file: a thread that a test left behind goes on with the old one and disturbs nothing.
        self.database.unlink(missing_ok=True)
        shutil.copyfile(state, self.database)

    def _put_instance(self, state: Path) -> None:
        if self.instance.exists():
            shutil.rmtree(self.instance)
        shutil.copytree(state, self.instance)
