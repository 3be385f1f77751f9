"""An installation with Google's apps set up as well: what people have in their simulated calendars."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from models import MeetingSoftware as Software
from scheduling.mails.queue import CALENDAR_ENTRY, CALENDAR_FILE, CANCELLATION, INVITATION, TAKEN_OFF
from tests import factories
from tests.factories import LENA, PRIYA, Member
from tests.tasks.calendar_office import (
    MARCO,
    TOM,
    VERA,
    EntriesInstallation,
    EntriesOffice,
    EntrySeen,
    taking_part,
)

CALENDAR = "google-calendar"


class GoogleOffice(EntriesOffice):
    """What the team does with Google's apps, no matter which process does the work."""

    def connect_calendar(self, member: Member, account: str = LENA) -> int:
        """Connect a Google Calendar by a real round trip; returns the connection's id."""
        with self.writing():
            return factories.connect_app(CALENDAR, member, account)

    def events(self, account: str) -> list[dict[str, Any]]:
        """What the product has put into a calendar and no one has deleted, oldest first."""
        return [event for event in self.simulators.google.events(account) if event["by_app"]]

    def event(self, account: str) -> dict[str, Any]:
        """The only event of these."""
        [event] = self.events(account)
        return event

    def asked(self, operation: str | None = None) -> list[dict[str, Any]]:
        """The calls that Google received."""
        return self.simulators.google.calls(operation)

    def operations(self) -> list[str]:
        return [str(call["operation"]) for call in self.asked()]


class GoogleInstallation(GoogleOffice, EntriesInstallation):
    """The same, with its work done when the test says so."""


def start_of(event: dict[str, Any]) -> datetime:
    """The instant at which an event starts."""
    return datetime.fromisoformat(event["start"]["dateTime"])


__all__ = [
    "CALENDAR_ENTRY",
    "CALENDAR_FILE",
    "CANCELLATION",
    "INVITATION",
    "LENA",
    "MARCO",
    "PRIYA",
    "TAKEN_OFF",
    "TOM",
    "VERA",
    "EntrySeen",
    "Software",
    "taking_part",
]
