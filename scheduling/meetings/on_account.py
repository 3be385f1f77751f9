"""Upcoming interviews that depend on one connected account."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import NamedTuple

import sqlalchemy as sa

from accounts.permissions import Action, Scope, scope_of
from accounts.row_permissions import Asker, interview_is_within
from database import written_out
from extensions import db
from models import (
    UNCLEAR,
    Application,
    CallKind,
    Candidate,
    Connection,
    Interview,
    InterviewStatus,
    Meeting,
    MeetingCall,
    MeetingSoftware,
    MeetingState,
    Role,
    User,
)
from rows import rows_of
from scheduling.meetings import orphans
from scheduling.software import softwares_of
from timezones import utc_now


class HostedInterview(NamedTuple):
    """`has_meeting`: its meeting exists on this account. If not, its meeting may still be made there."""

    interview_id: int
    title: str
    candidate_name: str
    starts_at: datetime
    timezone: str
    has_meeting: bool


def coming_on_account(connection: Connection, *, now: datetime) -> list[HostedInterview]:
    """The scheduled interviews from `now` on that this account hosts or may still have to host, soonest
    first.

    The account may still get an interview whose meeting has not been made (yet), if its user is the hiring
    manager or the scheduler: those are asked to host.
    """
    told = {"connection_id": connection.id, "user_id": connection.user_id, "now": now}
    return list(map(HostedInterview._make, rows_of(_coming(softwares_of(connection.app)), told)))


@cache
def _coming(softwares: tuple[MeetingSoftware, ...]) -> sa.Select[int, str, str, datetime, str, bool]:
    """The statement behind `coming_on_account`, with the columns of `HostedInterview`."""
    user_id = sa.bindparam("user_id", type_=sa.Integer())
    is_here = sa.and_(
        Meeting.state == written_out(MeetingState.READY),
        Meeting.connection_id == sa.bindparam("connection_id", type_=sa.Integer()),
    )
    may_come_here = [
        Meeting.state == written_out(each) for each in (MeetingState.WAITING, MeetingState.FAILED)
    ]
    is_asked_to_host = sa.or_(Interview.hiring_manager_id == user_id, Interview.scheduler_id == user_id)
    # Each kind uses an index of its own.
    found = sa.union_all(*(sa.select(Meeting.id).where(condition) for condition in (is_here, *may_come_here)))
    # Written so that no other index fits: it would look at all upcoming interviews, or all meetings.
    is_scheduled = sa.func.coalesce(Interview.status, "") == written_out(InterviewStatus.SCHEDULED)
    is_of_these = sa.func.coalesce(Meeting.software, "").in_([written_out(each) for each in softwares])
    return (
        sa.select(
            Interview.id,
            Interview.title,
            Candidate.name,
            Interview.starts_at,
            Interview.timezone,
            Meeting.state == written_out(MeetingState.READY),
        )
        .join(Meeting, Meeting.interview_id == Interview.id)
        .join(Application, Application.id == Interview.application_id)
        .join(Candidate, Candidate.id == Application.candidate_id)
        .where(
            Meeting.id.in_(found),
            is_of_these,
            is_scheduled,
            Interview.starts_at >= sa.bindparam("now", type_=Interview.starts_at.type),
            Meeting.is_wanted.is_(True),
            sa.or_(is_here, sa.and_(sa.or_(*may_come_here), is_asked_to_host)),
        )
        .order_by(Interview.starts_at, Interview.id)
    )


def seen_by(actor: User, hosted: list[HostedInterview]) -> list[HostedInterview]:
    """Those that `actor` may see: an account may host interviews that its user may no longer see."""
    if not hosted or scope_of(actor.role, Action.SEE) is Scope.ALL:
        return hosted
    told = {"asker_id": actor.id, "ids": [interview.interview_id for interview in hosted]}
    seen = {interview_id for (interview_id,) in rows_of(_seen(actor.role), told)}
    return [interview for interview in hosted if interview.interview_id in seen]


@cache
def _seen(role: Role) -> sa.Select[int]:
    return sa.select(Interview.id).where(
        Interview.id.in_(sa.bindparam("ids", expanding=True)), interview_is_within(Asker(role), Action.SEE)
    )


def settle_on_account(connection: Connection) -> int:
    """Link a connection that was just made to the meetings on its account, and to no others.

    Meetings on the account it was connected to before are out of reach until someone connects that account
    again; their links keep working. Meetings on this account belong to this connection, no matter who had
    connected the account when they were made. Returns how many upcoming interviews are now out of reach.
    """
    on_its_software = Meeting.software.in_(softwares_of(connection.app))
    elsewhere = sa.and_(
        Meeting.connection_id == connection.id, Meeting.account_id.is_distinct_from(connection.account_id)
    )
    count = db.session.scalar(
        sa.select(sa.func.count(Meeting.id))
        .join(Interview, Interview.id == Meeting.interview_id)
        .where(
            elsewhere,
            Meeting.state == MeetingState.READY,
            Meeting.is_wanted.is_(True),
            Interview.status == InterviewStatus.SCHEDULED,
            Interview.starts_at >= utc_now(),
        )
    )
    is_call_elsewhere = sa.and_(
        MeetingCall.connection_id == connection.id,
        MeetingCall.account_id.is_distinct_from(connection.account_id),
    )
    for call_id in db.session.scalars(
        sa.select(MeetingCall.id)
        .join(Meeting, Meeting.id == MeetingCall.meeting_id)
        .join(Interview, Interview.id == Meeting.interview_id)
        .where(
            is_call_elsewhere,
            MeetingCall.kind == CallKind.CREATE,
            MeetingCall.state.in_(UNCLEAR),
            MeetingCall.is_assumed.is_(False),
            Interview.starts_at >= utc_now(),
        )
    ).all():
        orphans.note_out_of_reach(call_id)
    db.session.execute(sa.update(Meeting).where(elsewhere).values(connection_id=None))
    db.session.execute(sa.update(MeetingCall).where(is_call_elsewhere).values(connection_id=None))
    _take_back(connection, on_its_software)
    return count or 0


def _take_back(connection: Connection, on_its_software: sa.ColumnElement[bool]) -> None:
    now_here = {"connection_id": connection.id, "host_id": connection.user_id}
    db.session.execute(
        sa.update(Meeting)
        .where(
            on_its_software,
            Meeting.account_id == connection.account_id,
            Meeting.connection_id.is_distinct_from(connection.id),
        )
        .values(now_here)
    )
    calls = db.session.scalars(
        sa.select(MeetingCall)
        .join(Meeting, Meeting.id == MeetingCall.meeting_id)
        .where(
            on_its_software,
            MeetingCall.account_id == connection.account_id,
            MeetingCall.connection_id.is_distinct_from(connection.id),
        )
        .with_for_update(of=MeetingCall)
    ).all()
    for call in calls:
        call.connection_id, call.host_id = connection.id, connection.user_id
    # In the meantime, no one could look for what an earlier attempt may have left there.
    for meeting in {call.meeting for call in calls}:
        orphans.search_later(meeting)
