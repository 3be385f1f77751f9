"""The bytes of attachments, each in its own file in one folder, outside of what is served.

Which file belongs to what, what it was called, and who may have it is stored in the database. The names here
are random, so nothing that a person typed ever becomes part of a path.

Several servers may share the folder, over a network, too: a file is written once, whole and under its own
name, before the row that names it is committed, and never changed.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

_NAME = re.compile(r"[0-9a-f]{32}")
# The marker that a running server leaves beside the files, for the others to see that they share the folder.
_SIGN = "server-{}"
_SIGNS_STAY = timedelta(days=1)
# The errors of a folder on another machine while that is away.
_OF_THE_NETWORK = (
    errno.ESTALE,
    errno.EIO,
    errno.ETIMEDOUT,
    errno.EHOSTDOWN,
    errno.EHOSTUNREACH,
    errno.ENOTCONN,
)


class FolderAwayError(OSError):
    """The folder itself cannot be reached, so nothing is known of the files in it."""


def is_sign(path: Path) -> bool:
    """Whether this is the marker of a running server rather than a file."""
    return path.match(_SIGN.format("*"))


class AttachmentFiles:
    """One folder of files, readable only by the server's user.

    With `is_shared`, it is a folder of its own that others made and may be on another machine: a server never
    makes it, because then it would go on in an empty one while the disk of the real one is not mounted.
    """

    def __init__(self, folder: Path, *, is_shared: bool = False) -> None:
        self.folder = folder
        self._is_shared = is_shared

    def keep(self, content: bytes) -> str:
        """Write a new file durably to disk and return its name. Raises OSError."""
        if not self._is_shared:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = secrets.token_hex(16)
        path = self.folder / name
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            self._keep_the_entry()
        except OSError:
            # On a full disk, half a file would only make things worse.
            path.unlink(missing_ok=True)
            raise
        return name

    def read(self, name: str) -> bytes:
        """The contents of a file. Raises OSError when it cannot be read: `FolderAwayError` if that says
        nothing of the file itself."""
        path = self._path(name)
        try:
            return path.read_bytes()
        except FileNotFoundError:
            if not self.is_away():
                raise
            raise FolderAwayError(f"{self.folder} isn't there") from None
        except OSError as error:
            if error.errno not in _OF_THE_NETWORK:
                raise
            raise FolderAwayError(f"{self.folder} can't be reached: {error.strerror}") from error

    def is_away(self) -> bool:
        """Whether a shared folder is not there: its disk is not mounted."""
        return self._is_shared and not self.folder.is_dir()

    def remove(self, name: str) -> None:
        """Remove a file; it is fine if it is already gone. Raises OSError."""
        self._path(name).unlink(missing_ok=True)

    def written_before(self, instant: datetime) -> Iterator[str]:
        """The names of the files that have been there since before `instant`."""
        if not self.folder.is_dir():
            return
        for entry in os.scandir(self.folder):
            if _NAME.fullmatch(entry.name) is None:
                continue
            try:
                written_at = datetime.fromtimestamp(entry.stat(follow_symlinks=False).st_mtime, UTC)
            except FileNotFoundError:
                # Another process has just removed it.
                continue
            if written_at < instant:
                yield entry.name

    def sign(self, server: str, now: datetime) -> None:
        """Leave the sign of a running server, and remove those of servers long gone at `now` (aware UTC).
        Raises OSError."""
        if not self._is_shared:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.folder / _SIGN.format(server)
        path.touch(mode=0o600)
        before = (now - _SIGNS_STAY).timestamp()
        for other in self.folder.glob(_SIGN.format("*")):
            with suppress(FileNotFoundError):
                if other != path and other.stat().st_mtime < before:
                    other.unlink()

    def has_sign(self, server: str) -> bool:
        """Whether a running server has left its sign in this folder."""
        return (self.folder / _SIGN.format(server)).exists()

    def _keep_the_entry(self) -> None:
        """Without this, a power outage could leave the file on the disk but lose its name."""
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _path(self, name: str) -> Path:
        if _NAME.fullmatch(name) is None:
            raise FileNotFoundError(name)
        return self.folder / name
