"""Whose calendar a page shows, in words, and how far it is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask import abort

from blueprints.calendar_page.asked import Asked, name_of_everyone
from hiring.choices import Choices
from scheduling.outside.busy import Known, NotConnected, Stale
from scheduling.reading.calendar import Of, may_see_busy_times
from scheduling.reading.calendar_sources import Calendars
from timezones import in_zone
from web.signed_in import SignedInPerson


@dataclass(frozen=True)
class Subject:
    """`title` names the page beside its dates, and `lead` begins what is said below them; "" for one's own
    calendar. Of a colleague: `name`, and either `gap`, what is not known of their time, or `as_of` (aware
    UTC), up to when all of it is. `until`: the last day of which their calendars, or one's own, were read, on
    the reader's clock; None where none is read, or something else is amiss that is said elsewhere."""

    title: str = "Calendar"
    lead: str = ""
    name: str = ""
    gap: str = ""
    as_of: datetime | None = None
    until: date | None = None

    @property
    def until_words(self) -> str:
        """`2 June 2027`."""
        return f"{self.until.day} {self.until:%B %Y}" if self.until is not None else ""

    def ends_within(self, last: date) -> bool:
        """Whether days up to this one go further than what was read."""
        return self.until is not None and last >= self.until


def subject_of(
    asked: Asked, reader: SignedInPerson, choices: Choices, calendars: Mapping[int, Calendars]
) -> Subject:
    """Whose calendar is asked for. Answers 404 for a job that the reader does not see or that there is not,
    and for someone who was never on the team."""
    match asked.whose:
        case (Of.EVERYONE, _):
            called = name_of_everyone(reader.role)
            return Subject(called, called)
        case (Of.JOB, number):
            job = next((each for each in choices.jobs if each.id == number), None)
            if job is None:
                abort(404)
            return Subject(job.title, f"Interviews for {job.title}")
        case (Of.PERSON, number) if number is not None:
            if number not in calendars:
                abort(404)
            return _colleague(number, reader, calendars[number])
        case _:
            return Subject(until=_last_day(calendars[reader.id].known, reader))


def _colleague(user_id: int, reader: SignedInPerson, calendars: Calendars) -> Subject:
    name = calendars.name
    called = f"{name}'s calendar"
    if not may_see_busy_times(reader, user_id):
        return Subject(called, called, name, f"You see {name}'s interviews, not their other events.")
    match calendars.known:
        case NotConnected():
            gap = f"{name} hasn't connected a calendar, so only interviews and blocked time are here."
            return Subject(called, called, name, gap)
        case Stale(as_of=None):
            return Subject(called, called, name, f"{name}'s connected calendar hasn't been read yet.")
        case Stale(as_of=as_of) | Known(as_of=as_of):
            return Subject(called, called, name, as_of=as_of, until=_last_day(calendars.known, reader))


def _last_day(known: Known | NotConnected | Stale, reader: SignedInPerson) -> date | None:
    return in_zone(known.until, reader.timezone).date() if isinstance(known, Known) else None
