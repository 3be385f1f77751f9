"""The single things that the calendar page shows, and the statements that select them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from accounts.permissions import Action
from accounts.row_permissions import Asker, interview_is_within, job_is_within
from database import written_out
from models import (
    Application,
    Attendee,
    CustomEvent,
    CustomEventKind,
    Interview,
    InterviewStatus,
    Job,
    Meeting,
    OutsideEvent,
    Role,
    SyncedCalendar,
    User,
)
from paging import Query
from scheduling.busy_times import touches
from scheduling.reading.interview_rows import InterviewRow, instant, select_rows


class Of(StrEnum):
    """Whose calendar is looked at."""

    OWN = "own"
    JOB = "job"
    PERSON = "person"
    EVERYONE = "everyone"


class Whose(NamedTuple):
    """`id` is that of the job or of the person."""

    of: Of
    id: int | None = None


OWN = Whose(Of.OWN)


class ItemKind(StrEnum):
    """What something on the calendar is: OUTSIDE is an event of a connected calendar."""

    INTERVIEW = "interview"
    OUTSIDE = "outside"
    BLOCKED = "blocked"
    INTERVIEW_DAY = "interview_day"


class Item(NamedTuple):
    """Something on the calendar. Each kind has ids of its own. Times are aware UTC; `first_day` and
    `last_day` are set if it takes whole days, and then count, whatever the reader's zone.

    `title`: of an outside event and of blocked time, it is "Busy" for everyone but the `owner`, whose name
    is "" where the reader is that owner. `app` is the key of the app whose calendar it is from; None for
    what is kept here. `row` is set for an interview, and names no interviewers. `join_url`: of its meeting,
    if the reader may see it.
    """

    kind: ItemKind
    id: int
    starts_at: datetime
    ends_at: datetime
    first_day: date | None
    last_day: date | None
    title: str
    app: str | None
    is_busy: bool
    row: InterviewRow | None
    owner: str
    join_url: str | None = None

    def link_to_join(self, now: datetime) -> str | None:
        """Its join link, as long as there is something to join: the interview is scheduled and not over."""
        is_scheduled = self.row is not None and self.row.status is InterviewStatus.SCHEDULED
        return self.join_url if is_scheduled and now < self.ends_at else None


class Items(tuple[Item, ...]):
    """Several of them in order, as a key of what is worked out from them once. The hash only looks at their
    number and the outer two; equality compares all of them, most of which are the same object. A week of a
    full calendar has hundreds."""

    __slots__ = ()

    def __hash__(self) -> int:
        return hash((len(self), self[:1], self[-1:]))


_SHOWN = (
    *(InterviewStatus.ACCEPTED, InterviewStatus.SCHEDULED),
    *(InterviewStatus.COMPLETED, InterviewStatus.NO_SHOW),
)


def _number(name: str) -> sa.BindParameter[int]:
    return sa.bindparam(name, type_=sa.Integer())


def _day(name: str) -> sa.BindParameter[date]:
    return sa.bindparam(name, type_=sa.Date())


@cache
def interviews_of(role: Role, of: Of) -> Query:
    """Interviews that touch the time from `begins` until `ends`, by their start, as far as someone with that
    role sees them: `whose_id` is the job or the person. Without cancelled ones, and those without a time."""
    where = [interview_is_within(Asker(role), Action.SEE)]
    if of is Of.JOB:
        of_job = sa.select(Application.id).where(Application.job_id == _number("whose_id"))
        where.append(Interview.application_id.in_(of_job))
    elif of is not Of.EVERYONE:
        attended = sa.select(Attendee.interview_id).where(Attendee.user_id == _number("whose_id"))
        where.append(sa.or_(Interview.hiring_manager_id == _number("whose_id"), Interview.id.in_(attended)))
    return (
        select_rows(Meeting.join_url, with_people=False)
        .where(
            Interview.status.in_(_SHOWN),
            Interview.ends_at > instant("begins"),
            # Implied, and lets the index on the start be used.
            Interview.starts_at >= instant("long_before"),
            Interview.starts_at < instant("ends"),
            *where,
        )
        .order_by(Interview.starts_at, Interview.id)
        .limit(_number("most"))
    )


@cache
def events_of(role: Role, of: Of, *, with_own_kept: bool, with_apps: bool) -> sa.Select[*tuple[Any, ...]]:
    """Events that touch the time from `begins` until `ends`, by their start: of the user `events_of`, in the
    calendars of `apps` (`with_apps`), and what was added here (`with_own_kept`). At least one of these is
    required.

    Those that take whole days are found a day around that time as well, because they begin and end at other
    instants in another zone, as far as they take one of the days from `first_on` to `last_on`. Of outside
    events, the first `most` are found, and of the others as many.
    """
    some = []
    if with_apps:
        some.append(_first(*_outside()))
    if with_own_kept:
        some.append(_first(_blocked(), _interview_days(role, of)))
    found = sa.union_all(*some).subquery()
    return sa.select(found).order_by(found.c.starts_at, found.c.kind, found.c.id)


def _first(*some: sa.Select[*tuple[Any, ...]]) -> sa.Select[*tuple[Any, ...]]:
    """The first results of these."""
    found = sa.union_all(*some).subquery()
    first = sa.select(found).order_by(found.c.starts_at, found.c.kind, found.c.id).limit(_number("most"))
    # SQLite accepts no part of a union that has an order of its own.
    return sa.select(first.subquery())


def _columns(
    of: type[OutsideEvent] | type[CustomEvent], kind: ItemKind, title: Any, app: Any
) -> tuple[Any, ...]:
    return (
        *(sa.literal_column(f"'{kind}'", sa.String).label("kind"), of.id, of.starts_at, of.ends_at),
        *(of.first_day, of.last_day, title.label("title"), app.label("app")),
        sa.case((of.user_id == _number("asker_id"), sa.literal_column("''")), else_=User.name).label("owner"),
    )


_NO_APP = sa.type_coerce(sa.null(), SyncedCalendar.app.type)


def _for_its_owner(of: type[OutsideEvent] | type[CustomEvent]) -> sa.ColumnElement[str]:
    return sa.case((of.user_id == _number("asker_id"), of.title), else_=sa.literal_column("'Busy'"))


def _touches(of: type[CustomEvent]) -> tuple[sa.ColumnElement[bool], ...]:
    # The first two let the index on the end be used; the day around is for whole days.
    return of.ends_at > instant("day_before"), of.starts_at < instant("day_after"), _is_on(of)


def _is_on(of: type[OutsideEvent] | type[CustomEvent]) -> sa.ColumnElement[bool]:
    # Events without length are shown too, also at the very beginning.
    goes_on = sa.or_(of.ends_at > instant("begins"), of.starts_at >= instant("begins"))
    with_times = goes_on, of.starts_at < instant("ends")
    # Without whole days, these are not known, and so never true.
    whole_days = of.first_day <= _day("last_on"), of.last_day >= _day("first_on")
    return sa.or_(sa.and_(*whole_days), sa.and_(of.first_day.is_(None), *with_times))


def _outside() -> list[sa.Select[*tuple[Any, ...]]]:
    """As separate parts, each of which uses an index."""
    is_near = touches(instant("day_before"), instant("day_after"), instant("day_later"))
    return [_outside_then(is_then) for is_then in is_near]


def _outside_then(is_then: sa.ColumnElement[bool]) -> sa.Select[*tuple[Any, ...]]:
    of = OutsideEvent
    return (
        sa.select(
            *_columns(of, ItemKind.OUTSIDE, _for_its_owner(of), SyncedCalendar.app),
            of.is_busy.label("is_busy"),
        )
        .join(SyncedCalendar, SyncedCalendar.id == of.calendar_id)
        .join(User, User.id == of.user_id)
        .where(
            of.user_id == _number("events_of"),
            # Events that take none of someone's time concern no one else.
            sa.or_(of.is_busy, of.user_id == _number("asker_id")),
            SyncedCalendar.app.in_(sa.bindparam("apps", expanding=True)),
            is_then,
            _is_on(of),
        )
    )


def _blocked() -> sa.Select[*tuple[Any, ...]]:
    of = CustomEvent
    return (
        sa.select(*_columns(of, ItemKind.BLOCKED, _for_its_owner(of), _NO_APP), sa.true().label("is_busy"))
        .join(User, User.id == of.user_id)
        .where(
            of.kind == written_out(CustomEventKind.BLOCKED),
            of.user_id == _number("events_of"),
            *_touches(of),
        )
    )


def _interview_days(role: Role, of: Of) -> sa.Select[*tuple[Any, ...]]:
    seen: sa.ColumnElement[bool] = CustomEvent.job_id.in_(
        sa.select(Job.id).where(job_is_within(Asker(role), Action.SEE))
    )
    if of is Of.JOB:
        seen = sa.and_(CustomEvent.job_id == _number("whose_id"), seen)
    return (
        sa.select(
            *_columns(CustomEvent, ItemKind.INTERVIEW_DAY, CustomEvent.title, _NO_APP),
            sa.false().label("is_busy"),
        )
        .join(User, User.id == CustomEvent.user_id)
        .where(
            CustomEvent.kind == written_out(CustomEventKind.INTERVIEW_DAY),
            sa.or_(CustomEvent.job_id.is_(None), seen),
            *_touches(CustomEvent),
        )
    )
