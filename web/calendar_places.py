"""Where things are among the hours of a day, as rules of the style sheet.

A page may not carry styles of its own (the content security policy allows none), so every place that
something can have is a class: `n12` shows twelve hours, `r8` begins in the ninth row of them, `s3` has three
rows, `c6` begins in the seventh column of its day, and `w6` has six of them.
"""

from __future__ import annotations

# A row is a quarter of an hour.
ROWS_OF_HOUR = 4
# A day on which clocks go back by two hours, as they once did.
_MOST_HOURS = 26
# The number of columns in a day. A number of lanes that does not divide it is drawn as the next one that
# does.
COLUMNS = 12
WIDTHS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 6}


def place_rules() -> str:
    """The rules of all places."""
    rows = range(_MOST_HOURS * ROWS_OF_HOUR)
    rules = [
        f".n{hours}{{grid-template-rows:repeat({hours * ROWS_OF_HOUR},var(--row))}}"
        for hours in range(1, _MOST_HOURS + 1)
    ]
    rules += [f".r{row}{{grid-row-start:{row + 1}}}" for row in rows]
    rules += [f".s{row + 1}{{grid-row-end:span {row + 1}}}" for row in rows]
    rules += [f".c{column}{{grid-column-start:{column + 1}}}" for column in range(COLUMNS)]
    rules += [f".w{width}{{grid-column-end:span {width}}}" for width in range(1, COLUMNS + 1)]
    return "\n".join(rules)
