"""Rows as text that is independent of any database: one JSON array for each, in the order of the columns.

Tables are taken as the database itself describes them, and values as they are stored: an enum is its word, an
instant is what the column holds, JSON is the very text of it. So rows pass through unchanged, no matter how
this version of the product would interpret them, and tables of an older schema are read the same way.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from backups.errors import DamagedFileError

# Alembic's own; the manifest says what it holds.
NOT_OURS = frozenset({"alembic_version"})
# A part of a table ends with the row that makes it this long, in bytes.
_LONGEST_PART = 4 * 1024 * 1024
_ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class _Form:
    """How the values of one type of column are written and read."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def _same(value: Any) -> Any:
    return value


_FORMS: tuple[tuple[type[sa.types.TypeEngine[Any]], _Form], ...] = (
    (sa.DateTime, _Form(datetime.isoformat, datetime.fromisoformat)),
    (sa.Date, _Form(date.isoformat, date.fromisoformat)),
    (sa.LargeBinary, _Form(lambda value: base64.b64encode(value).decode(), base64.b64decode)),
    (sa.Boolean, _Form(bool, bool)),
    (sa.Integer, _Form(int, int)),
    (sa.Float, _Form(float, float)),
    (sa.JSON, _Form(_same, _same)),
    (sa.String, _Form(_same, _same)),
)


def _form(column: sa.Column[Any]) -> _Form:
    """Raises TypeError for a column type that is not listed here yet and has to be added first."""
    for kind, form in _FORMS:
        if isinstance(column.type, kind):
            return form
    raise TypeError(f"backups don't know the type of {column}: {column.type!r}")


def tables_of(connection: Connection) -> list[sa.Table]:
    """The tables of a database as they are, each after those that its rows point to."""
    found = sa.MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name not in NOT_OURS]


def written_rows(connection: Connection, table: sa.Table) -> Iterator[bytes]:
    """All rows of a table, in parts of a few megabytes: one row a line."""
    forms = [_form(column) for column in table.columns]
    # The text of JSON as it is stored, which tells its null from a value that is missing.
    asked = [sa.cast(each, sa.Text) if isinstance(each.type, sa.JSON) else each for each in table.columns]
    statement = sa.select(*asked).order_by(*table.primary_key.columns)
    lines, length = [], 0
    for row in connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(statement):
        values = [
            None if value is None else form.write(value) for form, value in zip(forms, row, strict=True)
        ]
        line = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        lines.append(line)
        length += len(line)
        if length >= _LONGEST_PART:
            yield b"".join(lines)
            lines, length = [], 0
    if lines:
        yield b"".join(lines)


class RowReader:
    """Puts rows back into one table, part by part."""

    def __init__(self, connection: Connection, table: sa.Table, columns: Sequence[str]) -> None:
        """Raises `DamagedFileError` if the table has other columns than those."""
        if set(columns) != set(table.columns.keys()):
            raise DamagedFileError(
                f"This backup's table {table.name} doesn't fit its schema. Use another one."
            )
        self._connection = connection
        self._table = table
        self._columns = [table.columns[name] for name in columns]
        self._forms = [_form(column) for column in self._columns]
        self._insert = sa.insert(table).values(
            {column.name: _parameter(connection, column) for column in self._columns}
        )
        # Columns that point to rows of the same table, which may come later.
        self._own = [
            column.name
            for column in self._columns
            if any(key.column.table is table for key in column.foreign_keys)
        ]
        self._pointing: list[dict[str, Any]] = []
        self.count = 0

    def put(self, part: bytes) -> None:
        """Insert the rows of one part. Raises `DamagedFileError` for what cannot be read."""
        try:
            rows = [self._values(json.loads(line)) for line in part.splitlines()]
        except (ValueError, TypeError) as error:
            raise DamagedFileError(f"A row of {self._table.name} can't be read: {error}.") from None
        for begin in range(0, len(rows), _ROWS_AT_ONCE):
            self._connection.execute(self._insert, rows[begin : begin + _ROWS_AT_ONCE])
        self.count += len(rows)

    def finish(self) -> None:
        """Let rows point to rows of the same table, now that all of them are there."""
        if not self._pointing:
            return
        key = list(self._table.primary_key.columns)
        update = (
            sa.update(self._table)
            .where(*(column == sa.bindparam(f"key_{column.name}") for column in key))
            .values({name: sa.bindparam(f"to_{name}") for name in self._own})
        )
        self._connection.execute(update, self._pointing)

    def _values(self, stored: list[Any]) -> dict[str, Any]:
        row = {
            column.name: None if value is None else form.read(value)
            for column, form, value in zip(self._columns, self._forms, stored, strict=True)
        }
        if any(row[name] is not None for name in self._own):
            keys = {f"key_{column.name}": row[column.name] for column in self._table.primary_key.columns}
            self._pointing.append({**keys, **{f"to_{name}": row[name] for name in self._own}})
            row.update(dict.fromkeys(self._own))
        return row


def _parameter(connection: Connection, column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    if not isinstance(column.type, sa.JSON):
        return sa.bindparam(column.name, type_=column.type)
    # The text itself; on PostgreSQL it has to become the column's type.
    text: sa.ColumnElement[Any] = sa.bindparam(column.name, type_=sa.Text())
    return text if connection.dialect.name == "sqlite" else sa.cast(text, column.type)


def count_rows(connection: Connection, tables: Iterable[sa.Table]) -> dict[str, int]:
    """How many rows each table has."""
    return {
        table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
        for table in tables
    }
