"""What the events of both calendars have in common: how people see them, and where they are kept."""

from __future__ import annotations

import math
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import urlsplit

from simulators.office.people import Account
from simulators.service import Service

LONGEST_TEXT = 120


class Event(Protocol):
    """One entry of one account's main calendar. `fields` are those that a client writes."""

    @property
    def account(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def created(self) -> str: ...
    @property
    def by_app(self) -> bool: ...
    @property
    def fields(self) -> dict[str, Any]: ...
    @property
    def deleted_by(self) -> str | None: ...
    @property
    def owner(self) -> Account: ...
    @property
    def is_deleted(self) -> bool: ...
    @property
    def purged(self) -> bool: ...
    @property
    def elsewhere(self) -> bool: ...

    def link(self, origin: str) -> str:
        """The address where people see it."""
        ...


EventT = TypeVar("EventT", bound=Event)


@dataclass(frozen=True)
class Meeting:
    """The online meeting of an event. `where` is its address, None while there is no link; `waits`: the link
    may still come."""

    software: str
    where: str | None
    waits: bool


@dataclass(frozen=True)
class Shown(ABC, Generic[EventT]):
    """An event as an agenda shows it, with its times on its owner's clock."""

    event: EventT
    first: datetime
    last: datetime
    all_day: bool

    @property
    @abstractmethod
    def title(self) -> str: ...

    @property
    @abstractmethod
    def lines(self) -> str:
        """Its text with its line breaks, without any HTML."""

    @property
    @abstractmethod
    def location(self) -> str: ...

    @property
    @abstractmethod
    def is_free(self) -> bool:
        """Whether its owner counts as free during it."""

    @property
    @abstractmethod
    def meeting(self) -> Meeting | None: ...

    @property
    @abstractmethod
    def facts(self) -> list[tuple[str, str]]:
        """What else its page shows, by name."""

    @property
    def hours(self) -> str:
        if self.all_day:
            return "All day"
        return f"{self.first:%H:%M} – {self.last:%H:%M}"

    @property
    def day(self) -> date:
        return self.first.date()

    @property
    def when(self) -> str:
        zone = self.event.owner.timezone
        return f"{self.first:%A}, {self.first.day} {self.first:%B %Y}, {self.hours} ({zone})"

    @property
    def text(self) -> str:
        """The beginning of its text in one line."""
        words = " ".join(self.lines.split())
        return words if len(words) <= LONGEST_TEXT else f"{words[:LONGEST_TEXT].rstrip()}…"

    @property
    def place(self) -> str:
        """Its location in a few words: for a long link, only whose it is; nothing where its meeting is
        named."""
        if self.meeting is not None and self.location == self.meeting.where:
            return ""
        if not self.location.startswith(("http://", "https://")):
            return self.location
        return self.location if len(self.location) <= LONGEST_TEXT / 2 else urlsplit(self.location).netloc


def by_day(agenda: Iterable[Shown[EventT]]) -> dict[date, list[Shown[EventT]]]:
    days: dict[date, list[Shown[EventT]]] = {}
    for shown in agenda:
        days.setdefault(shown.day, []).append(shown)
    return days


def kept_as(service: Service, account: str, event_id: str) -> str | None:
    """The JSON in which an event is kept."""
    with service.storage.transaction() as rows:
        row = rows.execute(
            "SELECT body FROM events WHERE account = ? AND id = ?", (account, event_id)
        ).fetchone()
    return str(row["body"]) if row else None


def all_kept(
    service: Service, account: str | None = None, within: tuple[datetime, datetime] | None = None
) -> list[str]:
    """The JSON of all events (of one account; that touch a period), by start."""
    first, last = (moment.timestamp() for moment in within) if within else (-math.inf, math.inf)
    with service.storage.transaction() as rows:
        found = rows.execute(
            "SELECT body FROM events WHERE (:account IS NULL OR account = :account)"
            " AND ends_at >= :first AND starts_at <= :last ORDER BY starts_at, account, id",
            {"account": account, "first": first, "last": last},
        ).fetchall()
    return [str(row["body"]) for row in found]


def last_change(rows: sqlite3.Connection) -> int:
    """The number of the latest change to any event."""
    return int(rows.execute("SELECT COALESCE(MAX(number), 0) FROM changes").fetchone()[0])


def next_change(rows: sqlite3.Connection) -> int:
    number = rows.execute("INSERT INTO changes DEFAULT VALUES").lastrowid
    assert number is not None
    return number
