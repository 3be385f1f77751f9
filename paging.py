"""Turning the pages of long lists.

A page begins after the last row of the one before, and not after so many rows: the database goes straight
there through an index, so that the last page of a hundred thousand rows takes as long as the first.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, Literal, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from extensions import db

Row = TypeVar("Row")

PAGE_SIZE = 25
# Counting every row of a long list takes longer than showing a page of it, and nobody reads the number.
COUNTED = 1000

Column = sa.ColumnElement[Any] | InstrumentedAttribute[Any]
Direction = Literal["after", "before"]


@dataclass(frozen=True)
class Turn:
    """Which page somebody asked for: the one after or before a row that a link names."""

    direction: Direction
    row: str


@dataclass(frozen=True)
class Order:
    """How a list is sorted: by a column and then by id, or by id alone. `read` gives back the column's
    value from JSON; what is no such value raises ValueError or TypeError."""

    id: Column
    column: Column | None = None
    read: Callable[[Any], Any] = str
    descending: bool = False


@dataclass(frozen=True)
class ListPage(Generic[Row]):
    """Some rows of a list. `before` and `after` name rows for `Turn`, None where there is no such page.

    `total` counts the whole list up to `COUNTED`, and `is_more` says that there are still more; a list
    that shows no number has 0.
    """

    rows: list[Row]
    total: int
    is_more: bool
    before: str | None
    after: str | None


def read_instant(text: Any) -> datetime:
    """An instant as it stands in the name of a row. Raises ValueError and TypeError."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def counted(*queries: sa.Select[Any]) -> list[tuple[int, bool]]:
    """How many rows each query has, up to `COUNTED`, and whether there are more; asked all at once."""
    some = [query.order_by(None).limit(COUNTED + 1).subquery() for query in queries]
    numbers = [sa.select(sa.func.count()).select_from(each).scalar_subquery() for each in some]
    return [(min(n, COUNTED), n > COUNTED) for n in db.session.execute(sa.select(*numbers)).one()]


def turned_to(
    query: sa.Select[Any],
    order: Order,
    turn: Turn | None,
    *,
    ids: sa.Select[int] | None = None,
    size: int = PAGE_SIZE,
) -> ListPage[Any]:
    """The page that `turn` asks for, of rows that are entities with an id; the first one without it.

    `query` selects the rows and `ids` just their ids, for counting, if that is wanted. A turn that nobody
    could have been given leads to the first page.
    """
    total, is_more = counted(ids)[0] if ids is not None else (0, False)
    edge = _edge(turn, order) if turn else None
    backwards = edge is not None and turn is not None and turn.direction == "before"
    found = _rows(query, order, edge, backwards, size)
    if backwards and len(found) <= size:
        # Few are left before that row: show a whole first page instead of a short one.
        edge, backwards = None, False
        found = _rows(query, order, None, False, size)
    has_further = len(found) > size
    rows = found[:size]
    if backwards:
        rows.reverse()
    has_before = has_further if backwards else edge is not None
    has_after = True if backwards else has_further
    return ListPage(
        rows,
        total,
        is_more,
        before=_name(rows[0], order) if rows and has_before else None,
        after=_name(rows[-1], order) if rows and has_after else None,
    )


def _rows(
    query: sa.Select[Any], order: Order, edge: Sequence[Any] | None, backwards: bool, size: int
) -> list[Any]:
    columns = [order.id] if order.column is None else [order.column, order.id]
    descending = order.descending != backwards
    if edge is not None:
        here = sa.tuple_(*columns)
        there = sa.tuple_(*(sa.literal(v, c.type) for v, c in zip(edge, columns, strict=True)))
        query = query.where(here < there if descending else here > there)
    ordered = [column.desc() if descending else column.asc() for column in columns]
    return list(db.session.scalars(query.order_by(*ordered).limit(size + 1)))


def _name(row: Any, order: Order) -> str:
    """What a link calls a row: where it stands in the order."""
    place: list[Any] = [row.id]
    if order.column is not None:
        value = getattr(row, order.column.key or "")
        place.insert(0, value.replace(tzinfo=None).isoformat() if isinstance(value, datetime) else value)
    return urlsafe_b64encode(json.dumps(place, ensure_ascii=False).encode()).decode().rstrip("=")


def _edge(turn: Turn, order: Order) -> Sequence[Any] | None:
    """The place in the order that a link names, or None for a text that names none."""
    try:
        padded = turn.row + "=" * (-len(turn.row) % 4)
        place = json.loads(urlsafe_b64decode(padded.encode("ascii")))
        if order.column is None:
            [row_id] = place
            return (_row_id(row_id),)
        value, row_id = place
        return order.read(value), _row_id(row_id)
    except (ValueError, TypeError, RecursionError):
        return None


def _row_id(value: Any) -> int:
    if not isinstance(value, int) or not 0 <= value < 2**31:
        raise ValueError(value)
    return value
