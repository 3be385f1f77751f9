"""The times that a candidate is asked to choose from, and what happened to the question."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from database import ZoneName
from extensions import Model
from tables.software import MeetingSoftware
from timezones import utc_now


class SlotRequest(Model):
    """The question to the candidate about when an interview should be. It stays after it was answered, so
    that the interview's page can tell how its time came about."""

    __tablename__ = "slot_requests"

    interview_id: Mapped[int] = mapped_column(
        sa.ForeignKey("interviews.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    # How often times were offered: only the slots of the newest round count, and emails about an older one
    # are no longer sent.
    round: Mapped[int] = mapped_column(default=1)
    asked_at: Mapped[datetime] = mapped_column(default=utc_now)
    # The candidate can choose until then. The team can extend it.
    expires_at: Mapped[datetime]
    # Whether the interview is scheduled as soon as the candidate has chosen, without a last look by the team.
    schedules_at_once: Mapped[bool]
    # Where it will be held, in the form of `scheduling.plans`: there is no meeting before there is a time for
    # it.
    venue: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    picked_at: Mapped[datetime | None]
    # The interview's time is this one. Empty for a time that the candidate named, or the team chose.
    picked_id: Mapped[int | None] = mapped_column(sa.ForeignKey("slots.id"))

    picked: Mapped[Slot | None] = relationship()

    @property
    def software_label(self) -> str | None:
        """The software that the meeting will be made with, or that its link leads to; None if there will be
        none."""
        software, label = self.venue.get("software"), self.venue.get("label")
        return MeetingSoftware(software).label if software is not None else label


class Slot(Model):
    """A time that was offered. Rows are only ever added."""

    __tablename__ = "slots"
    __table_args__ = (
        sa.UniqueConstraint("interview_id", "round", "starts_at"),
        sa.CheckConstraint("duration_minutes BETWEEN 5 AND 1440", name="duration"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    interview_id: Mapped[int] = mapped_column(sa.ForeignKey("interviews.id", ondelete="CASCADE"))
    round: Mapped[int]
    # As with interviews: the instant, and the wall time that people chose.
    starts_at: Mapped[datetime]
    duration_minutes: Mapped[int]
    wall_time: Mapped[str] = mapped_column(sa.String(16))
    timezone: Mapped[str] = mapped_column(ZoneName)
    # The keys of what was in the way and accepted when the time was offered, as `scheduling.clashes` makes
    # them: it does not keep the candidate from choosing the time.
    accepted_clashes: Mapped[list[str]] = mapped_column(sa.JSON, default=list)

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.duration_minutes)
