"""What the examination says about `.env`: names that nothing reads, and lines that are read otherwise."""

from pathlib import Path

import pytest

from database import read_only
from doctor import settings
from doctor.results import Level, Result
from tests.machines.application import MakeApp

SOUND = """BASE_URL=https://hire.example

# The mail server.
MAIL_PASSWORD='two words #1'
MAIL_USERNAME_FILE=/run/name
"""


def found(make_app: MakeApp, file: Path) -> dict[str, Result]:
    with make_app({"ENV_FILE": file}).app_context(), read_only():
        return {result.name: result for result in settings.check(1)}


def test_sound_file_and_none_at_all_are_fine(make_app: MakeApp, tmp_path: Path) -> None:
    file = tmp_path / "env"
    assert [result.level for result in found(make_app, file).values()] == [Level.OK]
    file.write_text(SOUND)
    assert [result.level for result in found(make_app, file).values()] == [Level.OK]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("MAIL_PASWORD", "MAIL_PASSWORD"),
        ("mail_server", "MAIL_SERVER"),
        ("MAIL_HOST", ""),
        ("BASEURL", "BASE_URL"),
    ],
)
def test_name_that_nothing_reads_is_reported(
    make_app: MakeApp, tmp_path: Path, typed: str, meant: str
) -> None:
    file = tmp_path / "env"
    file.write_text(f"{SOUND}FLASK_DEBUG=0\n{typed}=hunter2\n")
    names = found(make_app, file)["Names"]
    assert names.level is Level.LOOK
    assert names.what == f"Nothing reads {typed} in .env."
    assert (f"Did you mean {meant} by {typed}?" in names.cure) == bool(meant)
    assert "hunter2" not in str(names)


def test_lines_that_are_read_differently_than_they_look_are_reported(
    make_app: MakeApp, tmp_path: Path
) -> None:
    file = tmp_path / "env"
    file.write_text(f'{SOUND}MAIL_PASSWORD=hunter #2\nMAIL_PORT=587 # submission\nAPP_NAME="A "big" team\n')
    results = found(make_app, file)
    assert results["Lines"].level is Level.BROKEN
    assert results["Lines"].what == "Line 8 of .env can't be read."
    assert results["Comments"].what == "In .env, MAIL_PASSWORD ends before a #."
    assert "single quotes" in results["Comments"].cure
    assert "hunter" not in str(results)
