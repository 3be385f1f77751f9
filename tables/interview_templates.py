"""Interview plans: the templates that a job's interviews start from, and those that new jobs copy."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from database import choice, open_choice
from extensions import Model
from tables.hiring import Job
from tables.interviews import InterviewType, PhoneCaller
from tables.software import MeetingSoftware
from tables.team import User
from timezones import utc_now


class Interviewers(StrEnum):
    """The people that a template brings into an interview besides the hiring manager."""

    JOB_TEAM = "job_team"
    SOME_OF_TEAM = "some_of_team"
    CHOSEN = "chosen"


class InterviewTemplate(Model):
    """One entry of an interview plan: the initial values of an interview that starts from it.

    An interview copies what it needs, so changing or removing a template changes no interview.
    """

    __tablename__ = "interview_templates"
    __table_args__ = (
        sa.CheckConstraint("duration_minutes BETWEEN 5 AND 1440", name="duration"),
        sa.CheckConstraint(
            "(interviewers = 'some_of_team') = (team_count IS NOT NULL)", name="team_count_is_given"
        ),
        sa.CheckConstraint("team_count BETWEEN 1 AND 20", name="team_count"),
        sa.CheckConstraint("(interview_type = 'video') = (meeting_software IS NOT NULL)", name="software"),
        sa.CheckConstraint("(interview_type = 'phone') = (phone_caller IS NOT NULL)", name="caller"),
        sa.Index("ix_interview_templates_job_id_position", "job_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # Empty for the organization's own plan, which new jobs copy.
    job_id: Mapped[int | None] = mapped_column(sa.ForeignKey("jobs.id", ondelete="CASCADE"))
    # The order within the plan; gaps mean nothing.
    position: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(80))
    duration_minutes: Mapped[int]
    interview_type: Mapped[InterviewType] = mapped_column(choice(InterviewType, "interview_type"))
    meeting_software: Mapped[MeetingSoftware | None] = mapped_column(open_choice(MeetingSoftware))
    # Of a pasted link, only the name of its software: the link belongs to one meeting.
    link_label: Mapped[str] = mapped_column(sa.String(60), default="")
    phone_caller: Mapped[PhoneCaller | None] = mapped_column(choice(PhoneCaller, "phone_caller"))
    # The team's own number, if candidates call; a number that the team calls is the candidate's.
    number_to_call: Mapped[str] = mapped_column(sa.String(40), default="")
    address: Mapped[str] = mapped_column(sa.String(300), default="")
    directions: Mapped[str] = mapped_column(sa.String(1000), default="")
    agenda: Mapped[str] = mapped_column(sa.Text, default="")
    message: Mapped[str] = mapped_column(sa.Text, default="")
    notes: Mapped[str] = mapped_column(sa.Text, default="")
    interviewers: Mapped[Interviewers] = mapped_column(choice(Interviewers, "interviewers"))
    # How many of the job's team, if it is some of them.
    team_count: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    job: Mapped[Job | None] = relationship()
    # Those who are chosen by name, including people who have left the team since.
    people: Mapped[list[User]] = relationship(secondary="interview_template_people", order_by="User.name")


class InterviewTemplatePerson(Model):
    """A person that a template names."""

    __tablename__ = "interview_template_people"

    template_id: Mapped[int] = mapped_column(
        sa.ForeignKey("interview_templates.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
