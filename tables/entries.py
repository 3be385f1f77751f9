"""The interview in the calendars of those on the team who take part and have connected one."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from database import choice, open_choice
from extensions import Model
from tables.connections import Connection
from tables.failures import FailureReason
from tables.team import User
from timezones import utc_now


class EntryState(StrEnum):
    """What is known about an entry.

    WAITING: it has not been made yet, as far as is known. PLACED: it is in the calendar. DELETED: its owner
    has deleted it there, which is respected. REMOVING: it was no longer wanted and its removal was requested,
    so it may be gone. REMOVED: it is gone. LEFT: its owner has disconnected the calendar and kept it, so that
    it no longer follows the interview.
    """

    WAITING = "waiting"
    PLACED = "placed"
    DELETED = "deleted"
    REMOVING = "removing"
    REMOVED = "removed"
    LEFT = "left"


class CalendarEntry(Model):
    """One interview in one person's calendar: what it should be, and what the calendar last showed.

    A person has at most one wanted entry for an interview. An entry that is no longer wanted stays until it
    has been removed from the calendar.
    """

    __tablename__ = "calendar_entries"
    __table_args__ = (
        sa.Index(
            "uq_calendar_entries_wanted",
            "interview_id",
            "user_id",
            unique=True,
            sqlite_where=sa.text("is_wanted"),
            postgresql_where=sa.text("is_wanted"),
        ),
        sa.CheckConstraint("state <> 'placed' OR provider_entry_id IS NOT NULL", name="placed_has_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    interview_id: Mapped[int] = mapped_column(sa.ForeignKey("interviews.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    app: Mapped[str] = mapped_column(sa.String(32))
    # As with a meeting: the entry is on this account, even if the connection is for another one by now.
    connection_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("connections.id", ondelete="SET NULL"), index=True
    )
    account_id: Mapped[str] = mapped_column(sa.String(128))
    # Our own name for it, by which the calendar makes it only once, no matter how often it is asked.
    key: Mapped[str] = mapped_column(sa.String(64), unique=True)
    is_wanted: Mapped[bool] = mapped_column(default=True)
    # When it was first requested: it may be in the calendar even if no answer said so.
    began_at: Mapped[datetime | None]
    state: Mapped[EntryState] = mapped_column(choice(EntryState, "state"), default=EntryState.WAITING)
    provider_entry_id: Mapped[str | None] = mapped_column(sa.String(255))

    # What the last call that succeeded asked for, in the form of `scheduling.entries.content`; empty before
    # the first. Any difference in the calendar was made there.
    asked: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    shown: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    version: Mapped[str | None] = mapped_column(sa.String(255))
    web_url: Mapped[str | None] = mapped_column(sa.Text)
    shown_at: Mapped[datetime | None]
    # When the calendar was last asked, whether or not it answered; None: it has to be asked now.
    looked_at: Mapped[datetime | None]
    # Its owner changed it in the calendar, and someone has decided that it stays as they have it.
    keeps_theirs: Mapped[bool] = mapped_column(default=False)
    # They were last told of the interview with a calendar file, so that it may be in their calendar twice.
    is_by_email: Mapped[bool] = mapped_column(default=False)

    # Why it could not be updated so far, and when that is tried next; None if all is well.
    failure: Mapped[FailureReason | None] = mapped_column(open_choice(FailureReason))
    failure_words: Mapped[str | None] = mapped_column(sa.String(500))
    failures: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    user: Mapped[User] = relationship()
    connection: Mapped[Connection | None] = relationship(viewonly=True)
