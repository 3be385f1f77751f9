"""A list's text as rows of cells, as spreadsheets, exports and the clipboard write it."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from blueprints.hiring.imports.files import UnreadableListError

MOST_LINES = 2000
# With more columns than this, what was sent is no list of people; the others are left out.
MOST_COLUMNS = 60

# A comma first: it decides where nothing else does.
_DELIMITERS = (",", ";", "\t", "|")
# Excel's own hint on the first line, which only Excel hides.
_HINT = re.compile(r"\s*\"?sep=(.|\\t)\"?[;,\t]*\s*", re.I)
# How many rows are looked at to find the delimiter.
_LOOKED_AT = 30
# A quoted cell with more line ends than this was never closed.
_LONGEST_ROW = 100


# fmt: off
_NOTHING_SAID = frozenset({
    "#n/a", "-", "--", "---", ".", "/", "?", "–", "—", "k.a.", "keine angabe", "n.a.", "n/a", "na", "nan",
    "nil", "none", "not known", "null", "unknown",
})
# fmt: on


def says_nothing(cell: str) -> bool:
    """Whether a cell is empty, or holds what people and programs write where they know nothing. Not for
    names: there are people called Null."""
    return (plain := cell.strip().casefold()) in _NOTHING_SAID or not plain


@dataclass(frozen=True)
class Row:
    """The cells of one row, and the number of the line on which it begins. `is_broken`: its quotation marks
    don't match, so no one knows where its cells end."""

    number: int
    cells: list[str]
    is_broken: bool = False


def read_table(text: str) -> list[Row]:
    """The rows that are not empty. Raises `UnreadableListError` when there are none, or too many."""
    lines = list(io.StringIO(text.removeprefix("\ufeff").replace("\0", ""), newline=""))
    first, delimiter = 0, ""
    if lines and (hint := _HINT.fullmatch(lines[0].strip("\r\n"))):
        first, delimiter = 1, hint[1].replace("\\t", "\t")
    rows = list(itertools.islice(_rows(lines, first, delimiter or _delimiter(lines)), MOST_LINES + 20))
    if not rows:
        raise UnreadableListError("The list is empty.")
    if len(rows) > MOST_LINES + 1:
        raise UnreadableListError(f"At most {MOST_LINES} candidates at a time. Split the list.")
    return rows


def _rows(lines: list[str], first: int, delimiter: str) -> Iterator[Row]:
    """All rows that hold anything. One whose quotation marks don't match is taken to end with its line, so
    that the rows after it can be read."""
    at = first
    while at < len(lines):
        reader = csv.reader(
            lines[at : at + _LONGEST_ROW], delimiter=delimiter, strict=True, skipinitialspace=True
        )
        begins = at
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield Row(begins + 1, cells[:MOST_COLUMNS])
                begins = at + reader.line_num
                # The last row of a portion may go on behind its end.
                if reader.line_num > _LONGEST_ROW // 2:
                    break
        except csv.Error:
            yield Row(
                begins + 1,
                lines[begins].strip().replace('"', "").split(delimiter)[:MOST_COLUMNS],
                is_broken=True,
            )
            begins += 1
        at = begins


def _delimiter(lines: list[str]) -> str:
    """The sign at which the most rows have the same number of cells, more than one. Spreadsheets write
    semicolons where the comma is part of numbers, and the clipboard holds tabs."""
    return max(_DELIMITERS, key=lambda delimiter: _consistency(lines, delimiter))


def _consistency(lines: list[str], delimiter: str) -> tuple[float, int]:
    rows = itertools.islice(_rows(lines[: _LOOKED_AT * 3], 0, delimiter), _LOOKED_AT)
    counts = Counter(len(row.cells) for row in rows if not row.is_broken)
    split = {number: times for number, times in counts.items() if number > 1}
    if not split:
        return 0, 0
    number = max(split, key=lambda each: (split[each], each))
    return split[number] / max(1, sum(counts.values())), number
