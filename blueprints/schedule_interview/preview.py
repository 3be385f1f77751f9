"""The mails of a draft, made by the composer that makes the real ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from flask import current_app, url_for

from messaging.delivery import sender_address
from messaging.facts import InterviewFacts, Person, Reader
from messaging.letters import Letter, compose_invitation
from messaging.reading import describe_ics
from models import ReaderRole
from scheduling.hosts import first_usable
from scheduling.venues import OnlineMeeting
from timezones import local_moment, utc_now
from web.templating import current_organisation

if TYPE_CHECKING:
    from blueprints.schedule_interview.dialog import Dialog

# The real addresses are signed for an interview that does not exist yet.
_JOIN_PAGE_LATER = "/j/made-when-you-schedule"
_LINK_LATER = "https://zoom.us/j/made-when-you-schedule"

_READERS = {
    ReaderRole.CANDIDATE: "Candidate",
    ReaderRole.HIRING_MANAGER: "Hiring manager",
    ReaderRole.ATTENDEE: "Attendee",
}


@dataclass(frozen=True)
class ShownLetter:
    reader_label: str
    to: str
    subject: str
    frame_url: str
    text: str
    ics_rows: list[tuple[str, str]]


def letters(dialog: Dialog) -> list[Letter]:
    """One letter per reader, in the order of `_readers`."""
    facts, now = _facts(dialog), utc_now()
    return [
        compose_invitation(facts, reader, sender=sender_address(), made_at=now) for reader in _readers(facts)
    ]


def shown(dialog: Dialog) -> list[ShownLetter]:
    """The letters with what the page says about each."""
    readers = _readers(_facts(dialog))
    return [
        ShownLetter(
            reader_label=_READERS[reader.role],
            to=f"{reader.person.name} <{reader.person.address}>",
            subject=letter.subject,
            frame_url=url_for("schedule_interview.letter_frame", draft_id=dialog.draft.id, number=number),
            text=letter.text,
            ics_rows=describe_ics(letter.ics) if letter.ics else [],
        )
        for number, (reader, letter) in enumerate(zip(readers, letters(dialog), strict=True))
    ]


def _readers(facts: InterviewFacts) -> list[Reader]:
    join_page = current_app.config["BASE_URL"] + _JOIN_PAGE_LATER
    readers = [
        Reader(facts.candidate, ReaderRole.CANDIDATE, join_page),
        Reader(facts.hiring_manager, ReaderRole.HIRING_MANAGER, join_page),
        *(Reader(person, ReaderRole.ATTENDEE, join_page) for person in facts.attendees),
    ]
    return list({reader.person.address.lower(): reader for reader in reversed(readers)}.values())[::-1]


def _facts(dialog: Dialog) -> InterviewFacts:
    command = dialog.command(dialog.draft.version)
    manager, organisation = dialog.hiring_manager, current_organisation()
    assert manager is not None
    assert organisation is not None
    assert dialog.job is not None
    software = command.venue.software if isinstance(command.venue, OnlineMeeting) else None
    passcode = command.venue.passcode if isinstance(command.venue, OnlineMeeting) else None
    has_host = first_usable(dialog.hosts()) is not None
    zones = {user.id: user.timezone for user in dialog.team}
    return InterviewFacts(
        title=command.title,
        job_title=dialog.job.title,
        organisation=organisation.name,
        type_label="Video",
        software_label=software.label if software else None,
        starts_at=command.starts_at,
        duration_minutes=command.duration_minutes,
        zone=command.timezone,
        link_state="ready" if has_host else "failed",
        join_url=_LINK_LATER if has_host else None,
        passcode=(passcode or "made by Zoom") if has_host else None,
        agenda=command.agenda,
        message_to_candidate=command.message_to_candidate,
        scheduler=Person(dialog.actor.name, dialog.actor.email, dialog.actor.timezone),
        candidate=Person(dialog.candidate.name, dialog.candidate.email, dialog.candidate.timezone),
        hiring_manager=Person(manager.name, manager.email, manager.timezone),
        attendees=tuple(
            Person(person.name, person.email, zones.get(person.user_id) if person.user_id else None)
            for person in command.attendees
        ),
        uid="made-when-scheduled",
        revision=0,
    )


def reminders(dialog: Dialog) -> list[str]:
    """When reminders leave, in the scheduler's zone."""
    command, zone, now = dialog.command(dialog.draft.version), dialog.actor.timezone, utc_now()
    times = [command.starts_at - timedelta(minutes=minutes) for minutes in command.reminder_minutes]
    return [f"To everybody on {local_moment(at, zone).full}" for at in times if at > now]


def will_not_happen(dialog: Dialog) -> list[str]:
    """What the settings would do but this interview rules out, and why."""
    command, now = dialog.command(dialog.draft.version), utc_now()
    too_late = [
        minutes
        for minutes in command.reminder_minutes
        if command.starts_at - timedelta(minutes=minutes) <= now
    ]
    words = [
        f"No reminder {_hours(minutes)} before: the interview begins sooner than that."
        for minutes in too_late
    ]
    if first_usable(dialog.hosts()) is None:
        words.append(
            "No Zoom link yet: nobody who could host has connected Zoom. It follows once somebody does."
        )
    return words


def _hours(minutes: int) -> str:
    hours = minutes / 60
    return "1 hour" if hours == 1 else f"{hours:g} hours"
