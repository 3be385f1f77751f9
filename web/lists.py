"""What the address of a list contains: the search text, the choices, and the page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from flask import request, url_for

from database import read_row_id
from hiring.choices import JobChoice
from paging import ListPage, Turn
from web.forms import clean_line
from web.times import day_in, instant_in

Choice = TypeVar("Choice", bound=StrEnum)

# What an address may say beside its filters.
_NO_FILTERS = frozenset({"sort", "status", "state", "view"})
# No one searches for a longer text, and a database compares every character.
_SEARCHED = 100


def asked_text(name: str = "q") -> str:
    """The search text, without invisible characters."""
    return (clean_line(request.args.get(name)) or "")[:_SEARCHED]


def asked_choice(name: str, kind: type[Choice]) -> Choice | None:
    """One of a few choices, or None when nothing was chosen or it is not one of them."""
    try:
        return kind(request.args.get(name, ""))
    except ValueError:
        return None


def asked_id(name: str) -> int | None:
    """A row's id, or None for anything else."""
    return read_row_id(request.args.get(name, ""))


def asked_date(name: str) -> date | None:
    """A day as addresses write it, `2026-12-01`, or None for anything else."""
    return day_in(request.args.get(name, ""))


def asked_instant(name: str) -> datetime | None:
    """An instant (aware UTC) as addresses write it, `2026-12-01T09:00Z`, or None for anything else."""
    return instant_in(request.args.get(name, ""))


def asked_turn() -> Turn | None:
    """Which page was asked for; None for the first."""
    if after := request.args.get("after"):
        return Turn("after", after)
    if before := request.args.get("before"):
        return Turn("before", before)
    return None


def options_of(first: str, choices: Iterable[tuple[object, str]]) -> tuple[tuple[object, str], ...]:
    """What `filter_select` offers: everything, labeled `first`, and then each choice."""
    return (("", first), *choices)


def job_options(jobs: Iterable[JobChoice]) -> tuple[tuple[object, str], ...]:
    """The jobs by which a list can be narrowed down."""
    return options_of(
        "All jobs", ((job.id, job.title if job.is_open else f"{job.title} (closed)") for job in jobs)
    )


@dataclass(frozen=True)
class ListAddress:
    """The address of a list with its choices; those that change nothing are left out."""

    endpoint: str
    chosen: dict[str, str]

    def with_(self, **changes: str | None) -> str:
        """The same list, from its first page, with other choices; None takes one away."""
        kept = {name: value for name, value in {**self.chosen, **changes}.items() if value}
        return url_for(self.endpoint, **kept)  # type: ignore[arg-type]

    def at(self, endpoint: str, **more: str) -> str:
        """Another address with the same choices."""
        kept = {name: value for name, value in self.chosen.items() if value}
        return url_for(endpoint, **kept, **more)  # type: ignore[arg-type]

    def previous(self, page: ListPage[object]) -> str | None:
        return self.with_(before=page.before) if page.before else None

    def next(self, page: ListPage[object]) -> str | None:
        return self.with_(after=page.after) if page.after else None

    @property
    def is_narrowed(self) -> bool:
        """Whether something was searched for or filtered: then an empty list does not mean an empty table."""
        return any(self.chosen[name] for name in self.chosen if name not in _NO_FILTERS)
