"""The backup of each night, and that before an upgrade: when it is due, its file's name, which old ones go.

Only files that carry this installation's own name are ever removed, and only right after a new one is whole
and complete; so the last good backup stays, no matter how long the next ones fail. One without all uploads
is kept beside them, under a name of its own that the next such backup takes over.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine import Engine

from backups.errors import BackupError
from backups.whole_files import PART
from timezones import NonexistentTimeError, in_zone, parse_local, start_of_day, utc_now
from wording import counted

if TYPE_CHECKING:
    from backups.making import Made

# By the organization's clock: after the last interviews of the day, and before the first.
_AT = time(2, 30)
# The newest old ones stay whatever their age: they are all there is if the clock was wrong for a night.
_ALWAYS_KEPT = 3
_STAMP = "%Y-%m-%dT%H%M%SZ"
_BEFORE_UPGRADE = "-before-upgrade"
_NAMED = re.compile(
    rf"smoothhiring-(?P<whose>[0-9a-f]{{8}})-(?P<stamp>\d{{4}}-\d\d-\d\dT\d{{6}}Z)({_BEFORE_UPGRADE})?\.age"
)


@dataclass(frozen=True)
class BackupPlan:
    """What the settings say of nightly backups. `config` is the application's."""

    folder: Path
    keys: tuple[str, ...]
    keep: timedelta
    config: Mapping[str, Any]


def plan_of(config: Mapping[str, Any]) -> BackupPlan | None:
    """The plan of an installation with these settings; None where no backups are wanted."""
    if not config["BACKUP_FOLDER"]:
        return None
    keep = timedelta(days=config["BACKUP_KEEP_DAYS"])
    return BackupPlan(config["BACKUP_FOLDER"], config["BACKUP_KEY"], keep, config)


def last_due(now: datetime, timezone: str) -> datetime:
    """When the latest nightly backup was due, at `now`, in an organization of this zone (IANA name); both
    instants are aware UTC."""
    today = in_zone(now, timezone).date()
    due = _on(today, timezone)
    return due if due <= now else _on(today - timedelta(days=1), timezone)


def _on(day: date, timezone: str) -> datetime:
    """When it is due on a day. At a change of the clocks, the first of two, or that long after midnight."""
    try:
        return parse_local(day, _AT, timezone, later=False).astimezone(UTC)
    except NonexistentTimeError:
        return start_of_day(day, timezone).astimezone(UTC) + timedelta(hours=_AT.hour, minutes=_AT.minute)


def make_nightly(plan: BackupPlan, engine: Engine) -> datetime:
    """Make the backup of a night, and remove those that are too old; returns the moment that it is of (aware
    UTC). Must be called with no transaction open.

    Raises `BackupError`, also for a backup that lacks uploads; OSError, and SQLAlchemy's errors. Then nothing
    was removed.
    """
    made, began = _make(plan, engine)
    _remove_old(plan.folder, _whose(plan), made.path, began - plan.keep)
    return made.manifest.made_at


def make_before_upgrade(plan: BackupPlan, engine: Engine) -> Made:
    """Make a backup of tables that a newer version is about to change; nothing older is removed, and this one
    goes when nightly ones of its age do. Raises what `make_nightly` raises."""
    made, _ = _make(plan, engine, before_upgrade=True)
    return made


def _make(plan: BackupPlan, engine: Engine, *, before_upgrade: bool = False) -> tuple[Made, datetime]:
    """A backup with nothing missing, and when it was begun."""
    # Loaded when the first one is made: every process of a server would keep it.
    from backups.here import installation_of
    from backups.making import make_backup

    if not plan.folder.is_dir():
        raise BackupError(f"The folder {plan.folder} isn't there. Is its disk mounted?")
    now = utc_now()
    installation = installation_of(plan.config, engine)
    named = f"smoothhiring-{_whose(plan)}"
    path = plan.folder / f"{named}-{now:{_STAMP}}{_BEFORE_UPGRADE if before_upgrade else ''}.age"
    incomplete = plan.folder / f"{named}-incomplete.age"
    made = make_backup(installation, path, plan.keys, incomplete=incomplete, before_upgrade=before_upgrade)
    if made.lost:
        raise BackupError(
            f"{counted(made.lost, 'attachment')} can't be found in {installation.uploads}. Is its disk "
            f"mounted? Everything else is in {incomplete}, and no earlier backup was removed."
        )
    incomplete.unlink(missing_ok=True)
    return made, now


def _whose(plan: BackupPlan) -> str:
    return str(plan.config["INSTALLATION_ID"][:8])


def _remove_old(folder: Path, whose: str, newest: Path, before: datetime) -> None:
    whole = []
    for path in folder.iterdir():
        # Including unfinished files of killed processes.
        found = _NAMED.fullmatch(path.name.removeprefix(".").removesuffix(PART))
        if found is None or found["whose"] != whose or path == newest:
            continue
        if path.name.endswith(PART):
            path.unlink(missing_ok=True)
        else:
            whole.append((datetime.strptime(found["stamp"], _STAMP).replace(tzinfo=UTC), path))
    for made_at, path in sorted(whole)[:-_ALWAYS_KEPT]:
        if made_at < before:
            path.unlink(missing_ok=True)
