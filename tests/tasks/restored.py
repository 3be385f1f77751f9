"""An installation that was restored from a backup, while the original had gone on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url

import instance_folder
from accounts import restored
from backups.keys import read_secret
from backups.restoring import restore
from extensions import db
from models import Organization
from tests.backups.places import PAIR, back_up
from tests.machines.application import build_app, close_app, settings_for
from tests.tasks.installation import Installation


@contextmanager
def restored_from_backup(backup: Path, original: Installation, folder: Path) -> Iterator[Installation]:
    """A backup of `original`, restored by the command's own means to SQLite and an empty folder: the same
    team and simulators, and paused background work."""
    settings = settings_for("", folder, original.simulators.settings())
    empty = build_app(settings)
    # As the command finds it: an application makes keys only later.
    instance_folder.remove_keys(folder)
    restore(empty, backup, read_secret(PAIR.secret))
    close_app(empty)
    app = build_app(settings)
    yield Installation(app, original.team, original.simulators, original.clock)
    close_app(app)


def backed_up(installation: Installation, folder: Path) -> Path:
    """A backup of an installation as it is now."""
    return back_up(installation.app, folder / "backup.age").path


class Snapshot:
    """The rows of an installation on SQLite as they are now, to go back to: quicker than a backup, for what
    follows from a restore."""

    def __init__(self, installation: Installation, folder: Path) -> None:
        self._installation = installation
        self._copy = folder / "snapshot.sqlite3"
        self._made_at: datetime = installation.clock.now
        _copy_rows(self._database(), self._copy)

    def restore(self) -> Installation:
        """Go back to it, with what a restore writes."""
        _copy_rows(self._copy, self._database())
        with self._installation.writing():
            organization = db.session.get_one(Organization, 1)
            organization.restored_from = self._made_at
            organization.held_back_since = self._installation.clock.now
            db.session.commit()
        return self._installation

    def _database(self) -> Path:
        database = make_url(self._installation.app.config["DATABASE_URL"]).database
        assert database is not None
        return Path(database)


def _copy_rows(from_file: Path, to_file: Path) -> None:
    with closing(sqlite3.connect(from_file)) as one, closing(sqlite3.connect(to_file)) as other:
        one.backup(other)


def resume(installation: Installation, decision: restored.Decision = "send") -> None:
    """Resume, as an owner decides to, and do what is due."""
    with installation.writing():
        assert restored.resume(None, decision) is not None
        db.session.commit()
    installation.run_due()
