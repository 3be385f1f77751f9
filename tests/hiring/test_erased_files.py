"""What is left of an erased candidate in the files of the database."""

from pathlib import Path

from flask import Flask

from extensions import db
from tests.factories import create_candidate, create_team
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor

NAME, ADDRESS = "Zaphod Beeblebrox", "zaphod.beeblebrox@mail.example"


def test_nothing_erased_stays_readable_in_the_files_of_the_database(
    sqlite_app: Flask, sqlite_url: str
) -> None:
    """Neither in the database itself, no matter how SQLite was built, nor in its write-ahead log."""
    with in_rows(sqlite_app):
        team = create_team()
        zaphod = create_candidate(NAME, ADDRESS, team.job_id)
    database = Path(sqlite_url.removeprefix("sqlite:///"))
    files = [database, database.with_name(f"{database.name}-wal")]
    assert any(ADDRESS.encode() in file.read_bytes() for file in files)
    ada = Visitor(sqlite_app).enter(team.ada)
    ada.post(f"/candidates/{zaphod.id}/erase", status=303)
    for file in files:
        content = file.read_bytes()
        assert NAME.encode() not in content
        assert ADDRESS.encode() not in content
    with in_rows(sqlite_app):
        assert db.session.execute(db.text("PRAGMA secure_delete")).scalar() == 1
