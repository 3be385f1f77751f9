"""What calendars' lists of events have in common: their period, and positions in them."""

import json
from dataclasses import dataclass
from datetime import datetime

from providers.answers import optional_instant, optional_text
from providers.base import ListedEvent, require_utc


@dataclass(frozen=True, slots=True)
class Window:
    """The time between two instants (aware, UTC) whose events are read. Raises ValueError for none."""

    since: datetime
    until: datetime

    def __post_init__(self) -> None:
        require_utc(self.since, "since")
        require_utc(self.until, "until")
        if self.until <= self.since:
            raise ValueError("until must be after since")

    def has(self, event: ListedEvent) -> bool:
        """Tell whether an event touches this time; one without length has to be in it."""
        if event.starts_at == event.ends_at:
            return self.since <= event.starts_at < self.until
        return event.starts_at < self.until and event.ends_at > self.since

    def position(self, mark: str) -> str:
        """Return a position: the provider's own mark, with this time beside it."""
        return json.dumps({"mark": mark, "since": self.since.isoformat(), "until": self.until.isoformat()})

    def mark_in(self, position: str) -> str | None:
        """Return the provider's mark in a position; None for one of another time, and for what is none."""
        try:
            content = json.loads(position)
        except (ValueError, RecursionError):
            return None
        if not isinstance(content, dict):
            return None
        ends = (optional_instant(content, "since"), optional_instant(content, "until"))
        return (optional_text(content, "mark") or None) if ends == (self.since, self.until) else None


class Gathered:
    """Events as a list tells of them, one after another. It may name an event several times, on one page or
    on several: the last one counts."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._events: dict[str, ListedEvent] = {}
        self._gone: set[str] = set()
        self._unreadable: set[str] = set()
        self._nameless = 0

    def add(self, event: ListedEvent) -> None:
        """Note an event as it is now. One outside of the time counts as gone."""
        if not self._window.has(event):
            self.add_gone(event.id)
            return
        self._forget(event.id)
        self._events[event.id] = event

    def add_gone(self, event_id: str) -> None:
        """Note that an event is gone."""
        self._forget(event_id)
        self._gone.add(event_id)

    def add_unreadable(self, event_id: str | None) -> None:
        """Note an event that cannot be read; None where it doesn't even say which one it is. What was known
        about it before no longer applies."""
        if event_id is None:
            self._nameless += 1
            return
        self._forget(event_id)
        self._unreadable.add(event_id)

    def _forget(self, event_id: str) -> None:
        self._events.pop(event_id, None)
        self._gone.discard(event_id)
        self._unreadable.discard(event_id)

    @property
    def events(self) -> tuple[ListedEvent, ...]:
        """The events, each once."""
        return tuple(self._events.values())

    @property
    def gone(self) -> tuple[str, ...]:
        """The ids of events that are gone, or exist but cannot be read, in order."""
        return tuple(sorted(self._gone | self._unreadable))

    @property
    def left_out(self) -> int:
        """How many could not be read."""
        return len(self._unreadable) + self._nameless
