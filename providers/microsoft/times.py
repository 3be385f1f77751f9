"""Times as Graph writes them: a clock without an offset, and beside it the name of its zone.

Everything is sent in UTC, which Outlook shows in its owner's own zone, and asked for in UTC. The names in
answers may be those of Windows, of IANA, or ones for rules that someone made up; nothing is guessed.
"""

from datetime import UTC, date, datetime, time
from typing import Any

from providers.answers import optional_instant, optional_text
from timezones import start_of_day, zone, zone_as_written

UTC_ZONE = "UTC"
# How Exchange calls UTC, beside the names that everyone uses.
_ALSO_UTC = {"", "utc", "tzone://microsoft/utc", "etc/utc", "etc/gmt"}


def moment(instant: datetime) -> dict[str, str]:
    """Return an instant as Graph takes it."""
    return {"dateTime": instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"), "timeZone": UTC_ZONE}


def in_query(instant: datetime) -> str:
    """Return an instant as the queries of a calendar's view take it: they know no zone but what the text
    itself names."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def instant_in(value: object, *, all_day_in: str | None = None) -> datetime | None:
    """Return the instant (UTC) in a time of Graph's, None if there is none or its zone is not known.

    all_day_in: for an event of whole days, the zone in which its days begin, by any name.
    """
    if not isinstance(value, dict):
        return None
    clock = _clock_in(value)
    if clock is None:
        return None
    if clock.tzinfo is not None:
        return _of_our_age(clock)
    if all_day_in is not None and clock.time() == time():
        try:
            return _of_our_age(start_of_day(clock.date(), iana_name(all_day_in) or UTC_ZONE))
        except OverflowError:
            return None
    name = iana_name(optional_text(value, "timeZone"))
    if name is None:
        return None
    try:
        return _of_our_age(clock.replace(tzinfo=UTC if name == UTC_ZONE else zone(name)))
    except OverflowError:
        return None


def midnight_in(value: object) -> date | None:
    """Return the day that begins with a time of Graph's; None if it is no midnight."""
    clock = _clock_in(value) if isinstance(value, dict) else None
    return clock.date() if clock is not None and clock.time() == time() else None


def iana_name(name: str) -> str | None:
    """Return the IANA name of a zone that Graph names; None for one without, such as
    "tzone://Microsoft/Custom" and "Customized Time Zone"."""
    if name.strip().lower() in _ALSO_UTC:
        return UTC_ZONE
    return zone_as_written(name)


def _clock_in(value: dict[str, Any]) -> datetime | None:
    try:
        # Answers have seven digits after the point; what is beyond microseconds is dropped.
        return datetime.fromisoformat(optional_text(value, "dateTime"))
    except ValueError:
        return None


def _of_our_age(instant: datetime) -> datetime | None:
    return optional_instant({"at": instant.isoformat()}, "at")
