"""The people and the account that an interview needs, and what else takes their time: scheduled interviews,
events of people's calendars, and blocked time. The one rule behind conflicts, free times, and the Date & Time
step."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from itertools import groupby
from operator import attrgetter
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
    OutsideEvent,
    Role,
    SyncedCalendar,
    User,
)
from rows import rows_of
from scheduling.busy_times import Columns, blocked_times, busy_events, touches
from scheduling.meetings.hosts import Host, asked_first
from scheduling.software import spec_of

# No interview lasts longer, so one that starts earlier than this cannot overlap the requested time.
LONGEST = timedelta(minutes=1440)
_INTERVIEW = "interview"
# Names are single lines, so a line break separates them.
_BETWEEN_NAMES = "\n"


class ClashKind(StrEnum):
    """What would be double-booked. An account can be, if its software runs only one meeting at a time. PERSON
    is someone on the team who has another interview, CALENDAR someone whose own calendar says that they are
    busy, and BLOCKED someone who has blocked the time here.
    """

    PERSON = "person"
    CANDIDATE = "candidate"
    HOST_ACCOUNT = "host_account"
    CALENDAR = "calendar"
    BLOCKED = "blocked"


@dataclass(frozen=True)
class Needs:
    """What an interview takes up, no matter when it is. `host` is the person whose account would be tried
    first for its meeting, with the `software`, if that runs only one meeting at a time and anyone can host.
    """

    user_ids: frozenset[int]
    candidate_id: int
    host: Host | None = None
    software: MeetingSoftware | None = None
    # The interview itself, if it exists already and is to be changed: it is in no one's way.
    interview_id: int | None = None


class Taken(NamedTuple):
    """A person or an account that an interview needs and something else has. `subject_id` is a candidate's
    for a candidate, and otherwise a user's."""

    kind: ClashKind
    subject_id: int
    name: str


class Occupied(NamedTuple):
    """A scheduled interview, or something else at which someone is busy, and what it takes up of what another
    interview needs (`taken`). Times are aware UTC. `key` is unique across all kinds. For an interview,
    `interview_id` is set. `candidate` and `job` are None where the person who asked may not see it: they
    learn that these people are busy, but not with whom. `people` are the team members who take part, if
    everything was asked for.

    `app` is the key of the app whose calendar makes someone busy; None for an interview and for blocked time.
    Only the owner learns the `title` of either. `first_day` and `last_day` are set if it takes whole days.
    """

    key: str
    starts_at: datetime
    ends_at: datetime
    taken: tuple[Taken, ...]
    candidate: str | None = None
    job: str | None = None
    people: tuple[str, ...] = ()
    interview_id: int | None = None
    app: str | None = None
    title: str | None = None
    first_day: date | None = None
    last_day: date | None = None

    @property
    def order(self) -> tuple[datetime, str, int, str]:
        """Its sort key: soonest first, in a stable order among those that begin together."""
        return self.starts_at, self.key.partition(" ")[0], len(self.key), self.key

    def overlaps(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether it takes any of the time between two instants; one that only touches them does not."""
        return self.starts_at < ends_at and self.ends_at > starts_at


_OF_EVENTS = (SyncedCalendar.app, OutsideEvent.title, OutsideEvent.first_day, OutsideEvent.last_day)
_TAKING_PLACE = (InterviewStatus.SCHEDULED, InterviewStatus.ACCEPTED)


def occupied_between(
    needs: Needs,
    begins: datetime,
    ends: datetime,
    *,
    seen_by: Reader,
    margin: timedelta = timedelta(),
    everything_in: tuple[datetime, datetime] | None = None,
    calendars_of: Collection[int] | None = None,
) -> tuple[Occupied, ...]:
    """Everything between two instants (aware UTC) that is in the way of an interview with these needs,
    soonest first, with the names that `seen_by` may see. Interviews are looked for within the `margin` before
    and after as well, because limits count them; nothing else is. One statement.

    What else the team has in the period `everything_in` is among it, with nothing `taken`. If `calendars_of`
    is given, only events of these users are read, because the others' are known already.

    This is all that the product knows of anyone's time.
    """
    told: dict[str, Any] = {
        "begins": begins,
        "ends": ends,
        "day_after": ends + timedelta(days=1),
        "from": begins - margin,
        "to": ends + margin,
        "earliest": begins - margin - LONGEST,
        "user_ids": list(needs.user_ids),
        "candidate_id": needs.candidate_id,
        "asker_id": seen_by.id,
    }
    calendars_of = needs.user_ids if calendars_of is None else calendars_of
    if calendars_of:
        told["calendars_of"] = sorted(calendars_of)
    if everything_in is not None:
        told |= {"all_from": everything_in[0], "all_to": everything_in[1]}
    host, software = needs.host, needs.software
    connection = host.connection if host is not None else None
    if host is not None and connection is not None and software is not None:
        account = {"app": spec_of(software).app, "connection_id": connection.id, "host_id": host.user.id}
        told |= {"software": software, **account}
    statement = _in_the_way(
        seen_by.role,
        needs_account=connection is not None,
        needs_everything=everything_in is not None,
        needs_calendars=bool(calendars_of),
    )
    found = rows_of(statement, told)
    occupied = []
    for number, rows_of_one in groupby(found, key=attrgetter("kind", "id")):
        rows = tuple(rows_of_one)
        if number[0] != _INTERVIEW:
            occupied.append(_busy(rows[0]))
        elif number[1] != needs.interview_id:
            occupied.append(_interview(needs, rows, with_people=everything_in is not None))
    return tuple(occupied)


def _interview(needs: Needs, rows: Sequence[Any], *, with_people: bool) -> Occupied:
    first = rows[0]
    candidate, job = (first.candidate, first.job) if first.is_seen else (None, None)
    others = first.attendees.split(_BETWEEN_NAMES) if first.attendees else []
    return Occupied(
        f"{_INTERVIEW} {first.id}",
        first.starts_at,
        first.ends_at,
        _taken(needs, rows),
        candidate,
        job,
        (first.manager, *others) if with_people else (),
        interview_id=first.id,
    )


def _busy(row: Any) -> Occupied:
    kind = ClashKind.BLOCKED if row.kind == ClashKind.BLOCKED else ClashKind.CALENDAR
    return Occupied(
        f"{row.kind} {row.id}",
        row.starts_at,
        row.ends_at,
        (Taken(kind, row.user_id, row.name),),
        app=row.app,
        title=row.title,
        first_day=row.first_day,
        last_day=row.last_day,
    )


def _instant(name: str) -> sa.BindParameter[datetime]:
    return sa.bindparam(name, type_=Interview.starts_at.type)


@cache
def _in_the_way(
    role: Role, *, needs_account: bool, needs_everything: bool, needs_calendars: bool
) -> sa.CompoundSelect[Any]:
    """All that may be in the way, as someone with that role may see it. Built once, because building the
    statement takes several times as long as running it."""
    interviews = _interviews(needs_account, needs_everything, role)
    columns = {column.name: column.type for column in interviews.selected_columns}
    users: sa.BindParameter[Any] = sa.bindparam("user_ids", expanding=True)
    of_calendars: sa.BindParameter[Any] = sa.bindparam("calendars_of", expanding=True)
    asker: sa.BindParameter[int] = sa.bindparam("asker_id", type_=sa.Integer)
    others = []
    begins, ends = _instant("begins"), _instant("ends")
    in_calendars = [
        (ClashKind.CALENDAR, *busy_events(is_then, of_calendars, asker))
        for is_then in touches(begins, ends, _instant("day_after"))
        if needs_calendars
    ]
    blocked = (ClashKind.BLOCKED, *blocked_times(begins, ends, users, asker))
    for kind, said, rows in (*in_calendars, blocked):
        said["kind"] = _word(kind)
        others.append(rows.add_columns(*(_said(said, name).label(name) for name in columns)))
    order = ("starts_at", "kind", "id", "place")
    return sa.union_all(interviews, *others).order_by(*map(sa.literal_column, order))


def _word(word: str) -> sa.ColumnElement[str]:
    return sa.literal_column(f"'{word}'", sa.String)


def _said(columns: Columns, name: str) -> sa.ColumnElement[Any]:
    return columns.get(name, sa.null())


def _interviews(needs_account: bool, needs_everything: bool, role: Role) -> sa.Select[*tuple[Any, ...]]:
    """The interviews that may be in the way, a row for each of the wanted people who attends one."""
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
            *(_word(_INTERVIEW).label("kind"), Interview.id.label("id")),
            *(Interview.starts_at.label("starts_at"), Interview.ends_at.label("ends_at")),
            *(Interview.hiring_manager_id, User.name.label("manager")),
            *(Application.candidate_id, Candidate.name.label("candidate"), Job.title.label("job")),
            sa.func.coalesce(is_on_account, sa.false()).label("is_on_account"),
            *(Attendee.user_id.label("user_id"), Attendee.name.label("name"), attendees.label("attendees")),
            interview_is_within(Asker(role), Action.SEE).label("is_seen"),
            Attendee.id.label("place"),
            # Columns that only events have.
            *(sa.type_coerce(sa.null(), column.type).label(column.key) for column in _OF_EVENTS),
        )
        .join(User, User.id == Interview.hiring_manager_id)
        .join(Application, Application.id == Interview.application_id)
        .join(Candidate, Candidate.id == Application.candidate_id)
        .join(Job, Job.id == Application.job_id)
        .outerjoin(Meeting, sa.and_(Meeting.interview_id == Interview.id, Meeting.is_wanted))
        .outerjoin(Attendee, sa.and_(Attendee.interview_id == Interview.id, Attendee.user_id.in_(users)))
        .where(
            # A time that a candidate has chosen is taken, even while it waits for a last look.
            Interview.status.in_([written_out(status) for status in _TAKING_PLACE]),
            Interview.starts_at < _instant("to"),
            Interview.ends_at > _instant("from"),
            # Redundant, but lets the query use the index on the start.
            Interview.starts_at > _instant("earliest"),
            sa.or_(*takes_the_same),
        )
    )


def _taken(needs: Needs, rows: Sequence[Any]) -> tuple[Taken, ...]:
    """The part of the needs that one interview takes up, from its rows."""
    first = rows[0]
    busy = {first.hiring_manager_id: first.manager} if first.hiring_manager_id in needs.user_ids else {}
    for row in rows:
        if row.user_id is not None:
            busy.setdefault(row.user_id, row.name)
    taken = [Taken(ClashKind.PERSON, number, name) for number, name in busy.items()]
    if first.candidate_id == needs.candidate_id:
        taken.append(Taken(ClashKind.CANDIDATE, first.candidate_id, first.candidate))
    if needs.host is not None and first.is_on_account:
        taken.append(Taken(ClashKind.HOST_ACCOUNT, needs.host.user.id, needs.host.user.name))
    return tuple(taken)
