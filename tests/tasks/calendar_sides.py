"""The calendars of both providers as tests of entries see them: one form for what is in them, and one name
for each thing that their owners and faults do to it."""

from __future__ import annotations

import html
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from models import MeetingSoftware as Software
from tests.machines.google import SimulatedGoogle
from tests.machines.microsoft import SimulatedMicrosoft
from tests.machines.simulators import Simulators

_TAG = re.compile(r"<[^<>]*>")
# Our name for an entry, on an event of Outlook.
_KEY = "Name SmoothHiringKey"
_DEFAULT_REMINDER = 15


@dataclass(frozen=True)
class Event:
    """What one calendar shows of an event. `key` is our name for the entry; "" on what is not ours. `text` is
    the description without its formatting. `join_link` is that of the meeting that lives on it. `raw` is the
    event in the simulator's ledger."""

    id: str
    key: str
    starts_at: datetime
    ends_at: datetime
    title: str
    text: str
    location: str
    join_link: str | None
    shows_busy: bool
    has_guests: bool
    reminds_as_usual: bool
    by_app: bool
    raw: dict[str, Any] = field(repr=False, compare=False)


class CalendarSide(ABC):
    """One provider's calendars. `software` is what makes meetings on their entries; `word` is what this
    simulator's switches call what tests call "link"."""

    app: str
    label: str
    software: Software
    word: str

    def __init__(self, remote: SimulatedGoogle | SimulatedMicrosoft) -> None:
        self.remote = remote

    def events(self, account: str, *, deleted: bool = False) -> list[Event]:
        """What the product has put into a calendar and no one has deleted, oldest first; or the part of it
        that was deleted."""
        found = [self._read(each) for each in self.remote.events(account, deleted=deleted)]
        return [event for event in found if event.by_app]

    def all_events(self, account: str) -> list[Event]:
        """The same, along with the owner's own events."""
        return [self._read(each) for each in self.remote.events(account)]

    def calls(self, operation: str | None = None) -> list[dict[str, Any]]:
        return self.remote.calls(operation)

    def switches(self, **switches: object) -> None:
        """Set switches by their common names."""
        said = {
            re.sub("^link_", f"{self.word}_", name): self._value(name, value)
            for name, value in switches.items()
        }
        self.remote.switches(**said)

    def calm(self) -> None:
        """Let nothing go wrong from now on."""
        self.switches(**CALM)

    def living_grants(self, account: str) -> int:
        return sum(
            bool(each["alive"]) for each in self.remote.ledger()["grants"] if each["account"] == account
        )

    def revoke(self, account: str) -> None:
        """Remove the app at the provider, as the account's owner does."""
        self.remote.revoke(account)

    def delete(self, account: str, event_id: str, *, forever: bool = False) -> None:
        """Delete an event as its owner does; `forever`: from the bin too."""
        self.remote.delete_event(account, event_id, forever=forever)

    def restore(self, account: str, event_id: str) -> None:
        """Take an event out of the bin, as its owner does."""
        self.remote.restore_event(account, event_id)

    def move(self, account: str, event_id: str, *, minutes: int) -> None:
        """Move an event as its owner does."""
        self.remote.change_event(account, event_id, move_minutes=minutes)

    def add_own(self, account: str, starts_at: datetime, ends_at: datetime, **fields: object) -> str:
        """Add an event of the owner's own; returns its id."""
        start, end = f"{starts_at:%Y-%m-%dT%H:%M:%SZ}", f"{ends_at:%Y-%m-%dT%H:%M:%SZ}"
        return str(self.remote.add_event(account, start, end, **fields)["id"])

    def assert_no_violation(self) -> None:
        self.remote.assert_no_violation()

    @abstractmethod
    def settings(self) -> dict[str, str]:
        """The settings that set up the provider's apps."""

    @abstractmethod
    def rename(self, account: str, event_id: str, title: str) -> None:
        """Give an event another title, as its owner does."""

    @abstractmethod
    def remove_link(self, account: str, event_id: str) -> None:
        """Take the meeting off an event, as its owner does."""

    @abstractmethod
    def _value(self, name: str, value: object) -> object:
        """A switch's value as this simulator takes it."""

    @abstractmethod
    def _read(self, raw: dict[str, Any]) -> Event: ...


class Google(CalendarSide):
    app, label, software = "google-calendar", "Google Calendar", Software.GOOGLE_MEET
    word = "meet"

    def settings(self) -> dict[str, str]:
        return self.remote.settings()

    def rename(self, account: str, event_id: str, title: str) -> None:
        self.remote.change_event(account, event_id, summary=title)

    def remove_link(self, account: str, event_id: str) -> None:
        self.remote.change_event(account, event_id, remove_meet=True)

    def _value(self, name: str, value: object) -> object:
        return "failure" if (name, value) == ("link_creation", "never") else value

    def _read(self, raw: dict[str, Any]) -> Event:
        return Event(
            id=raw["id"],
            key=raw["id"] if raw["by_app"] else "",
            starts_at=datetime.fromisoformat(raw["start"]["dateTime"]).astimezone(UTC),
            ends_at=datetime.fromisoformat(raw["end"]["dateTime"]).astimezone(UTC),
            title=raw.get("summary", ""),
            text=raw.get("description", ""),
            location=raw.get("location", ""),
            join_link=raw["meet_link"],
            shows_busy=raw.get("transparency", "opaque") == "opaque",
            has_guests=bool(raw.get("attendees")),
            reminds_as_usual=raw.get("reminders") == {"useDefault": True},
            by_app=raw["by_app"],
            raw=raw,
        )


class Outlook(CalendarSide):
    app, label, software = "outlook-calendar", "Outlook Calendar", Software.TEAMS
    word = "teams"

    def settings(self) -> dict[str, str]:
        return self.remote.settings()

    def rename(self, account: str, event_id: str, title: str) -> None:
        self.remote.change_event(account, event_id, subject=title)

    def remove_link(self, account: str, event_id: str) -> None:
        self.remote.change_event(account, event_id, remove_teams=True)

    def _value(self, name: str, value: object) -> object:
        if name == "retry_after":
            return "" if value is None else str(value)
        # Exchange refuses no event because of its meeting: it makes the event without one.
        return "without" if (name, value) == ("link_creation", "refused") else value

    def _read(self, raw: dict[str, Any]) -> Event:
        return Event(
            id=raw["id"],
            key=next(
                (p["value"] for p in raw["singleValueExtendedProperties"] if p["id"].endswith(_KEY)), ""
            ),
            starts_at=_instant(raw["start"]),
            ends_at=_instant(raw["end"]),
            title=raw["subject"],
            text=_as_text(raw["body"]["content"]),
            location=raw["location"].get("displayName", ""),
            join_link=raw["teams_link"],
            shows_busy=raw["showAs"] == "busy",
            has_guests=bool(raw["attendees"]),
            reminds_as_usual=(raw["isReminderOn"], raw["reminderMinutesBeforeStart"])
            == (True, _DEFAULT_REMINDER),
            by_app=raw["by_app"],
            raw=raw,
        )


@dataclass(frozen=True)
class Sides:
    """The calendars of both providers."""

    google: Google
    outlook: Outlook

    def __iter__(self) -> Iterator[CalendarSide]:
        return iter((self.google, self.outlook))


def sides_of(simulators: Simulators) -> Sides:
    return Sides(Google(simulators.google), Outlook(simulators.microsoft))


# Settings that end every fault that tests of entries start.
CALM: dict[str, object] = {
    **dict.fromkeys(
        (
            *(
                "fail_next",
                "reject_next_tokens",
                "deny_next_events",
                "drop_next_creates",
                "lose_next_creates",
            ),
            *("lose_next_updates", "lose_next_deletes", "create_answer_delay_ms", "bad_answer_calls"),
        ),
        0,
    ),
    **dict.fromkeys(("bad_answer", "link_creation", "fail_reason", "token_endpoint"), ""),
    "fail_operation": "any",
    "retry_after": None,
}


def _instant(moment: dict[str, str]) -> datetime:
    """An instant in the ledger's own form, which is in UTC."""
    assert moment["timeZone"] == "UTC"
    return datetime.fromisoformat(moment["dateTime"]).replace(tzinfo=UTC)


def _as_text(content: str) -> str:
    return html.unescape(_TAG.sub("", content.replace("<br>", "\n")))
