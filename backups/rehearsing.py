"""Rehearsing a restore: everything is restored to a temporary place, checked, and removed again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyrage
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import Connection, Engine

from attachment_files import AttachmentFiles
from backups.filling import fill, finish, make_room
from backups.manifest import Manifest
from backups.neutral import count_rows, tables_of
from backups.opening import OpenedBackup, opened_backup
from backups.restoring import UPLOADS, write_files
from backups.temporary import remove_left, temporary_folder
from database import SealedText, read_only, writing
from extensions import db
from security import SealBrokenError, TokenVault
from wording import counted

_RESTORED_AS = "rehearsal"

# The columns with sealed values, by table: bytes in the last one, text in the others.
SEALED = (
    ("connections", "ciphertext"),
    ("oauth_attempts", "verifier_ciphertext"),
    ("two_step_secrets", "ciphertext"),
    ("outgoing_webhooks", "sealed_secret"),
    ("mails", "sealed_copy"),
)


@dataclass(frozen=True)
class Check:
    """One check, with a sentence that says what was found."""

    is_good: bool
    words: str


@dataclass(frozen=True)
class Rehearsal:
    manifest: Manifest
    checks: tuple[Check, ...]

    @property
    def is_good(self) -> bool:
        """Whether the backup can be relied on."""
        return all(check.is_good for check in self.checks)


def rehearse(
    make_app: Callable[[Mapping[str, object]], Flask],
    path: Path,
    identity: pyrage.x25519.Identity,
    folder: Path,
    database_url: str = "",
) -> Rehearsal:
    """Restore the backup in a file to a temporary folder within `folder`, which must exist, and to a
    temporary SQLite database, or to an empty one at `database_url`, which is empty again afterwards.
    `make_app` makes the application with these settings.

    Raises `BackupError` in its different kinds, OSError, and SQLAlchemy's errors.
    """
    remove_left(folder)
    with temporary_folder(folder) as place, opened_backup(path, identity, place) as backup:
        instance = place / "instance"
        instance.mkdir(mode=0o700)
        write_files(backup, instance, instance / UPLOADS)
        app = make_app(
            {
                "INSTANCE_PATH": str(instance),
                "UPLOADS_FOLDER": "",
                "DATABASE_URL": database_url or f"sqlite:///{place / 'rehearsal.sqlite3'}",
                "SCHEDULER_ENABLED": "false",
            }
        )
        with app.app_context():
            engine = db.engine
        try:
            checks = tuple(_rehearsed(app, engine, backup, instance))
        finally:
            engine.dispose()
        return Rehearsal(backup.manifest, checks)


def _rehearsed(app: Flask, engine: Engine, backup: OpenedBackup, instance: Path) -> list[Check]:
    make_room(engine, restored_as=_RESTORED_AS)
    try:
        fill(app, backup, restored_as=_RESTORED_AS)
        with read_only(), engine.connect() as connection:
            checks = list(_checks(connection, backup, AttachmentFiles(instance / UPLOADS)))
        finish(engine, backup, restored_as=_RESTORED_AS)
    finally:
        _clear(engine)
    return checks


def _clear(engine: Engine) -> None:
    with writing(), engine.begin() as connection:
        found = sa.MetaData()
        found.reflect(connection)
        found.drop_all(connection)


def _checks(connection: Connection, backup: OpenedBackup, files: AttachmentFiles) -> Iterator[Check]:
    tables = [table for table in tables_of(connection) if table.name in backup.manifest.tables]
    yield _rows(connection, tables, backup.manifest)
    yield _references(connection, tables)
    yield _secrets(connection, tables, backup.keys)
    yield _files(connection, backup, files)


def _rows(connection: Connection, tables: list[sa.Table], manifest: Manifest) -> Check:
    found = count_rows(connection, tables)
    wrong = [name for name, count in found.items() if count != manifest.tables[name].rows]
    total = f"{sum(found.values()):,}"
    if wrong:
        return Check(False, f"Other numbers of rows than in the backup: {', '.join(wrong)}.")
    return Check(True, f"{total} rows in {counted(len(found), 'table')}, as many as in the backup.")


def _references(connection: Connection, tables: list[sa.Table]) -> Check:
    wrong = [
        f"{table.name}.{'+'.join(key.column_keys)} ({lost})"
        for table in tables
        for key in table.foreign_key_constraints
        if (lost := _lost(connection, table, key))
    ]
    if wrong:
        return Check(False, f"Rows point to rows that aren't there: {', '.join(wrong)}.")
    return Check(True, "No row points to one that isn't there.")


def _lost(connection: Connection, table: sa.Table, key: sa.ForeignKeyConstraint) -> int:
    other = key.referred_table.alias("other")
    pairs = [(element.parent, other.columns[element.column.name]) for element in key.elements]
    lost = sa.select(sa.func.count()).where(
        *(ours.is_not(None) for ours, _ in pairs),
        ~sa.exists(
            sa.select(1).select_from(other).where(*(ours == theirs for ours, theirs in pairs))
        ).correlate(table),
    )
    return connection.execute(lost.select_from(table)).scalar_one()


def _secrets(connection: Connection, tables: list[sa.Table], keys: Mapping[str, str]) -> Check:
    vault = TokenVault(key.strip() for key in keys["token_encryption_keys"].split(","))
    by_name = {table.name: table for table in tables}
    total = broken = 0
    for table, name in SEALED:
        if table not in by_name or name not in by_name[table].columns:
            continue
        column = by_name[table].columns[name]
        asked = sa.select(column).where(column.is_not(None)).execution_options(yield_per=500)
        for sealed in connection.execute(asked).scalars():
            if sealed:
                total += 1
                broken += not _opens(vault, sealed)
    if broken:
        return Check(False, f"The keys don't open {broken} of {counted(total, 'stored secret')}.")
    if not total:
        return Check(True, "There are no stored secrets to open.")
    return Check(True, f"The keys open all of {counted(total, 'stored secret')}: tokens, codes, sent emails.")


def _opens(vault: TokenVault, sealed: Any) -> bool:
    try:
        vault.reseal(SealedText(sealed)) if isinstance(sealed, str) else vault.reseal_bytes(sealed)
    except SealBrokenError:
        return False
    return True


def _files(connection: Connection, backup: OpenedBackup, files: AttachmentFiles) -> Check:
    hashes = sa.text("SELECT DISTINCT stored_as, content_hash FROM attachments ORDER BY stored_as")
    rows = connection.execute(hashes).all()
    wrong = []
    for stored_as, content_hash in rows:
        try:
            is_whole = hashlib.sha256(files.read(stored_as)).hexdigest() == content_hash
        except OSError:
            is_whole = stored_as in backup.erased_files
        if not is_whole:
            wrong.append(stored_as)
    if wrong:
        return Check(False, f"{counted(len(wrong), 'attachment')} of {len(rows)} can't be read as uploaded.")
    if not rows:
        return Check(True, "There are no attachments.")
    words = f"{counted(len(rows) - len(backup.erased_files), 'attachment')} as uploaded."
    if backup.erased_files:
        words += f" {counted(len(backup.erased_files), 'other')} had been erased while the backup was made."
    return Check(True, words)
