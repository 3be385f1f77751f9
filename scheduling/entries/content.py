"""What an entry in someone's calendar should say, and what has to be changed to get there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from models import CalendarEntry, EntryState
from providers.base import CalendarEntry as WantedEntry
from providers.base import EntryChange, EntryTime, PlacedEntry


@dataclass(frozen=True)
class Content:
    """One entry as it should be. `starts_at` and `ends_at` are aware UTC, `timezone` is an IANA name;
    `page_url` is the interview's page, and `product` what this server is called. `shows_busy`: its owner
    takes part."""

    title: str
    description: str = field(repr=False)
    location: str = field(repr=False)
    starts_at: datetime
    ends_at: datetime
    timezone: str
    page_url: str
    shows_busy: bool
    product: str

    def to_json(self) -> dict[str, Any]:
        """As JSON values, to be kept with the entry."""
        return {
            **vars(self),
            "starts_at": self.starts_at.isoformat(),
            "ends_at": self.ends_at.isoformat(),
        }

    def under(self, key: str, *, may_exist: bool) -> WantedEntry:
        """The request to a provider. `may_exist`: an earlier call may have made it."""
        return WantedEntry(key=key, may_exist=may_exist, **vars(self))


_TIME = frozenset({"starts_at", "ends_at", "timezone"})


def change_towards(content: Content, asked: Mapping[str, Any]) -> EntryChange | None:
    """What has to be changed in an entry for which `asked` was asked last, or None.

    A value is sent only if we last asked for a different one, or if we do not know which one the calendar
    has: what the owner changed in their calendar stays until the interview itself changes in that respect.
    """
    new = _different(content, asked)
    if not new:
        return None
    is_moved = bool(new & _TIME)
    return EntryChange(
        title=content.title if "title" in new else None,
        description=content.description if "description" in new else None,
        location=content.location if "location" in new else None,
        time=EntryTime(content.starts_at, content.ends_at, content.timezone) if is_moved else None,
        shows_busy=content.shows_busy if "shows_busy" in new else None,
    )


def certain_during_change(content: Content, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What we certainly asked for last, while a calendar is being asked to change `asked` to `content`:
    everything except the values in that change. The answer may be lost, or this process may end, and the
    interview may be changed back before the next try."""
    new = _different(content, asked)
    if new & _TIME:
        # They are sent together.
        new |= _TIME
    return {name: value for name, value in asked.items() if name not in new}


def _different(content: Content, asked: Mapping[str, Any]) -> frozenset[str]:
    """The names of the values to send. The page and the product are sent only with a new entry."""
    wanted = content.to_json()
    new = {name for name, value in wanted.items() if asked.get(name) != value}
    return frozenset(new - {"page_url", "product"})


def shown_by(placed: PlacedEntry) -> dict[str, Any]:
    """What a calendar shows of an entry, limited to what we store."""
    return {
        "title": placed.title[:200],
        "location": placed.location[:400],
        "starts_at": placed.starts_at.isoformat(),
        "ends_at": placed.ends_at.isoformat(),
    }


@dataclass(frozen=True)
class Edit:
    """What the owner of an entry has changed in their calendar. `starts_at` and `ends_at` (aware UTC) are
    set if they moved it, `title` if they renamed it, `location` if they put another place."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    title: str | None = None
    location: str | None = None

    @property
    def is_moved(self) -> bool:
        return self.starts_at is not None


def edit_of(entry: CalendarEntry) -> Edit | None:
    """What the owner has changed; None if nothing, or if someone has decided to keep the change."""
    asked, shown = entry.asked, entry.shown
    if entry.state is not EntryState.PLACED or entry.keeps_theirs or not asked or not shown:
        return None
    # If it is not certain what the calendar was asked for, the next change that is sent to it decides.
    is_moved = any(
        name in asked and _minute(asked[name]) != _minute(shown[name]) for name in ("starts_at", "ends_at")
    )
    texts = {
        name: shown[name]
        for name in ("title", "location")
        # Calendars cut and trim texts on their own.
        if name in asked and shown[name].split() != asked[name][: len(shown[name]) or None].split()
    }
    if not is_moved and not texts:
        return None
    return Edit(
        starts_at=datetime.fromisoformat(shown["starts_at"]) if is_moved else None,
        ends_at=datetime.fromisoformat(shown["ends_at"]) if is_moved else None,
        **texts,
    )


def _minute(instant: str) -> datetime:
    return datetime.fromisoformat(instant).replace(second=0, microsecond=0)
