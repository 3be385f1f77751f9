"""Whose account a meeting is made on: the hiring manager's, otherwise the scheduler's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from database import written_out
from extensions import db
from models import (
    CallKind,
    Connection,
    ConnectionState,
    FailureReason,
    Interview,
    Meeting,
    MeetingCall,
    MeetingSoftware,
    User,
)
from rows import rows_of
from scheduling.software import offered, spec_of
from wording import possessive


@dataclass(frozen=True)
class Host:
    """A user who may be asked to host. `unusable` says why they cannot; None means that they can. `cannot`:
    what their account lacks, where none of its kind can, as the end of a sentence."""

    user: User
    connection: Connection | None
    unusable: FailureReason | None
    cannot: str = ""

    def is_on(self, meeting: Meeting) -> bool:
        """Whether the meeting has been made on this host's account."""
        return self.connection is not None and self.connection.id == meeting.connection_id


def hosts_of(meeting: Meeting) -> list[Host]:
    """Everyone who could host an interview's meeting, in the order in which they are asked."""
    interview = meeting.interview
    return possible_hosts(
        meeting.software, interview.hiring_manager, interview.scheduler, offered_by=meeting.offered_by
    )


_CONNECTIONS = sa.select(Connection).where(
    Connection.app.in_(sa.bindparam("apps", expanding=True)),
    Connection.user_id.in_(sa.bindparam("user_ids", expanding=True)),
)


def possible_hosts(
    software: MeetingSoftware, hiring_manager: User, scheduler: User, *, offered_by: User | None = None
) -> list[Host]:
    """Everyone who could host, in the order in which they are asked, each once: `offered_by` is someone who
    offered their account. Raises KeyError for a software whose meetings no account hosts."""
    in_order = [user for user in (offered_by, hiring_manager, scheduler) if user is not None]
    return _hosts_among(in_order, software, _connections_of(in_order, (software,)))


def hosts_by_software(
    softwares: Iterable[MeetingSoftware], hiring_manager: User, scheduler: User
) -> dict[MeetingSoftware, list[Host]]:
    """The same for each of these, looked up together."""
    softwares, in_order = tuple(softwares), [hiring_manager, scheduler]
    connections = _connections_of(in_order, softwares)
    return {software: _hosts_among(in_order, software, connections) for software in softwares}


def _connections_of(
    users: Iterable[User], softwares: Iterable[MeetingSoftware]
) -> dict[tuple[str, int], Connection]:
    apps = sorted({spec_of(software).app for software in softwares})
    told = {"apps": apps, "user_ids": sorted({user.id for user in users})}
    return {(row.app, row.user_id): row for row in db.session.scalars(_CONNECTIONS, told)}


def _hosts_among(
    in_order: Iterable[User],
    software: MeetingSoftware,
    connections: Mapping[tuple[str, int], Connection],
) -> list[Host]:
    spec, hosts = spec_of(software), list[Host]()
    for user in in_order:
        if any(host.user.id == user.id for host in hosts):
            continue
        connection = connections.get((spec.app, user.id))
        unusable, cannot = None, ""
        if not user.is_active or connection is None or connection.state == ConnectionState.ENDED:
            unusable = FailureReason.NOT_CONNECTED
        elif connection.state != ConnectionState.CONNECTED:
            unusable = FailureReason.RECONNECT_NEEDED
        elif connection.plan in spec.makes_none_on:
            unusable, cannot = FailureReason.NOT_ALLOWED, spec.makes_none_on[connection.plan]
        hosts.append(Host(user, connection, unusable, cannot))
    return hosts


_CONNECTED_APPS = sa.select(Connection.user_id, Connection.app, Connection.plan).where(
    Connection.app.in_(sa.bindparam("apps", expanding=True)),
    Connection.user_id.in_(sa.bindparam("user_ids", expanding=True)),
    Connection.state == written_out(ConnectionState.CONNECTED),
)


def software_of_first(*users: User) -> MeetingSoftware | None:
    """The meeting software for which the first of these people has connected an account that can host; of
    several, the one that is offered first. None if no one has connected any."""
    by_app = {spec_of(software).app: software for software in offered()}
    told = {"apps": list(by_app), "user_ids": [user.id for user in users]}
    connected = {
        (row.user_id, row.app)
        for row in rows_of(_CONNECTED_APPS, told)
        if row.plan not in spec_of(by_app[row.app]).makes_none_on
    }
    return next(
        (software for user in users for app, software in by_app.items() if (user.id, app) in connected), None
    )


def asked_first() -> sa.ColumnElement[int | None]:
    """For an interview whose `Meeting` has not been made yet, the user whose account will be asked first, as
    `possible_hosts` and `first_usable` find them: a column for statements about many interviews, with the
    parameter `app`."""
    owner = aliased(User)
    usable = (
        sa.select(Connection.user_id)
        .join(owner, owner.id == Connection.user_id)
        .where(
            Connection.app == sa.bindparam("app"),
            Connection.state == written_out(ConnectionState.CONNECTED),
            owner.is_active,
        )
    )
    in_order = (Meeting.offered_by_id, Interview.hiring_manager_id, Interview.scheduler_id)
    return sa.case(*((user_id.in_(usable), user_id) for user_id in in_order), else_=None)


def ruling_out(host: Host, calls: Sequence[MeetingCall], walk: int) -> MeetingCall | None:
    """The call that ruled out this host's account in this walk, if one did."""
    if host.connection is None:
        return None
    return next(
        (
            call
            for call in calls
            if call.walk == walk
            and call.connection_id == host.connection.id
            and call.kind is CallKind.CREATE
            and call.failure is not None
        ),
        None,
    )


def why_not(hosts: Sequence[Host], calls: Sequence[MeetingCall], walk: int) -> str:
    """Whose accounts should have hosted but could not, and why, in one sentence each. People who have never
    connected an account are left out, because no one expected theirs to host.
    """
    sentences = []
    for host in hosts:
        refused = ruling_out(host, calls, walk)
        if refused is not None:
            why = refused.failure_words or ""
        elif host.unusable is FailureReason.RECONNECT_NEEDED and host.connection is not None:
            why = host.connection.problem or "It has to be reconnected."
        elif host.cannot:
            why = f"{host.cannot[0].upper()}{host.cannot[1:]}."
        else:
            continue
        sentences.append(f"{possessive(host.user.name)} account: {why}")
    return " ".join(sentences)


def passed_over(meeting: Meeting) -> str:
    """Why a meeting that was made is not on the account that comes first; empty when it is, or when that
    account has worked since."""
    interview, host = meeting.interview, meeting.host
    if host is None or host.id == interview.hiring_manager_id:
        return ""
    before = takewhile(
        lambda one: one.user.id != host.id,
        hosts_of(meeting),
    )
    # A connection that ended after the meeting was made is not the reason that it is elsewhere.
    known = [one for one in before if not _ended_after(one, meeting)]
    return why_not(known, meeting.calls, meeting.walk)


def _ended_after(host: Host, meeting: Meeting) -> bool:
    since = host.connection.problem_since if host.connection is not None else None
    return since is not None and meeting.settled_at is not None and since > meeting.settled_at


def first_usable(hosts: list[Host]) -> Host | None:
    """The host that will be asked first, or None when no one can."""
    return next((host for host in hosts if host.unusable is None), None)
