"""Reading interviews. The first argument is always who asks: nobody sees more than their role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from accounts.permissions import Action
from extensions import db
from models import (
    Application,
    Candidate,
    Interview,
    InterviewStatus,
    Meeting,
    MeetingState,
    User,
    search_key,
)
from paging import ListPage, Order, Turn, counted, read_instant, turned_to
from scheduling.visibility import interview_is_within
from timezones import utc_now

# An interview stays among the coming ones until it is surely over.
_STILL_ON = timedelta(hours=1)


# What is over is read from the end.
OVER = frozenset({InterviewStatus.COMPLETED, InterviewStatus.CANCELLED, InterviewStatus.NO_SHOW})
# A calendar of more than this in a month is one that nobody reads.
CALENDAR_LIMIT = 1000


class TimeSort(StrEnum):
    SOONEST = "soonest"
    LATEST = "latest"


@dataclass(frozen=True)
class InterviewFilter:
    """`text` is looked for in the candidate's name. `sort` None: as it is usual for the status."""

    status: InterviewStatus
    text: str = ""
    job_id: int | None = None
    sort: TimeSort | None = None

    @property
    def sorted_by(self) -> TimeSort:
        usual = TimeSort.LATEST if self.status in OVER else TimeSort.SOONEST
        return self.sort or usual


@dataclass(frozen=True)
class Span:
    """The interviews of a span of time; `is_cut` says that there are more than are shown."""

    interviews: list[Interview]
    is_cut: bool


def _with_people() -> sa.Select[Interview]:
    return sa.select(Interview).options(
        joinedload(Interview.application).joinedload(Application.candidate),
        joinedload(Interview.application).joinedload(Application.job),
        joinedload(Interview.meeting),
    )


def interview(actor: User, interview_id: int, action: Action = Action.SEE) -> Interview | None:
    """One interview, if `actor` may do this to it."""
    return db.session.scalar(
        _with_people()
        .where(Interview.id == interview_id, interview_is_within(actor, action))
        .options(
            joinedload(Interview.meeting).joinedload(Meeting.host),
            selectinload(Interview.attendees),
            selectinload(Interview.mails),
            selectinload(Interview.timeline),
            selectinload(Interview.attachments),
        )
    )


def may(actor: User, action: Action, interview_id: int) -> bool:
    """Whether `actor` may do this to one interview."""
    return (
        db.session.scalar(
            sa.select(Interview.id).where(Interview.id == interview_id, interview_is_within(actor, action))
        )
        is not None
    )


def counts_by_status(
    actor: User, statuses: tuple[InterviewStatus, ...]
) -> dict[InterviewStatus, tuple[int, bool]]:
    """How many interviews `actor` sees in each of these, up to a limit, and whether there are more."""
    within = interview_is_within(actor, Action.SEE)
    queries = [sa.select(Interview.id).where(Interview.status == status, within) for status in statuses]
    return dict(zip(statuses, counted(*queries), strict=True))


def interviews(actor: User, wanted: InterviewFilter, turn: Turn | None = None) -> ListPage[Interview]:
    """One page of the interviews that `actor` sees in a status, by their time."""
    where = [Interview.status == wanted.status, interview_is_within(actor, Action.SEE)]
    if wanted.text or wanted.job_id is not None:
        meant = sa.select(Application.id)
        if wanted.job_id is not None:
            meant = meant.where(Application.job_id == wanted.job_id)
        if wanted.text:
            named = Candidate.name_key.contains(search_key(wanted.text), autoescape=True)
            meant = meant.join(Application.candidate).where(named)
        where.append(Interview.application_id.in_(meant))
    descending = wanted.sorted_by is TimeSort.LATEST
    return turned_to(
        _with_people().where(*where),
        Order(Interview.id, Interview.starts_at, read_instant, descending=descending),
        turn,
    )


def between(actor: User, start: datetime, end: datetime) -> Span:
    """The interviews that `actor` sees from `start` up to before `end`, but for those called off."""
    shown = (InterviewStatus.SCHEDULED, InterviewStatus.COMPLETED, InterviewStatus.NO_SHOW)
    found = list(
        db.session.scalars(
            _with_people()
            .where(
                Interview.status.in_(shown),
                Interview.starts_at >= start,
                Interview.starts_at < end,
                interview_is_within(actor, Action.SEE),
            )
            .order_by(Interview.starts_at, Interview.id)
            .limit(CALENDAR_LIMIT + 1)
        )
    )
    return Span(found[:CALENDAR_LIMIT], len(found) > CALENDAR_LIMIT)


def interviews_of_candidate(actor: User, candidate_id: int) -> list[Interview]:
    """The interviews of one candidate that `actor` sees, newest first."""
    return list(
        db.session.scalars(
            _with_people()
            .join(Interview.application)
            .where(Application.candidate_id == candidate_id, interview_is_within(actor, Action.SEE))
            .order_by(Interview.starts_at.desc())
        )
    )


def upcoming(actor: User, *, limit: int = 8) -> list[Interview]:
    """The next interviews that `actor` sees."""
    return list(
        db.session.scalars(
            _with_people()
            .where(
                Interview.status == InterviewStatus.SCHEDULED,
                Interview.starts_at > utc_now() - _STILL_ON,
                interview_is_within(actor, Action.SEE),
            )
            .order_by(Interview.starts_at, Interview.id)
            .limit(limit)
        )
    )


def without_link(actor: User, *, limit: int = 8) -> list[Interview]:
    """Coming interviews whose meeting could not be made and that `actor` could do something about."""
    return list(
        db.session.scalars(
            _with_people()
            .join(Meeting, sa.and_(Meeting.interview_id == Interview.id, Meeting.is_wanted))
            .where(
                Interview.status == InterviewStatus.SCHEDULED,
                Interview.starts_at > utc_now(),
                Meeting.state == MeetingState.FAILED,
                interview_is_within(actor, Action.SCHEDULE),
            )
            .order_by(Interview.starts_at, Interview.id)
            .limit(limit)
        )
    )
