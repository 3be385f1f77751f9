"""The candidates on one job, as the job's page shows them."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from accounts.permissions import Action
from accounts.row_permissions import Asker, Reader, application_is_within
from hiring.lists import may_schedule_for
from models import Application, Candidate, Job, Role, Stage
from paging import Query
from rows import rows_of
from scheduling.reading import next_interviews
from scheduling.reading.next_interviews import NextInterview


class ApplicationRow(NamedTuple):
    """A candidate on one job, as the job's page shows them."""

    id: int
    candidate_id: int
    name: str
    stage: Stage
    created_at: datetime
    may_schedule: bool
    is_erased: bool
    next_interview: NextInterview | None


def newest_applications(actor: Reader, job_id: int, *, limit: int) -> list[ApplicationRow]:
    """The last few applications on one job that `actor` sees, newest first."""
    told = {"asker_id": actor.id, "job_id": job_id, "most": limit, **next_interviews.told()}
    of_each: dict[tuple[Any, ...], list[NextInterview]] = {}
    for row in rows_of(_newest_applications(actor.role), told):
        upcoming = of_each.setdefault(tuple(row[:7]), [])
        if (next_one := next_interviews.upcoming_in(row)) is not None:
            upcoming.append(next_one)
    return [
        ApplicationRow._make((*columns, next_interviews.soonest(upcoming)))
        for columns, upcoming in of_each.items()
    ]


@cache
def _newest_applications(role: Role) -> Query:
    newest = (
        sa.select(Application.id)
        .where(
            Application.job_id == sa.bindparam("job_id", type_=sa.Integer()),
            application_is_within(Asker(role), Action.SEE),
        )
        .order_by(Application.id.desc())
        .limit(sa.bindparam("most", type_=sa.Integer()))
    )
    is_erased = Candidate.erased_at.is_not(None)
    of_application = (Application.stage, Application.created_at, may_schedule_for(role), is_erased)
    query = (
        sa.select(Application.id, Candidate.id, Candidate.name, *of_application)
        .select_from(Application)
        .join(Candidate, Candidate.id == Application.candidate_id)
        .join(Job, Job.id == Application.job_id)
        .where(Application.id.in_(newest))
        .order_by(Application.id.desc())
    )
    return next_interviews.with_upcoming(query, Asker(role))
