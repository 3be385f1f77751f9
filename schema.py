"""Bringing the tables of a database up to date."""

from __future__ import annotations

import re

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from config import ROOT
from database import begin_reading, begin_writing
from extensions import db

_FOLDER = ROOT / "migrations"
_REVISION = re.compile(r'^(down_)?revision = "(\w+)"', re.MULTILINE)


def migrate_database(app: Flask) -> None:
    """Bring the tables of the application's database up to date. Does nothing if they already are."""
    if _is_up_to_date(app):
        return
    # Alembic takes a tenth of a second and several megabytes, and every process of a server would keep them.
    from flask_migrate import upgrade

    know_migrations(app)
    with app.app_context():
        upgrade(directory=str(_FOLDER))


def know_migrations(app: Flask) -> None:
    """Let Flask-Migrate, and with it `flask db`, find the application's database."""
    from flask_migrate import Migrate

    Migrate().init_app(app, db, directory=str(_FOLDER), render_as_batch=True)


def newest_revision() -> str | None:
    """The migration that no other one follows; None if there is not exactly one."""
    made: set[str] = set()
    followed: set[str] = set()
    for path in (_FOLDER / "versions").glob("*.py"):
        for is_followed, name in _REVISION.findall(path.read_text(encoding="utf-8")):
            (followed if is_followed else made).add(name)
    newest = made - followed
    return newest.pop() if len(newest) == 1 else None


def _is_up_to_date(app: Flask) -> bool:
    with app.app_context():
        begin_reading()
        try:
            with db.engine.connect() as connection:
                found = connection.scalars(sa.text("SELECT version_num FROM alembic_version")).all()
        except SQLAlchemyError:
            # No tables yet; or no database, and then upgrading says so.
            return False
        finally:
            begin_writing()
    return found == [newest_revision()]
