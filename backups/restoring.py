"""Restoring a backup into an empty place: an instance folder without keys, and a database without rows.

A mark in the folder says that it is half restored, from before the first file is written until everything is
there; no server starts on it meanwhile. A restore that was interrupted is started again by the next one,
which knows by the mark that the folder holds what the earlier one left.
"""

from __future__ import annotations

import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pyrage
from flask import Flask

import instance_folder
from attachment_files import is_sign
from backups.errors import BackupError, OccupiedPlaceError
from backups.filling import fill, finish, is_finished, make_room
from backups.manifest import Manifest
from backups.opening import OpenedBackup, opened_backup
from backups.temporary import remove_left
from backups.whole_files import keep_entries
from extensions import db

UPLOADS = "uploads"


@dataclass(frozen=True)
class Restored:
    """`how`: whether everything was restored now, or an earlier try had come to its end already. `manifest`
    is None in the second case."""

    how: Literal["now", "before"]
    manifest: Manifest | None


def restore(app: Flask, path: Path, identity: pyrage.x25519.Identity) -> Restored:
    """Restore the backup in a file to the database and the instance folder of `app`, both empty. Its
    background work is held back afterwards.

    Raises `BackupError` in its different kinds, with nothing changed; OSError and SQLAlchemy's errors may
    leave a place that is marked as half restored.
    """
    folder: Path = app.config["INSTANCE_PATH"]
    uploads: Path = app.config["UPLOADS_FOLDER"]
    if "UPLOADS_FOLDER" in app.config["EXPLICIT"] and not uploads.is_dir():
        raise BackupError(f"The folder {uploads} isn't there. Is its disk mounted?")
    earlier = instance_folder.restore_under_way(folder)
    with app.app_context():
        engine = db.engine
    if earlier is not None and is_finished(engine, earlier):
        remove_left(folder)
        instance_folder.end_restore(folder)
        return Restored("before", None)
    if earlier is None:
        _refuse_occupied(folder, uploads)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    remove_left(folder)
    with opened_backup(path, identity, folder) as backup:
        make_room(engine, restored_as=earlier)
        restored_as = secrets.token_hex(16)
        instance_folder.begin_restore(folder, restored_as)
        _clear(folder, uploads)
        write_files(backup, folder, uploads)
        try:
            fill(app, backup, restored_as=restored_as)
        except BackupError:
            _clear(folder, uploads)
            instance_folder.end_restore(folder)
            raise
        finish(engine, backup, restored_as=restored_as, holds_back=True)
        instance_folder.end_restore(folder)
        return Restored("now", backup.manifest)


def write_files(backup: OpenedBackup, folder: Path, uploads: Path) -> None:
    """Put the keys of a backup into `folder`, which has none, and its uploads into theirs, safe on the
    disk."""
    uploads.mkdir(mode=0o700, exist_ok=True)
    for name, content in backup.uploads():
        handle = os.open(uploads / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    keep_entries(uploads)
    instance_folder.write_keys(folder, backup.keys)
    keep_entries(folder)


def _refuse_occupied(folder: Path, uploads: Path) -> None:
    there = instance_folder.keys_there(folder)
    if there:
        raise OccupiedPlaceError(
            f"{folder} holds keys already ({', '.join(there)}), and a restore never replaces anything. If "
            "they are of a server that was never used, remove them; otherwise set INSTANCE_PATH to an empty "
            "folder."
        )
    if uploads.is_dir() and any(not is_sign(path) for path in uploads.iterdir()):
        whose = "INSTANCE_PATH" if uploads.parent == folder else "UPLOADS_FOLDER"
        raise OccupiedPlaceError(
            f"{uploads} holds files already, and a restore never replaces anything. Set {whose} to an "
            "empty folder."
        )


def _clear(folder: Path, uploads: Path) -> None:
    """Remove what an unfinished restore has left; of any other folder, the keys and files were refused. One
    for the uploads alone stays itself: others made it."""
    instance_folder.remove_keys(folder)
    if uploads.parent == folder:
        shutil.rmtree(uploads, ignore_errors=True)
    elif uploads.is_dir():
        for path in uploads.iterdir():
            path.unlink(missing_ok=True)
