"""The interview plan that a new organization begins with: three interviews that most jobs have."""

from __future__ import annotations

from extensions import db
from models import Interviewers, InterviewTemplate, InterviewType, MeetingSoftware, PhoneCaller
from scheduling.software import DEFAULT


def add_first_plan(software: MeetingSoftware = DEFAULT) -> None:
    """Add its templates to the current transaction, beside the organization. `software` is what its video
    interviews are held with."""
    db.session.add_all(_templates(software))
    db.session.flush()


def _templates(software: MeetingSoftware) -> list[InterviewTemplate]:
    return [
        InterviewTemplate(
            position=1,
            name="Phone screen",
            duration_minutes=30,
            interview_type=InterviewType.PHONE,
            phone_caller=PhoneCaller.TEAM,
            agenda="Your background and what you're looking for\nThe role and the team\nYour questions",
            interviewers=Interviewers.CHOSEN,
        ),
        InterviewTemplate(
            position=2,
            name="Technical",
            duration_minutes=60,
            interview_type=InterviewType.VIDEO,
            meeting_software=software,
            agenda="Introductions\nA practical exercise and how you approach it\nYour questions",
            interviewers=Interviewers.SOME_OF_TEAM,
            team_count=2,
        ),
        InterviewTemplate(
            position=3,
            name="Team interview",
            duration_minutes=45,
            interview_type=InterviewType.VIDEO,
            meeting_software=software,
            agenda="Introductions\nHow we work together\nYour questions",
            interviewers=Interviewers.JOB_TEAM,
        ),
    ]
