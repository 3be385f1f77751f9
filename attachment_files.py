"""The bytes of attachments, each in its own file in the instance folder, outside of what is served.

Which file belongs to what, what it was called, and who may have it is stored in the database. The names here
are random, so nothing that a person typed ever becomes part of a path.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

_NAME = re.compile(r"[0-9a-f]{32}")


class AttachmentFiles:
    """One folder of files, readable only by the server's user."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, content: bytes) -> str:
        """Write a new file durably to disk and return its name. Raises OSError."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = secrets.token_hex(16)
        path = self._folder / name
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
        """The contents of a file. Raises OSError when it cannot be read."""
        return self._path(name).read_bytes()

    def remove(self, name: str) -> None:
        """Remove a file; it is fine if it is already gone. Raises OSError."""
        self._path(name).unlink(missing_ok=True)

    def written_before(self, instant: datetime) -> Iterator[str]:
        """The names of the files that have been there since before `instant`."""
        if not self._folder.is_dir():
            return
        for entry in os.scandir(self._folder):
            if _NAME.fullmatch(entry.name) is None:
                continue
            try:
                written_at = datetime.fromtimestamp(entry.stat(follow_symlinks=False).st_mtime, UTC)
            except FileNotFoundError:
                # Another process has just removed it.
                continue
            if written_at < instant:
                yield entry.name

    def _keep_the_entry(self) -> None:
        """Without this, a power outage could leave the file on the disk but lose its name."""
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _path(self, name: str) -> Path:
        if _NAME.fullmatch(name) is None:
            raise FileNotFoundError(name)
        return self._folder / name
