"""The backup that is made right before a newer version of the program changes the tables.

It is needed for going back. The new version makes it, but its rows and tables are those of the version
before, so that version can restore it.
"""

from __future__ import annotations

import sys

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from backups.errors import BackupError
from backups.nightly import make_before_upgrade, plan_of
from extensions import db
from wording import counted


def back_up_before_upgrade(app: Flask) -> None:
    """Make a backup of tables that are about to be changed, in the folder of the nightly ones, and say on the
    console which file it is; without such a folder, say that there is none.

    Raises `BackupError`, in words for the console, if it cannot be made.
    """
    plan = plan_of(app.config)
    if plan is None:
        _tell("No backup is made before this upgrade, because BACKUP_FOLDER isn't set.")
        return
    _tell(f"Before the database is brought up to date, a backup is made in {plan.folder}.")
    try:
        with app.app_context():
            made = make_before_upgrade(plan, db.engine)
    except (BackupError, OSError, SQLAlchemyError) as error:
        raise BackupError(
            "The backup before the upgrade can't be made, so the database was left as it is. "
            f"{str(error).rstrip('.')}. Start again when that works, or without BACKUP_FOLDER to go on "
            "without a backup."
        ) from error
    _tell(f"{made.path} holds {counted(made.rows, 'row')}. docs/upgrading.md says how to go back to it.")


def _tell(words: str) -> None:
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()
