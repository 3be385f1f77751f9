"""An interview as lists, cards, and calendars show it, and the statement that selects it.

Rows are tuples of columns: entities would cost several times as much, and a list only reads.
"""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

import sqlalchemy as sa

from models import (
    Application,
    Attendee,
    Candidate,
    Interview,
    InterviewStatus,
    InterviewType,
    Job,
    Meeting,
    MeetingSoftware,
    MeetingState,
    SlotRequest,
    User,
)
from paging import Query
from rows import rows_of
from scheduling.reading.moved_often import moved_often

# Names are single lines, so a line break separates them.
_BETWEEN_NAMES = "\n"


class _Columns(NamedTuple):
    id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    duration_minutes: int
    status: InterviewStatus
    interview_type: InterviewType
    candidate_id: int
    candidate_name: str
    job_id: int
    job_title: str
    software: MeetingSoftware | None
    meeting_label: str | None
    meeting_state: MeetingState | None
    manager_name: str
    attendee_names: str | None
    times_moved: int
    template_name: str
    lacks_time: bool


class InterviewRow(_Columns):
    """One interview. `software`, `meeting_label` and `meeting_state` are None without an online meeting;
    `meeting_label` also where the meeting is called by its software. `template_name` is "" for one that
    started from no template. `lacks_time`: the candidate was asked for a time and has chosen none (yet), so
    that `starts_at` is only the first one offered. Times are aware UTC."""

    def __hash__(self) -> int:
        """Only of the id: pieces of pages are looked up by their rows, and hashing all columns would take ten
        times as long for each of forty. Equality compares all columns."""
        return hash(self.id)

    @property
    def about(self) -> str:
        """The job, and which interview of its plan it is: `Backend Engineer · Technical`."""
        return f"{self.job_title} · {self.template_name}" if self.template_name else self.job_title

    @property
    def how(self) -> str:
        """How people will meet, in words: what the meeting is called, else the type."""
        if self.software is None:
            return self.interview_type.label
        return self.meeting_label or self.software.label

    @property
    def moved_often(self) -> str:
        """The warning that it was moved too often, or ""."""
        return moved_often(self.times_moved)

    @cached_property
    def interviewers(self) -> tuple[str, ...]:
        """The names of the interviewers, the hiring manager first; guests are among them."""
        others = self.attendee_names.split(_BETWEEN_NAMES) if self.attendee_names else []
        return (self.manager_name, *sorted(others))


COLUMNS = len(_Columns._fields)


def select_rows(*beside: Any, with_people: bool = True) -> Query:
    """The columns of `InterviewRow`, and `beside` after them. A caller adds conditions and the order.

    Without people, the rows name no interviewers: a calendar does not show them, and has a thousand rows.
    """
    attendees = (
        sa.select(sa.func.aggregate_strings(Attendee.name, _BETWEEN_NAMES))
        .where(Attendee.interview_id == Interview.id)
        .correlate(Interview)
        .scalar_subquery()
    )
    of_people: tuple[Any, ...] = (
        (User.name, attendees) if with_people else (sa.literal_column("''"), sa.null())
    )
    of_interview = (
        *(Interview.id, Interview.title, Interview.starts_at, Interview.ends_at, Interview.duration_minutes),
        *(Interview.status, Interview.interview_type),
    )
    of_others = (Candidate.id, Candidate.name, Job.id, Job.title)
    lacks_time = sa.exists().where(SlotRequest.interview_id == Interview.id, SlotRequest.picked_at.is_(None))
    of_plan = (Interview.times_moved, Interview.template_name, lacks_time)
    of_meeting = (Meeting.software, Meeting.label, Meeting.state)
    query = (
        sa.select(*of_interview, *of_others, *of_meeting, *of_people, *of_plan, *beside)
        .select_from(Interview)
        .join(Application, Application.id == Interview.application_id)
        .join(Candidate, Candidate.id == Application.candidate_id)
        .join(Job, Job.id == Application.job_id)
        .outerjoin(Meeting, sa.and_(Meeting.interview_id == Interview.id, Meeting.is_wanted))
    )
    return query.join(User, User.id == Interview.hiring_manager_id) if with_people else query


def found(statement: Query, **told: object) -> tuple[InterviewRow, ...]:
    """The rows that the statement finds with these parameters."""
    return tuple(map(InterviewRow._make, rows_of(statement, told)))


def instant(name: str) -> sa.BindParameter[datetime]:
    """A parameter of a statement that is an instant (aware UTC)."""
    return sa.bindparam(name, type_=Interview.starts_at.type)
