"""Paging through long lists.

A page begins after the last row of the previous page, not after a number of rows: the database goes straight
there through an index, so the last page of a hundred thousand rows takes no longer than the first.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, Literal, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from database import LARGEST_ROW_ID
from rows import rows_of

Row = TypeVar("Row")

PAGE_SIZE = 25
# Counting every row of a long list takes longer than showing a page of it, and no one needs the exact number.
COUNTED = 1000

# A statement and a row of its result, whatever the columns.
Query = sa.Select[*tuple[Any, ...]]
Found = sa.Row[*tuple[Any, ...]]
Column = sa.ColumnElement[Any] | InstrumentedAttribute[Any]
Direction = Literal["after", "before"]


@dataclass(frozen=True)
class Turn:
    """Which page was requested: the one after or before a row that a link names."""

    direction: Direction
    row: str


@dataclass(frozen=True)
class Order:
    """How a list is sorted: by a column and then by id, or by id alone. `read` parses the column's value from
    JSON; anything else raises ValueError or TypeError."""

    id: Column
    column: Column | None = None
    read: Callable[[Any], Any] = str
    descending: bool = False


@dataclass(frozen=True)
class ListPage(Generic[Row]):
    """Some rows of a list. `before` and `after` name rows for `Turn`, None where there is no page before or
    after this one.

    `total` counts the whole list up to `COUNTED`, and `is_more` says that there are even more; a list that
    shows no number has 0.
    """

    rows: tuple[Row, ...]
    total: int
    is_more: bool
    before: str | None
    after: str | None


def read_instant(text: Any) -> datetime:
    """An instant as it is written in the name of a row. Raises ValueError and TypeError."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def literally(text: str) -> str:
    """The text for `contains(…, escape="/")`, so that `%` and `_` match literally."""
    return text.replace("/", "//").replace("%", "/%").replace("_", "/_")


class Counting:
    """Counts the rows of several queries up to `COUNTED`, with one statement that is built once."""

    def __init__(self, *queries: Query) -> None:
        some = [query.order_by(None).limit(COUNTED + 1).subquery() for query in queries]
        numbers = [sa.select(sa.func.count()).select_from(each).scalar_subquery() for each in some]
        self._statement = sa.select(*numbers)

    def numbers(self, told: Mapping[str, Any]) -> list[tuple[int, bool]]:
        """How many rows each query has with these parameters, up to `COUNTED`, and whether there are more."""
        [row] = rows_of(self._statement, told)
        return [(min(number, COUNTED), number > COUNTED) for number in row]


class Pages(Generic[Row]):
    """The statements behind the pages of one list, built once: building them for each page took longer than
    running them.

    `query` selects the rows, and `ids`, for lists that show a count, only their ids; both may have
    parameters. `make` turns a row of the result into what the page shows, which must have the columns of
    `order` as attributes with the same names.
    """

    def __init__(
        self,
        query: Query,
        order: Order,
        make: Callable[[Found], Row],
        *,
        ids: Query | None = None,
    ) -> None:
        self._order, self._make = order, make
        self._counting = Counting(ids) if ids is not None else None
        columns = [order.id] if order.column is None else [order.column, order.id]
        here = sa.tuple_(*columns)
        edge = sa.tuple_(*(sa.bindparam(f"edge_{n}", type_=each.type) for n, each in enumerate(columns)))
        forwards = [each.desc() if order.descending else each.asc() for each in columns]
        backwards = [each.asc() if order.descending else each.desc() for each in columns]
        most = sa.bindparam("most", type_=sa.Integer())
        beyond, short_of = (here < edge, here > edge) if order.descending else (here > edge, here < edge)
        self._first = query.order_by(*forwards).limit(most)
        self._after = query.where(beyond).order_by(*forwards).limit(most)
        self._before = query.where(short_of).order_by(*backwards).limit(most)

    def turned_to(
        self,
        turn: Turn | None,
        told: Mapping[str, Any],
        *,
        size: int = PAGE_SIZE,
        most: int | None = None,
        together: Callable[[Row], Hashable] | None = None,
    ) -> ListPage[Row]:
        """The page that `turn` asks for, or the first one if it is None; `told` are the queries' parameters.

        With `together`, a page of `size` rows goes on for as long as they have the same value of it, up to
        `most`: a list that is grouped by day is not turned in the middle of one. An invalid turn leads to the
        first page.
        """
        most = max(size, most or 0)
        total, is_more = self._counting.numbers(told)[0] if self._counting is not None else (0, False)
        edge = _edge(turn, self._order) if turn else None
        backwards = edge is not None and turn is not None and turn.direction == "before"
        statement = self._first if edge is None else self._before if backwards else self._after
        found = self._rows(statement, told, edge, most)
        end = _end_of_page(found, size, most, together)
        if backwards and len(found) == end:
            # Few are left before that row: show a whole first page instead of a short one.
            edge, backwards = None, False
            found = self._rows(self._first, told, None, most)
            end = _end_of_page(found, size, most, together)
        has_further = len(found) > end
        rows = found[:end]
        if backwards:
            rows.reverse()
        has_before = has_further if backwards else edge is not None
        has_after = True if backwards else has_further
        return ListPage(
            tuple(rows),
            total,
            is_more,
            before=_name(rows[0], self._order) if rows and has_before else None,
            after=_name(rows[-1], self._order) if rows and has_after else None,
        )

    def _rows(
        self, statement: Query, told: Mapping[str, Any], edge: Sequence[Any] | None, most: int
    ) -> list[Row]:
        place = {f"edge_{number}": value for number, value in enumerate(edge or ())}
        found = rows_of(statement, {**told, **place, "most": most + 1})
        return list(map(self._make, found))


def _end_of_page(
    found: Sequence[Row], size: int, most: int, together: Callable[[Row], Hashable] | None
) -> int:
    """How many of these rows fit on the page."""
    end = min(size, len(found))
    if together is not None and end == size:
        while end < min(most, len(found)) and together(found[end]) == together(found[end - 1]):
            end += 1
    return end


def _name(row: Any, order: Order) -> str:
    """How a link names a row: by its place in the order."""
    place: list[Any] = [row.id]
    if order.column is not None:
        value = getattr(row, order.column.key or "")
        place.insert(0, value.replace(tzinfo=None).isoformat() if isinstance(value, datetime) else value)
    return urlsafe_b64encode(json.dumps(place, ensure_ascii=False).encode()).decode().rstrip("=")


def _edge(turn: Turn, order: Order) -> Sequence[Any] | None:
    """The place in the order that a link names, or None for text that names none."""
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
    if not isinstance(value, int) or not 0 <= value <= LARGEST_ROW_ID:
        raise ValueError(value)
    return value
