"""What else happens at a requested time: for the people on the team, for the candidate, on the host account.

A clash is a warning, not a refusal. The scheduler accepts exactly the clashes they were shown, each by its
key; one that appeared since then has to be accepted too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache, partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from accounts.permissions import Action
from accounts.row_permissions import interview_is_within
from database import written_out
from extensions import db
from models import (
    Application,
    Attendee,
    Candidate,
    Interview,
    InterviewStatus,
    Meeting,
    MeetingSoftware,
    User,
)
from rows import rows_of
from scheduling.meetings.hosts import Host, first_usable, hosts_of, possible_hosts
from scheduling.plans import Plan
from scheduling.software import spec_of
from scheduling.venues import OnlineMeeting, Venue
from wording import possessive

# No interview lasts longer, so one that starts earlier than this cannot overlap the requested time.
LONGEST = timedelta(minutes=1440)


class ClashKind(StrEnum):
    """What would be double-booked. An account can be if its software runs only one meeting at a time."""

    PERSON = "person"
    CANDIDATE = "candidate"
    HOST_ACCOUNT = "host_account"


@dataclass(frozen=True)
class Wanted:
    """What an interview would occupy. `host` is the person whose account would be tried first for its
    meeting, with the `software`, if that runs only one meeting at a time and anyone can host."""

    starts_at: datetime
    duration_minutes: int
    user_ids: frozenset[int]
    candidate_id: int
    host: Host | None = None
    software: MeetingSoftware | None = None
    # The interview itself, if it exists already and is to be changed: it is in nobody's way.
    interview_id: int | None = None

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.duration_minutes)


@dataclass(frozen=True)
class Clash:
    """Someone or something is already occupied by another interview. `name` says whom it concerns; times are
    aware UTC. `software` is set for an account. `candidate` and `job` are those of the other interview, and
    None where the person who asked may not see it.

    `key` changes as soon as either of the two interviews moves, so that accepting a clash once does not
    accept it for a different time.
    """

    kind: ClashKind
    subject_id: int
    name: str
    interview_id: int
    starts_at: datetime
    ends_at: datetime
    key: str
    software: MeetingSoftware | None = None
    candidate: str | None = None
    job: str | None = None


def host_taken_up(venue: Venue, hosts: Callable[[MeetingSoftware], list[Host]]) -> Host | None:
    """The host whose account would be tried first for a meeting at this venue, if that account cannot host a
    second meeting at the same time. `hosts` finds those who could host with a software, in order."""
    if not isinstance(venue, OnlineMeeting) or not spec_of(venue.software).one_at_a_time:
        return None
    return first_usable(hosts(venue.software))


def software_of(venue: Venue) -> MeetingSoftware | None:
    """The software that makes a meeting for this venue; None if it needs none."""
    return venue.software if isinstance(venue, OnlineMeeting) else None


def find_clashes(wanted: Wanted, *, seen_by: User, lock: bool = False) -> list[Clash]:
    """The scheduled interviews that occupy the same people, candidate, or host account at that time, soonest
    first. Those that `seen_by` may see are named.

    `lock` locks the rows of the people and of the host for the rest of the transaction, in the order of their
    ids, so that two commands for the same person cannot both find the time free. The caller has to lock the
    candidate's row. SQLite has only one writer and needs no lock.
    """
    if lock and db.engine.dialect.name != "sqlite":
        hosting = {wanted.host.user.id} if wanted.host else set()
        db.session.scalars(
            sa.select(User.id)
            .where(User.id.in_(wanted.user_ids | hosting))
            .order_by(User.id)
            .with_for_update()
        ).all()
    # Only columns first: there is hardly ever anything near, and someone is waiting for a click's response.
    found = rows_of(_overlapping(wanted.host is not None), _parameters(wanted))
    overlapping = [row.id for row in found if row.id != wanted.interview_id]
    if not overlapping:
        return []
    interviews = db.session.execute(
        sa.select(Interview, interview_is_within(seen_by, Action.SEE))
        .where(Interview.id.in_(overlapping))
        .options(
            joinedload(Interview.application).options(
                joinedload(Application.candidate), joinedload(Application.job)
            ),
            joinedload(Interview.hiring_manager),
            joinedload(Interview.attendees),
            joinedload(Interview.meeting),
        )
        .order_by(Interview.starts_at, Interview.id)
    ).unique()
    return [
        clash
        for interview, is_seen in interviews
        for clash in _clashes_with(interview, wanted, is_named=bool(is_seen))
    ]


def clashes_of(
    plan: Plan, candidate: Candidate, hiring_manager: User, scheduler: User, *, lock: bool = False
) -> list[Clash]:
    """Everything that an interview with this plan would clash with, accepted or not; `lock` as in
    `find_clashes`."""
    hosts = partial(possible_hosts, hiring_manager=hiring_manager, scheduler=scheduler)
    return find_clashes(_wanted(plan, candidate, hosts), seen_by=scheduler, lock=lock)


def clashes_of_change(
    plan: Plan, interview: Interview, hiring_manager: User, actor: User, *, lock: bool = False
) -> list[Clash]:
    """The same for an interview that exists and would have this plan, as `actor` may see them. A meeting that
    has been made stays on its account."""
    hosts = partial(possible_hosts, hiring_manager=hiring_manager, scheduler=interview.scheduler)
    wanted = _wanted(plan, interview.candidate, hosts)
    wanted = replace(
        wanted, host=staying_host(wanted.host, interview, wanted.software), interview_id=interview.id
    )
    return find_clashes(wanted, seen_by=actor, lock=lock)


def staying_host(
    host: Host | None, interview: Interview | None, software: MeetingSoftware | None
) -> Host | None:
    """Whose account an interview would take up that is changed (None for a new one), where `host` would be
    asked first for a new meeting: one that has been made with the same software stays where it is."""
    meeting = interview.meeting if interview is not None else None
    if host is None or meeting is None or meeting.software is not software:
        return host
    return next((each for each in hosts_of(meeting) if each.is_on(meeting)), host)


def _wanted(plan: Plan, candidate: Candidate, hosts: Callable[[MeetingSoftware], list[Host]]) -> Wanted:
    return Wanted(
        plan.when.starts_at,
        plan.when.duration_minutes,
        plan.user_ids,
        candidate.id,
        host=host_taken_up(plan.venue, hosts),
        software=software_of(plan.venue),
    )


def in_words(clashes: Collection[Clash]) -> str:
    """Whose time was taken, in a sentence or two, for someone who had not seen these clashes before."""
    names = ", ".join(
        dict.fromkeys(_busy_with(clash) for clash in clashes if clash.kind is not ClashKind.HOST_ACCOUNT)
    )
    hosts = ", ".join(
        dict.fromkeys(f"{possessive(c.name)} {c.software.label}" for c in clashes if c.software is not None)
    )
    words = [f"{names} just got another interview at this time."] if names else []
    if hosts:
        words.append(f"{hosts} account just got another meeting at this time and can run only one at a time.")
    return " ".join(words)


def _busy_with(clash: Clash) -> str:
    is_with = clash.candidate is not None and clash.kind is ClashKind.PERSON
    return f"{clash.name} (with {clash.candidate})" if is_with else clash.name


_HOST_ID = sa.bindparam("host_id", type_=sa.Integer())
# Made there; or not made yet, and possibly asked of this account first.
_IS_ON_THE_ACCOUNT = (
    sa.exists()
    .where(
        Meeting.interview_id == Interview.id,
        Meeting.is_wanted,
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
    .correlate(Interview)
)


@cache
def _overlapping(needs_account: bool) -> sa.Select[int]:
    """The ids of what clashes with the interview that `_parameters` describes. Built once, because building
    it takes several times as long as running it."""
    users: sa.BindParameter[int] = sa.bindparam("user_ids", expanding=True)
    takes_the_same: list[sa.ColumnElement[bool]] = [
        Interview.hiring_manager_id.in_(users),
        Interview.id.in_(sa.select(Attendee.interview_id).where(Attendee.user_id.in_(users))),
        Interview.application_id.in_(
            sa.select(Application.id).where(Application.candidate_id == sa.bindparam("candidate_id"))
        ),
    ]
    if needs_account:
        takes_the_same.append(_IS_ON_THE_ACCOUNT)
    return sa.select(Interview.id).where(
        Interview.status == written_out(InterviewStatus.SCHEDULED),
        Interview.starts_at < sa.bindparam("ends_at"),
        Interview.ends_at > sa.bindparam("starts_at"),
        # Redundant, but lets the query use the index on the start.
        Interview.starts_at > sa.bindparam("earliest"),
        sa.or_(*takes_the_same),
    )


def _parameters(wanted: Wanted) -> dict[str, Any]:
    told = {
        "starts_at": wanted.starts_at,
        "ends_at": wanted.ends_at,
        "earliest": wanted.starts_at - LONGEST,
        "user_ids": list(wanted.user_ids),
        "candidate_id": wanted.candidate_id,
    }
    if wanted.host is not None:
        connection = wanted.host.connection
        told |= {
            "software": wanted.software,
            "host_id": wanted.host.user.id,
            "connection_id": connection.id if connection is not None else None,
        }
    return told


def _clashes_with(interview: Interview, wanted: Wanted, *, is_named: bool) -> Iterator[Clash]:
    candidate = interview.candidate.name if is_named else None
    job = interview.application.job.title if is_named else None

    def clash(kind: ClashKind, subject_id: int, name: str) -> Clash:
        times = (interview.starts_at, interview.ends_at, wanted.starts_at, wanted.ends_at)
        said = f"{kind} {subject_id} {interview.id} " + " ".join(time.isoformat() for time in times)
        key = hashlib.sha256(said.encode()).hexdigest()[:16]
        software = wanted.software if kind is ClashKind.HOST_ACCOUNT else None
        return Clash(
            kind,
            subject_id,
            name,
            interview.id,
            interview.starts_at,
            interview.ends_at,
            key,
            software,
            candidate,
            job,
        )

    busy = {interview.hiring_manager_id: interview.hiring_manager.name}
    busy |= {a.user_id: a.name for a in interview.attendees if a.user_id is not None}
    for number, name in busy.items():
        if number in wanted.user_ids:
            yield clash(ClashKind.PERSON, number, name)
    if interview.candidate.id == wanted.candidate_id:
        yield clash(ClashKind.CANDIDATE, interview.candidate.id, interview.candidate.name)
    if wanted.host is not None and _is_on_account_of(interview, wanted.host, wanted.software):
        yield clash(ClashKind.HOST_ACCOUNT, wanted.host.user.id, wanted.host.user.name)


def _is_on_account_of(interview: Interview, host: Host, software: MeetingSoftware | None) -> bool:
    meeting = interview.meeting
    if (
        meeting is None
        or host.connection is None
        or meeting.software is not software
        or not meeting.is_wanted
    ):
        return False
    if meeting.connection_id is not None:
        return meeting.connection_id == host.connection.id
    # Not created yet: it will be on the account of the first host to be asked.
    its_host = first_usable(hosts_of(meeting))
    return its_host is not None and its_host.user.id == host.user.id
