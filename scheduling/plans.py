"""What the team decided about an interview, as one value: when, who, where, what about, and who is reminded.

Scheduling, repeating, and every later change use a `Plan`. It is read from an interview (`plan_of`), written
into one (`put`), compared with another (`differences`), and stored as JSON with each revision.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from extensions import db
from models import (
    Application,
    Attendee,
    Interview,
    InterviewType,
    MeetingSoftware,
    PhoneCaller,
    User,
)
from scheduling.venues import OnlineMeeting, OnSite, PastedLink, PhoneCall, Venue

# Represents the candidate among the people who get no reminder. It is not an email address, so the choice
# survives a corrected address and identifies no one once the candidate is erased.
THE_CANDIDATE = "candidate"


@dataclass(frozen=True)
class When:
    """`starts_at` is aware UTC; `wall_time` is what was typed, as `2026-11-24T09:00` in `timezone` (an IANA
    name)."""

    starts_at: datetime
    wall_time: str
    timezone: str
    duration_minutes: int

    @property
    def ends_at(self) -> datetime:
        """The end, as aware UTC."""
        return self.starts_at + timedelta(minutes=self.duration_minutes)


@dataclass(frozen=True)
class Participant:
    """Someone on the team (`user_id`), or a person known only by name and address."""

    name: str
    email: str
    user_id: int | None = None


@dataclass(frozen=True)
class Reminders:
    """`minutes` count back from the start. `not_for` lists who gets none: addresses in lower case, and
    `THE_CANDIDATE` for the candidate."""

    minutes: tuple[int, ...] = ()
    not_for: frozenset[str] = frozenset()

    def addresses_without(self, candidate_email: str) -> frozenset[str]:
        """The addresses, in lower case, of the people who get none."""
        others = self.not_for - {THE_CANDIDATE}
        return others | {candidate_email.lower()} if THE_CANDIDATE in self.not_for else others


@dataclass(frozen=True)
class Plan:
    """Everything the team decides about one interview. `message` goes to everyone who is invited; `notes`
    never leave the team."""

    application_id: int
    venue: Venue
    agenda: str
    when: When
    hiring_manager_id: int
    attendees: tuple[Participant, ...]
    title: str
    message: str
    notes: str
    reminders: Reminders

    @property
    def user_ids(self) -> frozenset[int]:
        """Everyone on the team whose time the interview takes."""
        attending = {person.user_id for person in self.attendees if person.user_id is not None}
        return frozenset({self.hiring_manager_id} | attending)


def plan_of(interview: Interview) -> Plan:
    """What was decided about this interview, including people who have left the team since."""
    return Plan(
        application_id=interview.application_id,
        venue=_venue_of(interview),
        agenda=interview.agenda,
        when=When(interview.starts_at, interview.wall_time, interview.timezone, interview.duration_minutes),
        hiring_manager_id=interview.hiring_manager_id,
        attendees=tuple(
            Participant(person.name, person.email, person.user_id) for person in interview.attendees
        ),
        title=interview.title,
        message=interview.message_to_candidate,
        notes=interview.internal_notes,
        reminders=Reminders(tuple(interview.reminder_minutes), frozenset(interview.no_reminder_for)),
    )


def put(plan: Plan, interview: Interview) -> None:
    """Write a plan into an interview's row, whether it is new or already in the database.

    An attendee who stays keeps their row, because links in earlier emails name it. The online meeting is left
    to the caller: creating, changing, and removing it are separate tasks. Raises `NoResultFound` if the
    application or the hiring manager does not exist.
    """
    interview.application = db.session.get_one(Application, plan.application_id)
    interview.hiring_manager = manager = db.session.get_one(User, plan.hiring_manager_id)
    interview.title, interview.agenda = plan.title, plan.agenda
    interview.message_to_candidate, interview.internal_notes = plan.message, plan.notes
    when = plan.when
    interview.starts_at, interview.duration_minutes = when.starts_at, when.duration_minutes
    interview.wall_time, interview.timezone = when.wall_time, when.timezone
    interview.reminder_minutes = list(plan.reminders.minutes)
    interview.no_reminder_for = sorted(plan.reminders.not_for)
    _put_venue(plan.venue, interview)
    known = {person.email.lower(): person for person in interview.attendees}
    interview.attendees = [
        _attendee(known.get(person.email.lower()), person)
        for person in distinct(plan.attendees, {interview.candidate.email, manager.email})
    ]


def _attendee(row: Attendee | None, person: Participant) -> Attendee:
    row = row or Attendee()
    row.name, row.email, row.user_id = person.name, person.email, person.user_id
    row.user = db.session.get(User, person.user_id) if person.user_id is not None else None
    return row


def distinct(attendees: tuple[Participant, ...], known: set[str]) -> list[Participant]:
    """Each address once, without the `known` addresses of people who take part anyway."""
    seen = {address.lower() for address in known}
    distinct = []
    for person in attendees:
        if person.email.lower() not in seen:
            seen.add(person.email.lower())
            distinct.append(person)
    return distinct


def _put_venue(venue: Venue, interview: Interview) -> None:
    interview.interview_type = venue.interview_type
    interview.requested_passcode = None
    interview.phone_number = interview.phone_caller = None
    interview.address = interview.directions = None
    match venue:
        case OnlineMeeting(passcode=passcode):
            interview.requested_passcode = passcode
        case PhoneCall(number, caller):
            interview.phone_number, interview.phone_caller = number, caller
        case OnSite(address, directions):
            interview.address, interview.directions = address, directions


def _venue_of(interview: Interview) -> Venue:
    match interview.interview_type:
        case InterviewType.PHONE:
            return PhoneCall(interview.phone_number or "", interview.phone_caller or PhoneCaller.TEAM)
        case InterviewType.IN_PERSON:
            return OnSite(interview.address or "", interview.directions or "")
        case InterviewType.VIDEO:
            # There is one as soon as there is a time. Once the interview is canceled, it is no longer wanted.
            meeting = interview.meeting or next(reversed(interview.meetings), None)
            if meeting is None:
                assert interview.slot_request is not None, "without a time, the request has the venue"
                return venue_from_json(interview.slot_request.venue)
            if meeting.software is MeetingSoftware.OTHER:
                return PastedLink(meeting.join_url or "", meeting.label or "")
            return OnlineMeeting(meeting.software, interview.requested_passcode)


# What has changed between two plans


class Text(StrEnum):
    """The texts of a plan that can change, each with its own readers."""

    AGENDA = "agenda"
    TITLE = "title"
    MESSAGE = "message"
    NOTES = "notes"


@dataclass(frozen=True)
class NewTime:
    old: When
    new: When


@dataclass(frozen=True)
class NewVenue:
    old: Venue = field(repr=False)
    new: Venue = field(repr=False)


@dataclass(frozen=True)
class NewHiringManager:
    """Users, by their ids."""

    old: int
    new: int


@dataclass(frozen=True)
class NewAttendees:
    """Who was added and who was removed; a corrected name is neither, and no one is told about it."""

    added: tuple[Participant, ...]
    removed: tuple[Participant, ...]


@dataclass(frozen=True)
class NewText:
    which: Text
    old: str = field(repr=False)
    new: str = field(repr=False)


@dataclass(frozen=True)
class NewReminders:
    old: Reminders
    new: Reminders


Difference = NewTime | NewVenue | NewHiringManager | NewAttendees | NewText | NewReminders


def differences(old: Plan, new: Plan) -> tuple[Difference, ...]:
    """What is different in `new`, starting with what matters most to people; empty for equal plans."""
    return tuple(_differences(old, new))


def _differences(old: Plan, new: Plan) -> Iterator[Difference]:
    if old.when != new.when:
        yield NewTime(old.when, new.when)
    if old.venue != new.venue:
        yield NewVenue(old.venue, new.venue)
    if old.hiring_manager_id != new.hiring_manager_id:
        yield NewHiringManager(old.hiring_manager_id, new.hiring_manager_id)
    before = {person.email.lower() for person in old.attendees}
    after = {person.email.lower() for person in new.attendees}
    if before != after:
        yield NewAttendees(
            added=tuple(person for person in new.attendees if person.email.lower() not in before),
            removed=tuple(person for person in old.attendees if person.email.lower() not in after),
        )
    for which in Text:
        was, now = getattr(old, which), getattr(new, which)
        if was != now:
            yield NewText(which, was, now)
    if old.reminders != new.reminders:
        yield NewReminders(old.reminders, new.reminders)


# Keeping a plan as JSON

_VENUES: dict[str, type[Venue]] = {
    "online": OnlineMeeting,
    "link": PastedLink,
    "phone": PhoneCall,
    "on_site": OnSite,
}
_NAMES_OF_VENUES = {kind: name for name, kind in _VENUES.items()}


def to_json(plan: Plan) -> dict[str, Any]:
    """The plan as JSON values. `from_json` turns them back into the same plan."""
    when = plan.when
    return {
        "application_id": plan.application_id,
        "venue": venue_to_json(plan.venue),
        "agenda": plan.agenda,
        "when": {**vars(when), "starts_at": when.starts_at.isoformat()},
        "hiring_manager_id": plan.hiring_manager_id,
        "attendees": [vars(person) for person in plan.attendees],
        "title": plan.title,
        "message": plan.message,
        "notes": plan.notes,
        "reminders": {"minutes": list(plan.reminders.minutes), "not_for": sorted(plan.reminders.not_for)},
    }


def from_json(kept: Mapping[str, Any]) -> Plan:
    """The plan that `to_json` was given. Raises `KeyError`, `TypeError` or `ValueError` for anything else."""
    when = When(**kept["when"])
    reminders = kept["reminders"]
    return Plan(
        application_id=kept["application_id"],
        venue=venue_from_json(kept["venue"]),
        agenda=kept["agenda"],
        when=replace(when, starts_at=datetime.fromisoformat(kept["when"]["starts_at"])),
        hiring_manager_id=kept["hiring_manager_id"],
        attendees=tuple(Participant(**person) for person in kept["attendees"]),
        title=kept["title"],
        message=kept["message"],
        notes=kept["notes"],
        reminders=Reminders(tuple(reminders["minutes"]), frozenset(reminders["not_for"])),
    )


def venue_to_json(venue: Venue) -> dict[str, Any]:
    """A venue as JSON values; `venue_from_json` turns them back."""
    return {"kind": _NAMES_OF_VENUES[type(venue)], **vars(venue)}


def venue_from_json(kept: Mapping[str, Any]) -> Venue:
    """The venue that `venue_to_json` was given. Raises as `from_json` does."""
    values = {name: value for name, value in kept.items() if name != "kind"}
    venue = _VENUES[kept["kind"]](**values)
    match venue:
        case OnlineMeeting(software):
            return replace(venue, software=MeetingSoftware(software))
        case PhoneCall(_, caller):
            return replace(venue, caller=PhoneCaller(caller))
    return venue
