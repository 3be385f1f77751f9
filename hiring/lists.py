"""The lists of jobs and candidates: searched, filtered, sorted, a page at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import selectinload
from sqlalchemy.sql import ColumnElement

from accounts.permissions import Action
from accounts.row_permissions import (
    Asker,
    Reader,
    application_is_within,
    candidate_is_within,
    job_is_within,
    own_job_ids,
)
from extensions import db
from hiring.matching import Kind, candidate_matches, job_matches, kind_of, parameters
from models import Application, Candidate, Job, Role, Stage, User
from paging import Column, ListPage, Order, Pages, Query, Turn
from rows import rows_of
from scheduling.reading import next_interviews
from scheduling.reading.next_interviews import NextInterview
from wording import in_a_row

_EXPORTED_AT_ONCE = 500


class JobState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    ALL = "all"


class NameSort(StrEnum):
    """How jobs and candidates can be sorted."""

    NAME = "name"
    NAME_DOWN = "name-down"
    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True)
class JobFilter:
    text: str = ""
    state: JobState = JobState.OPEN
    only_mine: bool = False
    sort: NameSort = NameSort.NAME


class InterviewState(StrEnum):
    """Whether a candidate has an upcoming interview."""

    NONE = "none"
    SCHEDULED = "scheduled"


@dataclass(frozen=True)
class CandidateFilter:
    text: str = ""
    job_id: int | None = None
    stage: Stage | None = None
    interview: InterviewState | None = None
    sort: NameSort = NameSort.NAME


class JobRow(NamedTuple):
    """A job as lists show it."""

    id: int
    title: str
    title_key: str
    department: str
    location: str
    is_open: bool
    created_at: datetime
    hiring_manager_name: str


class CandidateRow(NamedTuple):
    """A candidate as lists show them. `applied_for`: the jobs that the reader sees, and the stage of each
    application. `may_schedule`: on one of the jobs, which is open, the reader may schedule an interview."""

    id: int
    name: str
    name_key: str
    created_at: datetime
    next_interview: NextInterview | None = None
    applied_for: tuple[tuple[str, Stage], ...] = ()
    may_schedule: bool = False

    @property
    def job_titles(self) -> str:
        return in_a_row(title for title, _ in self.applied_for)


def jobs(actor: Reader, wanted: JobFilter, turn: Turn | None = None) -> ListPage[JobRow]:
    """One page of the jobs that `actor` sees, with their hiring managers."""
    pages = _job_pages(actor.role, kind_of(wanted.text), wanted.state, wanted.only_mine, wanted.sort)
    return pages.turned_to(turn, {"asker_id": actor.id, **parameters(wanted.text)})


@cache
def _job_pages(
    role: Role, text: Kind | None, state: JobState, only_mine: bool, sort: NameSort
) -> Pages[JobRow]:
    asker = Asker(role)
    where = [job_is_within(asker, Action.SEE)]
    if text is not None:
        where.append(job_matches(text))
    if state is not JobState.ALL:
        where.append(Job.is_open.is_(state is JobState.OPEN))
    if only_mine:
        where.append(Job.id.in_(own_job_ids(asker)))
    of_job = (Job.id, Job.title, Job.title_key, Job.department, Job.location, Job.is_open, Job.created_at)
    return Pages(
        sa.select(*of_job, User.name).join(User, User.id == Job.hiring_manager_id).where(*where),
        _order(Job.title_key, Job.id, sort),
        JobRow._make,
        ids=sa.select(Job.id).where(*where),
    )


def application_counts(actor: Reader, job_ids: list[int]) -> dict[int, int]:
    """How many candidates `actor` sees on each of these jobs; jobs without any are left out."""
    told = {"asker_id": actor.id, "job_ids": job_ids}
    found = rows_of(_counting_of_jobs(actor.role), told)
    return {row[0]: row[1] for row in found}


@cache
def _counting_of_jobs(role: Role) -> sa.Select[int, int]:
    return (
        sa.select(Application.job_id, sa.func.count(Application.id))
        .where(
            Application.job_id.in_(sa.bindparam("job_ids", expanding=True)),
            application_is_within(Asker(role), Action.SEE),
        )
        .group_by(Application.job_id)
    )


def candidates(actor: Reader, wanted: CandidateFilter, turn: Turn | None = None) -> ListPage[CandidateRow]:
    """One page of the candidates that `actor` sees, with those of their applications that `actor` sees."""
    pages = _candidate_pages(
        actor.role,
        kind_of(wanted.text),
        wanted.job_id is not None,
        wanted.stage is not None,
        wanted.interview,
        wanted.sort,
    )
    told = {
        "asker_id": actor.id,
        "job_id": wanted.job_id,
        "stage": wanted.stage,
        **parameters(wanted.text),
        **next_interviews.told(),
    }
    page = pages.turned_to(turn, told)
    return replace(page, rows=_with_applications(actor, page.rows))


@cache
def _candidate_pages(
    role: Role,
    text: Kind | None,
    of_job: bool,
    at_stage: bool,
    interview: InterviewState | None,
    sort: NameSort,
) -> Pages[CandidateRow]:
    where = _candidate_conditions(
        Asker(role),
        text,
        sa.bindparam("job_id", type_=sa.Integer()) if of_job else None,
        sa.bindparam("stage", type_=Application.stage.type) if at_stage else None,
        interview,
    )
    return Pages(
        sa.select(Candidate.id, Candidate.name, Candidate.name_key, Candidate.created_at).where(*where),
        _order(Candidate.name_key, Candidate.id, sort),
        lambda row: CandidateRow(*row),
        ids=sa.select(Candidate.id).where(*where),
    )


def _with_applications(actor: Reader, rows: tuple[CandidateRow, ...]) -> tuple[CandidateRow, ...]:
    """Not a part of the page's own statement, which would then be sorted only after it had found everyone's
    interviews."""
    if not rows:
        return rows
    of_these = {"asker_id": actor.id, "candidate_ids": [row.id for row in rows], **next_interviews.told()}
    return gathered(rows, rows_of(_applications_of(actor.role), of_these))


def gathered(rows: Iterable[CandidateRow], applications: Iterable[Sequence[Any]]) -> tuple[CandidateRow, ...]:
    """The candidates with what they applied for, and their next interview of all of these jobs.
    `applications`: rows with the columns of `of_application` and then those of their interviews."""
    applied: dict[int, list[tuple[str, Stage]]] = defaultdict(list)
    upcoming: dict[int, list[NextInterview]] = defaultdict(list)
    schedulable, seen = set(), set()
    for found in applications:
        candidate_id, application_id, title, stage, may_schedule = found[:5]
        # Each application comes once for each of its upcoming interviews.
        if application_id not in seen:
            seen.add(application_id)
            applied[candidate_id].append((title, stage))
        if (next_one := next_interviews.upcoming_in(found)) is not None:
            upcoming[candidate_id].append(next_one)
        if may_schedule:
            schedulable.add(candidate_id)
    return tuple(
        row._replace(
            next_interview=next_interviews.soonest(upcoming[row.id]),
            applied_for=tuple(applied[row.id]),
            may_schedule=row.id in schedulable,
        )
        for row in rows
    )


@cache
def _applications_of(role: Role) -> Query:
    """For candidates on several jobs, only the applications that this role sees."""
    query = (
        sa.select(*of_application(role))
        .select_from(Application)
        .join(Job, Job.id == Application.job_id)
        .where(
            Application.candidate_id.in_(sa.bindparam("candidate_ids", expanding=True)),
            application_is_within(Asker(role), Action.SEE),
        )
        .order_by(Application.id)
    )
    return next_interviews.with_upcoming(query, Asker(role))


def of_application(role: Role) -> tuple[Any, ...]:
    """The columns of an application that `gathered` puts together."""
    return (
        *(Application.candidate_id, Application.id, Job.title, Application.stage),
        may_schedule_for(role),
    )


def may_schedule_for(role: Role) -> ColumnElement[bool]:
    """Whether lists offer this role to schedule an interview for `Application`: its job has to be open, and
    the candidate neither hired nor rejected."""
    is_undecided = Application.stage.not_in((Stage.HIRED, Stage.REJECTED))
    return sa.and_(Job.is_open, is_undecided, application_is_within(Asker(role), Action.SCHEDULE))


def all_candidates(actor: User, wanted: CandidateFilter) -> Iterator[list[Candidate]]:
    """Everyone on the list of `candidates`, oldest first, in batches.

    Between two batches the caller may end the transaction, so that a slow reader at the other end of a
    network does not keep anyone else waiting.
    """
    where = _candidate_conditions(
        Asker(actor.role), kind_of(wanted.text), wanted.job_id, wanted.stage, wanted.interview
    )
    last = 0
    while True:
        found = list(
            db.session.scalars(
                sa.select(Candidate)
                .where(*where, Candidate.id > last)
                .options(*_with_jobs(actor))
                .order_by(Candidate.id)
                .limit(_EXPORTED_AT_ONCE),
                {"asker_id": actor.id, **parameters(wanted.text), **next_interviews.told()},
            )
        )
        if not found:
            return
        last = found[-1].id
        yield found


def with_contact(actor: User, candidates: Iterable[Candidate]) -> frozenset[int]:
    """Ids of those among these candidates whose contact data `actor` may see."""
    ids = [candidate.id for candidate in candidates]
    within = candidate_is_within(actor, Action.SEE_CONTACT)
    return frozenset(db.session.scalars(sa.select(Candidate.id).where(Candidate.id.in_(ids), within)))


def _candidate_conditions(
    actor: Asker,
    text: Kind | None,
    job_id: int | ColumnElement[int] | None,
    stage: Stage | ColumnElement[Stage] | None,
    interview: InterviewState | None,
) -> list[ColumnElement[bool]]:
    where = [Candidate.erased_at.is_(None), candidate_is_within(actor, Action.SEE)]
    if text is not None:
        where.append(candidate_matches(actor, text))
    if job_id is not None or stage is not None:
        on_it = sa.select(Application.candidate_id).where(application_is_within(actor, Action.SEE))
        if job_id is not None:
            on_it = on_it.where(Application.job_id == job_id)
        if stage is not None:
            on_it = on_it.where(Application.stage == stage)
        where.append(Candidate.id.in_(on_it))
    if interview is not None:
        has_one = next_interviews.has_next_interview(actor)
        where.append(has_one if interview is InterviewState.SCHEDULED else ~has_one)
    return where


def _with_jobs(actor: User) -> list[sa.orm.interfaces.ExecutableOption]:
    """For a candidate on several jobs, only the jobs that this reader sees."""
    within = application_is_within(actor, Action.SEE)
    return [selectinload(Candidate.applications.and_(within)).joinedload(Application.job)]


def _order(key: Column, row_id: Column, sort: NameSort) -> Order:
    # Ids grow with time, so they give the order of creation without an extra index.
    if sort in (NameSort.NEWEST, NameSort.OLDEST):
        return Order(row_id, descending=sort is NameSort.NEWEST)
    return Order(row_id, key, descending=sort is NameSort.NAME_DOWN)
