"""Which days interviews are usually on. Public holidays are not known."""

from __future__ import annotations

from datetime import date, timedelta

_SATURDAY = 5


def is_weekend(day: date) -> bool:
    """Whether it is a Saturday or a Sunday."""
    return day.weekday() >= _SATURDAY


def next_working_day(after: date) -> date:
    """The first day from Monday to Friday after this one."""
    day = after + timedelta(days=1)
    while is_weekend(day):
        day += timedelta(days=1)
    return day


def working_days(first: date, number: int) -> tuple[date, ...]:
    """This many days from Monday to Friday, starting with `first` if it is one of them."""
    days: list[date] = []
    day = first - timedelta(days=1)
    while len(days) < number:
        day = next_working_day(day)
        days.append(day)
    return tuple(days)
