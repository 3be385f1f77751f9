"""The people on the team: who they are, and changing their role and status."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from accounts import audit
from accounts.audit import Event
from accounts.joining import has_joined
from accounts.links import invitation_state
from accounts.permissions import Action, Scope, may_anywhere, scope_of
from accounts.sessions import end_all_sessions
from accounts.team_rules import NotAllowedError, TeamError, require_may_grant, require_may_manage
from connections.catalogue import label_of, permission_stays, spec_of
from connections.revocation import end_connections
from extensions import db
from models import (
    AdminApproval,
    ApprovalState,
    Connection,
    ConnectionState,
    Invitation,
    Job,
    Role,
    User,
    UserSession,
)

MemberState = Literal["active", "invited", "expired", "withdrawn", "deactivated"]

_STATE_ORDER: dict[MemberState, int] = {
    "active": 0,
    "invited": 1,
    "expired": 1,
    "withdrawn": 2,
    "deactivated": 2,
}


@dataclass(frozen=True)
class ConnectedApp:
    """An app that someone has connected. `works` is False once it has to be reconnected; `hosts`: meetings
    are made on its account."""

    label: str
    works: bool
    hosts: bool


@dataclass(frozen=True)
class Member:
    """A person as the team's pages show them. `last_seen_at` is None if they never signed in."""

    user: User
    state: MemberState
    invitation: Invitation | None
    last_seen_at: datetime | None
    apps: tuple[ConnectedApp, ...]
    # The apps that they cannot connect before an administrator of their organization has allowed it.
    waits_for: tuple[str, ...] = ()

    @property
    def hosts(self) -> bool:
        """Whether meetings are made on accounts of people in this role."""
        return scope_of(self.user.role, Action.CONNECT_APPS) is not Scope.NONE


def members() -> list[Member]:
    """Everyone, by name, starting with those who can sign in."""
    apps, waiting = _connected_apps(), _waiting_apps()
    found = [_member(row, apps, waiting) for row in db.session.execute(_select_members())]
    return sorted(found, key=lambda member: (_STATE_ORDER[member.state], member.user.name.casefold()))


def may_be_asked_to_connect(member: Member, *, connecting_is_open: bool) -> bool:
    """Whether asking this person to connect an app would help: they can sign in, may, and have connected none
    on which meetings are made."""
    may = may_anywhere(member.user.role, Action.CONNECT_APPS, connecting_is_open=connecting_is_open)
    return member.state == "active" and not any(app.hosts for app in member.apps) and may


def member(user_id: int) -> Member | None:
    """One person, or None."""
    row = db.session.execute(_select_members().where(User.id == user_id)).first()
    return _member(row, _connected_apps(user_id), _waiting_apps()) if row is not None else None


def has_connected(user: User, app: str) -> bool:
    """Whether this person has a connection of the app, by its key, that works."""
    row = (Connection.user_id == user.id, Connection.app == app)
    works = Connection.state == ConnectionState.CONNECTED
    return bool(db.session.scalar(sa.select(sa.exists().where(*row, works))))


def _connected_apps(user_id: int | None = None) -> dict[int, tuple[ConnectedApp, ...]]:
    """What each person has connected, or only one, by the id of the person."""
    living = (
        sa.select(Connection.user_id, Connection.app, Connection.state)
        .where(Connection.state != ConnectionState.ENDED)
        .order_by(Connection.app)
    )
    if user_id is not None:
        living = living.where(Connection.user_id == user_id)
    apps: dict[int, tuple[ConnectedApp, ...]] = {}
    for row in db.session.execute(living):
        spec, works = spec_of(row.app), row.state == ConnectionState.CONNECTED
        app = ConnectedApp(spec.label, works=works, hosts=bool(spec.meetings))
        apps[row.user_id] = (*apps.get(row.user_id, ()), app)
    return apps


def _waiting_apps() -> dict[int, tuple[str, ...]]:
    """The labels of the apps for which each person waits for an administrator, by the id of the person."""
    waits: dict[int, tuple[str, ...]] = {}
    asked = (ApprovalState.WAITING, ApprovalState.DECLINED)
    for row in db.session.execute(
        sa.select(AdminApproval.user_id, AdminApproval.app)
        .where(AdminApproval.state.in_(asked))
        .order_by(AdminApproval.app)
    ):
        waits[row.user_id] = (*waits.get(row.user_id, ()), label_of(row.app))
    return waits


def _select_members() -> sa.Select[User, Invitation | None, datetime | None]:
    seen = (
        sa.select(UserSession.user_id, sa.func.max(UserSession.last_seen_at).label("at"))
        .group_by(UserSession.user_id)
        .subquery()
    )
    return (
        sa.select(User, Invitation, seen.c.at)
        .outerjoin(Invitation, Invitation.user_id == User.id)
        .outerjoin(seen, seen.c.user_id == User.id)
    )


def _member(
    row: sa.Row[User, Invitation | None, datetime | None],
    apps: dict[int, tuple[ConnectedApp, ...]],
    waiting: dict[int, tuple[str, ...]],
) -> Member:
    user, invitation, last_seen_at = row
    state = _state(user, invitation)
    return Member(user, state, invitation, last_seen_at, apps.get(user.id, ()), waiting.get(user.id, ()))


def _state(user: User, invitation: Invitation | None) -> MemberState:
    if invitation is not None and invitation.accepted_at is None:
        match invitation_state(invitation):
            case "withdrawn":
                return "withdrawn"
            case "expired":
                return "expired"
            case _:
                return "invited"
    return "active" if user.is_active else "deactivated"


def owner() -> User:
    """The person to ask for things that only an owner may do: the first active owner."""
    return db.session.scalars(
        sa.select(User).where(User.role == Role.OWNER, User.is_active.is_(True)).order_by(User.id).limit(1)
    ).one()


def open_jobs_managed_by(user: User) -> list[Job]:
    """The open jobs that would be left without a hiring manager who can act."""
    return list(
        db.session.scalars(
            sa.select(Job)
            .where(Job.hiring_manager_id == user.id, Job.is_open.is_(True))
            .order_by(Job.title, Job.id)
        )
    )


def change_role(actor: User, user: User, role: Role) -> bool:
    """Give someone another role in the current transaction; False if they already have it.

    Raises `TeamError`.
    """
    _hold_owners(actor, user)
    require_may_manage(actor, user)
    require_may_grant(actor, role)
    if user.role is role:
        return False
    audit.record(Event.ROLE_CHANGED, f"{user.name} became {role.label}; before: {user.role.label}.", actor)
    user.role = role
    return True


def deactivate(actor: User, user: User) -> None:
    """Deactivate someone in the current transaction: their sessions and their connections end.

    What they scheduled and took part in stays. Raises `TeamError`.
    """
    _hold_owners(actor, user)
    require_may_manage(actor, user)
    if not user.is_active:
        raise TeamError("", f"{user.name} is already deactivated.")
    if not has_joined(user):
        raise TeamError("", f"{user.name} hasn't accepted yet. Withdraw the invitation instead.")
    user.is_active = False
    end_all_sessions(user)
    ended = end_connections(user)
    words = [f"{user.name} was deactivated."]
    if ended:
        words += [f"Ended: {', '.join(label_of(app) for app in ended)}.", permission_stays(ended)]
    audit.record(Event.DEACTIVATED, " ".join(part for part in words if part), actor)


def reactivate(actor: User, user: User) -> None:
    """Let someone back in the way they signed in before. Their apps must be connected again.

    Raises `TeamError`.
    """
    require_may_manage(actor, user)
    if user.is_active:
        raise TeamError("", f"{user.name} is already active.")
    if not has_joined(user):
        raise TeamError("", f"{user.name} never accepted. Send the invitation again.")
    user.is_active = True
    audit.record(Event.REACTIVATED, f"{user.name} was reactivated.", actor)


def _hold_owners(actor: User, user: User) -> None:
    """Let only one change of owners happen at a time: otherwise, two owners who demote each other at the same
    moment would leave no owner. The second one reads the new state here."""
    db.session.execute(
        sa.select(User.id).where(User.role == Role.OWNER).order_by(User.id).with_for_update()
    ).all()
    db.session.refresh(actor)
    db.session.refresh(user)
    if not actor.is_active:
        raise NotAllowedError("", "You're no longer on the team.")
