"""Opening a backup: it is completely decrypted and checked before anything is done with it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyrage

from backups.archive import decrypt, read_archive
from backups.errors import DamagedFileError, ForeignFileError, NewerBackupError
from backups.manifest import END, MANIFEST, Manifest, is_newer, read_manifest
from backups.temporary import temporary_folder
from instance_folder import KEY_FILES
from product_version import product_version
from schema import known_revisions

_PART = re.compile(r"tables/([a-z0-9_]+)/\d{6}\.jsonl")
_UPLOAD = re.compile(r"uploads/([0-9a-f]{32})")
_KEY = re.compile(rf"keys/({'|'.join(KEY_FILES)})")


@dataclass(frozen=True)
class OpenedBackup:
    """A backup whose content is whole. `erased_files`: the uploads that were erased while it was made."""

    manifest: Manifest
    keys: dict[str, str]
    erased_files: frozenset[str]
    _archive: Path

    def uploads(self) -> Iterator[tuple[str, bytes]]:
        """The uploads by their names."""
        for name, content in read_archive(self._archive):
            if found := _UPLOAD.fullmatch(name):
                yield found[1], content

    def upload_names(self) -> Iterator[str]:
        """The names of the uploads alone."""
        return (name for name, _ in self.uploads())

    def parts(self) -> Iterator[tuple[str, bytes]]:
        """The rows of all tables by the tables' names, each table after those that it points to."""
        for name, content in read_archive(self._archive):
            if found := _PART.fullmatch(name):
                yield found[1], content


@contextmanager
def opened_backup(path: Path, identity: pyrage.x25519.Identity, folder: Path) -> Iterator[OpenedBackup]:
    """The backup in a file. Until the end of the block it is decrypted in `folder`, which must exist, in a
    folder of its own that only this user can read.

    Raises `ForeignFileError`, `DamagedFileError`, `WrongKeyError`, `NewerBackupError`, and OSError.
    """
    with temporary_folder(folder) as own:
        archive = own / "archive.tar.gz"
        with archive.open("wb") as file:
            decrypt(path, identity, file)
        yield _checked(archive)


def _checked(archive: Path) -> OpenedBackup:
    members = read_archive(archive)
    first, content = next(members, ("", b""))
    if first != MANIFEST:
        raise ForeignFileError("This file is encrypted like a backup, but it isn't a backup of SmoothHiring.")
    manifest = read_manifest(content)
    _refuse_newer(manifest)
    keys: dict[str, str] = {}
    rows = dict.fromkeys(manifest.tables, 0)
    files = 0
    end: bytes | None = None
    for name, content in members:
        if found := _KEY.fullmatch(name):
            keys[found[1]] = content.decode()
        elif (found := _PART.fullmatch(name)) and found[1] in rows:
            rows[found[1]] += content.count(b"\n")
        elif _UPLOAD.fullmatch(name):
            files += 1
        elif name == END:
            end = content
        else:
            raise ForeignFileError(f"This backup holds something unexpected: {name!r}.")
    missing, lost = _missing(end)
    if rows != {name: table.rows for name, table in manifest.tables.items()}:
        raise DamagedFileError("This backup doesn't hold all the rows that it names. Use another one.")
    if files + len(missing) != manifest.files or set(keys) != set(KEY_FILES):
        raise DamagedFileError("This backup doesn't hold all the files that it names. Use another one.")
    return OpenedBackup(manifest, keys, missing - lost, archive)


def _missing(end: bytes | None) -> tuple[frozenset[str], frozenset[str]]:
    """The uploads that the backup lacks, and those of them that were not erased."""
    try:
        stored = json.loads(end or b"")
        return frozenset(stored["missing_files"]), frozenset(stored["lost_files"])
    except (ValueError, TypeError, KeyError):
        raise DamagedFileError("This backup has no end. Use another one.") from None


def _refuse_newer(manifest: Manifest) -> None:
    here = product_version()
    # Rows that a newer version wrote may hold what this one does not know, even in the same tables.
    is_newer_by_rows = is_newer(manifest.version, here) and not manifest.before_upgrade
    if is_newer_by_rows or manifest.schema not in known_revisions():
        raise NewerBackupError(
            f"This backup was made by version {manifest.version} with the tables {manifest.schema}, and "
            f"this is version {here}, which doesn't know them. Restore it with the version that made it, or "
            "a newer one."
        )
