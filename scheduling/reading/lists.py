"""Reading interviews. The first argument is always who is asking: no one sees more than their role allows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, selectinload, with_expression

from accounts.permissions import Action
from accounts.row_permissions import Asker, Reader, interview_is_within, is_settled
from extensions import db
from models import (
    Application,
    Attendee,
    CalendarEntry,
    Interview,
    InterviewStatus,
    InterviewType,
    Meeting,
    MeetingSoftware,
    Role,
)
from paging import Counting, ListPage, Order, Pages, Query, Turn, read_instant
from scheduling.occupied import LONGEST
from scheduling.reading.days import day_in
from scheduling.reading.interview_rows import InterviewRow, found, instant, select_rows
from scheduling.reading.matching import interview_matches, parameters, words_about_interviews
from timezones import utc_now

# Past interviews are read newest first.
OVER = frozenset({InterviewStatus.COMPLETED, InterviewStatus.CANCELLED, InterviewStatus.NO_SHOW})
# No one reads a month with more interviews than this.
CALENDAR_LIMIT = 1000
# A page of the list ends with the day of its last interview, unless that day has more than this.
_MOST_ON_A_PAGE = 40


class TimeSort(StrEnum):
    SOONEST = "soonest"
    LATEST = "latest"


class When(StrEnum):
    """The periods that the list can be asked for. A day can be asked for as well, by its date."""

    NOW = "now"
    TODAY = "today"
    TOMORROW = "tomorrow"
    WEEK = "week"
    NEXT_WEEK = "next-week"
    LAST_WEEK = "last-week"
    OVER = "over"
    ALL = "all"


class PeriodKind(StrEnum):
    """Which interviews a list shows, by their time. NOW: those that are not over yet."""

    ALL = "all"
    NOW = "now"
    OVER = "over"
    WITHIN = "within"


class Period(NamedTuple):
    """`begins` and `ends` (aware UTC) bound the starts of WITHIN; the second is no longer part of it."""

    kind: PeriodKind
    begins: datetime | None = None
    ends: datetime | None = None


ALL_TIMES = Period(PeriodKind.ALL)


@dataclass(frozen=True)
class InterviewFilter:
    """`text` is looked for in the candidate's name and the job's title. `person_id`: who takes part for the
    team. `how`: a type, or the software of a video interview. `sort` None: the usual order for the status.
    `zone`: the reader's, in which a page ends with a whole day."""

    status: InterviewStatus
    text: str = ""
    job_id: int | None = None
    person_id: int | None = None
    how: InterviewType | MeetingSoftware | None = None
    period: Period = ALL_TIMES
    sort: TimeSort | None = None
    zone: str = "UTC"

    @property
    def sorted_by(self) -> TimeSort:
        return self.sort or self._usual

    @property
    def is_usually_sorted(self) -> bool:
        return self.sorted_by is self._usual

    @property
    def _usual(self) -> TimeSort:
        return TimeSort.LATEST if self.status in OVER else TimeSort.SOONEST


class _Narrowing(NamedTuple):
    """Which conditions a list's statement has besides the status; it is built once for each combination."""

    words: int
    of_job: bool
    of_person: bool
    of_type: bool
    of_software: bool


@dataclass(frozen=True)
class Span:
    """The interviews in a period; `is_cut`: there are more than are shown."""

    interviews: tuple[InterviewRow, ...]
    is_cut: bool


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
            # Most interviews are in no one's calendar, and need no extra statement to find that out.
            with_expression(
                Interview.has_entries, sa.exists().where(CalendarEntry.interview_id == Interview.id)
            ),
        )
    )


def may(actor: Reader, action: Action, seen: Interview) -> bool:
    """Whether `actor` may do this to an interview that they see."""
    settled = is_settled(actor, action)
    return settled if settled is not None else interview(actor, seen.id, action) is not None


def sees_notes_where_taking_part(actor: Reader) -> bool:
    """Whether `actor` sees the internal notes of interviews that they take part in or scheduled. Asks no
    database, so it also answers for an interview that is still a draft."""
    return is_settled(actor, Action.SEE_NOTES) is not False


@dataclass(frozen=True)
class Counts:
    """How many interviews there are in each status, up to a limit, and whether there are more; and how many
    scheduled ones are over and have to be completed."""

    by_status: tuple[tuple[InterviewStatus, tuple[int, bool]], ...]
    over: tuple[int, bool]


def counts(actor: Reader, statuses: tuple[InterviewStatus, ...], wanted: InterviewFilter) -> Counts:
    """How many of the interviews that `actor` sees are in each status, with the filters of `wanted` other
    than its status and period. One statement."""
    narrowing = _narrowing(wanted)
    told = _told(actor, wanted)
    *numbers, over = _counting(actor.role, statuses, narrowing).numbers(told)
    return Counts(tuple(zip(statuses, numbers, strict=True)), over)


@cache
def _counting(role: Role, statuses: tuple[InterviewStatus, ...], narrowing: _Narrowing) -> Counting:
    where = _conditions(role, narrowing)
    of_each = [sa.select(Interview.id).where(Interview.status == each, *where) for each in statuses]
    over = sa.select(Interview.id).where(
        Interview.status == InterviewStatus.SCHEDULED, *_within(PeriodKind.OVER), *where
    )
    return Counting(*of_each, over)


def interviews(actor: Reader, wanted: InterviewFilter, turn: Turn | None = None) -> ListPage[InterviewRow]:
    """One page of the interviews that `actor` sees in a status, by their time, with whole days as far as
    possible."""
    is_descending = wanted.sorted_by is TimeSort.LATEST
    pages = _pages(actor.role, _narrowing(wanted), wanted.period.kind, is_descending)
    told = {
        **_told(actor, wanted),
        "status": wanted.status,
        "begins": wanted.period.begins,
        "ends": wanted.period.ends,
    }
    return pages.turned_to(
        turn, told, most=_MOST_ON_A_PAGE, together=lambda row: day_in(row.starts_at, wanted.zone)
    )


@cache
def _pages(role: Role, narrowing: _Narrowing, period: PeriodKind, is_descending: bool) -> Pages[InterviewRow]:
    where = (
        Interview.status == sa.bindparam("status", type_=Interview.status.type),
        *_within(period),
        *_conditions(role, narrowing),
    )
    order = Order(Interview.id, Interview.starts_at, read_instant, descending=is_descending)
    return Pages(select_rows().where(*where), order, InterviewRow._make)


def _narrowing(wanted: InterviewFilter) -> _Narrowing:
    return _Narrowing(
        words=len(words_about_interviews(wanted.text)),
        of_job=wanted.job_id is not None,
        of_person=wanted.person_id is not None,
        of_type=isinstance(wanted.how, InterviewType),
        of_software=isinstance(wanted.how, MeetingSoftware),
    )


def _told(actor: Reader, wanted: InterviewFilter) -> dict[str, object]:
    now = utc_now()
    return {
        "asker_id": actor.id,
        "now": now,
        "long_ago": now - LONGEST,
        "job_id": wanted.job_id,
        "person_id": wanted.person_id,
        "how": wanted.how,
        **parameters(wanted.text),
    }


def _conditions(role: Role, narrowing: _Narrowing) -> list[sa.ColumnElement[bool]]:
    where = [interview_is_within(Asker(role), Action.SEE)]
    if narrowing.of_job:
        of_job = Application.job_id == sa.bindparam("job_id", type_=sa.Integer())
        where.append(Interview.application_id.in_(sa.select(Application.id).where(of_job)))
    if narrowing.words:
        where.append(interview_matches(narrowing.words))
    if narrowing.of_person:
        person = sa.bindparam("person_id", type_=sa.Integer())
        attended = sa.select(Attendee.interview_id).where(Attendee.user_id == person)
        where.append(sa.or_(Interview.hiring_manager_id == person, Interview.id.in_(attended)))
    if narrowing.of_type:
        where.append(Interview.interview_type == sa.bindparam("how", type_=Interview.interview_type.type))
    if narrowing.of_software:
        # Under another name, because a list's rows also join the meeting.
        made = aliased(Meeting)
        with_it = (
            made.interview_id == Interview.id,
            made.is_wanted,
            made.software == sa.bindparam("how", type_=Meeting.software.type),
        )
        where.append(sa.exists().where(*with_it))
    return where


def _within(period: PeriodKind) -> tuple[sa.ColumnElement[bool], ...]:
    """The conditions on an interview's time."""
    match period:
        case PeriodKind.NOW:
            # The second one is implied, and lets the index on the start be used.
            return Interview.ends_at > instant("now"), Interview.starts_at > instant("long_ago")
        case PeriodKind.OVER:
            return Interview.ends_at <= instant("now"), Interview.starts_at < instant("now")
        case PeriodKind.WITHIN:
            return Interview.starts_at >= instant("begins"), Interview.starts_at < instant("ends")
        case PeriodKind.ALL:
            return ()


def between(actor: Reader, start: datetime, end: datetime) -> Span:
    """The interviews that `actor` sees from `start` until before `end`, except for cancelled ones and those
    that have no time yet. The rows name no attendees."""
    some = found(_between(actor.role), asker_id=actor.id, start=start, end=end)
    return Span(some[:CALENDAR_LIMIT], len(some) > CALENDAR_LIMIT)


@cache
def _between(role: Role) -> Query:
    shown = (
        *(InterviewStatus.ACCEPTED, InterviewStatus.SCHEDULED),
        *(InterviewStatus.COMPLETED, InterviewStatus.NO_SHOW),
    )
    return (
        select_rows(with_people=False)
        .where(
            Interview.status.in_(shown),
            Interview.starts_at >= instant("start"),
            Interview.starts_at < instant("end"),
            interview_is_within(Asker(role), Action.SEE),
        )
        .order_by(Interview.starts_at, Interview.id)
        .limit(CALENDAR_LIMIT + 1)
    )


def interviews_of_candidate(actor: Reader, candidate_id: int) -> tuple[InterviewRow, ...]:
    """The interviews of one candidate that `actor` sees, newest first."""
    return found(_of_candidate(actor.role), asker_id=actor.id, candidate_id=candidate_id)


@cache
def _of_candidate(role: Role) -> Query:
    return (
        select_rows()
        .where(
            Application.candidate_id == sa.bindparam("candidate_id", type_=sa.Integer()),
            interview_is_within(Asker(role), Action.SEE),
        )
        .order_by(Interview.starts_at.desc())
    )
