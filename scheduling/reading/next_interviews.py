"""Each candidate's next interview, as part of statements about candidates and applications."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from accounts.permissions import Action
from accounts.row_permissions import Asker, interview_is_within
from database import written_out
from models import (
    BEING_ARRANGED,
    Application,
    Candidate,
    Interview,
    InterviewStatus,
    InterviewType,
    Meeting,
    MeetingSoftware,
)
from paging import Query
from timezones import utc_now


class NextInterview(NamedTuple):
    """`starts_at` is aware UTC; while the candidate is only asked for a time, it means nothing. `how`: what
    its meeting is called, else the type."""

    id: int
    starts_at: datetime
    status: InterviewStatus
    interview_type: InterviewType
    software: MeetingSoftware | None
    meeting_label: str | None

    @property
    def how(self) -> str:
        if self.software is None:
            return self.interview_type.label
        return self.meeting_label or self.software.label


_TO_COME = (*BEING_ARRANGED, InterviewStatus.SCHEDULED)
_COLUMNS = len(NextInterview._fields)

_own, _its_meeting = aliased(Application), aliased(Meeting)


def told() -> dict[str, object]:
    """The parameters of what is below."""
    return {"not_over_at": utc_now()}


def has_next_interview(asker: Asker) -> sa.ColumnElement[bool]:
    """The condition on `Candidate` that they have an upcoming interview which `asker` sees."""
    of_candidate = _own.candidate_id == Candidate.id
    return (
        sa.select(Interview.id)
        .join(_own, _own.id == Interview.application_id)
        .where(of_candidate, *_is_upcoming(asker))
        .correlate(Candidate)
        .exists()
    )


def with_upcoming(query: Query, asker: Asker) -> Query:
    """A query of applications with the columns of `NextInterview` at the end of each row: one row for each
    upcoming interview that `asker` sees, and one without for an application that has none."""
    of_application = Interview.application_id == Application.id
    columns = (Interview.id, Interview.starts_at, Interview.status, Interview.interview_type)
    return (
        query.outerjoin(Interview, sa.and_(of_application, *_is_upcoming(asker)))
        .outerjoin(_its_meeting, sa.and_(_its_meeting.interview_id == Interview.id, _its_meeting.is_wanted))
        .add_columns(*columns, _its_meeting.software, _its_meeting.label)
    )


def upcoming_in(row: Sequence[Any]) -> NextInterview | None:
    """The columns that `with_upcoming` puts at the end of a row."""
    columns = row[-_COLUMNS:]
    return NextInterview._make(columns) if columns[0] is not None else None


def soonest(upcoming: Iterable[NextInterview]) -> NextInterview | None:
    """The first of them, or None if there are none. One that has no time yet comes last."""
    return min(
        upcoming,
        key=lambda each: (each.status is InterviewStatus.REQUESTED, each.starts_at, each.id),
        default=None,
    )


def _is_upcoming(asker: Asker) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        # Within a function, so that SQLite looks at the few interviews of an application and not, through the
        # index on the status, at all that are scheduled: 440 ms for 2,000 candidates instead of 4.
        sa.func.lower(Interview.status).in_([written_out(status) for status in _TO_COME]),
        sa.or_(
            Interview.ends_at > sa.bindparam("not_over_at", type_=Interview.ends_at.type),
            # There is no time yet that could have passed.
            Interview.status == written_out(InterviewStatus.REQUESTED),
        ),
        interview_is_within(asker, Action.SEE),
    )
