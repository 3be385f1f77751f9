"""The words for the days that a view shows."""

from __future__ import annotations

from datetime import date, timedelta

_DAY = timedelta(days=1)


def title_of(first: date, last: date) -> str:
    """`Tuesday, 1 December 2026` for a day, `December 2026` for all of a month, and otherwise from the first
    day up to the last one: `1–14 December 2026`, `28 Dec 2026 – 3 Jan 2027`."""
    if first == last:
        return f"{first:%A}, {first.day} {first:%B} {first.year}"
    if (first.year, first.month) == (last.year, last.month):
        is_whole = first.day == 1 and (last + _DAY).day == 1
        return f"{'' if is_whole else f'{first.day}–{last.day} '}{last:%B} {last.year}"
    if first.year == last.year:
        return f"{first.day} {first:%b} – {last.day} {last:%b} {last.year}"
    return f"{first.day} {first:%b} {first.year} – {last.day} {last:%b} {last.year}"
