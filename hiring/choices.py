"""The filters of lists: jobs and people, for drop-down lists."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from accounts.permissions import Action
from accounts.row_permissions import Asker, Reader, job_is_within
from models import Job, Role, User
from rows import rows_of

# With more than this in a drop-down list, no one can find anything.
JOBS_TO_CHOOSE_FROM = 200


class JobChoice(NamedTuple):
    """A job in a drop-down list."""

    id: int
    title: str
    is_open: bool


def jobs_to_choose_from(actor: Reader, chosen: int | None = None) -> tuple[JobChoice, ...]:
    """Jobs for a drop-down list: open ones first, and always the chosen one, no matter how many there are."""
    return _in_order(rows_of(_jobs(actor.role), _told(actor, chosen)))


class PersonChoice(NamedTuple):
    """Someone on the team in a drop-down list."""

    id: int
    name: str


class Choices(NamedTuple):
    """The jobs and the people of one drop-down list that has both."""

    jobs: tuple[JobChoice, ...]
    people: tuple[PersonChoice, ...]


def jobs_and_people_to_choose_from(actor: Reader, chosen_job: int | None = None) -> Choices:
    """The same jobs, and everyone active on the team by name, in one statement. The team is no secret to its
    members."""
    found = rows_of(_jobs_and_people(actor.role), _told(actor, chosen_job))
    people = [PersonChoice(row.id, row.name) for row in found if not row.is_job]
    people.sort(key=lambda person: (person.name, person.id))
    return Choices(_in_order([row for row in found if row.is_job]), tuple(people))


def _told(actor: Reader, chosen_job: int | None) -> dict[str, int]:
    return {"asker_id": actor.id, "job_id": -1 if chosen_job is None else chosen_job}


def _in_order(jobs: Iterable[Any]) -> tuple[JobChoice, ...]:
    in_order = sorted(jobs, key=lambda row: (not row.is_open, row.name_key, row.id))
    return tuple(JobChoice(row.id, row.name, bool(row.is_open)) for row in in_order)


@cache
def _jobs(role: Role) -> sa.Select[*tuple[Any, ...]]:
    """The job `job_id` is always among them."""
    is_chosen = Job.id == sa.bindparam("job_id", type_=sa.Integer())
    return (
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
    )


@cache
def _jobs_and_people(role: Role) -> sa.CompoundSelect[*tuple[Any, ...]]:
    people = sa.select(
        sa.false().label("is_job"),
        User.id.label("id"),
        User.name.label("name"),
        User.name.label("name_key"),
        sa.true().label("is_open"),
    ).where(User.is_active.is_(True))
    return sa.union_all(sa.select(_jobs(role).subquery()), people)
