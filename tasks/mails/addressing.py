"""Whom the headers of an email about an interview name, and in whose name it is sent."""

from __future__ import annotations

from dataclasses import dataclass

from messaging.facts import Person
from models import Attendee, Candidate, Interview, Mail, User


@dataclass(frozen=True)
class Addressed:
    """Whom the headers of one copy name, beside the sender. The copy goes to its own reader alone."""

    to: tuple[Person, ...]
    cc: tuple[Person, ...]


def to_everyone(mail: Mail, interview: Interview) -> Addressed:
    """The candidate, with the hiring manager and everyone else who takes part in copy."""
    others = tuple(person_of(attendee) for attendee in interview.attendees)
    return Addressed((person_of(interview.candidate),), (person_of(interview.hiring_manager), *others))


def to_its_reader(mail: Mail, interview: Interview) -> Addressed:
    """Its own reader alone, for what concerns no one else."""
    return Addressed((reader_of_copy(mail),), ())


def reader_of_copy(mail: Mail) -> Person:
    """Whom a copy is for, as the mail's own row names them: they may no longer take part."""
    return Person(mail.name, mail.address)


def from_the_scheduler(interview: Interview) -> Person:
    """For what the team writes."""
    return person_of(interview.scheduler)


def person_of(row: User | Candidate | Attendee) -> Person:
    return Person(row.name, row.email)
