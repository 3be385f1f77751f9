"""Restoring a backup into an empty place: an instance folder without keys, and a database without rows.

A mark in the folder says that it is half restored, from before the first file is written until everything is
there; no server starts on it meanwhile. A restore that was interrupted is started again by the next one,
which knows by the mark that the folder holds what the earlier one left, and where its uploads went. Those may
be in a folder that other servers use, so no file is ever removed there but the backup's own, by their names.
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
from instance_folder import UnfinishedRestore

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
    is_shared = "UPLOADS_FOLDER" in app.config["EXPLICIT"]
    if is_shared and not uploads.is_dir():
        raise BackupError(f"The folder {uploads} isn't there. Is its disk mounted?")
    earlier = instance_folder.restore_under_way(folder)
    with app.app_context():
        engine = db.engine
    if earlier is not None and is_finished(engine, earlier.restored_as):
        remove_left(folder)
        instance_folder.end_restore(folder)
        return Restored("before", None)
    if earlier is None:
        _refuse_keys(folder)
    if earlier is None or earlier.uploads != uploads:
        _refuse_uploads(uploads, "UPLOADS_FOLDER" if is_shared else "INSTANCE_PATH")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    remove_left(folder)
    with opened_backup(path, identity, folder) as backup:
        make_room(engine, restored_as=earlier.restored_as if earlier is not None else None)
        restored_as = secrets.token_hex(16)
        instance_folder.begin_restore(folder, UnfinishedRestore(restored_as, uploads))
        _clear(backup, folder, uploads, is_shared=is_shared)
        write_files(backup, folder, uploads)
        try:
            fill(app, backup, restored_as=restored_as)
        except BackupError:
            _clear(backup, folder, uploads, is_shared=is_shared)
            instance_folder.end_restore(folder)
            raise
        finish(engine, backup, restored_as=restored_as)
        instance_folder.end_restore(folder)
        return Restored("now", backup.manifest)


def write_files(backup: OpenedBackup, folder: Path, uploads: Path) -> None:
    """Put the keys of a backup into `folder`, which has none, and its uploads into their folder, flushed to
    the disk."""
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


def _refuse_keys(folder: Path) -> None:
    there = instance_folder.keys_there(folder)
    if there:
        raise OccupiedPlaceError(
            f"{folder} holds keys already ({', '.join(there)}), and a restore never replaces anything. If "
            "they are of a server that was never used, remove them; otherwise set INSTANCE_PATH to an empty "
            "folder."
        )


def _refuse_uploads(uploads: Path, whose: str) -> None:
    """`whose`: the setting that decides about this folder."""
    if uploads.is_dir() and any(not is_sign(path) for path in uploads.iterdir()):
        raise OccupiedPlaceError(
            f"{uploads} holds files already, and a restore never replaces anything. Set {whose} to an "
            "empty folder."
        )


def _clear(backup: OpenedBackup, folder: Path, uploads: Path, *, is_shared: bool) -> None:
    """Remove what an unfinished restore has left; in any other folder, the keys and files were refused. A
    shared one may meanwhile hold what others have put there, so only what this backup brings is removed."""
    instance_folder.remove_keys(folder)
    if not is_shared:
        shutil.rmtree(uploads, ignore_errors=True)
    elif uploads.is_dir():
        for name in backup.upload_names():
            (uploads / name).unlink(missing_ok=True)
