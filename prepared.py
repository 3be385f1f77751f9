"""Statements that are written out for SQLite once and then run by its driver.

A page runs four to eight statements, and SQLite answers most of them in less than a tenth of a millisecond.
SQLAlchemy takes as long again for each: it looks up what it has compiled, sorts the parameters, and puts
together an execution context and a result, always with the same outcome. Here that is done once for every
statement that is kept and run again. On PostgreSQL, the way to the server and back takes longer than all of
it, so there it stays SQLAlchemy's work.

As docs/performance.md records it, a statement takes 7 µs on top of SQLite's own time instead of 27 and more,
and the dashboard computes 2.5 ms instead of 3.3. Nothing else is gained: no rule of the product is here, and
the one caller, `rows.rows_of`, would find the same rows with `connection.execute` alone. The module should go
once SQLAlchemy can run a compiled statement without a new context and result each time, or once the pages are
within their limits without it; `make bench` measures both.
"""

from __future__ import annotations

import re
import sqlite3
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.sql.compiler import SQLCompiler

_Convert = Callable[[Any], Any]
# Of how many combinations of lengths a statement with lists keeps its text.
_MOST_TEXTS = 64

# The names of the columns of a statement that has been run once; then what was made of it, or None if nothing
# can be. A statement that is built for one page goes when the page is made, and its entry with it.
_known: WeakKeyDictionary[sa.SelectBase, tuple[str, ...] | Prepared | None] = WeakKeyDictionary()


def run(connection: Connection, statement: sa.SelectBase, told: Mapping[str, Any]) -> Sequence[Any]:
    """All rows that a statement about columns finds with these parameters, as named tuples: as SQLAlchemy
    finds them, and with its exceptions."""
    prepared = _prepared(connection, statement)
    if prepared is not None:
        try:
            return prepared.rows(connection.connection.dbapi_connection, told)  # type: ignore[arg-type]
        except Exception:
            # Nothing was changed, so it fails again below, in the words and with the type that callers know.
            pass
    result = connection.execute(statement, told)  # type: ignore[call-overload]
    _known.setdefault(statement, tuple(result.keys()))
    return result.all()


def _prepared(connection: Connection, statement: sa.SelectBase) -> Prepared | None:
    # Anything that listens for statements is told about all of them.
    if connection.dialect.name != "sqlite" or connection.dispatch.before_cursor_execute:
        return None
    known = _known.get(statement)
    if isinstance(known, tuple):
        try:
            known = Prepared(statement, connection.dialect, known)
        except _UnsuitableError:
            known = None
        _known[statement] = known
    return known


class _UnsuitableError(Exception):
    """The statement does not have the same text each time, or holds a value that is only known then."""


class Prepared:
    """A statement as the driver takes it, with what converts its parameters and its columns.

    `names` are those of the columns. Raises `_UnsuitableError`.
    """

    def __init__(self, statement: sa.SelectBase, dialect: Dialect, names: Sequence[str]) -> None:
        compiled = statement.compile(dialect=type(dialect)(paramstyle="named"))  # type: ignore[call-arg]
        assert isinstance(compiled, SQLCompiler)
        binds = {name: bind for bind, name in compiled.bind_names.items()}
        columns = list(statement.selected_columns)
        if (
            len(columns) != len(names)
            or compiled.escaped_bind_names
            or any(bind.callable or isinstance(bind.type, sa.TupleType) for bind in binds.values())
        ):
            raise _UnsuitableError
        converts = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in binds.items()
        }
        told = {name: bind for name, bind in binds.items() if bind.required or not bind.unique}
        lists = {name: bind for name, bind in told.items() if bind.expanding}
        self._told = tuple(
            (name, bind.key, bind.required, converts[name])
            for name, bind in told.items()
            if not bind.expanding
        )
        self._lists = tuple((name, bind.key, converts[name]) for name, bind in lists.items())
        # Written out with the lists that are a part of the statement, and with one item for each list that is
        # told. Nothing that is kept here may hold on to the statement.
        state = compiled.construct_expanded_state(
            {bind.key: [None] if bind.expanding else None for bind in told.values() if bind.required}
        )
        if any(not _is_found_whole(name, state.statement) for name in lists):
            raise _UnsuitableError
        self._texts = {(1,) * len(lists): state.statement}
        told_names = {name for name, bind in told.items() if bind.required}
        told_names |= {item for name in lists for item in state.parameter_expansion[name]}
        self._fixed = {
            name: _converted(value, state.processors.get(name, converts.get(name)))
            for name, value in state.parameters.items()
            if name not in told_names
        }
        reads = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        self._reads = tuple((place, read) for place, read in enumerate(reads) if read is not None)
        # A name that two columns have is of use to no one, as in SQLAlchemy's own rows.
        row: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]
        self._row: Callable[[Sequence[Any]], Any] = row._make

    def rows(self, driver: sqlite3.Connection, told: Mapping[str, Any]) -> list[Any]:
        """All rows that it finds. Raises whatever is wrong with a parameter, a column, or the database."""
        values = dict(self._fixed)
        for name, key, is_required, convert in self._told:
            if is_required or key in told:
                values[name] = _converted(told[key], convert)
        for name, key, convert in self._lists:
            for number, item in enumerate(told[key], start=1):
                values[f"{name}_{number}"] = _converted(item, convert)
        text = self._text(tuple([len(told[key]) for _, key, _ in self._lists]))
        found = driver.execute(text, values).fetchall()
        if self._reads:
            found = list(map(self._read, found))
        return list(map(self._row, found))

    def _text(self, lengths: tuple[int, ...]) -> str:
        """The text for lists of these lengths. Raises ValueError for an empty list, whose text is another."""
        found = self._texts.get(lengths)
        if found is None:
            if 0 in lengths:
                raise ValueError("an empty list")
            found = self._texts[(1,) * len(lengths)]
            for (name, _, _), length in zip(self._lists, lengths, strict=True):
                items = ", ".join(_item(name, number) for number in range(1, length + 1))
                found = found.replace(_item(name, 1), items)
            if len(self._texts) < _MOST_TEXTS:
                self._texts[lengths] = found
        return found

    def _read(self, row: Sequence[Any]) -> Sequence[Any]:
        values = list(row)
        for place, read in self._reads:
            values[place] = read(values[place])
        return values


def _item(name: str, number: int) -> str:
    """An item of a list in the text of a statement."""
    return f":{name}_{number}"


def _is_found_whole(name: str, text: str) -> bool:
    """Whether the first item of a list is in the text, and the beginning of nothing else there."""
    item = _item(name, 1)
    whole = re.findall(re.escape(item) + r"(?!\w)", text)
    return bool(whole) and len(whole) == text.count(item)


def _converted(value: Any, convert: _Convert | None) -> Any:
    return value if convert is None else convert(value)
