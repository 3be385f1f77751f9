"""Making a backup while the server runs.

Everything is from the same moment: all rows are read in one transaction, a snapshot on SQLite and REPEATABLE
READ on PostgreSQL, which holds up no one who writes. Uploads are files that never change once they are there,
so those that the rows of that moment name are read next. One whose candidate is erased in between is missing
from the backup, which says so; the erasing counts. One that rows still name at the end is lost, and such a
backup is incomplete: usually, the disk of the uploads is not mounted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from backups.archive import write_archive
from backups.errors import BackupError
from backups.manifest import END, MANIFEST, Manifest, TableContent
from backups.neutral import count_rows, tables_of, written_rows
from backups.numbers import last_number
from backups.whole_files import whole_file
from database import read_only
from product_version import product_version
from timezones import utc_now


@dataclass(frozen=True)
class Installation:
    """The sources of a backup. `uploads` is the folder of the attachments' bytes, which need not exist;
    `keys` reads those of the instance folder by their names, `settings` are the names of those that are
    set."""

    engine: Engine
    uploads: Path
    keys: Callable[[], Mapping[str, str]]
    settings: tuple[str, ...]


@dataclass(frozen=True)
class Made:
    """A backup that is on the disk. `lost`: how many uploads rows name that could not be found; if any, its
    path differs from that of complete backups."""

    path: Path
    manifest: Manifest
    size: int
    lost: int

    @property
    def rows(self) -> int:
        """How many rows it holds, of all tables."""
        return sum(table.rows for table in self.manifest.tables.values())


def make_backup(
    installation: Installation,
    path: Path,
    keys: Iterable[str],
    *,
    incomplete: Path | None = None,
    before_upgrade: bool = False,
) -> Made:
    """Write a backup to `path`, encrypted for these public keys. A file that is there is replaced by the new
    one once that is whole. One that lacks uploads never has that name, and goes to `incomplete` in the same
    folder (`path` with `.incomplete` behind it, unless given). `before_upgrade`: whether the tables are still
    those of the version before this one. Must be called with no transaction open.

    Raises `BackupError` for an installation that was never set up, OSError for a file that cannot be written
    or read, and SQLAlchemy's errors for a database that is away.
    """
    instead = incomplete or path.with_name(f"{path.name}.incomplete")
    with read_only(), installation.engine.connect() as connection:
        tables = tables_of(connection)
        uploads = _uploads(connection)
        # After the first rows were read: a change of keys writes the new ones down before any row is
        # encrypted with them, so these open everything that the rows of this moment hold.
        sealed_with = installation.keys()
        manifest = _manifest(
            installation,
            connection,
            tables,
            files=len(uploads),
            installation_id=sealed_with["installation_id"],
            before_upgrade=before_upgrade,
        )
        lost: list[str] = []
        with whole_file(path, lambda: instead if lost else path) as file:
            members = _members(installation, connection, tables, manifest, uploads, sealed_with, lost)
            write_archive(members, file, keys)
    written = instead if lost else path
    return Made(written, manifest, written.stat().st_size, len(lost))


def _manifest(
    installation: Installation,
    connection: Connection,
    tables: list[sa.Table],
    *,
    files: int,
    installation_id: str,
    before_upgrade: bool,
) -> Manifest:
    named = sa.text("SELECT name FROM organizations")
    by_name = {table.name for table in tables}
    organization = connection.execute(named).scalar() if "organizations" in by_name else None
    if organization is None:
        raise BackupError("This server isn't set up yet, so there is nothing to back up.")
    rows = count_rows(connection, tables)
    return Manifest(
        version=product_version(),
        schema=str(connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one()),
        made_at=utc_now(),
        database=connection.dialect.name,
        organization=organization,
        installation_id=installation_id,
        settings=installation.settings,
        tables={
            table.name: TableContent(
                tuple(table.columns.keys()), rows[table.name], last_number(connection, table)
            )
            for table in tables
        },
        files=files,
        before_upgrade=before_upgrade,
    )


def _uploads(connection: Connection) -> list[str]:
    named = sa.text("SELECT DISTINCT stored_as FROM attachments ORDER BY stored_as")
    if not sa.inspect(connection).has_table("attachments"):
        return []
    return list(connection.execute(named).scalars())


def _members(
    installation: Installation,
    connection: Connection,
    tables: list[sa.Table],
    manifest: Manifest,
    uploads: list[str],
    keys: Mapping[str, str],
    lost: list[str],
) -> Iterator[tuple[str, bytes]]:
    missing: list[str] = []
    yield MANIFEST, manifest.to_json()
    for name in uploads:
        try:
            yield f"uploads/{name}", (installation.uploads / name).read_bytes()
        except FileNotFoundError:
            missing.append(name)
    for name, key in keys.items():
        yield f"keys/{name}", key.encode()
    for table in tables:
        for number, part in enumerate(written_rows(connection, table), start=1):
            yield f"tables/{table.name}/{number:06}.jsonl", part
    # Uploads are counted here, because whether one is missing is known only now.
    lost += _still_named(installation.engine, missing)
    yield END, json.dumps({"missing_files": missing, "lost_files": lost}).encode()


def _still_named(engine: Engine, missing: list[str]) -> list[str]:
    """The missing uploads that belong to something now. Another connection is asked, because the one that
    reads the backup sees an earlier moment."""
    if not missing:
        return []
    owned = sa.text(
        "SELECT stored_as FROM attachments"
        " WHERE coalesce(candidate_id, draft_id, interview_id, template_id) IS NOT NULL"
    )
    with engine.connect() as connection:
        named = set(connection.execute(owned).scalars())
    return [name for name in missing if name in named]
