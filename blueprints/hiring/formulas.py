"""Spreadsheets run any text that begins like a formula, wherever it came from. This module prevents it."""

from __future__ import annotations

# The wide characters are how a Japanese keyboard writes them.
_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def guarded(cell: str) -> str:
    """The cell, with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{cell}" if cell.startswith(_BEGINNINGS) else cell


def unguarded(cell: str) -> str:
    """The cell without the apostrophe that `guarded` put there."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(_BEGINNINGS) else cell
