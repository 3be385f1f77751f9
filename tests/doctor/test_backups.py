"""What the examination says about nightly backups, and about work that is paused after one was restored."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from database import read_only
from doctor import backups, work
from doctor.results import Level, Result
from extensions import db
from models import Organization
from tests.backups.places import PAIR
from tests.factories import create_team
from tests.machines.application import MakeApp
from tests.machines.disks import read_only_disk
from tests.machines.rows import in_rows
from timezones import utc_now
from work.heartbeat import BACKUP_ASKED, BACKUP_MADE, mark_and_commit


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "nightly"
    made.mkdir()
    return made


@pytest.fixture
def nightly(make_app: MakeApp, folder: Path) -> Flask:
    app = make_app({"BACKUP_KEY": PAIR.public, "BACKUP_FOLDER": str(folder)})
    with in_rows(app):
        create_team()
    return app


def found(app: Flask) -> dict[str, Result]:
    with app.app_context(), read_only():
        return {result.name: result for result in backups.check(5)}


def mark(app: Flask, name: str, ago: timedelta) -> None:
    with in_rows(app):
        mark_and_commit(name, utc_now() - ago)


def test_age_of_the_last_backup_decides(nightly: Flask) -> None:
    assert found(nightly)["Last backup"].level is Level.LOOK
    mark(nightly, BACKUP_ASKED, timedelta(hours=20))
    mark(nightly, BACKUP_MADE, timedelta(hours=20))
    assert found(nightly)["Last backup"].level is Level.OK
    mark(nightly, BACKUP_ASKED, timedelta(hours=2))
    failing = found(nightly)["Last backup"]
    assert failing.level is Level.BROKEN
    assert failing.what == "The nightly backup can't be made, and the last one is less than a day old."
    # No one has even asked for one since.
    for name in (BACKUP_ASKED, BACKUP_MADE):
        mark(nightly, name, timedelta(days=3, hours=1))
    old = found(nightly)["Last backup"]
    assert old.level is Level.BROKEN
    assert old.what == "The last complete backup is 3 days old."


@pytest.mark.parametrize("changes", [{"held_back_since": utc_now()}, {"installation_id": "another"}])
def test_paused_server_is_not_blamed_for_the_night_it_was_backed_up(
    nightly: Flask, changes: dict[str, object]
) -> None:
    """A nightly backup records that it was asked for, and that the previous one is the last one made."""
    mark(nightly, BACKUP_ASKED, timedelta(hours=2))
    mark(nightly, BACKUP_MADE, timedelta(hours=26))
    with in_rows(nightly):
        db.session.execute(sa.update(Organization).values(changes))
        db.session.commit()
    last = found(nightly)["Last backup"]
    assert (last.level, last.what) == (Level.LOOK, "None are made while background work is paused.")


def test_resumed_server_has_an_hour_for_it(nightly: Flask) -> None:
    mark(nightly, BACKUP_ASKED, timedelta(hours=30))
    mark(nightly, BACKUP_MADE, timedelta(hours=40))
    for minutes, level in ((50, Level.OK), (70, Level.BROKEN)):
        with in_rows(nightly):
            db.session.get_one(Organization, 1).resumed_at = utc_now() - timedelta(minutes=minutes)
            db.session.commit()
        assert found(nightly)["Last backup"].level is level


def test_folder_is_tried_and_left_as_it_was(nightly: Flask, folder: Path) -> None:
    assert found(nightly)["Backup folder"].level is Level.OK
    assert list(folder.iterdir()) == []
    with read_only_disk(folder):
        closed = found(nightly)["Backup folder"]
    assert closed.level is Level.BROKEN
    assert "Permission denied" in closed.what
    folder.rmdir()
    missing = found(nightly)["Backup folder"]
    assert missing.level is Level.BROKEN
    assert missing.what.endswith("isn't there.")


def test_next_backup_needs_as_much_room_as_the_largest(nightly: Flask, folder: Path) -> None:
    assert found(nightly)["Room for backups"].level is Level.OK
    # The file is only as long as a terabyte; nothing is stored.
    with (folder / "smoothhiring-00000000-2026-01-01T000000Z.age").open("wb") as largest:
        largest.truncate(2**43)
    assert found(nightly)["Room for backups"].level is Level.BROKEN


def test_installation_without_nightly_backups_is_told_so(make_app: MakeApp) -> None:
    bare = make_app()
    with in_rows(bare):
        create_team()
    assert [result.level for result in found(bare).values()] == [Level.LOOK]


def test_restored_server_is_to_be_decided_about_and_not_to_be_restarted(nightly: Flask) -> None:
    with in_rows(nightly):
        db.session.get_one(Organization, 1).held_back_since = utc_now()
        db.session.commit()
    with nightly.app_context(), read_only():
        [paused] = work.check(5)
    assert paused.level is Level.BROKEN
    assert "restored from a backup" in paused.what
    assert paused.copy == "http://localhost/settings/restored"
