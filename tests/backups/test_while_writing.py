"""A backup shows a single moment, no matter who writes while it is made."""

import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from backups.keys import read_secret
from backups.rehearsing import Check, rehearse
from database import writing
from extensions import db
from models import Attachment, Candidate, Organization, TimelineEntry
from scheduling.files.removing import give_up
from services import services
from tests.backups.every_table import fill_every_table
from tests.backups.places import PAIR, MakePlace, back_up, make_app
from tests.factories import create_team, schedule
from tests.machines.rows import in_rows


@pytest.mark.both_databases
def test_backup_holds_up_no_one_and_sees_nothing_of_what_is_half_done(
    app: Flask, empty_place: MakePlace, tmp_path: Path
) -> None:
    """The writer changes two rows together, over and over; in the backup, they agree."""
    with in_rows(app):
        team = create_team()
        schedule(team.ada, team.dina)
        # Enough data that a backup takes longer than a change.
        db.session.execute(
            sa.insert(TimelineEntry),
            [{"interview_id": 1, "words": f"{n} " + "x" * 300} for n in range(20_000)],
        )
        db.session.commit()
    is_over, has_begun, changes = threading.Event(), threading.Event(), 0

    def write() -> None:
        nonlocal changes
        while not is_over.is_set():
            with in_rows(app):
                db.session.get_one(Organization, 1).name = f"Number {changes}"
                db.session.get_one(Candidate, team.dina.id).name = f"Number {changes}"
                db.session.commit()
                db.session.remove()
            changes += 1
            has_begun.set()

    writer = threading.Thread(target=write)
    writer.start()
    assert has_begun.wait(30)
    before = changes
    try:
        made = back_up(app, tmp_path / "backup.age")
    finally:
        is_over.set()
        writer.join()
    assert changes > before
    place = empty_place("sqlite")
    place.restore(made.path)
    with in_rows(place.app):
        names = {db.session.get_one(Organization, 1).name, db.session.get_one(Candidate, team.dina.id).name}
        assert len(names) == 1
        assert names == {made.manifest.organization}
        assert (
            db.session.scalar(sa.select(sa.func.count(TimelineEntry.id)))
            == made.manifest.tables["timeline_entries"].rows
        )


def test_keys_that_are_changed_meanwhile_open_what_is_read(sqlite_app: Flask, tmp_path: Path) -> None:
    fill_every_table(sqlite_app)
    with in_rows(sqlite_app):
        engine = db.engine

    # Right before the first row is read. The code that it calls connects, too.
    @sa.event.listens_for(engine, "engine_connect", once=True)
    def rotate(_: object) -> None:
        with writing():
            done = sqlite_app.test_cli_runner().invoke(args=["keys", "rotate"])
        assert done.exit_code == 0, done.output

    made = back_up(sqlite_app, tmp_path / "backup.age")
    there = tmp_path / "rehearsal"
    there.mkdir()
    found = rehearse(make_app, made.path, read_secret(PAIR.secret), there)
    assert found.checks[2].words == "The keys open all of 12 stored secrets: tokens, codes, sent emails."


@pytest.mark.parametrize("is_erased", [False, True])
def test_attachment_that_is_gone_is_lost_unless_it_is_being_erased(
    sqlite_app: Flask, empty_place: MakePlace, tmp_path: Path, is_erased: bool
) -> None:
    fill_every_table(sqlite_app)
    with in_rows(sqlite_app):
        attachment = db.session.get_one(Attachment, 1)
        if is_erased:
            give_up(Attachment.id == attachment.id)
            db.session.commit()
        services(sqlite_app).attachment_files.remove(attachment.stored_as)
    made = back_up(sqlite_app, tmp_path / "backup.age")
    assert made.lost == (0 if is_erased else 1)
    there = tmp_path / "rehearsal"
    there.mkdir()
    found = rehearse(make_app, made.path, read_secret(PAIR.secret), there)
    said = "2 attachments as uploaded. 1 other had been erased while the backup was made."
    assert found.checks[-1] == (
        Check(True, said) if is_erased else Check(False, "1 attachment of 3 can't be read as uploaded.")
    )
    place = empty_place("sqlite")
    place.restore(made.path)
    assert len(list((place.folder / "uploads").iterdir())) == 2
