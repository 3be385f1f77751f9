"""Files that are either complete or absent, no matter when the process is killed or the power fails."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from backups.errors import BackupError

PART = ".part"


@contextmanager
def whole_file(path: Path, named: Callable[[], Path] | None = None) -> Iterator[BinaryIO]:
    """A file to write to, readable only by its owner, that gets its name once everything is on the disk:
    `path`, or what `named` says then, which is in the same folder.

    A file that has the name already is replaced in that moment, and stays if anything goes wrong before. What
    a killed process left half written has another name, and is written over by the next. Raises `BackupError`
    while another process is writing the same file, and OSError.
    """
    part = path.with_name(f".{path.name}{PART}")
    with os.fdopen(_open_alone(part, path), "wb") as file:
        try:
            os.fchmod(file.fileno(), 0o600)
            file.truncate(0)
            yield file
            file.flush()
            os.fsync(file.fileno())
            os.replace(part, named() if named is not None else path)
            keep_entries(path.parent)
        except BaseException:
            part.unlink(missing_ok=True)
            raise


def _open_alone(part: Path, path: Path) -> int:
    """Open the unfinished file, and hold its lock until it is closed."""
    while True:
        handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Between the two, another process may have finished the file, which then is the whole one.
            if part.exists() and os.path.samestat(os.fstat(handle), part.stat()):
                return handle
        except BlockingIOError:
            os.close(handle)
            raise BackupError(f"Another process is writing {path} right now.") from None
        os.close(handle)


def keep_entries(folder: Path) -> None:
    """Without this, a power outage could leave a file on the disk but lose its name."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
