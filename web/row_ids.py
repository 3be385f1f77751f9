"""Row ids as they appear in addresses."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import IntegerConverter, Map

from database import LARGEST_ROW_ID


class RowIdConverter(IntegerConverter):
    """`<int:…>` in our addresses: a number that no row can have does not match."""

    def __init__(self, map: Map, **options: Any) -> None:
        super().__init__(map, max=LARGEST_ROW_ID, **options)
