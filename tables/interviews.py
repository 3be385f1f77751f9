"""Interviews, who takes part, what happened to them, and the drafts they start from."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship, validates

from database import ZoneName, choice, open_choice
from extensions import Model
from tables.answers import CandidateAnswer
from tables.deliveries import Meeting
from tables.entries import CalendarEntry
from tables.feedback import Feedback
from tables.files import Attachment
from tables.hiring import Application, Candidate
from tables.link_nonce import HasLinkNonce
from tables.mails import Mail
from tables.slots import Slot, SlotRequest
from tables.team import User
from timezones import utc_now


class InterviewType(StrEnum):
    VIDEO = "video"
    PHONE = "phone"
    IN_PERSON = "in_person"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


class PhoneCaller(StrEnum):
    """Who dials at the start of a phone interview."""

    TEAM = "team"
    CANDIDATE = "candidate"


class SchedulingMethod(StrEnum):
    """Who chooses the time: the team, or the candidate from options."""

    DIRECT = "direct"
    TIME_SLOTS = "time_slots"

    @property
    def label(self) -> str:
        return "Direct Assignment" if self is SchedulingMethod.DIRECT else "Request Time Slots"


class InterviewStatus(StrEnum):
    """The team's decision. The state of the meeting, the emails, and the entries is in their own rows."""

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    SCHEDULED = "scheduled"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"

    @property
    def is_being_arranged(self) -> bool:
        """The candidate is asked for a time, or has chosen one, and no one is invited yet."""
        return self in (InterviewStatus.REQUESTED, InterviewStatus.ACCEPTED)

    @property
    def label(self) -> str:
        return "No-show" if self is InterviewStatus.NO_SHOW else self.value.title()


# For queries.
BEING_ARRANGED = tuple(status for status in InterviewStatus if status.is_being_arranged)


class Absent(StrEnum):
    """Who did not come to an interview that did not take place."""

    CANDIDATE = "candidate"
    TEAM = "team"

    @property
    def label(self) -> str:
        return "The candidate" if self is Absent.CANDIDATE else "Our team"


class Interview(HasLinkNonce, Model):
    """One conversation between a candidate and the team."""

    __tablename__ = "interviews"
    __table_args__ = (
        sa.CheckConstraint("duration_minutes BETWEEN 5 AND 1440", name="duration"),
        sa.CheckConstraint("revision >= 0", name="revision"),
        sa.CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        # The lists show one status at a time, sorted by time, a page at a time; the calendar shows a period.
        sa.Index("ix_interviews_status_starts_at_id", "status", "starts_at", "id"),
        # Programs read what has changed, in that order.
        sa.Index("ix_interviews_changed_at_id", "changed_at", "id"),
        # The interviews that the first page of the people who arrange them warns about: nearly always none.
        sa.Index(
            "ix_interviews_checked_problems_id",
            "id",
            sqlite_where=sa.text("checked_problems IS NOT NULL"),
            postgresql_where=sa.text("checked_problems IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(sa.ForeignKey("applications.id"), index=True)
    scheduler_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    hiring_manager_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    interview_type: Mapped[InterviewType] = mapped_column(choice(InterviewType, "interview_type"))
    method: Mapped[SchedulingMethod] = mapped_column(choice(SchedulingMethod, "method"))
    status: Mapped[InterviewStatus] = mapped_column(choice(InterviewStatus, "status"))

    title: Mapped[str] = mapped_column(sa.String(200))
    agenda: Mapped[str] = mapped_column(sa.Text)
    message_to_candidate: Mapped[str] = mapped_column(sa.Text, default="")
    internal_notes: Mapped[str] = mapped_column(sa.Text, default="")
    # The passcode that the scheduler asked for; the meeting's row has the actual one.
    requested_passcode: Mapped[str | None] = mapped_column(sa.String(10))

    # By phone: the number that is dialed, and by whom. In person: where, and how to get there.
    phone_number: Mapped[str | None] = mapped_column(sa.String(40))
    phone_caller: Mapped[PhoneCaller | None] = mapped_column(choice(PhoneCaller, "phone_caller"))
    address: Mapped[str | None] = mapped_column(sa.String(300))
    directions: Mapped[str | None] = mapped_column(sa.String(1000))

    # The instant, and also the wall time as it was chosen ("2026-11-24T09:00"): if a country changes its
    # rules, the wall time is what people agreed on. While the candidate is still asked, the earliest of the
    # times that were offered.
    starts_at: Mapped[datetime]
    duration_minutes: Mapped[int]
    # A column, not an expression, because queries about overlaps need it and the two databases add minutes to
    # an instant differently. It is updated automatically with the other two.
    ends_at: Mapped[datetime]
    wall_time: Mapped[str] = mapped_column(sa.String(16))
    timezone: Mapped[str] = mapped_column(ZoneName)

    # How many minutes before the start reminders are sent, and who gets none: addresses in lower case, and
    # "candidate" for the candidate.
    reminder_minutes: Mapped[list[int]] = mapped_column(sa.JSON, default=list)
    no_reminder_for: Mapped[list[str]] = mapped_column(sa.JSON, default=list)

    # The start for which the check a day before it was requested, and the one an hour before: another start
    # is checked again. What the last one found, as the keys of `scheduling.preflight`; None if all was well.
    day_check_for: Mapped[datetime | None]
    hour_check_for: Mapped[datetime | None]
    checked_problems: Mapped[str | None] = mapped_column(sa.String(60))

    # The UID of the calendar entry, which never changes, and its SEQUENCE, raised by every change that people
    # have to be told about.
    ics_uid: Mapped[str] = mapped_column(sa.String(80), unique=True)
    revision: Mapped[int] = mapped_column(default=0)
    # Until then the newest revision can be undone, so nothing about the interview is sent and no provider is
    # called. Empty if it never could be.
    undo_until: Mapped[datetime | None]
    # How often it was moved to another time; people are warned when it becomes too often.
    times_moved: Mapped[int] = mapped_column(default=0)
    # Who said how it ended and when, which can be taken back on the same day; who did not come, if anyone.
    concluded_at: Mapped[datetime | None]
    concluded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    absent: Mapped[Absent | None] = mapped_column(choice(Absent, "absent"))
    # What it started from, if that is still there, and what that was called then; "" if it started from none.
    template_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("interview_templates.id", ondelete="SET NULL"), index=True
    )
    template_name: Mapped[str] = mapped_column(sa.String(80), default="")
    # Raising it invalidates every link that was emailed for this interview.
    link_generation: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    # When anything in this row was last written, for programs that ask what is new.
    changed_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)
    # Which change the webhook was told of or needed no word about, and a hash of what it was told.
    told_at: Mapped[datetime | None]
    told_as: Mapped[str | None] = mapped_column(sa.String(64))

    application: Mapped[Application] = relationship()
    scheduler: Mapped[User] = relationship(foreign_keys=[scheduler_id])
    hiring_manager: Mapped[User] = relationship(foreign_keys=[hiring_manager_id])
    concluded_by: Mapped[User | None] = relationship(foreign_keys=[concluded_by_id])
    feedback: Mapped[list[Feedback]] = relationship(order_by="Feedback.id")
    attendees: Mapped[list[Attendee]] = relationship(order_by="Attendee.id", cascade="all, delete-orphan")
    # Every meeting there ever was; and separately the wanted one, so that it can be loaded eagerly. Write
    # through `Meeting.interview_id`: this side only reads.
    meetings: Mapped[list[Meeting]] = relationship(back_populates="interview", order_by="Meeting.id")
    meeting: Mapped[Meeting | None] = relationship(
        primaryjoin=lambda: sa.and_(Interview.id == Meeting.interview_id, Meeting.is_wanted),
        viewonly=True,
        uselist=False,
    )
    mails: Mapped[list[Mail]] = relationship(order_by="Mail.id")
    # All entries there ever were, in people's own calendars.
    entries: Mapped[list[CalendarEntry]] = relationship(order_by=CalendarEntry.id)
    # Whether it has any, where the query asked for that (`scheduling.reading.lists`); otherwise None.
    has_entries: Mapped[bool | None] = query_expression()
    timeline: Mapped[list[TimelineEntry]] = relationship(order_by="TimelineEntry.id")
    revisions: Mapped[list[Revision]] = relationship(order_by="Revision.number")
    attachments: Mapped[list[Attachment]] = relationship(order_by="Attachment.id")
    answers: Mapped[list[CandidateAnswer]] = relationship(order_by=CandidateAnswer.id)
    # Only for an interview whose candidate is or was asked to choose a time.
    slot_request: Mapped[SlotRequest | None] = relationship()
    slots: Mapped[list[Slot]] = relationship(order_by=Slot.starts_at)

    @property
    def candidate(self) -> Candidate:
        return self.application.candidate

    @validates("starts_at", "duration_minutes")
    def _move_the_end(self, name: str, value: Any) -> Any:
        starts_at = value if name == "starts_at" else self.starts_at
        minutes = value if name == "duration_minutes" else self.duration_minutes
        if starts_at is not None and minutes is not None:
            self.ends_at = starts_at + timedelta(minutes=minutes)
        return value


class RevisionReason(StrEnum):
    """Why everyone was told again. Closed in code and open in the database, because reasons will be added."""

    SCHEDULED = "scheduled"
    ADDRESS_CORRECTED = "address_corrected"
    LINK_CAME_LATE = "link_came_late"
    LINK_CHANGED = "link_changed"
    # It takes place at another time, no matter what else was changed with it.
    RESCHEDULED = "rescheduled"
    # Something else that people have to know about.
    CHANGED = "changed"
    CANCELLED = "cancelled"


class Revision(Model):
    """One state of an interview that people were told about. Rows are only ever added, except that a change
    that is undone before anyone was told leaves none; erasing a candidate also erases what was decided."""

    __tablename__ = "revisions"
    __table_args__ = (sa.UniqueConstraint("interview_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    interview_id: Mapped[int] = mapped_column(sa.ForeignKey("interviews.id", ondelete="CASCADE"))
    # The value of `Interview.revision` from then on; the first is 0.
    number: Mapped[int]
    reason: Mapped[RevisionReason] = mapped_column(open_choice(RevisionReason))
    # Empty when no one on the team did it: a link came late, or the candidate cancelled.
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    is_by_candidate: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(default=utc_now)
    # The plan before and after, in the form of `scheduling.plans`; both are empty if it did not change.
    before: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    # What the actor wrote about it, for everyone who is told; empty if nothing.
    words: Mapped[str] = mapped_column(sa.Text, default="")
    # Whether the candidate is told of it by email. Of a cancellation, they may have been told in person.
    tells_candidate: Mapped[bool] = mapped_column(default=True)
    # What undoing it has to restore, in the form of `scheduling.undoing`; None if it cannot be undone.
    undo: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))

    actor: Mapped[User | None] = relationship()


class Attendee(Model):
    """A person who takes part besides the candidate and the hiring manager: a user, or just a name and an
    address."""

    __tablename__ = "attendees"
    __table_args__ = (sa.UniqueConstraint("interview_id", "email"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    interview_id: Mapped[int] = mapped_column(sa.ForeignKey("interviews.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    email: Mapped[str] = mapped_column(sa.String(254))

    user: Mapped[User | None] = relationship()


class TimelineEntry(Model):
    """One thing that happened to an interview, in words. Rows are only ever added."""

    __tablename__ = "timeline_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    interview_id: Mapped[int] = mapped_column(sa.ForeignKey("interviews.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(default=utc_now)
    # Empty when no one on the team did it: a provider answered, a mail left.
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    words: Mapped[str] = mapped_column(sa.String(500))

    actor: Mapped[User | None] = relationship()


class DraftSubject(StrEnum):
    """What a draft is about. Open in the database, because there may be more of them."""

    NEW_INTERVIEW = "new_interview"
    CHANGE = "change"
    # The last look at an interview whose candidate has chosen a time.
    ACCEPTANCE = "acceptance"


_OPEN_NEW = "subject = 'new_interview' AND used_at IS NULL AND set_aside_at IS NULL"
_OPEN_CHANGE = "subject <> 'new_interview' AND used_at IS NULL"


class Draft(Model):
    """An unfinished interview. Its payload is the forms' content as text, complete or not."""

    __tablename__ = "drafts"
    # A person has one unfinished interview for each application, and one unfinished change of each interview.
    # `scheduling.drafts.starting` opens it again; the indexes are what it relies on.
    __table_args__ = (
        sa.Index(
            "uq_drafts_open_application",
            "owner_id",
            "application_id",
            unique=True,
            sqlite_where=sa.text(_OPEN_NEW),
            postgresql_where=sa.text(_OPEN_NEW),
        ),
        sa.Index(
            "uq_drafts_open_change",
            "owner_id",
            "about_interview_id",
            unique=True,
            sqlite_where=sa.text(_OPEN_CHANGE),
            postgresql_where=sa.text(_OPEN_CHANGE),
        ),
    )

    # Unguessable, because it is part of addresses.
    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    owner_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    candidate_id: Mapped[int] = mapped_column(sa.ForeignKey("candidates.id", ondelete="CASCADE"))
    # The application that it is for: as given where it began, else as saved on Setup. Empty until then if the
    # candidate is on several jobs, and once the candidate is taken off the job.
    application_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("applications.id", ondelete="SET NULL"), index=True
    )
    # What it is about, and which interview, unless it is a new one; `interview_id` is what it became.
    subject: Mapped[DraftSubject] = mapped_column(
        open_choice(DraftSubject), default=DraftSubject.NEW_INTERVIEW
    )
    about_interview_id: Mapped[int | None] = mapped_column(sa.ForeignKey("interviews.id", ondelete="CASCADE"))
    # The plan of that interview when the draft began, in the form of `scheduling.plans`: what differs from it
    # is what the person has changed.
    about_plan: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    payload: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    # What the unsaved steps start with when another interview is repeated. Otherwise they start with the last
    # choices for the job, which are looked up.
    suggestions: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    repeats_id: Mapped[int | None] = mapped_column(sa.ForeignKey("interviews.id", ondelete="SET NULL"))
    # The template that it starts from, if that is still there, and what was taken from it then, in the form
    # of `scheduling.drafts.from_template`.
    template_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("interview_templates.id", ondelete="SET NULL"), index=True
    )
    from_template: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    # What was typed into a step and left without Continue: only the fields that differ from what the step
    # opens with. It is shown again when the step is opened, and is never part of the interview.
    typed: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    # Raised by each save; a form with an older version was opened before the draft was last saved.
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)
    # Set in the transaction that creates the interview. The conditional UPDATE that sets it is what turns a
    # double click into a single interview.
    used_at: Mapped[datetime | None]
    interview_id: Mapped[int | None] = mapped_column(sa.ForeignKey("interviews.id", ondelete="SET NULL"))
    # Set when the person started over: it can be brought back until the draft that took its place, which
    # points to it, is scheduled or discarded, or is replaced as well.
    set_aside_at: Mapped[datetime | None]
    replaces_id: Mapped[str | None] = mapped_column(sa.ForeignKey("drafts.id", ondelete="SET NULL"))

    candidate: Mapped[Candidate] = relationship()
    # As they were when the draft was read.
    files: Mapped[list[Attachment]] = relationship(viewonly=True, order_by=Attachment.id)
