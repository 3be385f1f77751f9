"""A clock for the product that only a test moves."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from timezones import system_clock, use_clock, utc_now


class Clock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, by: timedelta) -> None:
        self.now += by


def standing_at() -> datetime | None:
    """Where the clock of this test stands, or None when the product's clock is the system's."""
    now = utc_now()
    return None if abs(now - system_clock()) < timedelta(minutes=1) else now


@contextmanager
def standing_clock() -> Iterator[Clock]:
    """The product's clock, standing at noon of a Monday in winter for as long as the block lasts."""
    standing = Clock(datetime(2027, 2, 1, 12, tzinfo=UTC))
    use_clock(standing)
    try:
        yield standing
    finally:
        use_clock(system_clock)
