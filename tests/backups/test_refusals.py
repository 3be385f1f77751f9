"""Anything but a whole backup of this product, or any place that is not empty, is refused, and nothing is
changed."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from accounts.restored import is_paused
from backups.archive import read_archive, write_archive
from backups.errors import (
    BackupError,
    DamagedFileError,
    ForeignFileError,
    NewerBackupError,
    OccupiedPlaceError,
    WrongKeyError,
)
from backups.keys import KeyPair, new_pair, read_secret
from backups.manifest import END, MANIFEST
from backups.opening import opened_backup
from extensions import db
from instance_folder import UnfinishedRestoreError, keys_to_keep, write_keys
from models import Organization
from own_commands import command_line
from tests.backups.every_table import files_of
from tests.backups.places import PAIR, MakePlace, Place, back_up
from tests.factories import create_team
from tests.machines.application import build_app, close_app, settings_for
from tests.machines.rows import in_rows

Members = list[tuple[str, bytes]]


@pytest.fixture(scope="module")
def made_backup(shared_app: Flask, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The backup of a small installation, which has the same keys as all others in the tests."""
    with in_rows(shared_app):
        create_team()
    return back_up(shared_app, tmp_path_factory.mktemp("backup") / "backup.age").path


@pytest.fixture
def backup(made_backup: Path, tmp_path: Path) -> Path:
    """A copy of it that may be changed."""
    return Path(shutil.copy(made_backup, tmp_path))


@pytest.fixture
def place(empty_place: MakePlace) -> Iterator[Place]:
    """An empty place, which still has to be empty afterwards."""
    made = empty_place("sqlite")
    yield made
    assert files_of(made.folder) == {}
    with in_rows(made.app):
        assert sa.inspect(db.engine).get_table_names() == []


def refused(kind: type[BackupError], place: Place, path: Path, pair: KeyPair = PAIR) -> str:
    with pytest.raises(BackupError) as error:
        place.restore(path, pair)
    assert type(error.value) is kind, error.value.words
    return error.value.words


@pytest.mark.parametrize("content", [b"", b"age", b"SQLite format 3\0" * 100, b"PK\x03\x04"])
def test_file_that_is_not_a_backup_is_refused(content: bytes, place: Place, tmp_path: Path) -> None:
    path = tmp_path / "something"
    path.write_bytes(content)
    assert "isn't a backup" in refused(ForeignFileError, place, path)


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[:-1],
        lambda content: content[: len(content) // 2],
        lambda content: content[:30],
        lambda content: content[:200] + bytes([content[200] ^ 1]) + content[201:],
        lambda content: content[:-20] + bytes([content[-20] ^ 1]) + content[-19:],
        lambda content: content + b"x",
    ],
)
def test_damaged_or_truncated_backup_is_refused(
    damage: Callable[[bytes], bytes], backup: Path, place: Place
) -> None:
    backup.write_bytes(damage(backup.read_bytes()))
    assert "damaged" in refused(DamagedFileError, place, backup)


def test_wrong_key_and_what_is_not_a_key_are_refused(backup: Path, place: Place) -> None:
    assert "doesn't open this backup" in refused(WrongKeyError, place, backup, new_pair())
    for text, words in (
        ("", "No key"),
        (PAIR.public, "public half"),
        ("AGE-SECRET-KEY-1OOPS", "isn't a key"),
    ):
        with pytest.raises(WrongKeyError, match=words):
            read_secret(text)
    assert str(read_secret(f"# a comment\n\n {PAIR.secret} \nBACKUP_KEY={PAIR.public}\n")) == PAIR.secret


def changed(backup: Path, change: Callable[[Members], Members]) -> Path:
    """Another file with the members as `change` changes them, encrypted like a backup."""
    with opened_backup(backup, read_secret(PAIR.secret), backup.parent) as opened:
        members = list(read_archive(opened._archive))
    with backup.open("wb") as file:
        write_archive(change(members), file, [PAIR.public])
    return backup


def manifest_with(**changes: object) -> Callable[[Members], Members]:
    def change(members: Members) -> Members:
        [(_, first), *others] = members
        return [(MANIFEST, json.dumps({**json.loads(first), **changes}).encode()), *others]

    return change


@pytest.mark.parametrize(
    "changes",
    [
        {"format": 2},
        {"version": "99.0.0"},
        {"schema": "9999"},
        {"version": "99.0.0", "schema": "9999", "before_upgrade": True},
    ],
)
def test_backup_of_a_newer_version_is_refused(changes: dict[str, object], backup: Path, place: Place) -> None:
    assert "version" in refused(NewerBackupError, place, changed(backup, manifest_with(**changes)))


def test_backup_that_a_newer_version_made_before_its_upgrade_is_restored(
    backup: Path, empty_place: MakePlace
) -> None:
    to_go_back_to = changed(backup, manifest_with(version="99.0.0", before_upgrade=True))
    place = empty_place("sqlite")
    place.restore(to_go_back_to)
    with place.started() as app, in_rows(app):
        assert db.session.scalars(sa.select(Organization.name)).all() == ["Northlight"]


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda members: [("notes.txt", b"hello")], ForeignFileError),
        (manifest_with(kind="something else"), ForeignFileError),
        (lambda members: [*members, ("../../etc/passwd", b"root::0:0")], ForeignFileError),
        (lambda members: [*members, ("keys/../../secret", b"x")], ForeignFileError),
        (lambda members: [each for each in members if each[0] != END], DamagedFileError),
        (lambda members: [each for each in members if "tables/users" not in each[0]], DamagedFileError),
        (lambda members: [each for each in members if each[0] != "keys/link_key"], DamagedFileError),
        (manifest_with(tables={}), ForeignFileError),
    ],
)
def test_file_that_holds_something_else_is_refused(
    change: Callable[[Members], Members], kind: type[BackupError], backup: Path, place: Place
) -> None:
    refused(kind, place, changed(backup, change))


def test_place_that_holds_something_is_refused_and_stays_as_it_is(
    sqlite_app: Flask, backup: Path, empty_place: MakePlace, instance_path: Path
) -> None:
    kept = files_of(instance_path)
    used = Place(sqlite_app, instance_path, {})
    assert "holds keys already" in refused(OccupiedPlaceError, used, backup)
    assert files_of(instance_path) == kept

    with_rows = empty_place("sqlite")
    with_rows.restore(backup)
    for path in with_rows.folder.iterdir():
        if path.is_file() and "sqlite3" not in path.name:
            path.unlink()
    assert "isn't empty" in refused(OccupiedPlaceError, with_rows, backup)

    with_foreign = empty_place("sqlite")
    with in_rows(with_foreign.app), db.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE invoices (id INTEGER)")
    assert "tables of something else (invoices)" in refused(OccupiedPlaceError, with_foreign, backup)

    with_uploads = empty_place("sqlite")
    (with_uploads.folder / "uploads").mkdir()
    (with_uploads.folder / "uploads" / "0").touch()
    assert "holds files already" in refused(OccupiedPlaceError, with_uploads, backup)


def test_no_server_starts_on_a_place_that_is_half_restored(tmp_path: Path) -> None:
    (tmp_path / "restore_unfinished").write_text("a word\n")
    with pytest.raises(UnfinishedRestoreError, match=f"Run {command_line('restore')} again"):
        build_app(settings_for("", tmp_path))


def test_rows_are_held_back_from_the_moment_they_are_there(
    sqlite_app: Flask,
    backup: Path,
    empty_place: MakePlace,
    instance_path: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Another server with the same keys may have been started on the empty database."""
    place = empty_place("sqlite")
    second = tmp_path / "second"
    second.mkdir()
    write_keys(second, keys_to_keep(instance_path))

    def die(app: Flask) -> None:
        raise sa.exc.OperationalError("ALTER TABLE", {}, OSError("the disk is full"))

    with monkeypatch.context() as patched:
        patched.setattr("backups.filling.migrate_database", die)
        with pytest.raises(sa.exc.OperationalError):
            place.restore(backup)
    other = build_app(settings_for(place.app.config["SQLALCHEMY_DATABASE_URI"], second))
    with in_rows(other):
        assert db.session.get_one(Organization, 1).name == "Northlight"
        assert is_paused(other.config["INSTALLATION_ID"])
    close_app(other)
    # The next try finds its own rows there, and begins again.
    assert place.restore(backup).how == "now"


def test_server_that_was_never_set_up_has_nothing_to_back_up(sqlite_app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "backup.age"
    path.write_bytes(b"what was there before")
    with pytest.raises(BackupError, match="isn't set up"):
        back_up(sqlite_app, path)
    assert path.read_bytes() == b"what was there before"
    assert [each.name for each in tmp_path.iterdir() if "backup" in each.name] == ["backup.age"]
