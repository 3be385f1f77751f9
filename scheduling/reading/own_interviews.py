"""The interviews in which one person takes part, around now: what their own calendar app reads, and what is
in the way of their days off."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple

import sqlalchemy as sa

from models import Attendee, Interview, InterviewStatus, User
from paging import Query
from rows import rows_of
from scheduling.availability.hours import OnTheirClock, OtherDays
from scheduling.occupied import LONGEST
from scheduling.reading.interview_rows import COLUMNS, InterviewRow, instant, select_rows
from timezones import in_zone, start_of_day, utc_now

BACK, AHEAD = timedelta(weeks=4), timedelta(days=184)
# Someone with more has worse problems than their calendar; the soonest are kept.
MOST = 1000
_TAKES_PLACE = (InterviewStatus.SCHEDULED, InterviewStatus.COMPLETED, InterviewStatus.NO_SHOW)
# With a settled time, even if no one is invited yet.
_PLANNED = (InterviewStatus.SCHEDULED, InterviewStatus.ACCEPTED)


class OwnInterview(NamedTuple):
    """An interview with what a calendar app needs to recognize it: the id and the number of its state."""

    row: InterviewRow
    uid: str
    revision: int


def own_interviews(user: User, now: datetime) -> tuple[OwnInterview, ...]:
    """What a person has had in the last four weeks and has in the next six months, soonest first. `now`:
    aware."""
    rows = rows_of(_own(_TAKES_PLACE), {"user_id": user.id, "start": now - BACK, "end": now + AHEAD})
    return tuple(OwnInterview(InterviewRow._make(row[:COLUMNS]), *row[COLUMNS:]) for row in rows)


def interviews_on(user: User, days: OtherDays) -> list[InterviewRow]:
    """A person's upcoming interviews on these days that are outside their hours; soonest first."""
    clock = user.timezone
    begins, ends = start_of_day(days.first, clock), start_of_day(days.last + timedelta(days=1), clock)
    return [row for row in _planned(user, begins, ends) if not _is_within(row, days, clock)]


def interviews_between(user: User, starts_at: datetime, ends_at: datetime) -> list[InterviewRow]:
    """A person's upcoming interviews that overlap the time between two instants (aware); soonest first."""
    return [row for row in _planned(user, starts_at - LONGEST, ends_at) if row.ends_at > starts_at]


def interviews_left_outside(user: User, before: OnTheirClock, now: OnTheirClock) -> list[InterviewRow]:
    """A person's upcoming interviews that used to be within their hours and no longer are; soonest first."""
    return [
        row
        for row in _planned(user, utc_now(), utc_now() + AHEAD)
        if now.is_outside(row.starts_at, row.ends_at) and not before.is_outside(row.starts_at, row.ends_at)
    ]


def _planned(user: User, begins: datetime, ends: datetime) -> list[InterviewRow]:
    """What is not over and begins between two instants (aware)."""
    now = utc_now()
    rows = rows_of(_own(_PLANNED), {"user_id": user.id, "start": max(begins, now - LONGEST), "end": ends})
    return [row for row in (InterviewRow._make(each[:COLUMNS]) for each in rows) if row.ends_at > now]


def _is_within(row: InterviewRow, days: OtherDays, clock: str) -> bool:
    begins, ends = in_zone(row.starts_at, clock), in_zone(row.ends_at, clock)
    return any(hours.hold(begins, ends) for hours in days.hours)


@cache
def _own(statuses: tuple[InterviewStatus, ...]) -> Query:
    user_id = sa.bindparam("user_id", type_=sa.Integer())
    attends = sa.exists().where(Attendee.interview_id == Interview.id, Attendee.user_id == user_id)
    return (
        select_rows(Interview.ics_uid, Interview.revision)
        .where(
            Interview.status.in_(statuses),
            Interview.starts_at >= instant("start"),
            Interview.starts_at < instant("end"),
            sa.or_(Interview.hiring_manager_id == user_id, attends),
        )
        .order_by(Interview.starts_at, Interview.id)
        .limit(MOST)
    )
