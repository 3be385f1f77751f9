"""Row ids as they appear in addresses and forms."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import IntegerConverter, Map

from database import LARGEST_ROW_ID, row_id


class RowIdConverter(IntegerConverter):
    """`<int:…>` in our addresses: a number that no row can have does not match."""

    def __init__(self, map: Map, **options: Any) -> None:
        super().__init__(map, max=LARGEST_ROW_ID, **options)


def row_id_or_none(value: object) -> int | None:
    """The value of a choice in a list whose first choice is none. Raises `ValueError` as `row_id` does."""
    return row_id(value) if value else None
