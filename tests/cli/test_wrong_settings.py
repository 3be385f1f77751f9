"""What the server and the commands do while a setting or the instance folder is wrong."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.cli import FlaskGroup

from config import ROOT
from own_commands import command_line
from schema import USELESS_TO_REPEAT
from tests.machines.processes import bare_environment


def test_server_does_not_start_with_nonsense_and_says_why(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "app:create_app()"],
        cwd=ROOT,
        env={**os.environ, "BASE_URL": "hire.example", "INSTANCE_PATH": str(tmp_path / "instance")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == USELESS_TO_REPEAT
    assert "A setting is wrong. BASE_URL must begin with http:// or https://" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "instance").exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"MAIL_PORT": "587 # submission"}, "A setting is wrong. MAIL_PORT must be a whole number"),
        ({"BACKUP_FOLDER": "/tmp"}, f"take it out until {command_line('backup-key')} has made one"),
        ({"BACKUP_KEY": ","}, f"take it out until {command_line('backup-key')} has made one"),
        ({"INSTANCE_PATH": "/proc/nowhere"}, "/proc/nowhere can't be used (No such file or directory)."),
    ],
)
def test_command_says_in_one_sentence_what_keeps_it_from_loading(
    wrong: dict[str, str], words: str, tmp_path: Path
) -> None:
    done = CliRunner().invoke(
        FlaskGroup(load_dotenv=False),
        ["--app", "app", "doctor"],
        env={"INSTANCE_PATH": str(tmp_path / "instance"), **wrong},
    )
    assert done.exit_code == (1 if "INSTANCE_PATH" in wrong else USELESS_TO_REPEAT)
    assert isinstance(done.exception, SystemExit)
    assert words in done.stderr
    assert done.stdout == ""
    assert not (tmp_path / "instance").exists()


@pytest.mark.parametrize(
    "asked", [["--help"], ["doctor", "--help"], ["tasks", "--help"], ["tasks", "list", "--help"]]
)
@pytest.mark.parametrize("wrong", [{"MAIL_PORT": "smtp"}, {"INSTANCE_PATH": "/proc/nowhere"}])
def test_help_is_shown_with_a_warning_while_a_setting_is_wrong(
    asked: list[str], wrong: dict[str, str], tmp_path: Path
) -> None:
    flask = FlaskGroup(load_dotenv=False)
    right = {"INSTANCE_PATH": str(tmp_path / "instance")}
    shown = CliRunner().invoke(flask, ["--app", "app", *asked], env=right)
    done = CliRunner().invoke(FlaskGroup(load_dotenv=False), ["--app", "app", *asked], env={**right, **wrong})
    assert done.exit_code == shown.exit_code == 0
    # Its extension brings `db` where something has loaded it, as these tests have.
    assert done.stdout.splitlines() == [
        line for line in shown.stdout.splitlines() if not line.startswith("  db ")
    ]
    assert shown.stderr == ""
    [warning] = filter(None, done.stderr.splitlines())
    assert warning.startswith("Warning: ")
    assert next(iter(wrong)) in warning or "/proc/nowhere can't be used" in warning


@pytest.mark.parametrize(
    "asked",
    [
        *("tasks list", "users reset-password ana@x.example", "keys rotate", "setup-code", "backup f"),
        # Those that Flask and its extensions bring.
        *("routes", "run", "db current", "shell", "nothing"),
    ],
)
def test_no_command_runs_while_a_setting_is_wrong(asked: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(
        FlaskGroup(load_dotenv=False),
        ["--app", "app", *asked.split()],
        env={"INSTANCE_PATH": str(tmp_path / "instance"), "MAIL_PORT": "smtp"},
    )
    assert done.exit_code == USELESS_TO_REPEAT
    assert done.stdout == ""
    assert done.stderr.startswith("Error: A setting is wrong. MAIL_PORT must be a whole number")
    assert "Warning" not in done.stderr
    assert not (tmp_path / "instance").exists()


@pytest.mark.slow
def test_server_says_in_one_sentence_that_its_folder_cannot_be_used() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "app:create_app()"],
        cwd=ROOT,
        env=bare_environment({"INSTANCE_PATH": "/proc/nowhere"}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "/proc/nowhere can't be used (No such file or directory)." in done.stderr
    assert "Traceback" not in done.stderr
