"""What someone wants a custom event to be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models import CustomEvent, CustomEventKind
from scheduling.errors import SchedulingError
from timezones import start_of_day

TITLE_LIMIT = 120
# Beyond these the year must be a typo.
_FURTHEST = timedelta(days=3 * 366)
_LONGEST = timedelta(days=366)
_OVER = "This is over already. Choose a later time."


@dataclass(frozen=True)
class EventTime:
    """When an event takes place: two instants (aware, UTC) and the IANA name of the zone in which they were
    meant. `first_day` and `last_day` are set for whole days, the last one included; None for an event with
    times."""

    starts_at: datetime
    ends_at: datetime
    timezone: str
    first_day: date | None = None
    last_day: date | None = None

    @classmethod
    def of_days(cls, first: date, last: date, timezone: str) -> EventTime:
        """Whole days, from midnight to midnight in a zone."""
        ends_at = start_of_day(last + timedelta(days=1), timezone)
        return cls(start_of_day(first, timezone), ends_at, timezone, first, last)

    @classmethod
    def of(cls, event: CustomEvent) -> EventTime:
        return cls(event.starts_at, event.ends_at, event.timezone, event.first_day, event.last_day)

    def check(self, now: datetime) -> None:
        """Raise SchedulingError, with `first`, `last` or `end` as its field, for a time that no one means."""
        if self.ends_at <= self.starts_at:
            is_of_days = self.first_day is not None
            words = (
                "The last day is before the first one." if is_of_days else "It has to end after it begins."
            )
            raise SchedulingError(words, field="last" if is_of_days else "end")
        if self.ends_at <= now:
            raise SchedulingError(_OVER, field="last")
        if self.starts_at > now + _FURTHEST:
            raise SchedulingError("This is more than three years ahead. Check the year.", field="first")
        if self.ends_at - self.starts_at > _LONGEST:
            raise SchedulingError("This is longer than a year. Check the year.", field="last")


@dataclass(frozen=True)
class WantedEvent:
    """`title`: "" uses the usual words for its kind. `job_id` is for an interview day; None is everyone's."""

    kind: CustomEventKind
    title: str
    time: EventTime
    job_id: int | None = None

    @property
    def shown_title(self) -> str:
        return self.title or USUAL_TITLES[self.kind]


USUAL_TITLES = {CustomEventKind.BLOCKED: "Blocked time", CustomEventKind.INTERVIEW_DAY: "Interview day"}
