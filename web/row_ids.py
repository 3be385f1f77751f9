"""Numbers of rows as they stand in addresses."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import IntegerConverter, Map

# The largest key that both databases keep in an integer column. PostgreSQL answers a larger one with an
# error instead of "no such row".
LARGEST_ROW_ID = 2**31 - 1


class RowIdConverter(IntegerConverter):
    """`<int:…>` in our addresses: a number that no row can have is no address."""

    def __init__(self, map: Map, **options: Any) -> None:
        super().__init__(map, max=LARGEST_ROW_ID, **options)
