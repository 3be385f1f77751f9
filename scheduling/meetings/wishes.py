"""A meeting as the domain speaks of it, on the way to a provider and back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

# The provider's clock and ours may differ by this much when "created since" is compared.
CLOCK_TOLERANCE = timedelta(minutes=2)


@dataclass(frozen=True)
class Wish:
    """The meeting that is wanted, in the words of the domain. `starts_at` is aware UTC."""

    topic: str
    agenda: str
    starts_at: datetime
    duration_minutes: int
    timezone: str
    passcode: str | None = field(repr=False)


@dataclass(frozen=True)
class Created:
    """What the provider shows of a meeting that exists. `join_url` and `passcode` are secrets."""

    provider_meeting_id: str
    join_url: str = field(repr=False)
    passcode: str | None = field(repr=False)
