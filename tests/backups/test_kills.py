"""A process that is killed while it writes a backup, or restores one, leaves nothing that could be mistaken
for a whole one."""

import json
import signal
from pathlib import Path
from typing import Protocol

import pytest
import sqlalchemy as sa
from flask import Flask

import instance_folder
from backups.errors import BackupError
from backups.keys import read_secret
from backups.opening import opened_backup
from backups.whole_files import whole_file
from extensions import db
from instance_folder import UnfinishedRestoreError
from models import Organization
from tests.backups.every_table import files_of, fill_every_table, rows_of_every_table
from tests.backups.places import PAIR, back_up
from tests.backups.test_round_trip import without_restore
from tests.machines.application import build_app, settings_for
from tests.machines.counts import Counts
from tests.machines.nursery import Nursery
from tests.machines.rows import in_rows


class Killed(Protocol):
    """Run a program that kills itself at the system call with that number among those that change files;
    return whether it came to its end instead."""

    def __call__(self, settings: dict[str, str], what: str, path: Path, call: int) -> bool: ...


@pytest.fixture
def killed(nursery: Nursery, tmp_path: Path) -> Killed:
    log = tmp_path / "killed.log"

    def run(settings: dict[str, str], what: str, path: Path, call: int) -> bool:
        plan = {"settings": settings, "what": what, "path": str(path), "call": call}
        order = json.dumps({**plan, "secret": PAIR.secret, "public": PAIR.public})
        code = nursery.start("tests.backups.killed_program", [order], log=log, settings={}).wait(120)
        assert code in (0, -signal.SIGKILL), log.read_text()
        return code == 0

    return run


@pytest.mark.slow
def test_backup_is_whole_or_the_one_before(
    sqlite_app: Flask,
    sqlite_url: str,
    instance_path: Path,
    tmp_path: Path,
    counts: Counts,
    killed: Killed,
) -> None:
    fill_every_table(sqlite_app)
    path = tmp_path / "backup.age"
    path.write_bytes(b"the one before")
    settings = settings_for(sqlite_url, instance_path)
    kills = counts(ordinary=2, full=40)
    for call in range(1, kills + 1):
        if killed(settings, "backup", path, call):
            break
        if path.read_bytes() != b"the one before":
            with opened_backup(path, read_secret(PAIR.secret), tmp_path) as opened:
                assert opened.manifest.files == 3
    # What was left half written is in no one's way.
    made = back_up(sqlite_app, path)
    with opened_backup(made.path, read_secret(PAIR.secret), tmp_path):
        assert [each.name for each in tmp_path.iterdir() if each.name.endswith(".part")] == []


@pytest.mark.slow
def test_restore_that_was_killed_starts_over(
    sqlite_app: Flask, instance_path: Path, tmp_path: Path, counts: Counts, killed: Killed
) -> None:
    fill_every_table(sqlite_app)
    before, kept = rows_of_every_table(sqlite_app), files_of(instance_path)
    path = back_up(sqlite_app, tmp_path / "backup.age").path
    steps = (*range(1, 10), *range(10, 40, 4)) if counts.is_full else (5,)
    for call in steps:
        folder = tmp_path / f"killed-{call}"
        settings = settings_for("", folder)
        if not killed(settings, "restore", path, call):
            if instance_folder.restore_under_way(folder) is not None:
                with pytest.raises(UnfinishedRestoreError):
                    build_app(settings)
            else:
                assert instance_folder.keys_there(folder) == []
            assert killed(settings, "restore", path, 0)
        restored = build_app(settings)
        assert without_restore(rows_of_every_table(restored)) == without_restore(before)
        names = {each.name for each in folder.iterdir()}
        assert files_of(folder) == kept, call
        assert not any(name.startswith(".") for name in names), names
        with in_rows(restored):
            assert db.session.get_one(Organization, 1).held_back_since is not None
            assert not sa.inspect(db.session.connection()).has_table("unfinished_restore")


def test_two_processes_do_not_write_one_file(tmp_path: Path) -> None:
    path = tmp_path / "backup.age"
    with whole_file(path) as first:
        first.write(b"first")
        with pytest.raises(BackupError, match="Another process"), whole_file(path):
            pass
    assert path.read_bytes() == b"first"
    assert path.stat().st_mode & 0o777 == 0o600


def test_file_that_could_not_be_finished_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "backup.age"
    path.write_bytes(b"before")

    def fail() -> None:
        with whole_file(path) as file:
            file.write(b"half")
            raise OSError(28, "the disk is full")

    with pytest.raises(OSError, match="full"):
        fail()
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("backup.age", b"before")]
