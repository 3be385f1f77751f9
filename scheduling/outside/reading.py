"""One look at a calendar, as a value."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from providers.base import EventChanges, Grant
from providers.protocols import CalendarProvider


@dataclass(frozen=True)
class Reading:
    """What is asked of which calendar, and of whose account. `began`, `since`, and `until` are aware, in UTC;
    everything between the last two is read if there is no `position`."""

    connection_id: int
    calendar_id: int
    app: str
    account_id: str
    position: str | None = field(repr=False)
    since: datetime
    until: datetime
    began: datetime

    def call(self, calendar: CalendarProvider, grant: Grant) -> EventChanges:
        """Ask the provider. Raises any `ProviderError`."""
        return calendar.events(grant, self.position, self.since, self.until)


@dataclass(frozen=True)
class Wait:
    """It is too early: the provider wants no calls before `at` (aware, UTC)."""

    at: datetime
