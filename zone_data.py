"""Where time zones come from: the pinned `tzdata` package, and never the machine.

Python prefers the system's files, which are as old as the system. On one that was a year behind, a candidate
in Vancouver was told an hour that British Columbia had stopped keeping. Whatever builds a zone in this
process, a library included, gets the package's from the moment this module is imported; it has to come first.
"""

from __future__ import annotations

import zoneinfo
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
    rows = _read("zone.tab").splitlines()
    listed = {row.split("\t")[2] for row in rows if row and not row.startswith("#")}
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
    """The present name of the zone that a person or a program wrote, or None. Read are IANA's names, old or
    new, with spaces or without, in any case; `GMT`; the names that Windows and Outlook use, such as
    `W. Europe Standard Time`; and a place alone, such as `Kolkata`, that only one zone is called after."""
    present = present_name(text.strip())
    if present in _known():
        return present
    return _written().get(" ".join(text.replace("_", " ").split()).casefold())


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
    """Every way of writing a zone, case-folded and with spaces, and the present name it means."""
    places: dict[str, set[str]] = {}
    found: dict[str, str] = {}
    for windows, name in win_tz.items():
        if (present := present_name(name)) in _known():
            found[windows.casefold()] = present
    for name in (*names(), *_links()):
        present = present_name(name)
        # Only names with a region: "EST" and its like say less than their writers believe.
        if present in _known() and "/" in name:
            found[name.replace("_", " ").casefold()] = present
            places.setdefault(name.rpartition("/")[2].replace("_", " ").casefold(), set()).add(present)
    for place, presents in places.items():
        if len(presents) == 1:
            found.setdefault(place, *presents)
    return found


def _read(name: str) -> str:
    return (resources.files("tzdata") / "zoneinfo" / name).read_text(encoding="utf-8")
