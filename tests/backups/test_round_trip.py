"""A backup is restored unchanged, from each kind of database to each."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from extensions import db
from tests.backups.every_table import files_of, fill_every_table, rows_of_every_table
from tests.backups.places import Kind, MakePlace, back_up
from tests.machines.application import close_app
from tests.machines.rows import in_rows

# What a restore itself writes.
_OF_THE_RESTORE = ("restored_as", "restored_from", "held_back_since")


@pytest.fixture
def full(app: Flask) -> Iterator[Flask]:
    """An installation with rows in every table."""
    fill_every_table(app)
    yield app
    close_app(app)


def without_restore(rows: dict[str, list[dict[str, object]]]) -> dict[str, list[dict[str, object]]]:
    [organization] = rows["organizations"]
    ended = {
        table: [{**row, column: None} for row in rows[table]]
        for table, column in (("user_sessions", "ended_at"), ("password_resets", "used_at"))
    }
    return {**rows, **ended, "organizations": [{**organization, **dict.fromkeys(_OF_THE_RESTORE)}]}


@pytest.mark.both_databases
def test_every_table_has_rows(full: Flask) -> None:
    rows = rows_of_every_table(full)
    assert set(rows) == set(db.metadata.tables)
    assert [table for table, found in rows.items() if not found] == []


@pytest.mark.both_databases
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_everything_is_restored_on_either_database_and_back(
    full: Flask, kind: Kind, empty_place: MakePlace, tmp_path: Path, instance_path: Path
) -> None:
    before, kept = rows_of_every_table(full), files_of(instance_path)
    assert len([name for name in kept if name.startswith("uploads/")]) == 3
    made = back_up(full, tmp_path / "first.age")
    assert made.lost == 0
    there = empty_place(kind)
    there.restore(made.path)
    assert without_restore(rows_of_every_table(there.app)) == without_restore(before)
    assert files_of(there.folder) == kept

    # And once more to the other database, from the restored installation.
    with there.started() as restored:
        again = back_up(restored, tmp_path / "second.age")
    back = empty_place("sqlite" if kind == "postgresql" else "postgresql")
    back.restore(again.path)
    assert without_restore(rows_of_every_table(back.app)) == without_restore(before)
    assert files_of(back.folder) == kept


@pytest.mark.both_databases
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_no_number_is_given_a_second_time(
    full: Flask, kind: Kind, empty_place: MakePlace, tmp_path: Path
) -> None:
    """Not even that of a row that was deleted before the backup."""
    jobs = db.metadata.tables["users"]
    with in_rows(full), db.engine.begin() as connection:
        for number in (1001, 1002):
            connection.execute(sa.insert(jobs).values(_user(number)))
        connection.execute(sa.delete(jobs).where(jobs.c.id.in_((1001, 1002))))
    made = back_up(full, tmp_path / "backup.age")
    place = empty_place(kind)
    place.restore(made.path)
    with in_rows(place.app), db.engine.begin() as connection:
        new = connection.execute(sa.insert(jobs).values(_user(None))).inserted_primary_key
    assert new is not None
    expected = 1002 if full.config["DATABASE_URL"].startswith("sqlite") else 3
    assert new[0] > expected + 100_000


def _user(number: int | None) -> dict[str, object]:
    row: dict[str, object] = {
        "name": "N",
        "email": f"{number}@x.example",
        "role": "observer",
        "timezone": "UTC",
    }
    row |= {"is_active": True, "has_shortcuts": True, "sends_from_own_mailbox": True}
    return row if number is None else {**row, "id": number}
