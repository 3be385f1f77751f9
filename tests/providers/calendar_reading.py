"""One calendar that is read again and again, for tests of what is read."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from providers.base import EventChanges, Grant, ListedEvent
from providers.protocols import CalendarProvider
from tests.machines.office import SimulatedOffice

PRIYA = "priya.raman@northlight.example"
LONDON = ZoneInfo("Europe/London")
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
TODAY = datetime.now(UTC).date()
SINCE = datetime.combine(TODAY - 28 * DAY, time(), UTC)
UNTIL = datetime.combine(TODAY + 156 * DAY, time(), UTC)
NOON = datetime.combine(TODAY + 3 * DAY, time(12), UTC)


@dataclass
class Reading:
    """One calendar as it is known here: read once at the beginning, and kept up to date from then on."""

    calendar: CalendarProvider
    simulator: SimulatedOffice
    grant: Grant
    position: str | None = None
    since: datetime = SINCE
    until: datetime = UNTIL

    def __post_init__(self) -> None:
        self.known: dict[str, ListedEvent] = {}

    def read(self) -> EventChanges:
        """Read what is new, and note it."""
        found = self.calendar.events(self.grant, self.position, self.since, self.until)
        assert found.is_everything == (self.position is None)
        assert len({event.id for event in found.events}) == len(found.events)
        if found.is_everything:
            self.known.clear()
        for gone in found.gone:
            self.known.pop(gone, None)
        self.known |= {event.id: event for event in found.events}
        self.position = found.position
        return found

    @property
    def titles(self) -> list[str]:
        """The titles that are known, in order of time."""
        return [event.title for event in self.in_order]

    @property
    def in_order(self) -> list[ListedEvent]:
        return sorted(self.known.values(), key=lambda event: (event.starts_at, event.title))
