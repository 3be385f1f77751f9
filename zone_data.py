"""Where time zones come from: the pinned `tzdata` package, and never the machine.

Python prefers the system's files, which are as old as the system. On one that was a year behind, a candidate
in Vancouver was told an hour that British Columbia had stopped keeping. Whatever builds a zone in this
process, a library included, gets the package's from the moment this module is imported; it has to come first.
"""

from __future__ import annotations

import re
import unicodedata
import zoneinfo
from datetime import datetime
from functools import cache
from importlib import resources

from tzlocal.windows_tz import win_tz

zoneinfo.reset_tzpath(to=())
# Zones that a library has built already came from the system.
zoneinfo.ZoneInfo.clear_cache()

UTC_NAME = "UTC"
# How people and programs write UTC. The abbreviations that IANA keeps as zones, such as "EST", are left out:
# it links that one to Panama, and few who write it live there.
_UTC_NAMES = frozenset({"utc", "gmt", "zulu", "z", "uct", "universal", "greenwich"})


@cache
def version() -> str:
    """The edition of the zones, as IANA counts: `2026f`."""
    return _read("tzdata.zi").partition("\n")[0].removeprefix("# version ")


@cache
def names() -> tuple[str, ...]:
    """Every zone once, by its present name, sorted: those of IANA's table of countries, and `UTC`."""
    listed = {row.split("\t")[2] for row in _rows("zone.tab")}
    return tuple(sorted({*listed, UTC_NAME}))


def present_name(name: str) -> str:
    """The name that `names` has for a zone under any of its names: `Europe/Kyiv` for `Europe/Kiev`. A text
    that is no name of a zone, or of none that people live in, comes back as it is."""
    if name in _known():
        return name
    region, _, rest = name.rpartition("/")
    if region in ("", "Etc") and rest.casefold() in _UTC_NAMES:
        return UTC_NAME
    found = name
    while region and found not in _known() and found in _links():
        found = _links()[found]
    return found if found in _known() else name


def as_written(text: str) -> str | None:
    """The present name of the zone that a person or a program wrote, or None.

    Read are IANA's names, old or new, with spaces or without, in any case; `GMT`; the names that Windows and
    Outlook use, such as `W. Europe Standard Time` or `(UTC+01:00) Amsterdam, Berlin, Bern`; those of
    calendars, such as `Eastern Time - New York`; and a place alone, such as `Kolkata`, that only one zone is
    called after, or one of `_CITIES`. A clock alone, such as `EST` or `UTC+1`, is no zone: it does not say
    when clocks change.
    """
    present = present_name(text.strip())
    if present in _known():
        return present
    plain = _plain(text)
    offset = _OFFSET.match(plain)
    if offset:
        return _of_several(plain[offset.end() :], _minutes(offset))
    # What programs add in parentheses is an abbreviation or an offset: `Europe/Berlin (CET)`.
    for written in (plain, _REMARK.sub("", plain), plain.rpartition(" - ")[2]):
        if found := _written().get(_plain(written)):
            return found
    place, _, country = plain.partition(", ")
    found = _written().get(place)
    # "London, Ontario" is another place than London.
    return found if found and country in _countries().get(found, ()) else None


@cache
def spellings() -> dict[str, list[str]]:
    """Each of `names` with every other way of writing it that is not its own place, in the form of `_plain`:
    a place alone is found in the name."""
    found: dict[str, list[str]] = {name: [] for name in names()}
    for written, name in _written().items():
        if written not in (_plain(name), _plain(name).rpartition("/")[2]):
            found[name].append(written)
    return found


# How Windows begins the names it shows: the clock in winter, then the places.
_OFFSET = re.compile(r"\((?:utc|gmt)(?:([+-])(\d\d?):?(\d\d)?)?\)\s*")
_REMARK = re.compile(r"\s*\([^()]*\)$")
# IANA has these as zones without a place: "EST" is Panama there, and few who write it live in Panama.
_CLOCKS = frozenset({"cet", "eet", "est", "hst", "met", "mst", "wet", "factory", "gmt+0", "gmt-0", "gmt0"})
# What calendars call the clocks of the United States, and cities that no zone is called after.
# fmt: off
_CITIES = {
    "America/New_York": (
        "eastern time", "us eastern time", "boston", "atlanta", "miami", "philadelphia", "washington dc",
        "washington d.c.",
    ),
    "America/Chicago": ("central time", "us central time", "houston", "dallas", "austin", "minneapolis"),
    "America/Denver": ("mountain time", "us mountain time"),
    "America/Los_Angeles": (
        "pacific time", "us pacific time", "san francisco", "seattle", "san diego", "san jose",
    ),
    "America/Anchorage": ("alaska time", "alaska"),
    "Pacific/Honolulu": ("hawaii time", "hawaii"),
    "America/Toronto": ("ottawa",),
    "America/Sao_Paulo": ("rio de janeiro", "brasilia"),
    "Asia/Kolkata": (
        "mumbai", "bombay", "delhi", "new delhi", "chennai", "madras", "bangalore", "bengaluru", "hyderabad",
        "pune",
    ),
    "Asia/Shanghai": ("beijing", "shenzhen", "guangzhou"),
    "Asia/Tokyo": ("osaka",),
    "Asia/Ho_Chi_Minh": ("hanoi",),
    "Asia/Jerusalem": ("haifa",),
    "Australia/Sydney": ("canberra",),
    "Europe/Berlin": ("munich", "munchen", "hamburg", "frankfurt", "cologne", "koln", "stuttgart"),
    "Europe/Zurich": ("geneva", "geneve", "genf", "basel", "bern"),
    "Europe/Vienna": ("wien",),
    "Europe/Rome": ("milan", "milano", "roma"),
    "Europe/Madrid": ("barcelona", "valencia"),
    "Europe/Paris": ("lyon", "marseille"),
    "Europe/Lisbon": ("porto", "lisboa"),
    "Europe/London": ("manchester", "edinburgh", "glasgow", "cardiff"),
    "Europe/Amsterdam": ("rotterdam", "the hague"),
    "Europe/Warsaw": ("krakow", "warszawa"),
    "Europe/Prague": ("praha", "brno"),
    UTC_NAME: ("coordinated universal time", "greenwich mean time"),
}
# fmt: on


def _plain(text: str) -> str:
    """A text as zones are compared: without case, accents, doubled spaces, and signs nobody can see."""
    letters = unicodedata.normalize("NFKD", text.replace("_", " ").replace("\\", "/").casefold())
    seen = "".join(sign for sign in letters if unicodedata.category(sign) not in {"Cf", "Mn"})
    plain = re.sub(r" ?/ ?", "/", " ".join(seen.replace("–", "-").split()))
    return plain.replace(" daylight time", " standard time")


def _minutes(offset: re.Match[str]) -> int:
    sign, hours, minutes = offset.groups()
    return (-1 if sign == "-" else 1) * (int(hours or 0) * 60 + int(minutes or 0))


def _of_several(places: str, minutes: int) -> str | None:
    """The first of the places with that many minutes to UTC in winter: all of them share one clock."""
    for place in (places, _REMARK.sub("", places), *places.split(",")):
        found = _written().get(_plain(place))
        if found is not None and _winter_minutes(found) == minutes:
            return found
    return None


@cache
def _winter_minutes(name: str) -> int:
    """How far a zone is from UTC while no summer time is kept, in minutes."""
    place = zoneinfo.ZoneInfo(name)
    # Summer time is kept in January or in July, and in Ireland IANA counts the winter as the exception.
    offsets = [datetime(int(version()[:4]), month, 1, tzinfo=place).utcoffset() for month in (1, 7)]
    return min(int(each.total_seconds()) // 60 for each in offsets if each is not None)


@cache
def _countries() -> dict[str, frozenset[str]]:
    """What the country of each zone is called in English, and its code."""
    names = dict(row.split("\t") for row in _rows("iso3166.tab"))
    found: dict[str, frozenset[str]] = {}
    for row in _rows("zone.tab"):
        code, _, name = row.split("\t")[:3]
        country = _plain(names[code])
        found[name] = frozenset({code.casefold(), country, *_ALSO_CALLED.get(code, ())})
    return found


_ALSO_CALLED = {"GB": ("uk", "england", "united kingdom"), "US": ("usa", "united states of america")}


@cache
def _known() -> frozenset[str]:
    return frozenset(names())


@cache
def _links() -> dict[str, str]:
    """The name that each other name leads to, as IANA keeps them."""
    rows = (row.split(" ") for row in _read("tzdata.zi").splitlines() if row.startswith("L "))
    return {other: name for _, name, other in rows}


@cache
def _written() -> dict[str, str]:
    """Every way of writing a zone, in the form of `_plain`, and the present name it means."""
    places: dict[str, set[str]] = {}
    found: dict[str, str] = {}
    for windows, name in win_tz.items():
        if (present := present_name(name)) in _known():
            found[_plain(windows)] = present
    for name in (*names(), *_links()):
        # Without a region are countries, such as "Japan", and clocks.
        present = present_name(name if "/" in name else _links().get(name, name))
        plain = _plain(name)
        if present in _known() and plain not in _CLOCKS:
            found[plain] = present
            places.setdefault(plain.rpartition("/")[2], set()).add(present)
    for place, presents in places.items():
        if len(presents) == 1:
            found.setdefault(place, *presents)
    for name, cities in _CITIES.items():
        for city in cities:
            found.setdefault(city, name)
    return found


def _rows(name: str) -> list[str]:
    return [row for row in _read(name).splitlines() if row and not row.startswith("#")]


def _read(name: str) -> str:
    return (resources.files("tzdata") / "zoneinfo" / name).read_text(encoding="utf-8")
