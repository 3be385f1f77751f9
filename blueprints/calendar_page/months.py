"""A month as a calendar shows it: whole weeks, and each day with its interviews in the reader's zone."""

from __future__ import annotations

from calendar import Calendar
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from blueprints.calendar_page.pages import Drawn, Page, is_cut
from scheduling.reading.interview_rows import InterviewRow
from timezones import in_zone, start_of_day
from web.times import FIRST_YEAR, LAST_YEAR

# What a phone lists where the month was not chosen: today and the days after it.
AHEAD = 14
# A day shows so many, and how many more there are. One more than that takes no more room than saying so.
_AT_ONCE = 3


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
    """`is_other`: a day of the month before or after, shown to complete the weeks. `is_beyond`: one after
    these weeks, for the list of the next days on a phone. `is_ahead`: one of these next days."""

    on: date
    interviews: tuple[InterviewRow, ...]
    is_other: bool
    is_today: bool
    is_ahead: bool = False
    is_beyond: bool = False

    @property
    def shown(self) -> int:
        """How many of the interviews are shown at once; the rest are folded."""
        return len(self.interviews) if len(self.interviews) <= _AT_ONCE + 1 else _AT_ONCE

    @property
    def label(self) -> str:
        return f"{self.on:%A}, {self.on.day} {self.on:%B}"


def draw(page: Page) -> Drawn:
    """The month of the day that is asked for, in whole weeks."""
    month = Month(page.asked.on.year, page.asked.on.month)
    on = month.days()
    items = page.items(on[0], on[-1])
    rows = [item.row for item in items if item.row is not None]
    days = days_of(month, on, rows, page.now, page.zone)
    return Drawn(
        "calendar_page/_month.html", month.label, {"days": days}, items, on[0], on[-1], is_cut(items)
    )


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


def span_of(days: list[date], zone_name: str) -> tuple[datetime, datetime]:
    """The instants at which the first of these days begins and the last one ends."""
    return start_of_day(days[0], zone_name), start_of_day(days[-1] + timedelta(days=1), zone_name)


def shown_days(month: Month, now: datetime, zone_name: str, *, with_ahead: bool) -> list[date]:
    """The days of the month's weeks; `with_ahead`: also those of the next days that follow these weeks."""
    days = month.days()
    if with_ahead:
        last = in_zone(now, zone_name).date() + timedelta(days=AHEAD - 1)
        days += [days[-1] + timedelta(days=number) for number in range(1, (last - days[-1]).days + 1)]
    return days


def days_of(
    month: Month, days: list[date], interviews: Iterable[InterviewRow], now: datetime, zone_name: str
) -> list[Day]:
    """These days, from `shown_days`, with their interviews, each on its day in this reader's zone."""
    by_day: dict[date, list[InterviewRow]] = defaultdict(list)
    for interview in interviews:
        by_day[in_zone(interview.starts_at, zone_name).date()].append(interview)
    today, last_in_weeks = in_zone(now, zone_name).date(), month.days()[-1]
    return [
        Day(
            on,
            tuple(by_day.get(on, ())),
            is_other=on.month != month.number,
            is_today=on == today,
            is_ahead=0 <= (on - today).days < AHEAD,
            is_beyond=on > last_in_weeks,
        )
        for on in days
    ]
