"""Reading interviews. The first argument is always who is asking: no one sees more than their role allows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, selectinload

from accounts.permissions import Action
from accounts.row_permissions import Asker, Reader, interview_is_within, is_settled
from database import written_out
from extensions import db
from models import (
    Application,
    Candidate,
    Interview,
    InterviewStatus,
    InterviewType,
    Job,
    Mail,
    MailState,
    Meeting,
    MeetingSoftware,
    MeetingState,
    Role,
)
from paging import Counting, ListPage, Order, Pages, Query, Turn, read_instant
from rows import rows_of
from searching import SEARCHED_KEYS, key_contains, searched
from timezones import utc_now

# An interview counts as upcoming until it is certainly over.
_STILL_ON = timedelta(hours=1)


# Past interviews are read newest first.
OVER = frozenset({InterviewStatus.COMPLETED, InterviewStatus.CANCELLED, InterviewStatus.NO_SHOW})
# No one reads a month with more interviews than this.
CALENDAR_LIMIT = 1000


class TimeSort(StrEnum):
    SOONEST = "soonest"
    LATEST = "latest"


@dataclass(frozen=True)
class InterviewFilter:
    """`text` is looked for in the candidate's name. `sort` None: the usual order for the status."""

    status: InterviewStatus
    text: str = ""
    job_id: int | None = None
    sort: TimeSort | None = None

    @property
    def sorted_by(self) -> TimeSort:
        usual = TimeSort.LATEST if self.status in OVER else TimeSort.SOONEST
        return self.sort or usual


class InterviewRow(NamedTuple):
    """An interview as lists and calendars show it. `software`, `meeting_label` and `meeting_state` are None
    without an online meeting; `meeting_label` also where the meeting is called by its software."""

    id: int
    title: str
    starts_at: datetime
    duration_minutes: int
    status: InterviewStatus
    interview_type: InterviewType
    candidate_name: str
    job_id: int
    job_title: str
    software: MeetingSoftware | None
    meeting_label: str | None
    meeting_state: MeetingState | None

    @property
    def how(self) -> str:
        """How people will meet, in words: what the meeting is called, else the type."""
        if self.software is None:
            return self.interview_type.label
        return self.meeting_label or self.software.label


@dataclass(frozen=True)
class Span:
    """The interviews in a period; `is_cut` says that there are more than are shown."""

    interviews: tuple[InterviewRow, ...]
    is_cut: bool


def _rows() -> Query:
    """The columns of `InterviewRow`. Entities would cost several times as much, and a list only reads."""
    of_interview = (
        *(Interview.id, Interview.title, Interview.starts_at, Interview.duration_minutes),
        *(Interview.status, Interview.interview_type),
    )
    of_job, of_meeting = (Job.id, Job.title), (Meeting.software, Meeting.label, Meeting.state)
    return (
        sa.select(*of_interview, Candidate.name, *of_job, *of_meeting)
        .join(Application, Application.id == Interview.application_id)
        .join(Candidate, Candidate.id == Application.candidate_id)
        .join(Job, Job.id == Application.job_id)
        .outerjoin(Meeting, sa.and_(Meeting.interview_id == Interview.id, Meeting.is_wanted))
    )


def _found(statement: Query, **told: object) -> tuple[InterviewRow, ...]:
    return tuple(map(InterviewRow._make, rows_of(statement, told)))


def _with_people() -> sa.Select[Interview]:
    return sa.select(Interview).options(
        joinedload(Interview.application).joinedload(Application.candidate),
        joinedload(Interview.application).joinedload(Application.job),
        joinedload(Interview.meeting),
    )


def interview(actor: Reader, interview_id: int, action: Action = Action.SEE) -> Interview | None:
    """One interview, if `actor` may do this to it."""
    told = {"asker_id": actor.id, "interview_id": interview_id}
    return db.session.scalar(_interview(actor.role, action), told)


@cache
def _interview(role: Role, action: Action) -> sa.Select[Interview]:
    return (
        sa.select(Interview)
        .where(
            Interview.id == sa.bindparam("interview_id", type_=sa.Integer()),
            interview_is_within(Asker(role), action),
        )
        .options(
            joinedload(Interview.application).joinedload(Application.candidate),
            joinedload(Interview.application).joinedload(Application.job),
            joinedload(Interview.hiring_manager),
            joinedload(Interview.scheduler),
            joinedload(Interview.meeting).options(joinedload(Meeting.host), joinedload(Meeting.connection)),
            selectinload(Interview.attendees),
            selectinload(Interview.mails),
            selectinload(Interview.timeline),
            selectinload(Interview.attachments),
        )
    )


def may(actor: Reader, action: Action, seen: Interview) -> bool:
    """Whether `actor` may do this to an interview that they see."""
    settled = is_settled(actor, action)
    return settled if settled is not None else interview(actor, seen.id, action) is not None


def counts_by_status(
    actor: Reader, statuses: tuple[InterviewStatus, ...]
) -> dict[InterviewStatus, tuple[int, bool]]:
    """How many interviews `actor` sees in each of these, up to a limit, and whether there are more."""
    numbers = _counting(actor.role, statuses).numbers({"asker_id": actor.id})
    return dict(zip(statuses, numbers, strict=True))


@cache
def _counting(role: Role, statuses: tuple[InterviewStatus, ...]) -> Counting:
    within = interview_is_within(Asker(role), Action.SEE)
    return Counting(*(sa.select(Interview.id).where(Interview.status == each, within) for each in statuses))


def interviews(actor: Reader, wanted: InterviewFilter, turn: Turn | None = None) -> ListPage[InterviewRow]:
    """One page of the interviews that `actor` sees in a status, by their time."""
    is_descending = wanted.sorted_by is TimeSort.LATEST
    pages = _pages(actor.role, bool(wanted.text), wanted.job_id is not None, is_descending)
    told = {
        "asker_id": actor.id,
        "status": wanted.status,
        "job_id": wanted.job_id,
        **searched(wanted.text),
    }
    return pages.turned_to(turn, told)


@cache
def _pages(role: Role, is_searched: bool, of_job: bool, is_descending: bool) -> Pages[InterviewRow]:
    where = [
        Interview.status == sa.bindparam("status", type_=Interview.status.type),
        interview_is_within(Asker(role), Action.SEE),
    ]
    if is_searched or of_job:
        meant = sa.select(Application.id)
        if of_job:
            meant = meant.where(Application.job_id == sa.bindparam("job_id", type_=sa.Integer()))
        if is_searched:
            by_name = key_contains(Candidate.name_key, SEARCHED_KEYS)
            meant = meant.join(Application.candidate).where(by_name)
        where.append(Interview.application_id.in_(meant))
    order = Order(Interview.id, Interview.starts_at, read_instant, descending=is_descending)
    return Pages(_rows().where(*where), order, InterviewRow._make)


def between(actor: Reader, start: datetime, end: datetime) -> Span:
    """The interviews that `actor` sees from `start` until before `end`, except for cancelled ones."""
    found = _found(_between(actor.role), asker_id=actor.id, start=start, end=end)
    return Span(found[:CALENDAR_LIMIT], len(found) > CALENDAR_LIMIT)


@cache
def _between(role: Role) -> Query:
    shown = (InterviewStatus.SCHEDULED, InterviewStatus.COMPLETED, InterviewStatus.NO_SHOW)
    return (
        _rows()
        .where(
            Interview.status.in_(shown),
            Interview.starts_at >= _instant("start"),
            Interview.starts_at < _instant("end"),
            interview_is_within(Asker(role), Action.SEE),
        )
        .order_by(Interview.starts_at, Interview.id)
        .limit(CALENDAR_LIMIT + 1)
    )


def interviews_of_candidate(actor: Reader, candidate_id: int) -> tuple[InterviewRow, ...]:
    """The interviews of one candidate that `actor` sees, newest first."""
    return _found(_of_candidate(actor.role), asker_id=actor.id, candidate_id=candidate_id)


@cache
def _of_candidate(role: Role) -> Query:
    return (
        _rows()
        .where(
            Application.candidate_id == sa.bindparam("candidate_id", type_=sa.Integer()),
            interview_is_within(Asker(role), Action.SEE),
        )
        .order_by(Interview.starts_at.desc())
    )


def upcoming(actor: Reader, *, limit: int = 8) -> tuple[InterviewRow, ...]:
    """The next interviews that `actor` sees."""
    return _found(_upcoming(actor.role), asker_id=actor.id, still_on_after=utc_now() - _STILL_ON, most=limit)


@cache
def _upcoming(role: Role) -> Query:
    return (
        _rows()
        .where(
            Interview.status == InterviewStatus.SCHEDULED,
            Interview.starts_at > _instant("still_on_after"),
            interview_is_within(Asker(role), Action.SEE),
        )
        .order_by(Interview.starts_at, Interview.id)
        .limit(sa.bindparam("most", type_=sa.Integer()))
    )


def without_link(actor: Reader, *, limit: int = 8) -> tuple[InterviewRow, ...]:
    """Upcoming interviews whose meeting could not be made and that `actor` could do something about."""
    return _found(_without_link(actor.role), asker_id=actor.id, now=utc_now(), most=limit)


_failed = aliased(Meeting)


@cache
def _without_link(role: Role) -> Query:
    return (
        _rows()
        .where(
            # Few have failed, and there is an index of those, so the upcoming ones are not searched.
            Interview.id.in_(
                sa.select(_failed.interview_id).where(
                    _failed.is_wanted,
                    _failed.state == written_out(MeetingState.FAILED),
                    _failed.arranged_by_id.is_(None),
                )
            ),
            Interview.status == InterviewStatus.SCHEDULED,
            Interview.starts_at > _instant("now"),
            interview_is_within(Asker(role), Action.SCHEDULE),
        )
        .order_by(Interview.starts_at, Interview.id)
        .limit(sa.bindparam("most", type_=sa.Integer()))
    )


def undelivered(actor: Reader, *, limit: int = 8) -> tuple[InterviewRow, ...]:
    """Upcoming interviews with an email that was refused for good, and that `actor` could send again."""
    return _found(_undelivered(actor.role), asker_id=actor.id, now=utc_now(), most=limit)


@cache
def _undelivered(role: Role) -> Query:
    return (
        _rows()
        .where(
            Interview.id.in_(sa.select(Mail.interview_id).where(Mail.state == written_out(MailState.FAILED))),
            Interview.status == InterviewStatus.SCHEDULED,
            Interview.starts_at > _instant("now"),
            interview_is_within(Asker(role), Action.SCHEDULE),
        )
        .order_by(Interview.starts_at, Interview.id)
        .limit(sa.bindparam("most", type_=sa.Integer()))
    )


def _instant(name: str) -> sa.BindParameter[datetime]:
    return sa.bindparam(name, type_=Interview.starts_at.type)
