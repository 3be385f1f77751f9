"""When an event is: reading and writing Google's pairs of date or instant and zone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from simulators.google.discovery import day, instant
from simulators.google.errors import wrong_request


def moment_of(value: Mapping[str, Any], zone: str) -> datetime:
    """The instant that a start or end means; all-day events begin at midnight in the calendar's `zone`."""
    if value.get("date"):
        date = day(value["date"])
        assert date is not None
        return datetime.combine(date, time(), ZoneInfo(zone))
    moment = instant(value["dateTime"])
    assert moment is not None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(value["timeZone"]))


def span(start: Mapping[str, Any], end: Mapping[str, Any], zone: str) -> tuple[datetime, datetime]:
    """Start and end as instants. Raises GoogleError for what Google does not accept as a time."""
    if bool(start.get("date")) != bool(end.get("date")):
        raise wrong_request("Start and end times must either both be date or both be dateTime.", where="end")
    first, last = moment_of(start, zone), moment_of(end, zone)
    empty = last <= first if start.get("date") else last < first
    if empty:
        raise wrong_request("The specified time range is empty.", where="end", reason="timeRangeEmpty")
    return first, last


def written(value: Mapping[str, Any], zone: str) -> dict[str, Any]:
    """A start or end as it appears in answers: the instant in `zone`, with the zone it was created in."""
    if value.get("date"):
        return {"date": value["date"]}
    shown = {"dateTime": in_zone(moment_of(value, zone), zone)}
    if value.get("timeZone"):
        shown["timeZone"] = value["timeZone"]
    return shown


def in_zone(moment: datetime, zone: str) -> str:
    """The instant as Google writes it: whole seconds, Z where the offset is zero."""
    text = moment.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")
    return text.replace("+00:00", "Z")


def moved(value: Mapping[str, Any], by: timedelta) -> dict[str, Any]:
    """The same kind of time, this much later."""
    if value.get("date"):
        date = day(value["date"])
        assert date is not None
        return {**value, "date": (date + by).isoformat()}
    moment = instant(value["dateTime"])
    assert moment is not None
    if moment.tzinfo is None:
        return {**value, "dateTime": (moment + by).isoformat()}
    return {**value, "dateTime": (moment.astimezone(UTC) + by).isoformat().replace("+00:00", "Z")}
