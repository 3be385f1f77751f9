"""Comparing with files that hold what a mail looked like when somebody last read it through.

`UPDATE_GOLDEN=1` writes them anew; the difference is then reviewed like any other change.
"""

from __future__ import annotations

import os
from pathlib import Path

_FOLDER = Path(__file__).parent / "golden"


def assert_golden(name: str, actual: str) -> None:
    file = _FOLDER / name
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(actual, encoding="utf-8", newline="\n")
    assert actual == file.read_text(encoding="utf-8"), (
        f"{name} has changed; read it, then keep it with UPDATE_GOLDEN=1"
    )
