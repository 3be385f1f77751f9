"""The first member of every backup: what the backup holds, and which version of the product made it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from backups.errors import DamagedFileError, ForeignFileError, NewerBackupError

# Raised when older versions could no longer read the file. Newer ones go on reading all of these.
FORMAT = 1
_KIND = "smoothhiring-backup"

MANIFEST, END = "manifest.json", "end.json"


@dataclass(frozen=True)
class TableContent:
    """`columns` in the order of the values of each row. `last_id`: the highest number that the table has ever
    given to a row, also one that is gone; None for a table that gives none."""

    columns: tuple[str, ...]
    rows: int
    last_id: int | None


@dataclass(frozen=True)
class Manifest:
    """`version` is the product's, `schema` the migration that the tables are at, `made_at` (aware UTC) the
    moment of which everything is, `database` the kind it was made on. `settings` are the names of those that
    were set, never their values. `files`: how many uploads the rows name. `before_upgrade`: whether `version`
    found these tables and rows as the version before had left them."""

    version: str
    schema: str
    made_at: datetime
    database: str
    organization: str
    installation_id: str
    settings: tuple[str, ...]
    tables: Mapping[str, TableContent]
    files: int
    before_upgrade: bool

    def to_json(self) -> bytes:
        """The manifest as the file holds it."""
        stored = {"kind": _KIND, "format": FORMAT, **asdict(self), "made_at": self.made_at.isoformat()}
        return json.dumps(stored, indent=1, ensure_ascii=False).encode()


def read_manifest(content: bytes) -> Manifest:
    """The manifest in a file. Raises `ForeignFileError` for something else, and `NewerBackupError` for a
    format that this version does not know."""
    try:
        stored: dict[str, Any] = json.loads(content)
        if stored["kind"] != _KIND:
            raise ForeignFileError(_FOREIGN)
        known = int(stored["format"])
    except (ValueError, TypeError, KeyError):
        raise ForeignFileError(_FOREIGN) from None
    if known > FORMAT:
        raise NewerBackupError(
            f"This backup was made by a newer version ({stored.get('version')}). Restore it with that "
            "version."
        )
    try:
        return Manifest(
            version=str(stored["version"]),
            schema=str(stored["schema"]),
            made_at=datetime.fromisoformat(stored["made_at"]),
            database=str(stored["database"]),
            organization=str(stored["organization"]),
            installation_id=str(stored["installation_id"]),
            settings=tuple(stored["settings"]),
            tables={
                name: TableContent(tuple(table["columns"]), int(table["rows"]), table["last_id"])
                for name, table in stored["tables"].items()
            },
            files=int(stored["files"]),
            before_upgrade=bool(stored["before_upgrade"]),
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        raise DamagedFileError("This backup doesn't say what it holds. Use another one.") from None


_FOREIGN = "This file is encrypted like a backup, but it isn't a backup of SmoothHiring."


def is_newer(version: str, than: str) -> bool:
    """Whether one version of the product came after another one."""
    return _numbers(version) > _numbers(than)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version))
