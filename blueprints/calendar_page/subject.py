"""Whose calendar a page shows, in words, and how far it is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import abort

from accounts.row_permissions import Reader
from blueprints.calendar_page.asked import Asked
from hiring.choices import Choices
from scheduling.outside.busy import Known, NotConnected, Stale
from scheduling.reading.calendar import Of, may_see_busy_times
from scheduling.reading.calendar_sources import Calendars


@dataclass(frozen=True)
class Subject:
    """`title` names the page beside its dates, and `lead` begins what is said below them; "" for one's own
    calendar. Of a colleague: `name`, and either `gap`, what is not known of their time, or `as_of` (aware
    UTC), up to when all of it is."""

    title: str = "Calendar"
    lead: str = ""
    name: str = ""
    gap: str = ""
    as_of: datetime | None = None


def subject_of(asked: Asked, reader: Reader, choices: Choices, calendars: Mapping[int, Calendars]) -> Subject:
    """Whose calendar is asked for. Answers 404 for a job that the reader does not see or that there is not,
    and for someone who was never on the team."""
    match asked.whose:
        case (Of.EVERYONE, _):
            return Subject("Everyone's interviews", "Everyone's interviews")
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
            return Subject()


def _colleague(user_id: int, reader: Reader, calendars: Calendars) -> Subject:
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
            return Subject(called, called, name, as_of=as_of)
