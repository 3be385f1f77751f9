"""IANA time zones by the names that Zoom knows.

Zoom accepts a fixed list of ids shaped like IANA names (Zoom API reference, "Abbreviations", time zones):
some IANA names are missing, some of its own are old spellings. What it does with any other name is not
documented. The zone of a meeting is for display in Zoom only, since starts are sent in UTC, so a neighbor
whose clocks show the same all year is as good, and "UTC" is always right.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from timezones import UnknownZoneError, zone

# In the order of preference among zones with the same clock and the same region. Zoom's "SST" is left out: it
# is no IANA name, and Pacific/Guadalcanal, which it means, has the clock of Pacific/Noumea.
# fmt: off
ZOOM_ZONES = (
    "Pacific/Midway", "Pacific/Pago_Pago", "Pacific/Honolulu", "Pacific/Auckland", "Pacific/Fiji",
    "Pacific/Noumea", "Pacific/Port_Moresby", "Pacific/Apia", "America/Anchorage", "America/Los_Angeles",
    "America/Vancouver", "America/Tijuana", "America/Denver", "America/Edmonton", "America/Phoenix",
    "America/Mazatlan", "America/Chicago", "America/Winnipeg", "America/Regina", "America/Mexico_City",
    "America/Guatemala", "America/El_Salvador", "America/Managua", "America/Costa_Rica",
    "America/Tegucigalpa", "America/New_York", "America/Montreal", "America/Indianapolis", "America/Panama",
    "America/Bogota", "America/Lima", "America/Halifax", "America/Puerto_Rico", "America/Caracas",
    "America/Santiago", "America/St_Johns", "America/Montevideo", "America/Araguaina",
    "America/Argentina/Buenos_Aires", "America/Godthab", "America/Sao_Paulo", "Canada/Atlantic",
    "Atlantic/Azores", "Atlantic/Cape_Verde", "Atlantic/Reykjavik", "UTC", "Etc/Greenwich", "Europe/London",
    "Europe/Dublin", "Europe/Lisbon", "Europe/Berlin", "Europe/Paris", "Europe/Madrid", "Europe/Rome",
    "Europe/Amsterdam", "Europe/Brussels", "Europe/Vienna", "Europe/Zurich", "Europe/Luxembourg",
    "Europe/Stockholm", "Europe/Oslo", "Europe/Copenhagen", "Europe/Warsaw", "Europe/Prague",
    "Europe/Budapest", "Europe/Belgrade", "Europe/Athens", "Europe/Helsinki", "Europe/Bucharest",
    "Europe/Sofia", "Europe/Kiev", "Europe/Istanbul", "Europe/Moscow", "CET", "Africa/Casablanca",
    "Africa/Nouakchott", "Africa/Algiers", "Africa/Tunis", "Africa/Bangui", "Africa/Cairo", "Africa/Tripoli",
    "Africa/Johannesburg", "Africa/Harare", "Africa/Khartoum", "Africa/Nairobi", "Africa/Djibouti",
    "Africa/Mogadishu", "Asia/Jerusalem", "Asia/Beirut", "Asia/Nicosia", "Asia/Damascus", "Asia/Amman",
    "Asia/Baghdad", "Asia/Riyadh", "Asia/Kuwait", "Asia/Bahrain", "Asia/Qatar", "Asia/Aden", "Asia/Tehran",
    "Asia/Dubai", "Asia/Muscat", "Asia/Baku", "Asia/Kabul", "Asia/Tashkent", "Asia/Yekaterinburg",
    "Asia/Kolkata", "Asia/Calcutta", "Asia/Kathmandu", "Asia/Dhaka", "Asia/Dacca", "Asia/Almaty",
    "Asia/Bangkok", "Asia/Saigon", "Asia/Jakarta", "Asia/Novosibirsk", "Asia/Krasnoyarsk", "Asia/Shanghai",
    "Asia/Hong_Kong", "Asia/Taipei", "Asia/Singapore", "Asia/Kuala_Lumpur", "Asia/Irkutsk", "Asia/Tokyo",
    "Asia/Seoul", "Asia/Yakutsk", "Asia/Vladivostok", "Asia/Magadan", "Asia/Kamchatka", "Australia/Perth",
    "Australia/Darwin", "Australia/Adelaide", "Australia/Brisbane", "Australia/Sydney", "Australia/Hobart",
)
# fmt: on
_KNOWN = frozenset(ZOOM_ZONES)

# IANA names of zones that Zoom lists under another, mostly older, spelling.
_OLD_SPELLING = {
    "America/Indiana/Indianapolis": "America/Indianapolis",
    "America/Nuuk": "America/Godthab",
    "America/Toronto": "America/Montreal",
    "Asia/Ho_Chi_Minh": "Asia/Saigon",
    "Etc/UTC": "UTC",
    "GMT": "Etc/Greenwich",
    "Europe/Kyiv": "Europe/Kiev",
}


def zoom_timezone(name: str, at: datetime) -> str:
    """Return the id to send to Zoom for the IANA zone `name` and a meeting at `at` (aware).

    The zone itself if Zoom lists it, perhaps in an older spelling, else a listed zone whose clock shows the
    same throughout the year of `at`, one of the same region first, else "UTC".
    """
    name = _OLD_SPELLING.get(name, name)
    return name if name in _KNOWN else _neighbor(name, at.year)


@lru_cache(maxsize=1024)
def _neighbor(name: str, year: int) -> str:
    clock = _offsets(name, year)
    if clock is None:
        return "UTC"
    region = name.partition("/")[0]
    same = [other for other in ZOOM_ZONES if _offsets(other, year) == clock]
    return next((other for other in same if other.partition("/")[0] == region), same[0] if same else "UTC")


@lru_cache(maxsize=1024)
def _offsets(name: str, year: int) -> tuple[timedelta | None, ...] | None:
    """Return a zone's offsets at noon UTC of each day of a year, which tell all rules in use apart."""
    try:
        place = zone(name)
    except UnknownZoneError:
        return None
    first = datetime(year, 1, 1, 12, tzinfo=UTC)
    return tuple((first + timedelta(days=day)).astimezone(place).utcoffset() for day in range(365))
