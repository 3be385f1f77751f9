"""Each candidate's next interview, as a part of statements about candidates and applications."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from accounts.permissions import Action
from accounts.row_permissions import Asker, interview_is_within
from models import (
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
    """`starts_at` is aware UTC. `how`: what its meeting is called, else the type."""

    id: int
    starts_at: datetime
    interview_type: InterviewType
    software: MeetingSoftware | None
    meeting_label: str | None

    @property
    def how(self) -> str:
        if self.software is None:
            return self.interview_type.label
        return self.meeting_label or self.software.label


_COLUMNS = len(NextInterview._fields)

_own, _next, _next_meeting = aliased(Application), aliased(Interview), aliased(Meeting)


def of_candidate(asker: Asker) -> sa.Select[int]:
    """The upcoming interviews of `Candidate`, a row of the statement around this one."""
    with_job = _upcoming(asker).join(_own, _own.id == Interview.application_id)
    return with_job.where(_own.candidate_id == Candidate.id).correlate(Candidate)


def of_application(asker: Asker) -> sa.Select[int]:
    """The upcoming interviews of `Application`, a row of the statement around this one."""
    return _upcoming(asker).where(Interview.application_id == Application.id).correlate(Application)


def _upcoming(asker: Asker) -> sa.Select[int]:
    return sa.select(Interview.id).where(
        Interview.status == InterviewStatus.SCHEDULED,
        Interview.ends_at > sa.bindparam("not_over_at", type_=Interview.ends_at.type),
        interview_is_within(asker, Action.SEE),
    )


def told() -> dict[str, object]:
    """The parameters of both."""
    return {"not_over_at": utc_now()}


def with_next_interview(query: Query, upcoming: sa.Select[int]) -> Query:
    """The same query with the columns of `NextInterview` at the end of each row, for `next_interview_in`."""
    soonest = upcoming.order_by(Interview.starts_at, Interview.id).limit(1).scalar_subquery()
    columns = (_next.id, _next.starts_at, _next.interview_type, _next_meeting.software, _next_meeting.label)
    its_meeting = sa.and_(_next_meeting.interview_id == _next.id, _next_meeting.is_wanted)
    joined = query.outerjoin(_next, _next.id == soonest).outerjoin(_next_meeting, its_meeting)
    return joined.add_columns(*columns)


def next_interview_in(row: Sequence[Any]) -> NextInterview | None:
    """What `with_next_interview` has put at the end of a row; None if there is none."""
    columns = row[-_COLUMNS:]
    return NextInterview._make(columns) if columns[0] is not None else None
