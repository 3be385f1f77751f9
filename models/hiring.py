"""Jobs, candidates, and who applied for what."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from extensions import Model
from models.people import User
from timezones import utc_now


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

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    # Unknown for most people; mails then show the interview's zone, named.
    timezone: Mapped[str | None] = mapped_column(sa.String(64))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    applications: Mapped[list[Application]] = relationship(back_populates="candidate")


class Application(Model):
    """One candidate on one job."""

    __tablename__ = "applications"
    __table_args__ = (sa.UniqueConstraint("candidate_id", "job_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    candidate_id: Mapped[int] = mapped_column(sa.ForeignKey("candidates.id", ondelete="CASCADE"))
    job_id: Mapped[int] = mapped_column(sa.ForeignKey("jobs.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    candidate: Mapped[Candidate] = relationship(back_populates="applications")
    job: Mapped[Job] = relationship(back_populates="applications")
