"""The commands for backups, as they are typed."""

from functools import partial
from pathlib import Path

import pytest
from flask import Flask

from backup_commands import is_restoring
from backups.keys import new_pair, read_secret
from backups.opening import opened_backup
from database import writing
from own_commands import command_line
from tests.backups.every_table import files_of, fill_every_table
from tests.backups.places import PAIR
from tests.machines.application import MakeApp, settings_for
from tests.machines.nursery import Nursery
from tests.machines.typed import type_command


def test_restoring_is_distinguished_from_what_only_looks_like_it() -> None:
    assert is_restoring(["flask", "restore", "x.age"])
    assert is_restoring(["flask", "--app", "app", "restore", "--rehearse", "x.age"])
    assert is_restoring(["flask", "-A", "app", "--debug", "restore"])
    for others in (["backup", "restore"], ["--app", "restore", "run"], [], ["tasks", "work"]):
        assert not is_restoring(["flask", *others])


@pytest.mark.slow
def test_key_is_made_a_backup_is_written_rehearsed_and_restored(
    make_app: MakeApp, sqlite_url: str, instance_path: Path, tmp_path: Path, nursery: Nursery
) -> None:
    flask = partial(type_command, nursery, tmp_path)
    settings = settings_for(sqlite_url, instance_path)
    made = flask(settings, "backup-key")
    [secret] = [line for line in made.said.splitlines() if line.startswith("AGE-SECRET-KEY-")]
    [setting] = [line for line in made.said.splitlines() if line.startswith("BACKUP_KEY=")]
    keyed = {**settings, "BACKUP_KEY": setting.removeprefix("BACKUP_KEY=")}

    fill_every_table(make_app())
    without = flask(settings, "backup", str(tmp_path / "x.age"))
    assert (without.code, command_line("backup-key") in without.said) == (1, True)
    path = tmp_path / "backup.age"
    written = flask(keyed, "backup", str(path))
    assert written.code == 0, written.said
    assert " rows and 3 attachments, 0.0 MB." in written.said

    kept, database = files_of(instance_path), sorted(instance_path.iterdir())
    rehearsed = flask(keyed, "restore", "--rehearse", str(path), answers=secret)
    assert rehearsed.code == 0, rehearsed.said
    assert "The keys open all of 12 stored secrets" in rehearsed.said
    assert "This backup can be restored" in rehearsed.said
    assert (files_of(instance_path), sorted(instance_path.iterdir())) == (kept, database)

    folder = tmp_path / "new"
    there = settings_for("", folder)
    wrong = flask(there, "restore", str(path), answers=new_pair().secret)
    assert wrong.code == 5
    assert "doesn't open this backup" in wrong.said
    assert files_of(folder) == {}
    restored = flask(there, "restore", str(path), answers=secret)
    assert restored.code == 0, restored.said
    assert "/settings/restored" in restored.said
    assert "BACKUP_KEY" in restored.said
    assert files_of(folder) == kept
    again = flask(there, "restore", str(path), answers=secret)
    assert (again.code, "holds keys already" in again.said) == (7, True)


def test_backup_without_an_attachment_fails_and_replaces_none(make_app: MakeApp, tmp_path: Path) -> None:
    app: Flask = make_app({"BACKUP_KEY": PAIR.public})
    fill_every_table(app)
    uploads = app.config["INSTANCE_PATH"] / "uploads"
    uploads.rename(tmp_path / "unmounted")
    path = tmp_path / "backup.age"
    path.write_bytes(b"the one before")
    with writing():
        done = app.test_cli_runner().invoke(args=["backup", str(path)])
    assert done.exit_code == 1
    assert f"{path}.incomplete, and {path} is as it was. Is the disk of {uploads} mounted?" in done.output
    assert path.read_bytes() == b"the one before"
    with opened_backup(tmp_path / "backup.age.incomplete", read_secret(PAIR.secret), tmp_path) as opened:
        assert opened.erased_files == frozenset()


def test_folder_that_cannot_be_written_to_is_reported(make_app: MakeApp, tmp_path: Path) -> None:
    app: Flask = make_app({"BACKUP_KEY": PAIR.public})
    fill_every_table(app)
    with writing():
        done = app.test_cli_runner().invoke(args=["backup", str(tmp_path / "nowhere" / "backup.age")])
    assert done.exit_code == 1
    assert "could not be made" in done.output
    assert "No such file or directory" in done.output
