"""A clock for the product that only a test moves."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from timezones import system_clock, use_clock, utc_now


class Clock:
    """Stopped until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, by: timedelta) -> None:
        self.now += by


def standing_at() -> datetime | None:
    """The time on this test's clock, or None when the product uses the system's clock."""
    now = utc_now()
    return None if abs(now - system_clock()) < timedelta(minutes=1) else now


@contextmanager
def stopped_clock() -> Iterator[Clock]:
    """The product's clock, stopped at noon on a Monday in winter for as long as the block lasts."""
    stopped = Clock(datetime(2027, 2, 1, 12, tzinfo=UTC))
    use_clock(stopped)
    try:
        yield stopped
    finally:
        use_clock(system_clock)
