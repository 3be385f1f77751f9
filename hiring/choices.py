"""What lists can be narrowed down by: jobs and people, for drop-down lists."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

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


class Choices(NamedTuple):
    """The jobs and the people of one drop-down list that has both."""

    jobs: tuple[JobChoice, ...]
    people: tuple[PersonChoice, ...]


def jobs_and_people_to_choose_from(actor: Reader, chosen_job: int | None = None) -> Choices:
    """What `jobs_to_choose_from` and `people_to_choose_from` find, in one statement."""
    told = {"asker_id": actor.id, "job_id": -1 if chosen_job is None else chosen_job}
    jobs, people = [], []
    for row in rows_of(_jobs_and_people(actor.role), told):
        if row.is_job:
            jobs.append((row.name_key, JobChoice(row.id, row.name, bool(row.is_open))))
        else:
            people.append(PersonChoice(row.id, row.name))
    jobs.sort(key=lambda job: (not job[1].is_open, job[0], job[1].id))
    people.sort(key=lambda person: (person.name, person.id))
    return Choices(tuple(job for _, job in jobs), tuple(people))


@cache
def _jobs_and_people(role: Role) -> sa.CompoundSelect[*tuple[Any, ...]]:
    """The job `job_id` is among them in any case."""
    is_chosen = Job.id == sa.bindparam("job_id", type_=sa.Integer())
    jobs = (
        sa.select(
            sa.true().label("is_job"),
            Job.id.label("id"),
            Job.title.label("name"),
            Job.title_key.label("name_key"),
            Job.is_open.label("is_open"),
        )
        .where(job_is_within(Asker(role), Action.SEE))
        .order_by(is_chosen.desc(), Job.is_open.desc(), Job.title_key, Job.id)
        .limit(JOBS_TO_CHOOSE_FROM)
        .subquery()
    )
    people = sa.select(
        sa.false().label("is_job"),
        User.id.label("id"),
        User.name.label("name"),
        User.name.label("name_key"),
        sa.true().label("is_open"),
    ).where(User.is_active.is_(True))
    return sa.union_all(sa.select(jobs), people)
