"""Temporary folders of backups that are decrypted for a while.

What they hold opens everything, so none may stay behind when the process that made it was killed. A process
that works in one holds its lock, and those without are removed: by the next command, and by the next start of
a server. On file systems that keep no such locks, such as NFS, they are left alone.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PREFIX = ".opened-backup-"


@contextmanager
def temporary_folder(within: Path) -> Iterator[Path]:
    """A folder in `within`, which must exist, that only this user can read; gone after the block."""
    own, handle = _locked(within)
    try:
        yield own
    finally:
        shutil.rmtree(own, ignore_errors=True)
        os.close(handle)


def _locked(within: Path) -> tuple[Path, int]:
    while True:
        own = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=within))
        try:
            handle = os.open(own, os.O_RDONLY)
        except FileNotFoundError:
            # Before it was locked, another process took it for one that was left.
            continue
        fcntl.flock(handle, fcntl.LOCK_SH)
        if own.exists():
            return own, handle
        os.close(handle)


def remove_left(within: Path) -> None:
    """Remove what processes that were killed have left in `within`, which need not exist."""
    for left in within.glob(f"{_PREFIX}*"):
        try:
            handle = os.open(left, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError:
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            continue
        else:
            shutil.rmtree(left, ignore_errors=True)
        finally:
            os.close(handle)
