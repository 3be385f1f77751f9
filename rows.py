"""Statements about columns, without the session's bookkeeping of entities: for pages that only show rows, and
for changes that someone is waiting for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVarTuple

import sqlalchemy as sa
from sqlalchemy.orm import SessionTransaction
from sqlalchemy.sql.selectable import TypedReturnsRows

import prepared
from extensions import db

Columns = TypeVarTuple("Columns")
# In the session, with the transaction that it belongs to.
_CONNECTION = "connection_of_rows"


def rows_of(
    statement: TypedReturnsRows[*Columns], told: Mapping[str, Any] | None = None
) -> Sequence[sa.Row[*Columns]]:
    """All rows that the statement finds with these parameters, in the current transaction.

    For columns alone: the session, which would look for entities in the result, takes as long again for
    every statement. What the session has not written yet is written first, as it does itself.
    """
    connection = _connection()
    if isinstance(statement, sa.SelectBase):
        return prepared.run(connection, statement, told or {})
    return connection.execute(statement, told).all()


def _connection() -> sa.Connection:
    """That of the current transaction, after writing what the session has not written yet. Looked up once in
    each transaction: asking the session takes as long as a small statement."""
    session = db.session()
    session.flush()
    known: tuple[SessionTransaction, sa.Connection] | None = session.info.get(_CONNECTION)
    if known is not None and known[0] is session.get_transaction() and not known[1].closed:
        return known[1]
    connection = session.connection()
    transaction = session.get_transaction()
    if transaction is not None:
        session.info[_CONNECTION] = transaction, connection
    return connection


def change_rows(statement: sa.Update | sa.Delete, told: Mapping[str, Any] | None = None) -> int:
    """Run a statement that changes rows, in the current transaction, and return how many it found.

    Entities that the session already holds keep their old values, so this is for rows of which it holds none.
    """
    db.session.flush()
    return db.session.connection().execute(statement, told).rowcount
