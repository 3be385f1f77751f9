"""Where time zones come from: the pinned `tzdata` package, and never the machine.

Python prefers the system's files, which are as old as the system. On one that was a year behind, a candidate
in Vancouver was told an hour that British Columbia had stopped keeping. Whatever builds a zone in this
process, a library included, gets the package's from the moment this module is imported; it has to come first.
"""

from __future__ import annotations

import zoneinfo
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

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
    if name in known():
        return name
    region, _, rest = name.rpartition("/")
    if region in ("", "Etc") and rest.casefold() in _UTC_NAMES:
        return UTC_NAME
    found = name
    while region and found not in known() and found in links():
        found = links()[found]
    return found if found in known() else name


@cache
def known() -> frozenset[str]:
    """All of `names`, to look one up."""
    return frozenset(names())


@cache
def links() -> dict[str, str]:
    """The name that each other name leads to, as IANA keeps them."""
    rows = (row.split(" ") for row in _read("tzdata.zi").splitlines() if row.startswith("L "))
    return {other: name for _, name, other in rows}


@cache
def countries() -> dict[str, str]:
    """The English name of each country, by its code."""
    return dict(row.split("\t") for row in _rows("iso3166.tab"))


@cache
def country_of() -> dict[str, str]:
    """The code of the country of each zone that has one, in the order of IANA's table."""
    return {row.split("\t")[2]: row.split("\t")[0] for row in _rows("zone.tab")}


@cache
def clock(name: str) -> str:
    """The rule by which the clocks of a zone go from now on, as POSIX writes it:
    `CET-1CEST,M3.5.0,M10.5.0/3`. What it has changed to and from before is left aside."""
    file = _folder().joinpath(*name.split("/")).read_bytes()
    return file.rstrip(b"\n").rpartition(b"\n")[2].decode("ascii")


def _rows(name: str) -> list[str]:
    return [row for row in _read(name).splitlines() if row and not row.startswith("#")]


def _read(name: str) -> str:
    return (_folder() / name).read_text(encoding="utf-8")


@cache
def _folder() -> Traversable:
    return resources.files("tzdata") / "zoneinfo"
