"""What a change means for one reader of an updated invitation, in sentences and for its subject."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from messaging.facts import InterviewFacts, Reader
from messaging.wording import how, period, reader_zone, short_start
from models import ReaderRole
from scheduling.plans import (
    Difference,
    NewAttendees,
    NewHiringManager,
    NewReminders,
    NewText,
    NewTime,
    NewVenue,
    Text,
)
from scheduling.venues import OnlineMeeting, OnSite, PastedLink, PhoneCall
from wording import duration, listed


@dataclass(frozen=True)
class WhatChanged:
    """`subject_begins` comes before the date in the subject, and `subject_was` after it. `sentences` say each
    change, the most important first."""

    subject_begins: str
    subject_was: str
    sentences: tuple[str, ...]


def is_for_readers(one: Difference) -> bool:
    """Whether anyone who takes part has to know about it."""
    return not isinstance(one, NewReminders) and not (isinstance(one, NewText) and one.which is Text.NOTES)


def what_changed(found: Sequence[Difference], facts: InterviewFacts, reader: Reader) -> WhatChanged:
    """The words for these differences between what the reader was told and what is true now."""
    found = [one for one in found if is_for_readers(one)]
    moved = next((one for one in found if isinstance(one, NewTime) and _is_moved(one)), None)
    was = ""
    if moved is not None:
        was = f" (was {short_start(moved.old.starts_at, reader_zone(facts, reader))})"
    named = {_named(one) for one in found}
    begins = "Rescheduled" if moved is not None else named.pop() if len(named) == 1 else "Updated"
    return WhatChanged(f"{begins}: Interview", was, tuple(_sentences(found, facts, reader)))


def _named(one: Difference) -> str:
    match one:
        case NewVenue():
            return "New way to meet"
        case NewAttendees() | NewHiringManager():
            return "New participants"
        case NewText(Text.AGENDA):
            return "New agenda"
    return "Updated"


def _is_moved(one: NewTime) -> bool:
    return one.old.starts_at != one.new.starts_at


def _sentences(found: Sequence[Difference], facts: InterviewFacts, reader: Reader) -> Iterator[str]:
    is_candidate = reader.role is ReaderRole.CANDIDATE
    what = "Your interview" if is_candidate else f"The interview with {facts.candidate.name}"
    zone = reader_zone(facts, reader)
    for one in found:
        match one:
            case NewTime(old, new) if _is_moved(one):
                was, now = (period(each.starts_at, each.duration_minutes, zone) for each in (old, new))
                yield f"{what} has moved from {was} to {now}."
            case NewTime(old, new) if old.duration_minutes != new.duration_minutes:
                was, now = duration(old.duration_minutes), duration(new.duration_minutes)
                yield f"{what} takes {now} now instead of {was}. It starts at the same time."
            case NewTime():
                yield "The date and time haven't changed."
            case NewVenue():
                yield _venue(one, facts)
            case NewHiringManager():
                yield f"{facts.hiring_manager.name} is the hiring manager for it now."
            case NewAttendees(added, removed):
                if added:
                    yield f"{listed([person.name for person in added])} {_join(len(added))}."
                if removed:
                    yield f"{listed([person.name for person in removed])} won't take part."
            case NewText(which):
                yield _TEXTS[which]
            case NewReminders():
                pass
    if not any(isinstance(one, NewTime) for one in found):
        yield "The date and time haven't changed."


def _join(number: int) -> str:
    return "takes part, too" if number == 1 else "take part, too"


_TEXTS = {
    Text.AGENDA: "The agenda has changed.",
    Text.TITLE: "It has a new title.",
    Text.MESSAGE: "The message has changed.",
    Text.NOTES: "The notes have changed.",
}


def _venue(one: NewVenue, facts: InterviewFacts) -> str:
    match one.old, one.new:
        case OnlineMeeting(was), OnlineMeeting(now) if was is now:
            return "The password has changed."
        case PastedLink(), PastedLink():
            return "The link has changed."
        case PhoneCall(), PhoneCall():
            return "How we reach each other by phone has changed."
        case OnSite(), OnSite():
            return "Where to come to has changed."
    named = how(facts)
    return f"It's now {_AS_SENTENCE.get(named, f'a {named[:1].lower()}{named[1:]}')}."


_AS_SENTENCE = {"In person": "in person"}
