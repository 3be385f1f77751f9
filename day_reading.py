"""Days as people write them: `tomorrow`, `Friday`, `May 12`, `Fri, Dec 4`, `12/4`, `2026-12-04`.

Parts of dates are read by dateutil, which takes whatever is missing from a day that it is given. Here only
what names one day counts, so `May` and `12`, which are names and numbers as well, are none.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from dateutil.parser import parse, parserinfo

_NAMES = parserinfo()
_NEAR = {"yesterday": -1, "today": 0, "tomorrow": 1}
_IN_NUMBERS = re.compile(r"\d{1,4}([./-])\d{1,2}(\1\d{1,4})?\.?")
# Two days that share nothing: what comes out alike was written, and the rest was taken from them. Both years
# have a February 29.
_FILLED_IN = (datetime(2024, 1, 1, 0, 0, tzinfo=UTC), datetime(2028, 2, 2, 1, 1, tzinfo=UTC))
# No one has interviews beyond these.
_FIRST_YEAR, _LAST_YEAR = 2000, 2100


def day_as_written(text: str, today: date) -> date | None:
    """The day that a text names, or None. `today`: the reader's. A day of the week is the next one, today
    included; a day without a year is the nearest. In numbers, the month comes first, unless periods are
    between them or only one order is possible."""
    words = text.casefold().replace(",", " ").split()
    if len(words) == 1 and words[0] in _NEAR:
        return today + timedelta(days=_NEAR[words[0]])
    if len(words) == 1 and (weekday := _NAMES.weekday(words[0])) is not None:
        return today + timedelta(days=(weekday - today.weekday()) % 7)
    if not any(_NAMES.month(word.rstrip(".")) is not None or _IN_NUMBERS.fullmatch(word) for word in words):
        return None
    written = " ".join(_with_slashes(word) for word in words)
    try:
        first, second = (
            parse(written, default=each, dayfirst="." in text, ignoretz=True) for each in _FILLED_IN
        )
    except (ValueError, OverflowError):
        return None
    has_time = (first.time(), second.time()) != tuple(each.time() for each in _FILLED_IN)
    if has_time or (first.month, first.day) != (second.month, second.day):
        return None
    if first.year == second.year:
        return first.date() if _FIRST_YEAR <= first.year <= _LAST_YEAR else None
    return _nearest(first.month, first.day, today)


def _with_slashes(word: str) -> str:
    """`4.12.` as dateutil reads it. The period of `Dec.` tells it nothing."""
    return word.strip(".").replace(".", "/") if _IN_NUMBERS.fullmatch(word) else word.rstrip(".")


def _nearest(month: int, day: int, today: date) -> date | None:
    found = []
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue
    return min(found, key=lambda each: abs(each - today), default=None)
