"""What the first page shows: today's interviews with their join links, what comes after, what needs
attention, and this week in numbers. The first argument is always who is asking."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from accounts.permissions import Action
from accounts.row_permissions import Asker, Reader, interview_is_within
from database import written_out
from models import (
    BEING_ARRANGED,
    CandidateAnswer,
    Interview,
    InterviewStatus,
    Mail,
    MailState,
    Meeting,
    MeetingState,
    PhoneCaller,
    ReaderRole,
    RequestState,
    Role,
    SlotRequest,
)
from paging import COUNTED, Query
from rows import rows_of
from scheduling.occupied import LONGEST
from scheduling.reading.interview_rows import COLUMNS, InterviewRow, instant, select_rows
from scheduling.reading.time_requests import TimeRequest, time_requests_of
from scheduling.slots import ENDS_SOON
from timezones import utc_now

# The rest of a day with more interviews than this is in the list.
MOST_IN_A_DAY = 100


class TodaysRow(NamedTuple):
    """An interview of the day. `join_url`: of its meeting, once there is one. `phone_number` and
    `phone_caller`: of an interview by phone. Both are shown only to those who may see join links."""

    interview: InterviewRow
    join_url: str | None
    phone_number: str | None
    phone_caller: PhoneCaller | None


class AttentionRow(NamedTuple):
    """An interview that needs someone to act. `lacks_link`: its meeting could not be made.
    `refused_candidate`, `refused_others`: an email to the candidate, or to someone else, was refused for
    good. `asked_at`: when the candidate asked for another time, or said that none of those offered suits, if
    no one has answered yet. `request`: set if it waits for a time, or to be scheduled."""

    interview: InterviewRow
    lacks_link: bool
    refused_candidate: bool
    refused_others: bool
    asked_at: datetime | None
    request: TimeRequest | None


class Week(NamedTuple):
    """How many interviews of a week there are, by what became of them, and how many interviews of any week
    are over and still have to be completed; no number goes beyond `COUNTED`."""

    scheduled: int
    completed: int
    cancelled: int
    no_show: int
    over: int


def todays(actor: Reader, begins: datetime, ends: datetime) -> tuple[TodaysRow, ...]:
    """The interviews that `actor` sees on a day between these instants (aware UTC), except for cancelled
    ones, by their time. One that began before midnight and ended after it is included."""
    told = {"asker_id": actor.id, "begins": begins, "long_before": begins - LONGEST, "ends": ends}
    return tuple(map(_todays_row, rows_of(_todays(actor.role), told)))


def _todays_row(row: Sequence[Any]) -> TodaysRow:
    return TodaysRow(InterviewRow._make(row[:COLUMNS]), *row[COLUMNS:])


@cache
def _todays(role: Role) -> Query:
    shown = (InterviewStatus.SCHEDULED, InterviewStatus.COMPLETED, InterviewStatus.NO_SHOW)
    return (
        _with_the_way_in()
        .where(
            Interview.status.in_(shown),
            Interview.ends_at > instant("begins"),
            # The second one is implied, and lets the index on the start be used.
            Interview.starts_at >= instant("long_before"),
            Interview.starts_at < instant("ends"),
            interview_is_within(Asker(role), Action.SEE),
        )
        .order_by(Interview.starts_at, Interview.id)
        .limit(MOST_IN_A_DAY + 1)
    )


class TodayAndLater(NamedTuple):
    """The interviews of a day, and the first of those after it."""

    today: tuple[TodaysRow, ...]
    later: tuple[InterviewRow, ...]


def today_and_later(actor: Reader, begins: datetime, ends: datetime, *, limit: int) -> TodayAndLater:
    """The result of `todays`, and the first `limit` scheduled interviews after that day that `actor` sees.
    One statement."""
    told = {"asker_id": actor.id, "begins": begins, "long_before": begins - LONGEST, "ends": ends}
    rows = [_todays_row(row) for row in rows_of(_today_and_later(actor.role), {**told, "most": limit})]
    return TodayAndLater(
        tuple(row for row in rows if row.interview.starts_at < ends),
        tuple(row.interview for row in rows if row.interview.starts_at >= ends),
    )


@cache
def _today_and_later(role: Role) -> Query:
    later = (
        _with_the_way_in()
        .where(
            Interview.status == InterviewStatus.SCHEDULED,
            Interview.starts_at >= instant("ends"),
            interview_is_within(Asker(role), Action.SEE),
        )
        .order_by(Interview.starts_at, Interview.id)
        .limit(sa.bindparam("most", type_=sa.Integer()))
    )
    # SQLite accepts no part of a union that has an order of its own.
    both = sa.union_all(*(sa.select(each.subquery()) for each in (_todays(role), later))).subquery()
    return sa.select(both).order_by(both.c.starts_at, both.c.id)


def _with_the_way_in() -> Query:
    return select_rows(Meeting.join_url, Interview.phone_number, Interview.phone_caller)


def needing_attention(actor: Reader, *, limit: int = 8) -> tuple[AttentionRow, ...]:
    """Upcoming interviews without a link, with an email that was refused for good, or for which the candidate
    asks for another time; those whose time the candidate has chosen, whom none suits, or whose link is about
    to stop working or has; as far as `actor` could do something about them, soonest first. One statement, and
    one more if any of them waits for a time."""
    now = utc_now()
    told = {"asker_id": actor.id, "now": now, "soon": now + ENDS_SOON, "most": limit}
    found = [
        (InterviewRow._make(row[:COLUMNS]), *row[COLUMNS:])
        for row in rows_of(_needing_attention(actor.role), told)
    ]
    waiting = [row.id for row, *_ in found if row.status is not InterviewStatus.SCHEDULED]
    requests = time_requests_of(waiting) if waiting else {}
    return tuple(
        AttentionRow(
            row,
            bool(lacks_link),
            bool(refused_candidate),
            bool(refused_others),
            asked_at,
            requests.get(row.id),
        )
        for row, lacks_link, refused_candidate, refused_others, asked_at in found
    )


_failed = aliased(Meeting)


@cache
def _needing_attention(role: Role) -> Query:
    # Few have failed, and indexes hold those, so the upcoming ones are not searched.
    without_link = sa.select(_failed.interview_id).where(
        _failed.is_wanted,
        _failed.state == written_out(MeetingState.FAILED),
        _failed.arranged_by_id.is_(None),
    )
    refused = sa.select(Mail.interview_id).where(Mail.state == written_out(MailState.FAILED))
    to_candidate = Mail.role == written_out(ReaderRole.CANDIDATE)
    lacks_link = Interview.id.in_(without_link)
    is_open = CandidateAnswer.state == written_out(RequestState.OPEN)
    asked = sa.select(CandidateAnswer.interview_id).where(is_open)
    asked_at = (
        sa.select(CandidateAnswer.at)
        .where(CandidateAnswer.interview_id == Interview.id, is_open)
        .scalar_subquery()
    )
    # There are few of these, too.
    waiting = aliased(Interview)
    chosen = sa.select(waiting.id).where(waiting.status == written_out(InterviewStatus.ACCEPTED))
    ending = (
        sa.select(waiting.id)
        .join(SlotRequest, SlotRequest.interview_id == waiting.id)
        .where(
            waiting.status == written_out(InterviewStatus.REQUESTED),
            SlotRequest.expires_at <= instant("soon"),
        )
    )
    is_coming = sa.and_(Interview.status == InterviewStatus.SCHEDULED, Interview.starts_at > instant("now"))
    return (
        select_rows(
            lacks_link,
            Interview.id.in_(refused.where(to_candidate)),
            Interview.id.in_(refused.where(~to_candidate)),
            asked_at,
        )
        .where(
            sa.or_(
                lacks_link,
                *(Interview.id.in_(found) for found in (refused, asked, chosen, ending)),
            ),
            sa.or_(is_coming, Interview.status.in_(BEING_ARRANGED)),
            interview_is_within(Asker(role), Action.SCHEDULE),
        )
        .order_by(Interview.starts_at, Interview.id)
        .limit(sa.bindparam("most", type_=sa.Integer()))
    )


def week_columns(role: Role) -> tuple[sa.ScalarSelect[int], ...]:
    """The columns of `Week`, for a statement with other numbers too; `week_parameters` has their values."""
    see = interview_is_within(Asker(role), Action.SEE)
    in_week = (Interview.starts_at >= instant("week_begins"), Interview.starts_at < instant("week_ends"), see)
    statuses = (
        InterviewStatus.SCHEDULED,
        InterviewStatus.COMPLETED,
        InterviewStatus.CANCELLED,
        InterviewStatus.NO_SHOW,
    )
    of_each = [_how_many(Interview.status == written_out(status), *in_week) for status in statuses]
    over = _how_many(
        Interview.status == written_out(InterviewStatus.SCHEDULED),
        Interview.starts_at < instant("now"),
        Interview.ends_at <= instant("now"),
        interview_is_within(Asker(role), Action.SCHEDULE),
    )
    return (*of_each, over)


def week_parameters(actor: Reader, begins: datetime, ends: datetime) -> dict[str, object]:
    """`begins` and `ends`: of the week in the reader's zone (aware UTC)."""
    return {"asker_id": actor.id, "week_begins": begins, "week_ends": ends, "now": utc_now()}


def _how_many(*where: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    some = sa.select(Interview.id).where(*where).limit(COUNTED).subquery()
    return sa.select(sa.func.count()).select_from(some).scalar_subquery()
