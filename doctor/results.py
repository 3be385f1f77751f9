"""The results, as plain values for the page, the command, and programs that monitor the server."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """From the best to the worst."""

    OK = "ok"
    LOOK = "look"
    BROKEN = "broken"

    @property
    def exit_status(self) -> int:
        """The exit status for a program that monitors the server: 0, 1 for a warning, 2 for something
        critical."""
        return list(Level).index(self)


@dataclass(frozen=True)
class Result:
    """One thing that was looked at.

    `what` is what was found, as a sentence. Where it is not `OK`, `why` says why it matters and `cure` the
    one thing to do. `copy` is a text that has to be put somewhere else letter by letter.
    """

    name: str
    level: Level
    what: str
    why: str = ""
    cure: str = ""
    copy: str = ""


@dataclass(frozen=True)
class Section:
    """The results about one subject."""

    title: str
    results: tuple[Result, ...]

    @property
    def level(self) -> Level:
        return worst(result.level for result in self.results)


def worst(levels: Iterable[Level]) -> Level:
    """The worst of these levels; `OK` if there are none."""
    return max(levels, key=lambda level: level.exit_status, default=Level.OK)


def ok(name: str, what: str, copy: str = "") -> Result:
    """A result that is fine."""
    return Result(name, Level.OK, what, copy=copy)


def look(name: str, what: str, why: str, cure: str, copy: str = "") -> Result:
    """Something that is worth a look: it works, or may work."""
    return Result(name, Level.LOOK, what, why, cure, copy)


def broken(name: str, what: str, why: str, cure: str, copy: str = "") -> Result:
    """Something that keeps the product from doing its work."""
    return Result(name, Level.BROKEN, what, why, cure, copy)
