"""Online meetings: what each interview wants, and how the provider last showed it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from database import ZoneName, choice, open_choice
from extensions import Model
from tables.connections import Connection
from tables.failures import FailureReason
from tables.software import MeetingSoftware
from tables.team import User
from timezones import utc_now

if TYPE_CHECKING:
    from tables.interviews import Interview


class MeetingState(StrEnum):
    """WAITING is the only state in which people have not been told yet; the others are settled.

    A meeting that is no longer wanted stays READY until it is removed at the provider.
    """

    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"
    REMOVED = "removed"


class Meeting(Model):
    """An online meeting of an interview: whether it is wanted, and what the provider last showed of it.

    The interview says what it should be like (topic, start, duration). An interview may have several
    meetings, of which at most one is wanted: after a change of software or account, the old one stays until
    it has been removed at the provider.
    """

    __tablename__ = "meetings"
    __table_args__ = (
        # Two interviews can never have the same meeting, no matter what a look-up found.
        sa.UniqueConstraint("software", "provider_meeting_id"),
        sa.CheckConstraint("state <> 'ready' OR join_url IS NOT NULL", name="ready_has_link"),
        sa.Index(
            "uq_meetings_wanted_interview_id",
            "interview_id",
            unique=True,
            sqlite_where=sa.text("is_wanted"),
            postgresql_where=sa.text("is_wanted"),
        ),
        # The meetings that everyone's first page warns about.
        sa.Index(
            "ix_meetings_failed_interview_id",
            "interview_id",
            sqlite_where=sa.text("state = 'failed'"),
            postgresql_where=sa.text("state = 'failed'"),
        ),
        # Meetings that may still be made on an account.
        sa.Index(
            "ix_meetings_waiting_interview_id",
            "interview_id",
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    interview_id: Mapped[int] = mapped_column(sa.ForeignKey("interviews.id", ondelete="CASCADE"), index=True)
    software: Mapped[MeetingSoftware] = mapped_column(open_choice(MeetingSoftware))
    is_wanted: Mapped[bool] = mapped_column(default=True)
    state: Mapped[MeetingState] = mapped_column(choice(MeetingState, "state"), default=MeetingState.WAITING)

    host_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    connection_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("connections.id", ondelete="SET NULL"), index=True
    )
    # The provider's id of the account that hosts it. A connection may change to another account; then the
    # meeting has no connection until someone connects this account again.
    account_id: Mapped[str | None] = mapped_column(sa.String(128))
    provider_meeting_id: Mapped[str | None] = mapped_column(sa.String(64))
    # What a pasted link belongs to, in the scheduler's words; other meetings are named after their software.
    label: Mapped[str | None] = mapped_column(sa.String(60))

    # What the provider showed when it last returned the meeting. Providers and their accounts override some
    # of what was requested without an error, and hosts change meetings on the provider's own pages. The
    # settings have the names of `providers.base.MeetingSettings`; None: the response did not include it.
    join_url: Mapped[str | None] = mapped_column(sa.Text)
    passcode: Mapped[str | None] = mapped_column(sa.String(64))
    shown_topic: Mapped[str | None] = mapped_column(sa.Text)
    shown_agenda: Mapped[str | None] = mapped_column(sa.Text)
    shown_starts_at: Mapped[datetime | None]
    shown_duration_minutes: Mapped[int | None]
    # The provider's own name of the zone, which need not be an IANA name.
    shown_timezone: Mapped[str | None] = mapped_column(sa.String(64))
    shown_settings: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    # The settings when it was made, on which its account insists. Differences were made since.
    made_settings: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    shown_at: Mapped[datetime | None]
    # When the provider was last asked whether it still exists, no matter what it answered.
    looked_at: Mapped[datetime | None]

    # Since when the provider has denied that it exists. One such answer is not believed.
    denied_at: Mapped[datetime | None]
    # Someone asked to undo changes that were made on the provider's own pages.
    overrules_host: Mapped[bool] = mapped_column(default=False)

    # The account's own rules refused the requested passcode; the provider's own is used instead.
    passcode_was_refused: Mapped[bool] = mapped_column(default=False)

    # Until this instant, a temporary fault keeps the invitation waiting; afterwards people are invited
    # without a link, and the work continues.
    grace_ends_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    # Why there is no meeting, or why one that is ready could not be changed or removed so far.
    failure: Mapped[FailureReason | None] = mapped_column(open_choice(FailureReason))
    failure_words: Mapped[str | None] = mapped_column(sa.String(500))
    # Someone who offered to host it after it could not be made; asked before everyone else.
    offered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    # Someone who gave everyone a link of their own, so that nothing more is tried.
    arranged_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    # Counts the walks over the possible hosts; a new walk asks hosts again that an older one ruled out.
    walk: Mapped[int] = mapped_column(default=1)

    interview: Mapped[Interview] = relationship(back_populates="meetings")
    host: Mapped[User | None] = relationship(foreign_keys=[host_id])
    offered_by: Mapped[User | None] = relationship(foreign_keys=[offered_by_id])
    arranged_by: Mapped[User | None] = relationship(foreign_keys=[arranged_by_id])
    connection: Mapped[Connection | None] = relationship(viewonly=True)
    calls: Mapped[list[MeetingCall]] = relationship(order_by="MeetingCall.id")

    @property
    def host_account(self) -> str | None:
        """The address of the account that it is on, as far as that is still known: a connection may be for
        another account by now."""
        connection = self.connection
        is_same = connection is not None and connection.account_id == self.account_id
        return connection.account_email if connection is not None and is_same else None

    @property
    def called(self) -> str:
        """Its name for people: the name of its software, or the label of a pasted link."""
        return self.label or self.software.label


class OrphanedMeeting(Model):
    """A meeting on someone's account that looks like one of ours and that no interview has. It stays listed
    until it is gone from the account; a person decides whether it is removed.
    """

    __tablename__ = "orphaned_meetings"
    __table_args__ = (sa.UniqueConstraint("software", "provider_meeting_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    connection_id: Mapped[int] = mapped_column(
        sa.ForeignKey("connections.id", ondelete="CASCADE"), index=True
    )
    software: Mapped[MeetingSoftware] = mapped_column(open_choice(MeetingSoftware))
    provider_meeting_id: Mapped[str] = mapped_column(sa.String(64))
    # As with a call: the key of the calendar entry that it lives on, if it lives on one of ours.
    entry_key: Mapped[str] = mapped_column(sa.String(64), default="")
    topic: Mapped[str] = mapped_column(sa.String(200))
    starts_at: Mapped[datetime]
    found_at: Mapped[datetime] = mapped_column(default=utc_now)
    # Someone has asked for it to be removed, which is in progress.
    is_to_be_removed: Mapped[bool] = mapped_column(default=False)

    connection: Mapped[Connection] = relationship()


class CallKind(StrEnum):
    """The purpose of a call to a provider about a meeting."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class CallState(StrEnum):
    """What is known about one call.

    CALLING is written before the call is made. If the process dies, it stays, and then it means the same as
    UNKNOWN: the response was lost, and the provider may have done what it was asked to. ABSENT: certainly
    nothing was done, and the same account may be asked again. REFUSED: the same, but the account is not asked
    again in the same walk. REMOVED: a create left a second meeting behind, which has been removed.
    """

    CALLING = "calling"
    UNKNOWN = "unknown"
    DONE = "done"
    REFUSED = "refused"
    ABSENT = "absent"
    REMOVED = "removed"


UNCLEAR = (CallState.CALLING, CallState.UNKNOWN)


class MeetingCall(Model):
    """One call that creates, changes, or deletes a meeting on one account, with what was requested.

    Rows are never deleted while their meeting exists: lost responses, an account's daily budget, and orphaned
    meetings are all found by looking at this table.
    """

    __tablename__ = "meeting_calls"
    __table_args__ = (
        # A delete requests nothing in particular; everything else requests the whole meeting.
        sa.CheckConstraint("kind = 'delete' OR (topic || agenda || timezone) IS NOT NULL", name="words"),
        sa.CheckConstraint(
            "kind = 'delete' OR (starts_at IS NOT NULL AND duration_minutes IS NOT NULL)", name="time"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(sa.ForeignKey("meetings.id", ondelete="CASCADE"), index=True)
    kind: Mapped[CallKind] = mapped_column(choice(CallKind, "kind"))
    connection_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("connections.id", ondelete="SET NULL"), index=True
    )
    # As with a meeting: this call was made on that account, even if the connection is for another one by now.
    account_id: Mapped[str | None] = mapped_column(sa.String(128))
    host_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    walk: Mapped[int]
    state: Mapped[CallState] = mapped_column(choice(CallState, "state"), default=CallState.CALLING)
    began_at: Mapped[datetime] = mapped_column(default=utc_now)
    # What the meeting should be like afterwards, in full, even if a change sent only part of it. The passcode
    # is left out: it is a secret, and nothing is looked up by it.
    topic: Mapped[str | None] = mapped_column(sa.String(200))
    agenda: Mapped[str | None] = mapped_column(sa.Text)
    starts_at: Mapped[datetime | None]
    duration_minutes: Mapped[int | None]
    timezone: Mapped[str | None] = mapped_column(ZoneName)
    # On which calendar entry it was to live, by the entry's key, and the name of its creation; both empty for
    # software whose meetings live elsewhere.
    entry_key: Mapped[str] = mapped_column(sa.String(64), default="")
    creation: Mapped[str] = mapped_column(sa.String(64), default="")
    failure: Mapped[FailureReason | None] = mapped_column(open_choice(FailureReason))
    failure_words: Mapped[str | None] = mapped_column(sa.String(500))
    # How often we have looked for an orphaned meeting of this call since.
    checks: Mapped[int] = mapped_column(default=0)
    # Not our call: the original server may have made it since the backup, whose moment is `began_at`. Its
    # meeting is looked for, and never removed unless someone asks, because people may have the link.
    is_assumed: Mapped[bool] = mapped_column(default=False)

    meeting: Mapped[Meeting] = relationship(back_populates="calls")
