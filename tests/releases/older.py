"""A made-up release before this version: its candidates have no source yet, which two migrations bring."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from extensions import db
from schema import newest_revision
from tests.architecture.repository import ROOT
from tests.machines.rows import in_rows

TABLE, COLUMN = "candidates", "source"
_COLUMN = re.compile(rf' +sa\.Column\("{COLUMN}", sa\.String\(length=80\), nullable=False\),\n')

# Others refer to the table, which SQLite changes by copying it and dropping the old one.
_FIRST = f"""
import sqlalchemy as sa
from alembic import op

revision = "9998"
down_revision = "{newest_revision()}"


def upgrade():
    with op.batch_alter_table("{TABLE}") as batch_op:
        batch_op.add_column(sa.Column("{COLUMN}", sa.String(length=80), nullable=False, server_default=""))
    with op.batch_alter_table("{TABLE}") as batch_op:
        batch_op.alter_column("{COLUMN}", server_default=None)
"""
_SECOND = """
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "9998"


def upgrade():
    op.create_table("mottos", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("INSERT INTO mottos (id) SELECT id FROM users")
"""


@dataclass(frozen=True)
class Upgrade:
    """The folder with the migrations of that release and the two that follow."""

    folder: Path

    newest = "9999"

    @property
    def overrides(self) -> dict[str, str]:
        """The overrides for an application that knows them."""
        return {"MIGRATIONS_FOLDER": str(self.folder)}


def write_upgrade(folder: Path) -> Upgrade:
    """Write the migrations into a new folder."""
    shutil.copytree(ROOT / "migrations", folder)
    versions = folder / "versions"
    [baseline] = versions.glob("0001_*.py")
    text, found = _COLUMN.subn("", baseline.read_text())
    assert found == 1
    baseline.write_text(text)
    (versions / "9998_source.py").write_text(_FIRST)
    (versions / "9999_mottos.py").write_text(_SECOND)
    return Upgrade(folder)


def take_back(app: Flask) -> None:
    """Take an installation of this version back to the tables of that release."""
    with in_rows(app), db.engine.begin() as connection:
        connection.execute(sa.text(f"ALTER TABLE {TABLE} DROP COLUMN {COLUMN}"))


def state(url: str) -> tuple[str, bool, bool]:
    """The revision of a database, and whether the new column and the new table are there."""
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            found = sa.inspect(connection)
            columns = {column["name"] for column in found.get_columns(TABLE)}
            revision = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one()
            return revision, COLUMN in columns, found.has_table("mottos")
    finally:
        engine.dispose()
