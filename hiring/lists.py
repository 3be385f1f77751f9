"""The lists of jobs and candidates: searched, filtered, sorted, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql import ColumnElement

from accounts.permissions import Action, Scope, scope_of
from accounts.row_permissions import application_is_within, candidate_is_within, job_is_within, own_job_ids
from extensions import db
from models import Application, Candidate, Job, Stage, User, search_key
from paging import Column, ListPage, Order, Turn, turned_to

# More than this in a drop-down list and nobody finds anything.
JOBS_TO_CHOOSE_FROM = 200
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


@dataclass(frozen=True)
class CandidateFilter:
    text: str = ""
    job_id: int | None = None
    stage: Stage | None = None
    sort: NameSort = NameSort.NAME


def jobs(actor: User, wanted: JobFilter, turn: Turn | None = None) -> ListPage[Job]:
    """One page of the jobs that `actor` sees, with their hiring managers."""
    where = [job_is_within(actor, Action.SEE)]
    if wanted.text:
        where.append(job_matches(wanted.text))
    if wanted.state is not JobState.ALL:
        where.append(Job.is_open.is_(wanted.state is JobState.OPEN))
    if wanted.only_mine:
        where.append(Job.id.in_(own_job_ids(actor)))
    return turned_to(
        sa.select(Job).where(*where).options(joinedload(Job.hiring_manager)),
        _order(Job.title_key, Job.id, wanted.sort),
        turn,
        ids=sa.select(Job.id).where(*where),
    )


def application_counts(actor: User, job_ids: list[int]) -> dict[int, int]:
    """How many candidates `actor` sees on each of these jobs; those without any are left out."""
    rows = db.session.execute(
        sa.select(Application.job_id, sa.func.count(Application.id))
        .where(Application.job_id.in_(job_ids), application_is_within(actor, Action.SEE))
        .group_by(Application.job_id)
    )
    return {row[0]: row[1] for row in rows}


def candidates(actor: User, wanted: CandidateFilter, turn: Turn | None = None) -> ListPage[Candidate]:
    """One page of the candidates that `actor` sees, with those of their applications that `actor` sees."""
    where = _candidate_conditions(actor, wanted)
    return turned_to(
        sa.select(Candidate).where(*where).options(*_with_jobs(actor)),
        _order(Candidate.name_key, Candidate.id, wanted.sort),
        turn,
        ids=sa.select(Candidate.id).where(*where),
    )


def all_candidates(actor: User, wanted: CandidateFilter) -> Iterator[list[Candidate]]:
    """Everybody on the list of `candidates`, oldest first, in portions.

    Between two portions the caller may end the transaction, so that a slow reader at the other end of a
    network keeps nobody else waiting.
    """
    where, last = _candidate_conditions(actor, wanted), 0
    while True:
        found = list(
            db.session.scalars(
                sa.select(Candidate)
                .where(*where, Candidate.id > last)
                .options(*_with_jobs(actor))
                .order_by(Candidate.id)
                .limit(_EXPORTED_AT_ONCE)
            )
        )
        if not found:
            return
        last = found[-1].id
        yield found


def newest_applications(actor: User, job_id: int, *, limit: int) -> list[Application]:
    """The last few applications on one job that `actor` sees, newest first."""
    return list(
        db.session.scalars(
            sa.select(Application)
            .where(Application.job_id == job_id, application_is_within(actor, Action.SEE))
            .options(joinedload(Application.candidate))
            .order_by(Application.id.desc())
            .limit(limit)
        )
    )


def jobs_to_choose_from(actor: User, chosen: int | None = None) -> list[Job]:
    """Jobs for a drop-down list: the open ones first, and the chosen one however many there are."""
    within = job_is_within(actor, Action.SEE)
    found = list(
        db.session.scalars(
            sa.select(Job)
            .where(within)
            .order_by(Job.is_open.desc(), Job.title_key, Job.id)
            .limit(JOBS_TO_CHOOSE_FROM)
        )
    )
    if chosen is not None and all(job.id != chosen for job in found):
        found += db.session.scalars(sa.select(Job).where(Job.id == chosen, within)).all()
    return found


def job_matches(text: str) -> ColumnElement[bool]:
    """The condition on `Job`: title, department or location contain the text."""
    return sa.or_(
        Job.title_key.contains(search_key(text), autoescape=True),
        Job.department.icontains(text, autoescape=True),
        Job.location.icontains(text, autoescape=True),
    )


def candidate_matches(actor: User, text: str) -> ColumnElement[bool]:
    """The condition on `Candidate`: the name contains the text, or the address does.

    Addresses are searched only for those who see them: else somebody could find one out letter by letter.
    """
    by_name = Candidate.name_key.contains(search_key(text), autoescape=True)
    match scope_of(actor.role, Action.SEE_CONTACT):
        case Scope.NONE:
            return by_name
        case Scope.ALL:
            return sa.or_(by_name, Candidate.email.contains(text.lower(), autoescape=True))
        case _:
            return sa.or_(
                by_name,
                sa.and_(
                    Candidate.email.contains(text.lower(), autoescape=True),
                    candidate_is_within(actor, Action.SEE_CONTACT),
                ),
            )


def _candidate_conditions(actor: User, wanted: CandidateFilter) -> list[ColumnElement[bool]]:
    where = [Candidate.erased_at.is_(None), candidate_is_within(actor, Action.SEE)]
    if wanted.text:
        where.append(candidate_matches(actor, wanted.text))
    if wanted.job_id is not None or wanted.stage is not None:
        on_it = sa.select(Application.candidate_id).where(application_is_within(actor, Action.SEE))
        if wanted.job_id is not None:
            on_it = on_it.where(Application.job_id == wanted.job_id)
        if wanted.stage is not None:
            on_it = on_it.where(Application.stage == wanted.stage)
        where.append(Candidate.id.in_(on_it))
    return where


def _with_jobs(actor: User) -> list[sa.orm.interfaces.ExecutableOption]:
    """Of a candidate on several jobs, only those that this reader sees."""
    within = application_is_within(actor, Action.SEE)
    return [selectinload(Candidate.applications.and_(within)).joinedload(Application.job)]


def _order(key: Column, row_id: Column, sort: NameSort) -> Order:
    # Ids grow with time, so they are the order of creation without an index of their own.
    if sort in (NameSort.NEWEST, NameSort.OLDEST):
        return Order(row_id, descending=sort is NameSort.NEWEST)
    return Order(row_id, key, descending=sort is NameSort.NAME_DOWN)
