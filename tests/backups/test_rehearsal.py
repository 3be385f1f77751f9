"""A rehearsal finds what would be missed after a restore, and leaves nothing behind."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet
from flask import Flask

from backups.errors import DamagedFileError, OccupiedPlaceError
from backups.keys import read_secret
from backups.rehearsing import SEALED, Rehearsal, rehearse
from extensions import Model, db
from tests.backups.every_table import fill_every_table, how_many
from tests.backups.places import PAIR, MakePlace, back_up, make_app
from tests.backups.test_refusals import Members, changed
from tests.machines.postgresql import PostgreSQLCluster


@pytest.fixture(scope="module")
def made_backup(shared_app: Flask, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup with rows in every table."""
    fill_every_table(shared_app)
    return back_up(shared_app, tmp_path_factory.mktemp("backup") / "backup.age").path


@pytest.fixture
def backup(made_backup: Path, tmp_path: Path) -> Path:
    """A copy of it that may be changed."""
    return Path(shutil.copy(made_backup, tmp_path))


def rehearsed(path: Path, database_url: str = "") -> Rehearsal:
    folder = path.parent / "place"
    folder.mkdir(exist_ok=True)
    try:
        return rehearse(make_app, path, read_secret(PAIR.secret), folder, database_url)
    finally:
        assert list(folder.iterdir()) == []


def with_member(name: str, content: bytes) -> Callable[[Members], Members]:
    """Other content for the members whose names begin like this."""
    return lambda members: [(own, content if own.startswith(name) else was) for own, was in members]


def test_every_column_with_something_sealed_is_rehearsed() -> None:
    """`TokenVault` opens only what is declared as sealed, which mypy enforces."""
    found = {
        (mapper.class_.__tablename__, mapper.columns[name].name)
        for mapper in Model.registry.mappers
        for kind in mapper.class_.__mro__
        for name, declared in vars(kind).get("__annotations__", {}).items()
        # As in `Mapped[SealedText]` and `Mapped[SealedBytes | None]`.
        if re.search(r"\bSealed(Text|Bytes)\b", str(declared))
    }
    assert len(found) >= 5
    assert sorted(found) == sorted(SEALED)


def test_good_backup_is_reported_as_good(backup: Path) -> None:
    found = rehearsed(backup)
    assert found.is_good
    rows = sum(map(how_many, db.metadata.tables.values()))
    assert [check.words for check in found.checks] == [
        f"{rows} rows in {len(db.metadata.tables)} tables, as many as in the backup.",
        "No row points to one that isn't there.",
        "The keys open all of 12 stored secrets: tokens, codes, sent emails.",
        "3 attachments as uploaded.",
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (with_member("keys/token", Fernet.generate_key()), "The keys don't open 12 of 12 stored secrets."),
        (with_member("uploads/", b"something else"), "3 attachments of 3 can't be read as uploaded."),
    ],
)
def test_what_would_be_missed_is_reported(
    change: Callable[[Members], Members], words: str, backup: Path
) -> None:
    found = rehearsed(changed(backup, change))
    assert [check.words for check in found.checks if not check.is_good] == [words]


def test_rows_that_point_into_nothing_are_damage_and_leave_an_empty_place(
    backup: Path, empty_place: MakePlace
) -> None:
    def without_users(members: Members) -> Members:
        users = next(content for name, content in members if name.startswith("tables/users/"))
        renumbered = users.replace(b"[1,", b"[101,").replace(b"[2,", b"[102,").replace(b"[3,", b"[103,")
        return with_member("tables/users/", renumbered)(members)

    damaged = changed(backup, without_users)
    with pytest.raises(DamagedFileError, match="don't fit together"):
        rehearsed(damaged)
    place = empty_place("sqlite")
    with pytest.raises(DamagedFileError, match="don't fit together"):
        place.restore(damaged)
    assert [each.name for each in place.folder.iterdir() if "sqlite3" not in each.name] == []


def test_rehearsal_that_fails_leaves_an_empty_database(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(app: Flask) -> None:
        raise sa.exc.OperationalError("ALTER TABLE", {}, OSError("the disk is full"))

    # It fails once the rows are there.
    monkeypatch.setattr("backups.filling.migrate_database", fail)
    url = f"sqlite:///{tmp_path / 'rehearsed.sqlite3'}"
    with pytest.raises(sa.exc.OperationalError, match="full"):
        rehearsed(backup, url)
    engine = sa.create_engine(url)
    assert sa.inspect(engine).get_table_names() == []
    engine.dispose()


@pytest.mark.postgres
def test_rehearsal_on_postgresql_leaves_an_empty_database(
    backup: Path, postgresql: PostgreSQLCluster, postgres_url: str
) -> None:
    url = postgresql.create_database("rehearsal", template="template0")
    for _ in range(2):
        assert rehearsed(backup, url).is_good
    engine = sa.create_engine(url)
    assert sa.inspect(engine).get_table_names() == []
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE invoices (id INTEGER)")
    engine.dispose()
    with pytest.raises(OccupiedPlaceError, match="something else"):
        rehearsed(backup, url)
    postgresql.drop_database(url)
