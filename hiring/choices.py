"""What lists can be narrowed down by: jobs and people, for drop-down lists."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import sqlalchemy as sa

from accounts.permissions import Action
from accounts.row_permissions import Asker, Reader, job_is_within
from models import Job, Role, User
from rows import rows_of

# With more than this in a drop-down list, nobody can find anything.
JOBS_TO_CHOOSE_FROM = 200


class JobChoice(NamedTuple):
    """A job in a drop-down list."""

    id: int
    title: str
    is_open: bool


def jobs_to_choose_from(actor: Reader, chosen: int | None = None) -> list[JobChoice]:
    """Jobs for a drop-down list: open ones first, and always the chosen one, no matter how many there are."""
    every, one = _jobs_to_choose_from(actor.role)
    told = {"asker_id": actor.id, "job_id": chosen}
    found = list(map(JobChoice._make, rows_of(every, told)))
    if chosen is not None and all(job.id != chosen for job in found):
        found += map(JobChoice._make, rows_of(one, told))
    return found


@cache
def _jobs_to_choose_from(role: Role) -> tuple[sa.Select[int, str, bool], sa.Select[int, str, bool]]:
    """The statement for all of them, and the one for `job_id` only."""
    query = sa.select(Job.id, Job.title, Job.is_open).where(job_is_within(Asker(role), Action.SEE))
    in_order = query.order_by(Job.is_open.desc(), Job.title_key, Job.id)
    one = query.where(Job.id == sa.bindparam("job_id", type_=sa.Integer()))
    return in_order.limit(JOBS_TO_CHOOSE_FROM), one


class PersonChoice(NamedTuple):
    """Someone on the team in a drop-down list."""

    id: int
    name: str


_PEOPLE = sa.select(User.id, User.name).where(User.is_active.is_(True)).order_by(User.name, User.id)


def people_to_choose_from() -> list[PersonChoice]:
    """Everyone active, by name. The team is no secret to its members."""
    return list(map(PersonChoice._make, rows_of(_PEOPLE)))
