"""What an interview owes the outside: its meeting and its mails, each wanted and observed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from database import choice
from extensions import Model
from tables.team import User
from timezones import utc_now

if TYPE_CHECKING:
    from tables.interviews import Interview


class MeetingSoftware(StrEnum):
    ZOOM = "zoom"
    GOOGLE_MEET = "google_meet"
    TEAMS = "teams"
    OTHER = "other"

    @property
    def label(self) -> str:
        return _SOFTWARE_LABELS[self]


_SOFTWARE_LABELS = {
    MeetingSoftware.ZOOM: "Zoom",
    MeetingSoftware.GOOGLE_MEET: "Google Meet",
    MeetingSoftware.TEAMS: "Microsoft Teams",
    MeetingSoftware.OTHER: "Other",
}


class MeetingState(StrEnum):
    """Waiting is the only state in which people have not been told yet; the others are settled."""

    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"
    REMOVED = "removed"


class FailureReason(StrEnum):
    """Why there is no meeting. Each has its own words and its own cure in `scheduling.failures`."""

    NOT_CONNECTED = "not_connected"
    RECONNECT_NEEDED = "reconnect_needed"
    SCOPES_MISSING = "scopes_missing"
    RATE_LIMITED = "rate_limited"
    DAILY_LIMIT = "daily_limit"
    NOT_ALLOWED = "not_allowed"
    CREDENTIALS = "credentials"
    NOT_SET_UP = "not_set_up"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"


class Meeting(Model):
    """The online meeting of an interview: what the team wants, and what the provider last showed."""

    __tablename__ = "meetings"
    __table_args__ = (
        # Two interviews can never hold the same meeting, whatever a look-up found.
        sa.UniqueConstraint("software", "provider_meeting_id"),
        sa.CheckConstraint("state <> 'ready' OR join_url IS NOT NULL", name="ready_has_link"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    interview_id: Mapped[int] = mapped_column(sa.ForeignKey("interviews.id", ondelete="CASCADE"), unique=True)
    software: Mapped[MeetingSoftware] = mapped_column(choice(MeetingSoftware, "software"))
    is_wanted: Mapped[bool] = mapped_column(default=True)
    state: Mapped[MeetingState] = mapped_column(choice(MeetingState, "state"), default=MeetingState.WAITING)

    host_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    connection_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("connections.id", ondelete="SET NULL"), index=True
    )
    # The provider's id of the account it lies on. A connection may come to stand for another account; the
    # meeting is then without one until somebody connects this account again.
    account_id: Mapped[str | None] = mapped_column(sa.String(128))
    provider_meeting_id: Mapped[str | None] = mapped_column(sa.String(64))
    # What a pasted link belongs to, in the scheduler's words; the others are called by their software.
    label: Mapped[str | None] = mapped_column(sa.String(60))
    join_url: Mapped[str | None] = mapped_column(sa.Text)
    passcode: Mapped[str | None] = mapped_column(sa.String(64))

    # The account's own rules refused the passcode that was asked for; the provider makes one instead.
    passcode_was_refused: Mapped[bool] = mapped_column(default=False)

    # Until this instant a passing fault keeps the invitation waiting; afterwards people are told
    # without a link and the work goes on.
    grace_ends_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    failure: Mapped[FailureReason | None] = mapped_column(choice(FailureReason, "failure"))
    failure_words: Mapped[str | None] = mapped_column(sa.String(500))
    # Counts the walks over the possible hosts; a new walk asks hosts again that an older one ruled out.
    walk: Mapped[int] = mapped_column(default=1)

    interview: Mapped[Interview] = relationship(back_populates="meeting")
    host: Mapped[User | None] = relationship()
    attempts: Mapped[list[MeetingAttempt]] = relationship(order_by="MeetingAttempt.id")

    @property
    def called(self) -> str:
        """What people call it: by the software it is made with, or as the label of a pasted link says."""
        return self.label or self.software.label


class AttemptState(StrEnum):
    """What is known of one create call.

    CALLING is written before the call leaves. A process that dies leaves it behind, and then it means
    the same as UNKNOWN: a meeting may be alive that nobody has seen.
    """

    CALLING = "calling"
    UNKNOWN = "unknown"
    CREATED = "created"
    REFUSED = "refused"
    ABSENT = "absent"
    REMOVED = "removed"


MAYBE_ALIVE = (AttemptState.CALLING, AttemptState.UNKNOWN)


class MeetingAttempt(Model):
    """One create call on one host's account, with what was asked for, so that it can be looked up."""

    __tablename__ = "meeting_attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(sa.ForeignKey("meetings.id", ondelete="CASCADE"), index=True)
    connection_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("connections.id", ondelete="SET NULL"), index=True
    )
    # As with a meeting: what this call may have left lies there, whatever the connection stands for by now.
    account_id: Mapped[str | None] = mapped_column(sa.String(128))
    host_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    walk: Mapped[int]
    state: Mapped[AttemptState] = mapped_column(choice(AttemptState, "state"))
    began_at: Mapped[datetime] = mapped_column(default=utc_now)
    topic: Mapped[str] = mapped_column(sa.String(200))
    agenda: Mapped[str] = mapped_column(sa.Text)
    starts_at: Mapped[datetime]
    duration_minutes: Mapped[int]
    failure: Mapped[FailureReason | None] = mapped_column(choice(FailureReason, "failure"))
    failure_words: Mapped[str | None] = mapped_column(sa.String(500))
    # How often a stray meeting of this attempt has been looked for since.
    checks: Mapped[int] = mapped_column(default=0)

    meeting: Mapped[Meeting] = relationship(back_populates="attempts")


class MailKind(StrEnum):
    INVITATION = "invitation"
    REMINDER = "reminder"
    # To people of the team, about no interview.
    TEAM_INVITATION = "team_invitation"
    PASSWORD_RESET = "password_reset"
    PASSWORD_CHANGED = "password_changed"
    ASK_TO_CONNECT = "ask_to_connect"
    APP_CONNECTED = "app_connected"
    # `revision` counts these, the first at once and the others as nudges on later days.
    RECONNECT_NEEDED = "reconnect_needed"
    # To the owner: a provider does not accept this server's credentials.
    CREDENTIALS_REFUSED = "credentials_refused"


class MailState(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


class ReaderRole(StrEnum):
    CANDIDATE = "candidate"
    HIRING_MANAGER = "hiring_manager"
    ATTENDEE = "attendee"
    TEAM = "team"


class Mail(Model):
    """One message to one recipient. Its body is made when it leaves, from what is true then."""

    __tablename__ = "mails"
    __table_args__ = (
        # Never two of one kind and revision to one person.
        sa.UniqueConstraint("interview_id", "kind", "revision", "minutes_before", "address"),
        sa.Index("ix_mails_state_due_at", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # Empty for mails to the team that are about no interview; `about_id` then says which row they are about,
    # or which provider.
    interview_id: Mapped[int | None] = mapped_column(sa.ForeignKey("interviews.id", ondelete="CASCADE"))
    about_id: Mapped[int | None]
    kind: Mapped[MailKind] = mapped_column(choice(MailKind, "kind"))
    revision: Mapped[int]
    # For a reminder, how long before the start it leaves; 0 for everything else.
    minutes_before: Mapped[int] = mapped_column(default=0)
    role: Mapped[ReaderRole] = mapped_column(choice(ReaderRole, "role"))
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(sa.String(120))
    address: Mapped[str] = mapped_column(sa.String(254))
    # Made once with the row, so that a repeated delivery is recognizable as the same message.
    message_id: Mapped[str] = mapped_column(sa.String(120), unique=True)
    due_at: Mapped[datetime]
    state: Mapped[MailState] = mapped_column(choice(MailState, "state"), default=MailState.QUEUED)
    sent_at: Mapped[datetime | None]
    # The server's answer in its own words, or our reason for dropping it.
    words: Mapped[str | None] = mapped_column(sa.String(500))
    # A delivery was cut off after the text had been handed over: the server may have taken it.
    may_be_double: Mapped[bool] = mapped_column(default=False)
    # Files stay behind: with them it does not arrive, being too large for the server or for the line to it,
    # or they could not be read. An invitation without them is better than none.
    leaves_files_out: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
