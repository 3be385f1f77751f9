"""Whom and what an interview takes up, and which scheduled interviews take up the same: the one rule behind
conflicts, free times, and the day that Date & Time shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

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
from scheduling.meetings.hosts import Host, asked_first
from scheduling.software import spec_of

# No interview lasts longer, so one that starts earlier than this cannot overlap the requested time.
LONGEST = timedelta(minutes=1440)
# Names are single lines, so a line break separates them.
_BETWEEN_NAMES = "\n"


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
    """A scheduled interview, and what it takes up of what another one needs (`taken`). Times are aware UTC.
    `candidate` and `job` are None where the person who asked may not see it: they learn that these people are
    busy, but not with whom. `people` are those who take part for the team, if everything was asked for."""

    interview_id: int
    starts_at: datetime
    ends_at: datetime
    taken: tuple[Taken, ...]
    candidate: str | None
    job: str | None
    people: tuple[str, ...] = ()

    def overlaps(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether it takes any of the time between two instants; one that only touches them does not."""
        return self.starts_at < ends_at and self.ends_at > starts_at


_TAKING_PLACE = (InterviewStatus.SCHEDULED, InterviewStatus.ACCEPTED)


def occupied_between(
    needs: Needs,
    begins: datetime,
    ends: datetime,
    *,
    seen_by: Reader,
    everything_in: tuple[datetime, datetime] | None = None,
) -> tuple[Occupied, ...]:
    """Everything between two instants (aware UTC) that is in the way of an interview with these needs,
    soonest first, with the names that `seen_by` may see. One statement.

    What else the team has in the period `everything_in` is among it, with nothing `taken`.

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
    if everything_in is not None:
        told |= {"all_from": everything_in[0], "all_to": everything_in[1]}
    host, software = needs.host, needs.software
    connection = host.connection if host is not None else None
    if host is not None and connection is not None and software is not None:
        account = {"app": spec_of(software).app, "connection_id": connection.id, "host_id": host.user.id}
        told |= {"software": software, **account}
    found = rows_of(_overlapping(connection is not None, everything_in is not None, seen_by.role), told)
    occupied = []
    for number, rows_of_one in groupby(found, key=lambda row: row.id):
        if number == needs.interview_id:
            continue
        rows = list(rows_of_one)
        first = rows[0]
        candidate, job = (first.candidate, first.job) if first.is_seen else (None, None)
        others = first.attendees.split(_BETWEEN_NAMES) if first.attendees else []
        people = (first.manager, *others) if everything_in is not None else ()
        taken = _taken(needs, rows)
        occupied.append(Occupied(number, first.starts_at, first.ends_at, taken, candidate, job, people))
    return tuple(occupied)


def _instant(name: str) -> sa.BindParameter[datetime]:
    return sa.bindparam(name, type_=Interview.starts_at.type)


@cache
def _overlapping(needs_account: bool, needs_everything: bool, role: Role) -> sa.Select[*tuple[Any, ...]]:
    """The interviews that may be in the way, as someone with that role may see them: a row for each of the
    wanted people who attends one. Built once, because building it takes several times as long as running it.
    """
    users: sa.BindParameter[int] = sa.bindparam("user_ids", expanding=True)
    takes_the_same: list[sa.ColumnElement[bool]] = [
        Interview.hiring_manager_id.in_(users),
        Attendee.id.is_not(None),
        Application.candidate_id == sa.bindparam("candidate_id"),
    ]
    is_on_account: sa.ColumnElement[bool] = sa.false()
    if needs_account:
        # Made there; or not made yet, and this account will be asked first.
        is_on_account = sa.and_(
            Meeting.software == sa.bindparam("software"),
            sa.or_(
                Meeting.connection_id == sa.bindparam("connection_id"),
                sa.and_(Meeting.connection_id.is_(None), asked_first() == sa.bindparam("host_id")),
            ),
        )
        takes_the_same.append(is_on_account)
    attendees: sa.ColumnElement[Any] = sa.null()
    if needs_everything:
        of_day = Interview.starts_at < _instant("all_to"), Interview.ends_at > _instant("all_from")
        takes_the_same.append(sa.and_(*of_day))
        other = aliased(Attendee)
        attendees = (
            sa.select(sa.func.aggregate_strings(other.name, _BETWEEN_NAMES))
            .where(other.interview_id == Interview.id)
            .correlate(Interview)
            .scalar_subquery()
        )
    return (
        sa.select(
            *(Interview.id, Interview.starts_at, Interview.ends_at),
            *(Interview.hiring_manager_id, User.name.label("manager")),
            *(Application.candidate_id, Candidate.name.label("candidate"), Job.title.label("job")),
            sa.func.coalesce(is_on_account, sa.false()).label("is_on_account"),
            *(Attendee.user_id, Attendee.name.label("attendee"), attendees.label("attendees")),
            interview_is_within(Asker(role), Action.SEE).label("is_seen"),
        )
        .join(User, User.id == Interview.hiring_manager_id)
        .join(Application, Application.id == Interview.application_id)
        .join(Candidate, Candidate.id == Application.candidate_id)
        .join(Job, Job.id == Application.job_id)
        .outerjoin(Meeting, sa.and_(Meeting.interview_id == Interview.id, Meeting.is_wanted))
        .outerjoin(Attendee, sa.and_(Attendee.interview_id == Interview.id, Attendee.user_id.in_(users)))
        .where(
            # What a candidate has chosen is taken, though it waits for a last look.
            Interview.status.in_([written_out(status) for status in _TAKING_PLACE]),
            Interview.starts_at < _instant("ends_at"),
            Interview.ends_at > _instant("starts_at"),
            # Redundant, but lets the query use the index on the start.
            Interview.starts_at > _instant("earliest"),
            sa.or_(*takes_the_same),
        )
        .order_by(Interview.starts_at, Interview.id, Attendee.id)
    )


def _taken(needs: Needs, rows: Sequence[Any]) -> tuple[Taken, ...]:
    """What one interview takes up of what is needed, from its rows."""
    first = rows[0]
    busy = {first.hiring_manager_id: first.manager} if first.hiring_manager_id in needs.user_ids else {}
    for row in rows:
        if row.user_id is not None:
            busy.setdefault(row.user_id, row.attendee)
    taken = [Taken(ClashKind.PERSON, number, name) for number, name in busy.items()]
    if first.candidate_id == needs.candidate_id:
        taken.append(Taken(ClashKind.CANDIDATE, first.candidate_id, first.candidate))
    if needs.host is not None and first.is_on_account:
        taken.append(Taken(ClashKind.HOST_ACCOUNT, needs.host.user.id, needs.host.user.name))
    return tuple(taken)
