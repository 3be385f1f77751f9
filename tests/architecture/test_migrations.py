"""The migrations produce what the models say, even if the database existed before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask import Flask

from config import ROOT
from extensions import db
from schema import migrate_database, newest_revision
from tests.machines.application import build_app, close_app, settings_for
from tests.machines.postgresql import PostgreSQLCluster


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_app(request: pytest.FixtureRequest, tmp_path: Path, instance_path: Path) -> Iterator[Flask]:
    """An application on a database without any table."""
    if request.param == "sqlite":
        app = build_app(settings_for(f"sqlite:///{tmp_path / 'empty.sqlite3'}", instance_path))
        yield app
        close_app(app)
        return
    cluster: PostgreSQLCluster = request.getfixturevalue("postgresql")
    url = cluster.create_database(template="template0")
    app = build_app(settings_for(url, instance_path))
    yield app
    close_app(app)
    cluster.drop_database(url)


def _shape() -> dict[str, Any]:
    """Everything that can be read back about the tables, comparable in any order."""
    inspector = sa.inspect(db.engine)
    return {
        table: {
            "columns": sorted(
                (column["name"], str(column["type"]), column["nullable"])
                for column in inspector.get_columns(table)
            ),
            "checks": sorted(str(check["name"]) for check in inspector.get_check_constraints(table)),
            "uniques": sorted(
                tuple(unique["column_names"]) for unique in inspector.get_unique_constraints(table)
            ),
            "indexes": sorted(
                (str(index["name"]), index["unique"]) for index in inspector.get_indexes(table)
            ),
            "foreign": sorted(
                (
                    tuple(key["constrained_columns"]),
                    key["referred_table"],
                    str(key["options"].get("ondelete")),
                )
                for key in inspector.get_foreign_keys(table)
            ),
        }
        for table in inspector.get_table_names()
        if table != "alembic_version"
    }


def _allowed(table: str, check: str) -> str:
    checks = sa.inspect(db.engine).get_check_constraints(table)
    return next(str(found["sqltext"]) for found in checks if found["name"] == check)


def test_migrations_make_what_the_models_say(empty_app: Flask) -> None:
    with empty_app.app_context():
        db.create_all()
        wanted = _shape()
        db.drop_all()
        flask_migrate.upgrade()
        assert _shape() == wanted
        for table in db.metadata.sorted_tables:
            for column in table.columns:
                # Open vocabularies have no CHECK, because words will be added to them.
                if isinstance(column.type, sa.Enum) and column.type.create_constraint:
                    words = _allowed(table.name, f"ck_{table.name}_{column.type.name}")
                    assert set(column.type.enums) == set(words.split("'")[1::2]), (table.name, column.name)


def test_migrations_go_down_to_nothing_and_up_again(empty_app: Flask) -> None:
    with empty_app.app_context():
        flask_migrate.upgrade()
        before = _shape()
        flask_migrate.downgrade(revision="base")
        assert _shape() == {}
        flask_migrate.upgrade()
        assert _shape() == before


def test_newest_migration_is_known_without_alembic() -> None:
    # A server that finds its tables up to date does not load it.
    script = ScriptDirectory(str(ROOT / "migrations"))
    assert newest_revision() == script.get_current_head()


def test_server_brings_tables_up_to_date_once(empty_app: Flask) -> None:
    for _ in range(2):
        migrate_database(empty_app)
        with empty_app.app_context():
            assert sa.inspect(db.engine).has_table("interviews")
            assert db.session.scalar(sa.text("SELECT version_num FROM alembic_version")) == newest_revision()
            db.session.remove()
