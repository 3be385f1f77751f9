"""When an event is: Graph's pairs of a local time without an offset and the name of a zone.

Zones have their Windows or IANA names. A zone that Exchange cannot match with either is called
"tzone://Microsoft/Custom".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from simulators.microsoft.errors import wrong_request

# The Windows names that the simulator knows.
WINDOWS = {
    "UTC": "UTC",
    "GMT Standard Time": "Europe/London",
    "W. Europe Standard Time": "Europe/Berlin",
    "Romance Standard Time": "Europe/Paris",
    "Central European Standard Time": "Europe/Warsaw",
    "FLE Standard Time": "Europe/Kyiv",
    "Eastern Standard Time": "America/New_York",
    "Central Standard Time": "America/Chicago",
    "Mountain Standard Time": "America/Denver",
    "Pacific Standard Time": "America/Los_Angeles",
    "E. South America Standard Time": "America/Sao_Paulo",
    "India Standard Time": "Asia/Kolkata",
    "China Standard Time": "Asia/Shanghai",
    "Tokyo Standard Time": "Asia/Tokyo",
    "Singapore Standard Time": "Asia/Singapore",
    "AUS Eastern Standard Time": "Australia/Sydney",
    "New Zealand Standard Time": "Pacific/Auckland",
    "tzone://Microsoft/Utc": "UTC",
}


@cache
def _iana() -> frozenset[str]:
    return frozenset(available_timezones())


def zone_of(name: str) -> tzinfo:
    """The zone with that name. Raises GraphError for one that Exchange does not know."""
    known = WINDOWS.get(name, name)
    if known not in _iana():
        raise wrong_request(
            "A valid TimeZone value must be specified. The following TimeZone value is not supported:"
            f" '{name}'.",
            "TimeZoneNotSupportedException",
        )
    return UTC if known == "UTC" else ZoneInfo(known)


def clock(text: str) -> datetime:
    """Read a local time without an offset; fractions beyond microseconds are dropped. Raises GraphError."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise wrong_request(f"The DateTime value is not valid: {text}") from None
    return found.replace(tzinfo=None)


def instant(value: Mapping[str, Any]) -> datetime:
    """The instant (UTC) that a start or end means. Raises GraphError."""
    return clock(value["dateTime"]).replace(tzinfo=zone_of(value.get("timeZone") or "UTC")).astimezone(UTC)


def in_query(text: str) -> datetime:
    """The instant in a parameter such as startDateTime: with its own offset, or else in UTC."""
    try:
        # A plus sign that was not encoded arrives as a space.
        found = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        raise wrong_request(f"The value is not a date and time: {text}") from None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def span(start: Mapping[str, Any], end: Mapping[str, Any], *, all_day: bool) -> tuple[datetime, datetime]:
    """Start and end as instants. Raises GraphError for what Exchange does not accept as a time."""
    first, last = instant(start), instant(end)
    if last < first:
        raise wrong_request(
            "The end time must not be before the start time.", "ErrorPropertyValidationFailure"
        )
    midnights = all(clock(value["dateTime"]).time() == datetime.min.time() for value in (start, end))
    if all_day and (not midnights or last - first < timedelta(hours=23)):
        raise wrong_request(
            "The Event.Start and Event.End of an all-day event must be midnights, at least a day apart.",
            "ErrorPropertyValidationFailure",
        )
    return first, last


def shown(value: Mapping[str, Any], zone: str, *, all_day: bool) -> dict[str, str]:
    """A start or end as it appears in answers. Whole days keep their midnights, whatever the zone."""
    moment = clock(value["dateTime"]) if all_day else instant(value).astimezone(zone_of(zone))
    return {"dateTime": moment.strftime("%Y-%m-%dT%H:%M:%S.%f0"), "timeZone": zone}


def moved(value: Mapping[str, Any], by: timedelta) -> dict[str, Any]:
    """The same time, this much later."""
    return {**value, "dateTime": (clock(value["dateTime"]) + by).isoformat()}
