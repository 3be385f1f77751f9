"""What a person does with interviews. Each adds to the current transaction; the route commits once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
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
    InterviewType,
    MeetingSoftware,
    SchedulingMethod,
    User,
)
from scheduling import drafts, mails, meetings
from scheduling.clashes import find_clashes
from scheduling.errors import SchedulingError
from scheduling.rules import Rules
from scheduling.timeline import note
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
    `2026-11-24T09:00` in `timezone`; `reminder_minutes` count back from the start."""

    draft_id: str
    draft_version: int
    application_id: int
    interview_type: InterviewType
    software: MeetingSoftware | None
    agenda: str
    passcode: str | None = field(repr=False)
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
    clash_is_ok: bool


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
    manager = db.session.get(User, command.hiring_manager_id)
    if manager is None or not manager.is_active:
        raise SchedulingError(
            "The hiring manager is not active any more. Choose somebody else.",
            step="attendees",
            field="hiring_manager",
        )
    _refuse_clashes(command)

    interview = Interview(
        application_id=application.id,
        scheduler_id=actor.id,
        hiring_manager_id=manager.id,
        interview_type=command.interview_type,
        method=SchedulingMethod.DIRECT,
        status=InterviewStatus.SCHEDULED,
        title=command.title,
        agenda=command.agenda,
        message_to_candidate=command.message_to_candidate,
        internal_notes=command.internal_notes,
        requested_passcode=command.passcode,
        starts_at=command.starts_at,
        duration_minutes=command.duration_minutes,
        wall_time=command.wall_time,
        timezone=command.timezone,
        ics_uid=f"{secrets.token_hex(16)}@{rules.message_id_domain}",
        attendees=[
            Attendee(user_id=person.user_id, name=person.name, email=person.email)
            for person in _distinct(command.attendees, {application.candidate.email, manager.email})
        ],
    )
    db.session.add(interview)
    db.session.flush()
    drafts.point_to_interview(command.draft_id, interview.id)
    note(interview.id, f"{actor.name} scheduled the interview", actor=actor)
    due_at = utc_now()
    if command.software is not None:
        due_at = meetings.want_meeting(interview, command.software, rules).grace_ends_at
    mails.queue_first_mails(
        interview, rules, invite_by=due_at, remind_minutes_before=command.reminder_minutes
    )
    return interview


def _refuse_clashes(command: ScheduleInterview) -> None:
    team = {command.hiring_manager_id} | {p.user_id for p in command.attendees if p.user_id is not None}
    clashes = find_clashes(team, command.starts_at, command.duration_minutes, lock=True)
    if clashes and not command.clash_is_ok:
        names = ", ".join(dict.fromkeys(clash.name for clash in clashes))
        raise SchedulingError(
            f"{names} got another interview at this time. Choose another time, or tick that it is all right.",
            step="date-time",
            field="clash_ok",
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
