"""Rows in every table, with the values that are easiest to lose on the way. They are made from the tables'
own definitions, so that a new table is filled as well, or the test that fills it fails."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from database import ZoneName
from extensions import db
from services import services
from tests.files_to_attach import PDF, PNG
from tests.machines.rows import in_rows

ROWS = 3
_TEXTS = (
    "Zoë “Ø” O'Brien; 東京 🎉",
    "two\nlines,\ta tab\r\n, a line\u2028separator, and a \\ backslash",
    "",
)
_JSON: tuple[Any, ...] = ({"b": [1, 2.5, None, "é"], "a": {"2": True}}, [], {"zone": "Europe/Zurich"})
_BYTES = (b"\x00\xff\n binary", b"", bytes(range(256)))
_BEGIN = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
_LATER = _BEGIN + timedelta(days=30)

# What the constraints of a table require, by its name: changes to row 1, 2, or 3. Everything else is made up.
_WISHES: dict[str, Callable[[int], dict[str, Any]]] = {
    "organizations": lambda n: {"id": 1, "log_days": 365, "mail_copy_days": 90},
    "attachments": lambda n: {
        **dict.fromkeys(("candidate_id", "draft_id", "template_id")),
        **({"interview_id": None, "candidate_id": n} if n == 1 else {"interview_id": n}),
    },
    "calendar_entries": lambda n: {"state": "waiting"},
    "custom_events": lambda n: {"kind": "interview_day", "ends_at": _LATER},
    "interviews": lambda n: {"ends_at": _LATER},
    "outside_events": lambda n: {"ends_at": _LATER},
    "interview_templates": lambda n: {
        "interviewers": "some_of_team" if n == 1 else "chosen",
        "team_count": 2 if n == 1 else None,
        "interview_type": ("video", "phone", "in_person")[n - 1],
        "meeting_software": "zoom" if n == 1 else None,
        "phone_caller": "candidate" if n == 2 else None,
    },
    "meeting_calls": lambda n: {"kind": "delete"},
    "meetings": lambda n: {"state": "waiting"},
}


def fill_every_table(app: Flask) -> None:
    """Put three rows into each table, or the only one that it may have. The second has nothing in any column
    that may be empty."""
    with in_rows(app), db.engine.begin() as connection:
        for table in db.metadata.sorted_tables:
            for number in range(1, how_many(table) + 1):
                connection.execute(sa.insert(table).values(_row(table, number)))
            _point_ahead(connection, table)
        _seal(app, connection)
        _keep_files(app, connection)


def how_many(table: sa.Table) -> int:
    """How many rows a table gets."""
    rules = [str(rule.sqltext) for rule in table.constraints if isinstance(rule, sa.CheckConstraint)]
    return 1 if "id = 1" in rules else ROWS


def _point_ahead(connection: sa.Connection, table: sa.Table) -> None:
    """Where rows may point to others in the same table, let the first point to a later one."""
    for column in table.columns:
        if any(key.column.table is table for key in column.foreign_keys):
            [key] = table.primary_key.columns
            first, last = _value(table, key, 1), _value(table, key, ROWS)
            connection.execute(sa.update(table).where(key == first).values({column.name: last}))


def _row(table: sa.Table, number: int) -> dict[str, Any]:
    wishes = _WISHES.get(table.name, lambda _: {})(number)
    row = {column.name: _value(table, column, number) for column in table.columns}
    return {name: _as_word(table.columns[name], value) for name, value in {**row, **wishes}.items()}


def _as_word(column: sa.Column[Any], value: Any) -> Any:
    if isinstance(column.type, sa.Enum) and isinstance(value, str) and column.type.enum_class:
        return column.type.enum_class(value)
    return value


def _value(table: sa.Table, column: sa.Column[Any], number: int) -> Any:
    if column.foreign_keys:
        [key] = column.foreign_keys
        if key.column.table is table:
            return None
        return _value(key.column.table, key.column, min(number, how_many(key.column.table)))
    if column.nullable and number == 2:
        return sa.null()
    if isinstance(column.type, sa.Enum):
        return column.type.enums[(number - 1) % len(column.type.enums)]
    if isinstance(column.type, ZoneName):
        return ("Europe/Zurich", "Asia/Kolkata", "America/St_Johns")[number - 1]
    if isinstance(column.type, sa.Boolean):
        return number == 1
    if isinstance(column.type, sa.Integer):
        return number if column.primary_key else 5
    if isinstance(column.type, sa.JSON):
        return sa.JSON.NULL if column.nullable and number == 3 else _JSON[number - 1]
    if isinstance(column.type, sa.Date):
        return _BEGIN.date()
    if isinstance(column.type, sa.LargeBinary):
        return _BYTES[number - 1]
    if isinstance(column.type, sa.String):
        return _text(table, column, number)
    # An instant, with and without fractions of a second.
    return _BEGIN + timedelta(days=number, microseconds=123456 if number == 1 else 0)


def _text(table: sa.Table, column: sa.Column[Any], number: int) -> str:
    length = column.type.length or 5000  # type: ignore[attr-defined]
    unlike = hashlib.sha256(f"{table.name}.{column.name}.{number}".encode()).hexdigest()
    is_told_apart = column.primary_key or column.unique or length <= 64 or "address" in column.name
    return unlike[:length] if is_told_apart else (_TEXTS[number - 1] * 3)[:length]


def _seal(app: Flask, connection: sa.Connection) -> None:
    """Put sealed values that the keys can open where something sealed belongs."""
    vault = services(app).connections.vault
    sealed = vault.seal({"a": "b"}, belongs_to="somebody")
    tables = db.metadata.tables
    connection.execute(sa.update(tables["connections"]).values(ciphertext=sealed))
    connection.execute(sa.update(tables["oauth_attempts"]).values(verifier_ciphertext=sealed))
    connection.execute(sa.update(tables["two_step_secrets"]).values(ciphertext=sealed))
    connection.execute(sa.update(tables["outgoing_webhooks"]).values(sealed_secret=sealed))
    copies = tables["mails"]
    kept = vault.seal_bytes(b"Dear \x00 Dina", belongs_to="mail:1")
    connection.execute(sa.update(copies).where(copies.c.id != 2).values(sealed_copy=kept))


def _keep_files(app: Flask, connection: sa.Connection) -> None:
    files = services(app).attachment_files
    attachments = db.metadata.tables["attachments"]
    for number, content in enumerate((PDF, PNG, PDF * 50_000), start=1):
        connection.execute(
            sa.update(attachments)
            .where(attachments.c.id == number)
            .values(stored_as=files.keep(content), content_hash=hashlib.sha256(content).hexdigest())
        )


def rows_of_every_table(app: Flask) -> dict[str, list[dict[str, Any]]]:
    """All rows, as the product reads them, with the exact text of what is stored as JSON."""
    with in_rows(app), db.engine.begin() as connection:
        found: dict[str, list[dict[str, Any]]] = {}
        for table in db.metadata.sorted_tables:
            texts = [
                sa.cast(column, sa.Text).label(f"{column.name} as text")
                for column in table.columns
                if isinstance(column.type, sa.JSON)
            ]
            rows = connection.execute(sa.select(*table.columns, *texts).order_by(*table.primary_key.columns))
            found[table.name] = [dict(row._mapping) for row in rows]
        return found


def files_of(folder: Path) -> dict[str, bytes]:
    """Keys and uploads in an instance folder, by their paths."""
    kept = [path for path in folder.iterdir() if path.is_file() and "sqlite3" not in path.name]
    uploads = folder / "uploads"
    kept += list(uploads.iterdir()) if uploads.is_dir() else []
    return {str(path.relative_to(folder)): path.read_bytes() for path in kept}
