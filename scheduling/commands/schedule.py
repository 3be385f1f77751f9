"""What a person does with interviews. Each adds to the current transaction; the route commits once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from accounts.permissions import Action
from extensions import db
from hiring.queries import application_is_within
from models import (
    Application,
    Attendee,
    Candidate,
    Interview,
    InterviewStatus,
    SchedulingMethod,
    User,
)
from scheduling import venues
from scheduling.clashes import Clash, Wanted, find_clashes, host_taken_up, in_words, software_of
from scheduling.drafts import attachments, drafts
from scheduling.errors import SchedulingError
from scheduling.mails import queue
from scheduling.meetings import wanting
from scheduling.rules import Rules
from scheduling.timeline import note
from scheduling.venues import OnlineMeeting, OnSite, PastedLink, PhoneCall, Venue
from timezones import utc_now


@dataclass(frozen=True)
class NewAttendee:
    """Somebody of the team (`user_id`), or a person known by name and address only."""

    name: str
    email: str
    user_id: int | None = None


@dataclass(frozen=True)
class ScheduleInterview:
    """Everything the six steps gathered. `starts_at` is aware UTC; `wall_time` is what was typed, as
    `2026-11-24T09:00` in `timezone`; `reminder_minutes` count back from the start; `accepted_clashes` are
    the keys of the clashes that were shown and found all right."""

    draft_id: str
    draft_version: int
    application_id: int
    venue: Venue
    agenda: str
    starts_at: datetime
    wall_time: str
    timezone: str
    duration_minutes: int
    hiring_manager_id: int
    attendees: tuple[NewAttendee, ...]
    title: str
    message_to_candidate: str
    internal_notes: str
    reminder_minutes: tuple[int, ...]
    accepted_clashes: frozenset[str]
    no_reminder_for: frozenset[str] = frozenset()


def schedule_interview(actor: User, command: ScheduleInterview, rules: Rules) -> Interview:
    """Write the interview with all that it owes the outside, and mark its draft used.

    Raises `SchedulingError` for what changed since the steps were filled in, `DraftUsedError` and
    `DraftStaleError` from spending the draft. Nothing outside is touched here.
    """
    application = db.session.scalar(
        sa.select(Application).where(
            Application.id == command.application_id, application_is_within(actor, Action.SCHEDULE)
        )
    )
    if application is None:
        raise SchedulingError("This candidate is not on a job of yours any more.", step="setup", field="job")
    # First of all writes: of two submits of one draft only one gets past this line.
    drafts.spend(actor, command.draft_id, command.draft_version)
    candidate = db.session.get_one(
        Candidate, application.candidate_id, with_for_update=True, populate_existing=True
    )
    if candidate.erased_at is not None:
        raise SchedulingError("This candidate was erased meanwhile.", step="setup", field="job")
    if not application.job.is_open:
        raise SchedulingError("This job was closed meanwhile.", step="setup", field="job")
    if command.starts_at <= utc_now():
        raise SchedulingError("This time has passed. Choose a later one.", step="date-time", field="date")
    venues.check(command.venue)
    manager = db.session.get(User, command.hiring_manager_id)
    if manager is None or not manager.is_active:
        raise SchedulingError(
            "The hiring manager is not active any more. Choose somebody else.",
            step="attendees",
            field="hiring_manager",
        )
    _refuse_new_clashes(command, clashes_of(command, candidate.id, manager, actor, lock=True))

    ics_uid = f"{secrets.token_hex(16)}@{rules.message_id_domain}"
    interview = planned_interview(command, application, actor, manager, ics_uid=ics_uid)
    db.session.add(interview)
    db.session.flush()
    drafts.point_to_interview(command.draft_id, interview.id)
    attachments.move_to_interview(command.draft_id, interview.id)
    note(interview.id, f"{actor.name} scheduled the interview", actor=actor)
    due_at = utc_now()
    match command.venue:
        case OnlineMeeting(software):
            due_at = wanting.want_meeting(interview, software, rules).grace_ends_at
        case PastedLink(url, label):
            wanting.keep_pasted_link(interview, url, label)
    queue.queue_first_mails(
        interview,
        rules,
        invite_by=due_at,
        remind_minutes_before=command.reminder_minutes,
        no_reminder_for=command.no_reminder_for,
    )
    return interview


def planned_interview(
    command: ScheduleInterview, application: Application, scheduler: User, manager: User, *, ics_uid: str
) -> Interview:
    """The interview that a command asks for, as a row that nobody has written yet."""
    interview = Interview(
        application=application,
        scheduler=scheduler,
        hiring_manager=manager,
        interview_type=command.venue.interview_type,
        method=SchedulingMethod.DIRECT,
        status=InterviewStatus.SCHEDULED,
        title=command.title,
        agenda=command.agenda,
        message_to_candidate=command.message_to_candidate,
        internal_notes=command.internal_notes,
        starts_at=command.starts_at,
        duration_minutes=command.duration_minutes,
        wall_time=command.wall_time,
        timezone=command.timezone,
        ics_uid=ics_uid,
        revision=0,
        attendees=[
            Attendee(
                user_id=person.user_id,
                user=db.session.get(User, person.user_id) if person.user_id is not None else None,
                name=person.name,
                email=person.email,
            )
            for person in _distinct(command.attendees, {application.candidate.email, manager.email})
        ],
    )
    match command.venue:
        case OnlineMeeting(passcode=passcode):
            interview.requested_passcode = passcode
        case PhoneCall(number, caller):
            interview.phone_number, interview.phone_caller = number, caller
        case OnSite(address, directions):
            interview.address, interview.directions = address, directions
    return interview


def clashes_of(
    command: ScheduleInterview, candidate_id: int, manager: User, scheduler: User, *, lock: bool = False
) -> list[Clash]:
    """Everything that the interview would clash with, accepted or not."""
    team = {manager.id} | {person.user_id for person in command.attendees if person.user_id is not None}
    wanted = Wanted(
        command.starts_at,
        command.duration_minutes,
        frozenset(team),
        candidate_id,
        host=host_taken_up(command.venue, manager, scheduler),
        software=software_of(command.venue),
    )
    return find_clashes(wanted, lock=lock)


def _refuse_new_clashes(command: ScheduleInterview, clashes: list[Clash]) -> None:
    new = [clash for clash in clashes if clash.key not in command.accepted_clashes]
    if new:
        raise SchedulingError(
            f"{in_words(new)} Choose another time, or tick that it is all right.",
            step="date-time",
            field="accepted_clashes",
        )


def _distinct(attendees: tuple[NewAttendee, ...], known: set[str]) -> list[NewAttendee]:
    """Each address once, without those who take part anyway."""
    seen = {address.lower() for address in known}
    distinct = []
    for person in attendees:
        if person.email.lower() not in seen:
            seen.add(person.email.lower())
            distinct.append(person)
    return distinct
