"""What a change would change, old and new side by side, before it is confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from extensions import db
from messaging.wording import on_one_line, period
from models import User
from scheduling.plans import (
    Difference,
    NewAttendees,
    NewHiringManager,
    NewReminders,
    NewText,
    NewTime,
    NewVenue,
    Text,
    When,
)
from scheduling.venues import OnlineMeeting, OnSite, PastedLink, PhoneCall, Venue
from wording import duration, listed


@dataclass(frozen=True)
class Changed:
    """One thing that is different; an empty `old` or `new` says that there was or is nothing."""

    what: str
    old: str
    new: str


_TEXTS = {
    Text.AGENDA: "Agenda",
    Text.TITLE: "Title",
    Text.MESSAGE: "Message",
    Text.NOTES: "Internal notes",
}


def changes_in_words(found: tuple[Difference, ...], zones: list[tuple[str, str]]) -> Iterator[Changed]:
    """The differences; times in each of the `zones`, which are pairs of whose zone it is and its name."""
    for one in found:
        match one:
            case NewTime(old, new):
                for whose, zone in zones:
                    what = f"When, {whose}" if whose else "When"
                    yield Changed(what, _told(old, zone), _told(new, zone))
            case NewVenue(old, new):
                was, now = _venue(old), _venue(new)
                if was == now:
                    yield Changed("Password", "Set" if _passcode(old) else "", _secret(new))
                else:
                    yield Changed("Type", was, now)
            case NewHiringManager(old, new):
                yield Changed("Hiring manager", *(db.session.get_one(User, each).name for each in (old, new)))
            case NewAttendees(added, removed):
                yield Changed(
                    "Interviewers", *(listed([each.name for each in who]) for who in (removed, added))
                )
            case NewText(which, old, new):
                yield Changed(_TEXTS[which], old, new)
            case NewReminders(old, new):
                yield Changed("Reminders", *(_before(each.minutes) for each in (old, new)))


def _told(when: When, zone: str) -> str:
    return period(when.starts_at, when.duration_minutes, zone)


def _before(minutes: tuple[int, ...]) -> str:
    return listed([f"{duration(each)} before" for each in minutes]) or "None"


def _venue(venue: Venue) -> str:
    match venue:
        case OnlineMeeting(software):
            return f"Video on {software.label}"
        case PastedLink(url, label):
            return f"Video on {label}: {url}"
        case PhoneCall(number):
            return f"Phone: {number}"
        case OnSite(address):
            return f"In person: {on_one_line(address)}"


def _passcode(venue: Venue) -> str | None:
    return venue.passcode if isinstance(venue, OnlineMeeting) else None


def _secret(venue: Venue) -> str:
    """Whether there is a passcode, but never the passcode: the page may be on a shared screen."""
    return "Another one" if _passcode(venue) else "The software's own"
