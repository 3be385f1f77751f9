"""What some of the demo's candidates have answered on their own pages."""

from __future__ import annotations

from datetime import date, datetime, time

import sqlalchemy as sa

from demo.interviews import working_day
from extensions import db
from models import Application, Interview, InterviewStatus
from scheduling.commands.candidate import ask_to_move, confirm
from scheduling.rules import Rules
from timezones import in_zone, parse_local, utc_now

_CONFIRMS, _WANTS_TO_MOVE = "Mei Tanaka", "Caleb Wright"
_WHY = "I have a dentist appointment at that time. Sorry about that!"


def answer_some(applications: dict[str, Application], rules: Rules) -> None:
    """One candidate confirms, and one asks for another time."""
    confirm(_next_interview(applications[_CONFIRMS]))
    interview = _next_interview(applications[_WANTS_TO_MOVE])
    day = in_zone(interview.starts_at, interview.timezone).date()
    suits = [_later(day, ahead, hour, interview.timezone) for ahead, hour in ((1, 15), (2, 10))]
    ask_to_move(interview, suits, _WHY, rules)


def _next_interview(application: Application) -> Interview:
    return db.session.scalars(
        sa.select(Interview)
        .where(
            Interview.application_id == application.id,
            Interview.status == InterviewStatus.SCHEDULED,
            Interview.starts_at > utc_now(),
        )
        .order_by(Interview.starts_at)
    ).all()[0]


def _later(day: date, ahead: int, hour: int, zone: str) -> datetime:
    return parse_local(working_day(day, ahead), time(hour), zone)
