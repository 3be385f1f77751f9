"""What an interview was scheduled with, as far as another one can be scheduled with the same."""

from __future__ import annotations

import re
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from accounts.permissions import Action
from accounts.row_permissions import application_is_within, interview_is_within
from extensions import db
from models import (
    Application,
    Candidate,
    Interview,
    InterviewType,
    Job,
    Mail,
    MailKind,
    MeetingSoftware,
    PhoneCaller,
    User,
)
from scheduling.commands.schedule import NewAttendee
from scheduling.meetings.software import DEFAULT
from scheduling.venues import OnlineMeeting, OnSite, PastedLink, PhoneCall, Venue


@dataclass(frozen=True)
class Choices:
    """What somebody chose for an interview, without its time. Whoever has left the team since is left out;
    `hiring_manager_id` None: it was one of them. `reminder_minutes` None: nobody knows any more."""

    scheduler_id: int
    candidate_id: int
    candidate_name: str
    venue: Venue
    agenda: str
    duration_minutes: int
    timezone: str
    hiring_manager_id: int | None
    attendees: tuple[NewAttendee, ...]
    title: str
    message_to_candidate: str
    internal_notes: str
    reminder_minutes: tuple[int, ...] | None

    def names_candidate(self, text: str) -> bool:
        """Whether the text names the candidate, in full or by one of their names alone. Those count only as
        names are written, because there are people called Will, Mark and Hope."""
        words = set(re.findall(r"\w+", text))
        alone = {name for name in re.findall(r"\w+", self.candidate_name) if len(name) > 1}
        return self.candidate_name.casefold() in text.casefold() or not words.isdisjoint(alone)


def last_on_job(actor: User, job_id: int) -> Choices | None:
    """What `actor` chose last on this job, else what anybody did; None for the first interview of a job."""
    newest = db.session.scalar(
        sa.select(Interview)
        .join(Interview.application)
        .join(Application.candidate)
        .where(
            Application.job_id == job_id,
            # What was written about somebody who was erased is gone with them.
            Candidate.erased_at.is_(None),
            interview_is_within(actor, Action.SCHEDULE),
        )
        .options(joinedload(Interview.application), joinedload(Interview.meeting))
        .order_by((Interview.scheduler_id == actor.id).desc(), Interview.id.desc())
        .limit(1)
    )
    return choices_of(newest) if newest is not None else None


def choices_of(interview: Interview) -> Choices:
    """What this interview was scheduled with."""
    manager = interview.hiring_manager
    return Choices(
        scheduler_id=interview.scheduler_id,
        candidate_id=interview.application.candidate_id,
        candidate_name=interview.candidate.name,
        venue=_venue_of(interview),
        agenda=interview.agenda,
        duration_minutes=interview.duration_minutes,
        timezone=interview.timezone,
        hiring_manager_id=manager.id if manager.is_active else None,
        attendees=tuple(
            NewAttendee(person.name, person.email, person.user_id)
            for person in interview.attendees
            if person.user is None or person.user.is_active
        ),
        title=interview.title,
        message_to_candidate=interview.message_to_candidate,
        internal_notes=interview.internal_notes,
        reminder_minutes=_reminders_of(interview),
    )


def people_for_another(actor: User, interview: Interview) -> list[Application]:
    """Whom `actor` could schedule another interview like this with, by name: everybody on its job. Nobody
    once the job is closed."""
    return list(
        db.session.scalars(
            sa.select(Application)
            .join(Application.candidate)
            .join(Application.job)
            .where(
                Application.job_id == interview.application.job_id,
                Job.is_open.is_(True),
                application_is_within(actor, Action.SCHEDULE),
                Candidate.erased_at.is_(None),
            )
            .options(joinedload(Application.candidate))
            .order_by(Candidate.name_key, Candidate.id)
        )
    )


def _venue_of(interview: Interview) -> Venue:
    meeting = interview.meeting
    match interview.interview_type:
        case InterviewType.PHONE:
            return PhoneCall(interview.phone_number or "", interview.phone_caller or PhoneCaller.TEAM)
        case InterviewType.IN_PERSON:
            return OnSite(interview.address or "", interview.directions or "")
        case InterviewType.VIDEO if meeting is not None and meeting.software is MeetingSoftware.OTHER:
            return PastedLink(meeting.join_url or "", meeting.label or "")
        case _:
            chosen = meeting.software if meeting is not None else DEFAULT
            return OnlineMeeting(chosen, interview.requested_passcode)


def _reminders_of(interview: Interview) -> tuple[int, ...] | None:
    mails = db.session.execute(
        sa.select(Mail.kind, Mail.minutes_before).where(Mail.interview_id == interview.id).distinct()
    ).all()
    if not mails:
        return None
    return tuple(sorted((row.minutes_before for row in mails if row.kind is MailKind.REMINDER), reverse=True))
