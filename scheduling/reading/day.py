"""One day of the team: what is already scheduled, as far as the viewer may know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache

import sqlalchemy as sa

from accounts.permissions import Action
from accounts.row_permissions import Asker, Reader, interview_is_within
from database import written_out
from models import Interview, InterviewStatus, Role
from paging import Query
from rows import rows_of
from scheduling.occupied import LONGEST
from scheduling.reading.interview_rows import COLUMNS, InterviewRow, instant, select_rows

# A day with more interviews than this is read on the calendar page.
_MOST = 200


@dataclass(frozen=True)
class DayEntry:
    """One interview of the day; times are aware UTC. `candidate` and `job` are None where the viewer may not
    see it: then they learn that these people are busy, but not with whom."""

    interview_id: int
    starts_at: datetime
    ends_at: datetime
    people: tuple[str, ...]
    candidate: str | None
    job: str | None


def interviews_of_day(actor: Reader, begins: datetime, ends: datetime) -> tuple[DayEntry, ...]:
    """The team's scheduled interviews between two instants (aware UTC), by time; `people` are those who take
    part for the team, the hiring manager first."""
    told = {
        "asker_id": actor.id,
        "begins": begins,
        "long_before": begins - LONGEST,
        "ends": ends,
        "most": _MOST,
    }
    entries = []
    for row in rows_of(_of_day(actor.role), told):
        found, is_seen = InterviewRow._make(row[:COLUMNS]), row[COLUMNS]
        named = (found.candidate_name, found.job_title) if is_seen else (None, None)
        entries.append(DayEntry(found.id, found.starts_at, found.ends_at, found.interviewers, *named))
    return tuple(entries)


@cache
def _of_day(role: Role) -> Query:
    return (
        select_rows(interview_is_within(Asker(role), Action.SEE).label("is_seen"))
        .where(
            Interview.status == written_out(InterviewStatus.SCHEDULED),
            Interview.starts_at < instant("ends"),
            Interview.ends_at > instant("begins"),
            # Repeats the condition in a form that can use the index on the start.
            Interview.starts_at > instant("long_before"),
        )
        .order_by(Interview.starts_at, Interview.id)
        .limit(sa.bindparam("most", type_=sa.Integer()))
    )
