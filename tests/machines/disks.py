"""Disks that are full, and disks that are read-only: real ones, as far as this process can tell.

Neither needs a file system of its own, so they work wherever the tests do.
"""

from __future__ import annotations

import ctypes
import resource
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

# From <linux/capability.h>: the version of the structures, and the right to ignore a file's permissions.
_VERSION = 0x20080522
_DAC_OVERRIDE = 1 << 1


@contextmanager
def full_disk(pids: Iterable[int] = (0,)) -> Iterator[None]:
    """Let nothing that these processes write to any file arrive, not even the first byte; 0 is this process.

    The kernel answers EFBIG instead of ENOSPC; both mean that there is no room. Python ignores the signal
    that comes with it. Pipes and sockets still work.
    """
    before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in pids}
    for pid, (_, hard) in before.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        for pid, limits in before.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


@contextmanager
def read_only_disk(folder: Path) -> Iterator[None]:
    """Let this thread read everything in a folder, but write or add nothing."""
    places = [folder, *folder.rglob("*")]
    modes = {place: place.stat().st_mode & 0o7777 for place in places}
    with _bound_by_permissions():
        for place in reversed(places):
            place.chmod(modes[place] & ~0o222)
        try:
            yield
        finally:
            for place in places:
                place.chmod(modes[place])


@contextmanager
def _bound_by_permissions() -> Iterator[None]:
    """Make the permissions of files apply to this thread even if its user is root."""
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(_VERSION, 0)
    # Effective, permitted and inheritable, twice: for the first 32 capabilities and for the others.
    rights = (ctypes.c_uint32 * 6)()
    if libc.capget(header, rights) != 0:
        raise OSError(ctypes.get_errno(), "capget")
    fewer = (ctypes.c_uint32 * 6)(*rights)
    fewer[0] &= ~_DAC_OVERRIDE
    _set(libc, header, fewer)
    try:
        yield
    finally:
        _set(libc, header, rights)


def _set(libc: ctypes.CDLL, header: object, rights: object) -> None:
    if libc.capset(header, rights) != 0:
        raise OSError(ctypes.get_errno(), "capset")
