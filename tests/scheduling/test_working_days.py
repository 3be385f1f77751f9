"""The day that Date & Time begins with."""

from datetime import date

import pytest

from scheduling.working_days import next_working_day


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2026-11-26", "2026-11-27"),
        ("2026-11-27", "2026-11-30"),
        ("2026-11-28", "2026-11-30"),
        ("2026-11-29", "2026-11-30"),
        ("2026-11-30", "2026-12-01"),
        ("2026-12-31", "2027-01-01"),
    ],
    ids=["Thursday", "Friday", "Saturday", "Sunday", "Monday", "end of the year"],
)
def test_weekends_are_skipped(today: str, expected: str) -> None:
    assert next_working_day(date.fromisoformat(today)) == date.fromisoformat(expected)
