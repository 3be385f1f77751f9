"""The next interviews of a server that was restored, for people to compare with what really happened."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from database import written_out
from models import Interview, InterviewStatus, Meeting
from rows import rows_of
from scheduling.reading.interview_rows import COLUMNS, InterviewRow, instant, select_rows

# The next few days of a small team; anyone with more continues in the list of interviews.
_AT_MOST = 25


class ToConfirm(NamedTuple):
    """One interview. `meeting_id` is None without an online meeting; `has_link`: as far as is known here."""

    interview: InterviewRow
    meeting_id: int | None
    has_link: bool


class NextInterviews(NamedTuple):
    """The soonest, and how many there are in all."""

    soonest: tuple[ToConfirm, ...]
    total: int


_IS_NEXT = (
    Interview.status == written_out(InterviewStatus.SCHEDULED),
    Interview.ends_at > instant("now"),
)
_SOONEST = (
    select_rows(Meeting.id, Meeting.join_url)
    .where(*_IS_NEXT)
    .order_by(Interview.starts_at, Interview.id)
    .limit(_AT_MOST)
)
_COUNT = sa.select(sa.func.count(Interview.id)).where(*_IS_NEXT)


def next_interviews(now: datetime) -> NextInterviews:
    """The scheduled interviews that are not over at `now` (aware UTC), soonest first; two statements. Only
    for people who see all interviews."""
    told = {"now": now}
    found = tuple(
        ToConfirm(InterviewRow._make(row[:COLUMNS]), row[COLUMNS], bool(row[COLUMNS + 1]))
        for row in rows_of(_SOONEST, told)
    )
    [(count,)] = rows_of(_COUNT, told)
    return NextInterviews(found, count)
