"""Installations to back up, and places to restore to."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from flask import Flask

from backups.here import installation_of
from backups.keys import KeyPair, new_pair, read_secret
from backups.making import Made, make_backup
from backups.restoring import Restored, restore
from extensions import db
from tests.machines.application import build_app, close_app, settings_for

Kind = Literal["sqlite", "postgresql"]
PAIR = new_pair()


@dataclass(frozen=True)
class Place:
    """An application whose folder and database are empty, with keys that won't be used: `app` is for
    restoring, and `started` is what runs there afterwards."""

    app: Flask
    folder: Path
    settings: dict[str, str]

    @contextmanager
    def started(self) -> Iterator[Flask]:
        """Another application, as the server's first start after the restore builds it."""
        app = build_app(self.settings)
        yield app
        close_app(app)

    def restore(self, path: Path, pair: KeyPair = PAIR) -> Restored:
        """Restore a backup here."""
        return restore(self.app, path, read_secret(pair.secret))


class MakePlace(Protocol):
    """Makes an empty place; `more` are settings in addition to the usual ones."""

    def __call__(self, kind: Kind, more: Mapping[str, str] | None = None) -> Place: ...


def make_app(settings: Mapping[str, object]) -> Flask:
    """The application of a rehearsal."""
    return build_app(settings_for(str(settings["DATABASE_URL"]), Path(str(settings["INSTANCE_PATH"]))))


def back_up(app: Flask, path: Path, *pairs: KeyPair) -> Made:
    """Make a backup of an application that runs here."""
    with app.app_context():
        engine = db.engine
    return make_backup(installation_of(app.config, engine), path, [pair.public for pair in pairs or (PAIR,)])
