"""The app as the tests build it: settings that reach nothing outside, databases already migrated."""

import shutil
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import CodeType
from typing import Any

import flask_migrate
from flask import Flask
from jinja2.bccache import Bucket, FileSystemBytecodeCache
from sqlalchemy import event
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.util import LRUCache

# If a test gave no simulator for a call, the call fails with the name of the service instead of reaching a
# real one.
_NOWHERE = "http://no-simulator-for-this-call.invalid"

# Builds the app with settings of a test's choice, if any.
MakeApp = Callable[..., Flask]

ISOLATED_SETTINGS: dict[str, str] = {
    "BASE_URL": "http://localhost",
    "SCHEDULER_ENABLED": "false",
    "ZOOM_OAUTH_URL": _NOWHERE,
    "ZOOM_API_URL": f"{_NOWHERE}/v2",
    "GOOGLE_AUTH_URL": f"{_NOWHERE}/o/oauth2/v2/auth",
    "GOOGLE_TOKEN_URL": f"{_NOWHERE}/token",
    "GOOGLE_REVOKE_URL": f"{_NOWHERE}/revoke",
    "GOOGLE_USERINFO_URL": f"{_NOWHERE}/v1/userinfo",
    "GOOGLE_CALENDAR_URL": f"{_NOWHERE}/calendar/v3",
    "GOOGLE_GMAIL_URL": f"{_NOWHERE}/gmail/v1",
    "MICROSOFT_LOGIN_URL": _NOWHERE,
    "MICROSOFT_GRAPH_URL": f"{_NOWHERE}/v1.0",
}


def settings_for(
    database_url: str, instance_path: Path, more: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the settings of an installation on a database, cut off from the outside except for ``more``.

    Every other setting is empty, which means its default, so that neither the environment nor the .env of the
    person who runs the tests changes anything.
    """
    from config import SETTINGS

    return {
        **{setting.name: "" for setting in SETTINGS},
        **ISOLATED_SETTINGS,
        "DATABASE_URL": database_url,
        "INSTANCE_PATH": str(instance_path),
        **(more or {}),
    }


class CompiledTemplates(FileSystemBytecodeCache):
    """Keeps compiled templates for all the short-lived apps of one process, and shares them with the other
    processes of the run through a folder.

    The checksum is of the template's source, so that an entry is never used for a different text.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        super().__init__(str(folder))
        self._compiled: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._compiled.get((bucket.key, bucket.checksum))
        if bucket.code is None:
            super().load_bytecode(bucket)
            self._remember(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._remember(bucket)
            super().dump_bytecode(bucket)

    def _remember(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._compiled[bucket.key, bucket.checksum] = bucket.code


def build_app(settings: Mapping[str, str]) -> Flask:
    """Return the product's app with these settings."""
    from app import create_app
    from extensions import db

    app = create_app({"TESTING": True, **settings})
    with app.app_context():
        _share_what_is_compiled(db.engine)
    return app


# For each kind of database, by name: the dialect of the first engine, and the statements compiled with it.
_compiled: dict[str, tuple[Dialect, LRUCache[Any, Any]]] = {}


def _share_what_is_compiled(engine: Engine) -> None:
    """Let an engine use the statements that other engines of this process have compiled.

    The product has a thousand, which take one and a half seconds to compile. Each app has its own engine, and
    a run makes about a dozen in each process. Compiled statements belong to a dialect.
    """
    dialect, statements = _compiled.setdefault(engine.dialect.name, (engine.dialect, LRUCache(4000)))
    engine.dialect = dialect
    engine.update_execution_options(compiled_cache=statements)


def use_services(app: Flask, **changed: Any) -> None:
    """Replace an app's own services, by name."""
    from services import provide, services

    provide(app, replace(services(app), **changed))


def close_app(app: Flask) -> None:
    """Give back every database connection that an app holds."""
    from extensions import db

    with app.app_context():
        db.session.remove()
        for engine in db.engines.values():
            pool = engine.pool
            engine.dispose()
            # A thread that still runs gives its connection back to the old pool, which no one uses anymore.
            event.listen(pool, "checkin", _close_late_arrival)


def _close_late_arrival(connection: Any, _record: object) -> None:
    if connection is not None:
        connection.close()


def migrate_database(database_url: str, instance_path: Path) -> None:
    """Bring an empty database to the latest migration, as ``flask db upgrade`` does."""
    app = build_app(settings_for(database_url, instance_path))
    try:
        with app.app_context():
            flask_migrate.upgrade()
    finally:
        close_app(app)


def make_sqlite_template(folder: Path, instance_path: Path) -> Path:
    """Return a migrated SQLite file that can be copied: everything is in it, nothing in a side file."""
    template = folder / "template.sqlite3"
    migrate_database(f"sqlite:///{template}", instance_path)
    connection = sqlite3.connect(template)
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()
    return template


def copy_sqlite(template: Path, target: Path) -> str:
    """Copy a template to ``target`` and return the URL of the copy."""
    shutil.copyfile(template, target)
    return f"sqlite:///{target}"
