"""Whom and what an interview takes up, and which scheduled interviews take up the same: the one rule behind
conflicts, free times, and the day that Date & Time shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

import sqlalchemy as sa

from accounts.permissions import Action
from accounts.row_permissions import Asker, Reader, interview_is_within
from database import written_out
from models import (
    Application,
    Attendee,
    Candidate,
    Interview,
    InterviewStatus,
    Job,
    Meeting,
    MeetingSoftware,
    Role,
    User,
)
from rows import rows_of
from scheduling.meetings.hosts import Host, asked_first, usable_ids

# No interview lasts longer, so one that starts earlier than this cannot overlap the requested time.
LONGEST = timedelta(minutes=1440)


class ClashKind(StrEnum):
    """What would be double-booked. An account can be if its software runs only one meeting at a time."""

    PERSON = "person"
    CANDIDATE = "candidate"
    HOST_ACCOUNT = "host_account"


@dataclass(frozen=True)
class Needs:
    """What an interview takes up, at whatever time it is. `host` is the person whose account would be tried
    first for its meeting, with the `software`, if that runs only one meeting at a time and anyone can host.
    """

    user_ids: frozenset[int]
    candidate_id: int
    host: Host | None = None
    software: MeetingSoftware | None = None
    # The interview itself, if it exists already and is to be changed: it is in nobody's way.
    interview_id: int | None = None


class Taken(NamedTuple):
    """One of those that an interview needs and another one has. `subject_id` is a candidate's for a
    candidate, and otherwise a user's."""

    kind: ClashKind
    subject_id: int
    name: str


@dataclass(frozen=True)
class Occupied:
    """A scheduled interview that takes up at least one of what another needs (`taken`). Times are aware UTC.
    `candidate` and `job` are None where the person who asked may not see it: they learn that these people are
    busy, but not with whom."""

    interview_id: int
    starts_at: datetime
    ends_at: datetime
    taken: tuple[Taken, ...]
    candidate: str | None
    job: str | None

    def overlaps(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether it takes any of the time between two instants; one that only touches them does not."""
        return self.starts_at < ends_at and self.ends_at > starts_at


def occupied_between(
    needs: Needs, begins: datetime, ends: datetime, *, seen_by: Reader
) -> tuple[Occupied, ...]:
    """Everything between two instants (aware UTC) that is in the way of an interview with these needs,
    soonest first, with the names that `seen_by` may see. One statement, and a second one only while meetings
    on the account are still to be made.

    This is all that the product knows of anyone's time. What other calendars say would be added here.
    """
    told: dict[str, Any] = {
        "starts_at": begins,
        "ends_at": ends,
        "earliest": begins - LONGEST,
        "user_ids": list(needs.user_ids),
        "candidate_id": needs.candidate_id,
        "asker_id": seen_by.id,
    }
    if needs.host is not None:
        connection = needs.host.connection
        told |= {
            "software": needs.software,
            "host_id": needs.host.user.id,
            "connection_id": connection.id if connection is not None else None,
        }
    found = rows_of(_overlapping(needs.host is not None, seen_by.role), told)
    by_interview = [list(rows) for _, rows in groupby(found, key=lambda row: row.id)]
    others = [rows for rows in by_interview if rows[0].id != needs.interview_id]
    usable = _usable(needs, (rows[0] for rows in others))
    occupied = []
    for rows in others:
        first = rows[0]
        taken = _taken(needs, rows, usable)
        if taken:
            candidate, job = (first.candidate, first.job) if first.is_seen else (None, None)
            occupied.append(Occupied(first.id, first.starts_at, first.ends_at, taken, candidate, job))
    return tuple(occupied)


_HOST_ID = sa.bindparam("host_id", type_=sa.Integer())
# Made there; or not made yet, and possibly asked of this account first.
_MAY_BE_ON_THE_ACCOUNT = sa.and_(
    Meeting.software == sa.bindparam("software"),
    sa.or_(
        Meeting.connection_id == sa.bindparam("connection_id"),
        sa.and_(
            Meeting.connection_id.is_(None),
            sa.or_(
                Meeting.offered_by_id == _HOST_ID,
                Interview.hiring_manager_id == _HOST_ID,
                Interview.scheduler_id == _HOST_ID,
            ),
        ),
    ),
)


@cache
def _overlapping(needs_account: bool, role: Role) -> sa.Select[*tuple[Any, ...]]:
    """The interviews that may be in the way, as someone with that role may see them: a row for each of the
    wanted people who attends one. Built once, because building it takes several times as long as running it.
    """
    users: sa.BindParameter[int] = sa.bindparam("user_ids", expanding=True)
    takes_the_same: list[sa.ColumnElement[bool]] = [
        Interview.hiring_manager_id.in_(users),
        Attendee.id.is_not(None),
        Application.candidate_id == sa.bindparam("candidate_id"),
    ]
    if needs_account:
        takes_the_same.append(_MAY_BE_ON_THE_ACCOUNT)
    return (
        sa.select(
            *(Interview.id, Interview.starts_at, Interview.ends_at),
            *(Interview.hiring_manager_id, Interview.scheduler_id, User.name.label("manager")),
            *(Application.candidate_id, Candidate.name.label("candidate"), Job.title.label("job")),
            *(Meeting.software, Meeting.connection_id, Meeting.offered_by_id),
            *(Attendee.user_id, Attendee.name.label("attendee")),
            interview_is_within(Asker(role), Action.SEE).label("is_seen"),
        )
        .join(User, User.id == Interview.hiring_manager_id)
        .join(Application, Application.id == Interview.application_id)
        .join(Candidate, Candidate.id == Application.candidate_id)
        .join(Job, Job.id == Application.job_id)
        .outerjoin(Meeting, sa.and_(Meeting.interview_id == Interview.id, Meeting.is_wanted))
        .outerjoin(Attendee, sa.and_(Attendee.interview_id == Interview.id, Attendee.user_id.in_(users)))
        .where(
            Interview.status == written_out(InterviewStatus.SCHEDULED),
            Interview.starts_at < sa.bindparam("ends_at", type_=Interview.starts_at.type),
            Interview.ends_at > sa.bindparam("starts_at", type_=Interview.starts_at.type),
            # Redundant, but lets the query use the index on the start.
            Interview.starts_at > sa.bindparam("earliest", type_=Interview.starts_at.type),
            sa.or_(*takes_the_same),
        )
        .order_by(Interview.starts_at, Interview.id, Attendee.id)
    )


def _taken(needs: Needs, rows: Sequence[Any], usable: frozenset[int]) -> tuple[Taken, ...]:
    """What one interview takes up of what is needed, from its rows."""
    first = rows[0]
    busy = {first.hiring_manager_id: first.manager} if first.hiring_manager_id in needs.user_ids else {}
    for row in rows:
        if row.user_id is not None:
            busy.setdefault(row.user_id, row.attendee)
    taken = [Taken(ClashKind.PERSON, number, name) for number, name in busy.items()]
    if first.candidate_id == needs.candidate_id:
        taken.append(Taken(ClashKind.CANDIDATE, first.candidate_id, first.candidate))
    if needs.host is not None and _is_on_account_of(first, needs.host, needs.software, usable):
        taken.append(Taken(ClashKind.HOST_ACCOUNT, needs.host.user.id, needs.host.user.name))
    return tuple(taken)


def _is_on_account_of(row: Any, host: Host, software: MeetingSoftware | None, usable: frozenset[int]) -> bool:
    if row.software is None or row.software is not software or host.connection is None:
        return False
    if row.connection_id is not None:
        return bool(row.connection_id == host.connection.id)
    # Not created yet: it will be on the account of the first host to be asked.
    return asked_first(_in_order(row), usable) == host.user.id


def _in_order(row: Any) -> tuple[int | None, ...]:
    return row.offered_by_id, row.hiring_manager_id, row.scheduler_id


def _usable(needs: Needs, rows: Iterable[Any]) -> frozenset[int]:
    """Who could host the meetings that are still to be made; asked only if there are any."""
    if needs.host is None or needs.software is None:
        return frozenset()
    waiting = [row for row in rows if row.software is needs.software and row.connection_id is None]
    user_ids = {number for row in waiting for number in _in_order(row) if number is not None}
    return usable_ids(needs.software, user_ids) if user_ids else frozenset()
