"""The version after this one: two more migrations, which tests let servers find."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from schema import newest_revision
from tests.architecture.repository import ROOT

_HEAD = """
import os
import time
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{follows}"
branch_labels = None
depends_on = None


def upgrade():
"""
# It changes a table that others refer to, which SQLite does by copying it and dropping the old one.
_FIRST = """
    op.create_table("mottos", sa.Column("id", sa.Integer(), primary_key=True))
    with op.batch_alter_table("candidates") as batch_op:
        batch_op.alter_column("name", type_=sa.String(length=130), existing_nullable=False)
"""
# It says which process is running it, and waits until the test lets it go on.
_SECOND = """
    with Path("{folder}/begun").open("a") as begun:
        begun.write(f"{{os.getpid()}}\\n")
    while not Path("{folder}/go").exists():
        time.sleep(0.01)
    with op.batch_alter_table("organizations") as batch_op:
        batch_op.add_column(sa.Column("motto", sa.String(length=80), nullable=True))
"""


@dataclass(frozen=True)
class NextVersion:
    """A version with two more migrations; the second one waits until `go` is called."""

    folder: Path

    @property
    def overrides(self) -> dict[str, object]:
        return {"MIGRATIONS_FOLDER": str(self.folder / "migrations")}

    def begun(self) -> list[int]:
        """The processes that have begun the migration, in order."""
        path = self.folder / "begun"
        return [int(line) for line in path.read_text().splitlines()] if path.exists() else []

    def go(self) -> None:
        (self.folder / "go").touch()


def make_next_version(folder: Path) -> NextVersion:
    """Write it into a folder that doesn't exist yet."""
    shutil.copytree(ROOT / "migrations", folder / "migrations")
    versions = folder / "migrations" / "versions"
    first = _HEAD.format(revision="9998", follows=newest_revision()) + _FIRST
    (versions / "9998_first.py").write_text(first)
    second = _HEAD.format(revision="9999", follows="9998") + _SECOND.format(folder=folder)
    (versions / "9999_second.py").write_text(second)
    return NextVersion(folder)
