"""Which days interviews are usually on."""

from __future__ import annotations

from datetime import date, timedelta

_SATURDAY = 5


def next_working_day(after: date) -> date:
    """The first day from Monday to Friday after this one. Public holidays are not known."""
    day = after + timedelta(days=1)
    while day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    return day
