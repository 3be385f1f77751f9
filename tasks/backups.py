"""The nightly backup: a chore requests it, a task makes it, and the owner is told if it fails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from accounts.mails import queue_backup_failed
from backups.errors import BackupError
from backups.nightly import BackupPlan, last_due, make_nightly
from extensions import db
from models import Lane, Organization
from rows import rows_of
from timezones import utc_now
from work import outbox
from work.chores import Chore, frequent
from work.heartbeat import BACKUP_ASKED, BACKUP_MADE, last_time, mark
from work.kinds import TaskKind
from work.protocol import Again, ClaimedTask, Done, Handler, Next

MAKE_BACKUP = TaskKind("make_backup", Lane.UPKEEP, "Making the nightly backup", subject="backup")

_AGAIN_AFTER = timedelta(hours=1)
# Until the next night's backup takes over.
_TRIES = 20
# Another server has requested it, and will find it soon, unless no server has a folder anymore.
_NOT_HERE = "This server has no BACKUP_FOLDER; another one has to make the backup."
_ANOTHERS_TURN, _ANOTHERS_TURN_ENDS_AFTER = timedelta(seconds=20), timedelta(days=1)


def asking_for_backups(plan: BackupPlan | None) -> Chore:
    """The chore that notices that a night's backup is due. The first is due as soon as there is a plan."""

    def look(now: datetime) -> datetime | None:
        return _due(now) if plan is not None else None

    return frequent("nightly backup", look, _ask)


def _due(now: datetime) -> datetime | None:
    zones = rows_of(sa.select(Organization.timezone))
    if not zones:
        return None
    due, asked = last_due(now, zones[0].timezone), last_time(BACKUP_ASKED)
    return due if asked is None or asked < due else None


def _ask(due: datetime | None) -> None:
    assert due is not None, "a chore does only what it has found"
    night = due.isoformat()
    mark(BACKUP_ASKED, utc_now())
    outbox.enqueue(MAKE_BACKUP, night[:10], payload={"due": night}, dedupe_key=MAKE_BACKUP.key(night))


@dataclass(frozen=True)
class _Failed:
    why: str


@dataclass(frozen=True)
class _Loaded:
    """`plan`: None on a server that has no folder for backups, while another one has."""

    task: ClaimedTask
    plan: BackupPlan | None


def making_backups(plan: BackupPlan | None, mail_domain: str) -> Handler:
    """The handler of `MAKE_BACKUP`."""

    def load(task: ClaimedTask) -> _Loaded | None:
        made = last_time(BACKUP_MADE)
        is_made = made is not None and made >= datetime.fromisoformat(task.payload["due"])
        return None if is_made else _Loaded(task, plan)

    def call(loaded: _Loaded) -> datetime | _Failed | None:
        if loaded.plan is None:
            return None
        try:
            return make_nightly(loaded.plan, db.engine)
        except BackupError as error:
            return _Failed(error.words)
        except (OSError, SQLAlchemyError) as error:
            return _Failed(str(error))

    def record(loaded: _Loaded, outcome: datetime | _Failed | None) -> Next:
        if outcome is None:
            is_old = (
                utc_now() - datetime.fromisoformat(loaded.task.payload["due"]) > _ANOTHERS_TURN_ENDS_AFTER
            )
            return Done() if is_old else Again(utc_now() + _ANOTHERS_TURN, _NOT_HERE, is_failure=False)
        if not isinstance(outcome, _Failed):
            mark(BACKUP_MADE, outcome)
            return Done()
        tell(loaded.task, outcome.why)
        if loaded.task.failures + 1 >= _TRIES:
            # The banner stays until a night's backup has been made.
            return Done()
        return Again(utc_now() + _AGAIN_AFTER, outcome.why)

    def tell(task: ClaimedTask, why: str) -> None:
        queue_backup_failed(str(task.payload["due"]), why, last_time(BACKUP_MADE), mail_domain)

    return Handler(load, call, record, gave_up=tell)
