"""Where things are among the hours of a day, as rules of the style sheet.

A page may not carry styles of its own (the content security policy allows none), so every place that
something can have is a class: `n12` shows twelve hours, `r8` begins in the ninth row of them, `s3` has three
rows, and `l1-2` is the second of two lanes.
"""

from __future__ import annotations

# A row is a quarter of an hour.
ROWS_OF_HOUR = 4
# A day on which clocks go back by two hours, as they once did.
_MOST_HOURS = 26
# Narrower than this, nothing can be read.
MOST_LANES = 6
# A day has twelve columns, which these numbers of lanes divide.
_COLUMNS = 12
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
    for lanes in sorted(set(WIDTHS.values())):
        width = _COLUMNS // lanes
        rules += [f".l{lane}-{lanes}{{grid-column:{lane * width + 1}/span {width}}}" for lane in range(lanes)]
    return "\n".join(rules)
