"""Nightly backups: when the last one was made, and whether there is a place for the next one."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryFile

import sqlalchemy as sa
from flask import current_app

from accounts import restored
from doctor.disk import room
from doctor.results import Result, broken, look, ok
from extensions import db
from models import Organization
from services import services
from timezones import utc_now
from wording import counted
from work import servers
from work.findings import late_backup
from work.heartbeat import BACKUP_ASKED, BACKUP_MADE, last_time

# A night, and the hours in which it is tried again.
_OLD = timedelta(days=2)
_WHY = "If the disk fails, everything since the last backup is lost."
_NONE = "No backup can be made."


def check(_seconds: float) -> list[Result]:
    """The age of the last nightly backup, and the folder they go to: as the user that asks may use it, which
    is the server's own on the page. Writes a nameless file there, which is gone at once."""
    if services().demo is not None:
        return [ok("Every night", "The demo makes none.")]
    folder: Path | str = current_app.config["BACKUP_FOLDER"]
    now = utc_now()
    if not folder:
        if _others_make_them(now):
            return [
                ok("Every night", "Another server makes them: this one has no BACKUP_FOLDER."),
                _last(now),
            ]
        return [
            look(
                "Every night",
                "None are made, because BACKUP_FOLDER isn't set.",
                "If the disk fails, everything is lost.",
                "Set BACKUP_KEY and BACKUP_FOLDER, as docs/backups.md says, and restart.",
            )
        ]
    return [_last(now), *_place(Path(folder))]


def _others_make_them(now: datetime) -> bool:
    """Whether one was asked for or made lately, and there is another server that can have done so."""
    times = (last_time(BACKUP_ASKED), last_time(BACKUP_MADE))
    lately = any(time is not None and now - time <= _OLD for time in times)
    return lately and bool(servers.besides(services().this_server, now))


def _last(now: datetime) -> Result:
    name, made_at = "Last backup", last_time(BACKUP_MADE)
    if restored.is_paused(current_app.config["INSTALLATION_ID"]):
        cure = "Decide about background work first, as is said there."
        return look(name, "None are made while background work is paused.", _WHY, cure)
    resumed_at = db.session.scalar(sa.select(Organization.resumed_at))
    late = late_backup(now, last_time(BACKUP_ASKED), made_at, resumed_at)
    if late is not None:
        return broken(
            name,
            f"{late.words.partition('. ')[0]}.",
            _WHY,
            "Look into the System log: it says what is wrong.",
        )
    if made_at is None:
        return look(name, "None yet.", _WHY, "The first is made minutes after a start: look again.")
    if now - made_at > _OLD:
        age = counted((now - made_at).days, "day")
        cure = "Look at what is said about background work: it makes the backups."
        return broken(name, f"The last complete backup is {age} old.", _WHY, cure)
    return ok(name, f"The last complete backup is from {made_at:%Y-%m-%d %H:%M} UTC.")


def _place(folder: Path) -> list[Result]:
    name = "Backup folder"
    try:
        if not folder.is_dir():
            cure = "Mount its disk, or make the folder and give it to the server's user."
            return [broken(name, f"{folder} isn't there.", _NONE, cure)]
        with TemporaryFile(dir=folder) as probe:
            probe.write(b"\0")
        largest = max((path.stat().st_size for path in folder.glob("smoothhiring-*.age")), default=0)
        space = room("Room for backups", folder, why="On a full disk no backup can be made.", least=largest)
    except OSError as error:
        return [
            broken(
                name,
                f"{folder} can't be written to ({error.strerror}).",
                _NONE,
                "Give the folder to the server's user; under systemd, also let the service write there, as "
                "docs/backups.md says.",
            )
        ]
    return [ok(name, f"{folder} can be written to."), space]
