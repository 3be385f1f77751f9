"""What people have in their calendars besides interviews: what was read from connected calendars, and what
was added on the calendar page."""

from __future__ import annotations

import re
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from secrets import token_hex
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.sql.compiler import SQLCompiler

from database import ZoneName, choice, open_choice
from extensions import Model
from tables.connections import Connection
from tables.failures import FailureReason
from tables.hiring import Job
from tables.team import User
from timezones import utc_now

_new_edition = partial(token_hex, 8)


class SyncedCalendar(Model):
    """The main calendar of a connected account, as far as it has been read. Gone with the connection."""

    __tablename__ = "synced_calendars"

    id: Mapped[int] = mapped_column(primary_key=True)
    connection_id: Mapped[int] = mapped_column(
        sa.ForeignKey("connections.id", ondelete="CASCADE"), unique=True
    )
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    app: Mapped[str] = mapped_column(sa.String(32))
    # Where to continue reading; an opaque text from the provider. None before it was ever read, and where it
    # has to be read from the start.
    position: Mapped[str | None] = mapped_column(sa.Text)
    # What has been read: events that touch the time between these. None before it was ever read.
    since: Mapped[datetime | None]
    until: Mapped[datetime | None]
    # When it was last read from its beginning, and when it was last read at all.
    read_fully_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    # Why the last reading did not succeed; None if it did.
    failure: Mapped[FailureReason | None] = mapped_column(open_choice(FailureReason))
    failure_words: Mapped[str | None] = mapped_column(sa.String(500))
    failures: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None]
    # How many events could not be read since it was last read from its beginning.
    left_out: Mapped[int] = mapped_column(default=0)
    # When its owner last asked for it to be read.
    asked_at: Mapped[datetime | None]
    # Changes each time its events change, and is unique among calendars: results computed from the events may
    # be kept for as long as it stays the same.
    edition: Mapped[str] = mapped_column(sa.String(16), default=_new_edition)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    user: Mapped[User] = relationship()
    connection: Mapped[Connection] = relationship(viewonly=True)

    def begin_edition(self) -> None:
        """Note that its events change."""
        self.edition = _new_edition()


# The databases use an index with a condition only if a statement has exactly the same one.
_LONGER_THAN_A_DAY = {
    "sqlite": "julianday(ends_at) - julianday(starts_at) > 1",
    "postgresql": "ends_at - starts_at > interval '1 day'",
}


class LongerThanADay(sa.ColumnElement[Any]):
    """The condition on outside events that they last longer than 24 hours."""

    # Where there is no boolean type, a condition would be compared with 1, and no longer be the same one.
    type = sa.types.NULLTYPE
    inherit_cache = True


@compiles(LongerThanADay)
def _longer_than_a_day(element: LongerThanADay, compiler: SQLCompiler, **_: object) -> str:
    words = _LONGER_THAN_A_DAY[compiler.dialect.name]
    return re.sub(r"(ends_at|starts_at)", rf"{OutsideEvent.__tablename__}.\1", words)


class OutsideEvent(Model):
    """An event of a synced calendar that is not an interview of ours. Only its time, whether it makes its
    owner busy, and its title are kept; only the owner sees the title."""

    __tablename__ = "outside_events"
    __table_args__ = (
        sa.UniqueConstraint("calendar_id", "provider_event_id"),
        sa.CheckConstraint("ends_at >= starts_at", name="ends_after_start"),
        sa.CheckConstraint("(first_day IS NULL) = (last_day IS NULL)", name="both_days"),
        sa.Index("ix_outside_events_user_id_ends_at", "user_id", "ends_at"),
        # A look at some days reads what ends on them or on the day after, and, from here, what goes on beyond
        # that. Without it, it would read everything from the first day on.
        sa.Index(
            "ix_outside_events_longer_than_a_day",
            "user_id",
            "ends_at",
            sqlite_where=sa.text(_LONGER_THAN_A_DAY["sqlite"]),
            postgresql_where=sa.text(_LONGER_THAN_A_DAY["postgresql"]),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    calendar_id: Mapped[int] = mapped_column(sa.ForeignKey("synced_calendars.id", ondelete="CASCADE"))
    # The owner of the calendar, here too: every look at people's time asks for it.
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"))
    provider_event_id: Mapped[str] = mapped_column(sa.String(1024))
    # Of one that takes whole days, from midnight to midnight in the calendar's own zone.
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    # The days that it takes as a whole; None for one with times.
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    is_busy: Mapped[bool]
    title: Mapped[str] = mapped_column(sa.String(255))


class CustomEventKind(StrEnum):
    """BLOCKED takes its owner's time. INTERVIEW_DAY says on which days a team interviews, and takes no one's
    time."""

    BLOCKED = "blocked"
    INTERVIEW_DAY = "interview_day"


class CustomEvent(Model):
    """What someone added on the calendar page: time of their own that is blocked, or an interview day."""

    __tablename__ = "custom_events"
    __table_args__ = (
        sa.CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        sa.CheckConstraint("(first_day IS NULL) = (last_day IS NULL)", name="both_days"),
        sa.CheckConstraint("kind = 'interview_day' OR job_id IS NULL", name="job_of_interview_day"),
        sa.Index("ix_custom_events_user_id_ends_at", "user_id", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[CustomEventKind] = mapped_column(choice(CustomEventKind, "kind"))
    title: Mapped[str] = mapped_column(sa.String(120))
    # In the zone below; of one that takes whole days, from midnight to midnight there.
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    timezone: Mapped[str] = mapped_column(ZoneName)
    # The job whose team interviews on an interview day; None for everyone's.
    job_id: Mapped[int | None] = mapped_column(sa.ForeignKey("jobs.id", ondelete="CASCADE"), index=True)
    # The form it came from, so that a second click finds what the first one made.
    form_id: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    user: Mapped[User] = relationship()
    job: Mapped[Job | None] = relationship()
