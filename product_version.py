"""Which version of the product this is, as the changelog says: its newest heading."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_CHANGELOG = Path(__file__).resolve().parent / "CHANGELOG.md"
_HEADING = re.compile(r"^## .*?(\d+\.\d+\.\d+)", re.MULTILINE)


@cache
def product_version() -> str:
    """The version, as in `0.1.0`; the one that is being worked on, where there is no release of it yet."""
    found = _HEADING.search(_CHANGELOG.read_text(encoding="utf-8"))
    assert found is not None, "the changelog names no version"
    return found[1]
