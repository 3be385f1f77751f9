"""A month as a calendar shows it: whole weeks, and each day with its interviews in the reader's zone."""

from __future__ import annotations

from calendar import Calendar
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from scheduling.reading.interview_rows import InterviewRow
from timezones import in_zone, start_of_day

# No one has interviews beyond these, and dates stop working.
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True, order=True)
class Month:
    year: int
    number: int

    @property
    def label(self) -> str:
        return f"{date(self.year, self.number, 1):%B} {self.year}"

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    def moved(self, months: int) -> Month | None:
        """The month this many months later, or None where the calendar ends."""
        year, number = divmod(self.year * 12 + self.number - 1 + months, 12)
        return Month(year, number + 1) if FIRST_YEAR <= year <= LAST_YEAR else None

    def days(self) -> list[date]:
        """The days of its weeks, from the Monday up to its first day to the Sunday after its last."""
        return list(Calendar().itermonthdates(self.year, self.number))


@dataclass(frozen=True)
class Day:
    """`is_other`: a day of the month before or after, shown to complete the weeks."""

    on: date
    interviews: tuple[InterviewRow, ...]
    is_other: bool
    is_today: bool

    @property
    def label(self) -> str:
        return f"{self.on:%A}, {self.on.day} {self.on:%B}"


def read_month(text: str) -> Month | None:
    """A month as written in addresses, `2026-11`; None for anything else."""
    year, _, number = text.partition("-")
    if not (year.isascii() and year.isdigit() and number.isascii() and number.isdigit() and len(text) == 7):
        return None
    month = Month(int(year), int(number)) if 1 <= int(number) <= 12 else None
    return month if month is not None and FIRST_YEAR <= month.year <= LAST_YEAR else None


def month_of(instant: datetime, zone_name: str) -> Month:
    local = in_zone(instant, zone_name)
    return Month(local.year, local.month)


def span_of(month: Month, zone_name: str) -> tuple[datetime, datetime]:
    """The instants at which the first day of the month's weeks begins and the last one ends."""
    days = month.days()
    return start_of_day(days[0], zone_name), start_of_day(days[-1] + timedelta(days=1), zone_name)


def days_of(month: Month, interviews: Iterable[InterviewRow], now: datetime, zone_name: str) -> list[Day]:
    """The days of the month's weeks with their interviews, each on its day in this reader's zone."""
    by_day: dict[date, list[InterviewRow]] = defaultdict(list)
    for interview in interviews:
        by_day[in_zone(interview.starts_at, zone_name).date()].append(interview)
    today = in_zone(now, zone_name).date()
    return [Day(on, tuple(by_day.get(on, ())), on.month != month.number, on == today) for on in month.days()]
