"""What a candidate says about an interview on their own page, and what happened to it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from database import choice, open_choice
from extensions import Model
from tables.team import User
from timezones import utc_now


class AnswerKind(StrEnum):
    CONFIRMED = "confirmed"
    MOVE = "move"
    # None of the times that they were asked to choose from.
    NONE_FIT = "none_fit"
    CANCELLED = "cancelled"
    LATE = "late"
    CANNOT_JOIN = "cannot_join"


class RequestState(StrEnum):
    """What happened to a request for another time, or for other times to choose from."""

    OPEN = "open"
    # The interview is at one of the times that the candidate named.
    TAKEN = "taken"
    # The team moved it to another time, or offered others.
    MOVED = "moved"
    # The team kept the time.
    DECLINED = "declined"
    # The candidate asked for something else, or cancelled.
    WITHDRAWN = "withdrawn"


class CandidateAnswer(Model):
    """One thing that the candidate said. Rows are only ever added; for a request for another time, the
    outcome is recorded. All of them are erased with the candidate."""

    __tablename__ = "candidate_answers"
    __table_args__ = (
        sa.CheckConstraint("minutes_late BETWEEN 1 AND 240", name="minutes_late"),
        # At most one request waits for the team, and the first page finds those that do.
        sa.Index(
            "uq_candidate_answers_open",
            "interview_id",
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    interview_id: Mapped[int] = mapped_column(sa.ForeignKey("interviews.id", ondelete="CASCADE"), index=True)
    kind: Mapped[AnswerKind] = mapped_column(open_choice(AnswerKind))
    at: Mapped[datetime] = mapped_column(default=utc_now)
    # The start of the interview when they said it: a confirmation does not apply to another time.
    starts_at: Mapped[datetime]
    words: Mapped[str] = mapped_column(sa.Text, default="")
    # How late they will be; empty if they did not say, and in all other rows.
    minutes_late: Mapped[int | None]
    # The rest is set for requests for other times alone. `settled_in` is the interview's revision that
    # settled one, which undoing that revision takes back.
    state: Mapped[RequestState | None] = mapped_column(choice(RequestState, "state"))
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    settled_in: Mapped[int | None]
    # What the team wrote when it kept the time.
    reply: Mapped[str] = mapped_column(sa.Text, default="")

    settled_by: Mapped[User | None] = relationship()
    times: Mapped[list[ProposedTime]] = relationship(
        order_by="ProposedTime.starts_at", cascade="all, delete-orphan"
    )


class ProposedTime(Model):
    """A time that would work for the candidate."""

    __tablename__ = "proposed_times"
    __table_args__ = (sa.UniqueConstraint("answer_id", "starts_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    answer_id: Mapped[int] = mapped_column(sa.ForeignKey("candidate_answers.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime]
