"""Jobs, candidates, and who applied for what."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from database import choice
from extensions import Model
from models.people import User
from timezones import utc_now


class Stage(StrEnum):
    """How far an application has come."""

    NEW = "new"
    SCREENING = "screening"
    INTERVIEW = "interview"
    OFFER = "offer"
    HIRED = "hired"
    REJECTED = "rejected"

    @property
    def label(self) -> str:
        return self.value.title()


class Job(Model):
    """An open position. Its hiring manager and its team decide who sees its candidates."""

    __tablename__ = "jobs"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(160))
    department: Mapped[str] = mapped_column(sa.String(120), default="")
    location: Mapped[str] = mapped_column(sa.String(120), default="")
    hiring_manager_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    is_open: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    hiring_manager: Mapped[User] = relationship()
    team: Mapped[list[User]] = relationship(secondary="job_members", order_by="User.name")
    applications: Mapped[list[Application]] = relationship(back_populates="job")


class JobMember(Model):
    """Somebody who works on a job beside its hiring manager."""

    __tablename__ = "job_members"

    job_id: Mapped[int] = mapped_column(sa.ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Candidate(Model):
    """A person who wants a job. One row per e-mail address, however many jobs."""

    __tablename__ = "candidates"
    # The list shows names in order, a page at a time.
    __table_args__ = (sa.Index("ix_candidates_name_id", "name", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    # Unknown for most people; mails then show the interview's zone, named.
    timezone: Mapped[str | None] = mapped_column(sa.String(64))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    # Set when the person was erased: what is left is a stub that keeps the counts right.
    erased_at: Mapped[datetime | None]

    applications: Mapped[list[Application]] = relationship(back_populates="candidate")
    notes: Mapped[list[CandidateNote]] = relationship(
        order_by="CandidateNote.id", cascade="all, delete-orphan"
    )


class Application(Model):
    """One candidate on one job."""

    __tablename__ = "applications"
    __table_args__ = (sa.UniqueConstraint("candidate_id", "job_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    candidate_id: Mapped[int] = mapped_column(sa.ForeignKey("candidates.id", ondelete="CASCADE"))
    job_id: Mapped[int] = mapped_column(sa.ForeignKey("jobs.id"), index=True)
    stage: Mapped[Stage] = mapped_column(choice(Stage, "stage"), default=Stage.NEW)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    candidate: Mapped[Candidate] = relationship(back_populates="applications")
    job: Mapped[Job] = relationship(back_populates="applications")


class CandidateNote(Model):
    """Something the team noted about a candidate; it never leaves the team."""

    __tablename__ = "candidate_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    candidate_id: Mapped[int] = mapped_column(sa.ForeignKey("candidates.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    text: Mapped[str] = mapped_column(sa.Text)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    author: Mapped[User] = relationship()
