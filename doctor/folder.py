"""The instance folder: who may read it, and whether everything is there that cannot be made again."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from flask import current_app

from doctor.results import Result, broken, look, ok

_KEYS = ("link_key", "installation_id")


def check(_seconds: float) -> list[Result]:
    """The folder's permissions and keys, and the user the server runs as."""
    folder: Path = current_app.config["INSTANCE_PATH"]
    return [_private(folder), _writable(folder), _keys(folder), _user()]


def _private(folder: Path) -> Result:
    name = "Permissions"
    files = [folder, *(path for path in folder.iterdir() if path.is_file() and not path.is_symlink())]
    open_ones = [path.name for path in files if stat.S_IMODE(path.stat().st_mode) & 0o077]
    if open_ones:
        return broken(
            name,
            f"Other users of this machine can read {', '.join(sorted(open_ones)[:5])}.",
            "Anyone who reads the keys and the database can act as anyone on the team.",
            "Run: chmod -R go= INSTANCE_PATH (the server also does this when it starts)",
        )
    return ok(name, "Only the server's own user can read the folder.")


def _writable(folder: Path) -> Result:
    name = "Writing"
    uploads: Path = current_app.config["UPLOADS_FOLDER"]
    closed = [str(path) for path in (folder, uploads) if path.exists() and not os.access(path, os.W_OK)]
    if closed:
        return broken(
            name,
            f"This user cannot write to {' and '.join(closed)}.",
            "Files can't be uploaded, and an SQLite database can't be changed.",
            "Give the folder to the server's user: chown -R.",
        )
    return ok(name, f"{folder} can be written to.")


def _keys(folder: Path) -> Result:
    name, config = "Keys", current_app.config
    wanted = [*_KEYS, *([] if config["TOKEN_ENCRYPTION_KEYS"] else ["token_encryption_keys"])]
    missing = [key for key in wanted if not (folder / key).exists()]
    if missing:
        return broken(
            name,
            f"The folder has no {' and no '.join(missing)}.",
            "Without them, links in emails stop working and everyone has to connect their apps again.",
            "Restore the folder from a backup, and do not restart the server before.",
        )
    return ok(name, "All keys are there.")


def _user() -> Result:
    name = "User"
    if os.geteuid() == 0:
        return look(
            name,
            "This runs as root.",
            "A fault in any part of the server would put the whole machine at risk.",
            "Run it as a user of its own, as deploy/ does.",
        )
    return ok(name, "It does not run as root.")
