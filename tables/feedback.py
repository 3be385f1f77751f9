"""What the people who took part say about an interview afterwards."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from database import choice
from extensions import Model
from tables.team import User
from timezones import utc_now


class Verdict(StrEnum):
    """What someone who took part recommends."""

    HIRE = "hire"
    NO_HIRE = "no_hire"
    MAYBE = "maybe"

    @property
    def label(self) -> str:
        return {"hire": "Hire", "no_hire": "No hire", "maybe": "Maybe"}[self.value]


class Feedback(Model):
    """One person's feedback on one interview. It can be changed, and is erased with the candidate."""

    __tablename__ = "feedback"
    __table_args__ = (
        sa.UniqueConstraint("interview_id", "user_id"),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    interview_id: Mapped[int] = mapped_column(sa.ForeignKey("interviews.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    # From 1 to 5; empty if the person gave none.
    rating: Mapped[int | None]
    verdict: Mapped[Verdict] = mapped_column(choice(Verdict, "verdict"))
    notes: Mapped[str] = mapped_column(sa.Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)

    user: Mapped[User] = relationship()
