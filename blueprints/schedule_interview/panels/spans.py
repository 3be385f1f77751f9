"""The time of something on a day, in words."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from timezones import in_zone, start_of_day, zone_abbreviation

ALL_DAY = "All day"
_DAY = timedelta(days=1)


def span_on(starts_at: datetime, ends_at: datetime, on: date, zone: str) -> str:
    """`10:00–10:30`, or `All day`, `Until 10:30`, `From 10:00` for what reaches into other days, which a
    night is not. With both zones where the clocks change in between: `02:30 CEST–02:15 CET`."""
    begins, ends = in_zone(starts_at, zone), in_zone(ends_at, zone)
    is_from_before = starts_at < start_of_day(on, zone)
    is_beyond = ends_at >= start_of_day(on + _DAY, zone)
    if is_beyond and starts_at <= start_of_day(on, zone):
        return ALL_DAY
    if is_from_before:
        return f"Until {ends:%H:%M}"
    if is_beyond and ends_at - starts_at >= _DAY:
        return f"From {begins:%H:%M}"
    if begins.utcoffset() == ends.utcoffset():
        return f"{begins:%H:%M}–{ends:%H:%M}"
    return (
        f"{begins:%H:%M} {zone_abbreviation(starts_at, zone)}–{ends:%H:%M} {zone_abbreviation(ends_at, zone)}"
    )
