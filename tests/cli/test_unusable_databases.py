"""What the commands do while the database doesn't answer, has no tables yet, or those of another version."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import FlaskGroup

from config import ROOT
from extensions import db
from schema import require_tables
from tests.cli.test_commands import flask

COMMANDS = (
    ["tasks", "list"],
    ["tasks", "work"],
    ["users", "reset-password", "ada@northlight.example"],
    ["users", "reset-two-step", "ada@northlight.example"],
    ["keys", "rotate"],
)
# Nothing listens on a machine's first port.
NOWHERE = "postgresql+psycopg://smoothhiring@127.0.0.1:1/smoothhiring"
SETUP = ["setup", "--organization=N", "--timezone=UTC", "--name=Ada", "--email=ada@northlight.example"]


def run(arguments: list[str], **settings: str) -> Result:
    return CliRunner().invoke(
        FlaskGroup(load_dotenv=False), ["--app", "app", *arguments], input="a long sentence\n", env=settings
    )


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_command_before_the_first_start_says_what_makes_the_tables(
    arguments: list[str], tmp_path: Path
) -> None:
    done = run(arguments, INSTANCE_PATH=str(tmp_path))
    assert done.exit_code == 1
    assert done.stderr == "Error: The database has no tables yet. Start the server: it makes them.\n"


def test_setup_code_is_shown_before_the_first_start(tmp_path: Path) -> None:
    done = run(["setup-code"], INSTANCE_PATH=str(tmp_path))
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == run(["setup-code"], INSTANCE_PATH=str(tmp_path)).stdout != ""


@pytest.mark.parametrize("arguments", [*COMMANDS, ["setup-code"], SETUP], ids=" ".join)
def test_command_without_a_database_server_says_so(arguments: list[str], tmp_path: Path) -> None:
    done = run(arguments, INSTANCE_PATH=str(tmp_path), DATABASE_URL=NOWHERE)
    assert done.exit_code == 1
    assert done.stderr == (
        "Error: The database doesn't answer (OperationalError). Start the database server, or correct "
        "DATABASE_URL.\n"
    )


def test_server_without_a_database_server_says_so_and_may_be_started_again(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "app:create_app()"],
        cwd=ROOT,
        env={**os.environ, "INSTANCE_PATH": str(tmp_path), "DATABASE_URL": NOWHERE},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "The database doesn't answer (OperationalError). Start the database server" in done.stderr
    assert "Traceback" not in done.stderr


def test_command_leaves_the_tables_of_an_older_version_alone(sqlite_app: Flask) -> None:
    newest = require_tables(sqlite_app)
    # As if this version had one migration more.
    folder = Path(sqlite_app.config["INSTANCE_PATH"]) / "migrations"
    (folder / "versions").mkdir(parents=True)
    for name, follows in ((newest, None), ("9999", newest)):
        followed = f'down_revision = "{follows}"' if follows else "down_revision = None"
        (folder / "versions" / f"{name}.py").write_text(f'revision = "{name}"\n{followed}\n')
    sqlite_app.config["MIGRATIONS_FOLDER"] = folder
    done = flask(sqlite_app, "tasks", "list")
    assert done.exit_code == 1
    assert f"The tables are at revision {newest}, and this version needs 9999." in done.stderr
    with sqlite_app.app_context():
        assert db.session.scalar(sa.text("SELECT version_num FROM alembic_version")) == newest
