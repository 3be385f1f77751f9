"""What the Connected Apps page shows about each app."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Literal

import sqlalchemy as sa

from accounts.permissions import Action, Scope, may_anywhere, scope_of
from accounts.team import owner
from connections import catalogue
from connections.app_spec import AppSpec, Permission
from connections.grants import holder_instead
from connections.revocation import is_being_revoked
from connections.wording import agree_with, credentials_refused, not_set_up
from extensions import db
from models import Connection, ConnectionState, User
from scheduling.meetings.on_account import HostedInterview, coming_on_account, seen_by
from services import services
from timezones import utc_now
from web.signed_in import may_connect

CardState = Literal[
    "connected",
    "connect",
    "reconnect",
    "disconnecting",
    "not_set_up",
    "not_offered",
    "ask",
    "not_for_role",
]


@dataclass(frozen=True)
class Coming:
    """The upcoming interviews of an account: those its user may see, and how many others there are."""

    seen: tuple[HostedInterview, ...]
    unseen: int

    @property
    def made(self) -> int:
        return sum(interview.has_meeting for interview in self.seen)

    @property
    def count(self) -> int:
        return len(self.seen) + self.unseen


@dataclass(frozen=True)
class Grant:
    """A connection that has not been ended, as its user sees it.

    Instants are aware, in UTC. `problem` says why it has to be reconnected; `trouble` says what keeps it from
    working although the grant is good. `advice`: what helps besides the button, in words.
    """

    account: str
    # The account has another address than the one this person signs in with: perhaps a colleague's.
    is_other_address: bool
    since: datetime
    plan: str
    allows: tuple[str, ...]
    scopes: tuple[str, ...]
    renewed_at: datetime
    checked_at: datetime | None
    coming: Coming
    problem: str | None
    problem_since: datetime | None
    trouble: str | None
    trouble_since: datetime | None
    advice: str | None


@dataclass(frozen=True)
class SettingUp:
    """What the operator needs to register an app. `setting_names`: where its id and secret go."""

    redirect_uri: str
    permissions: tuple[Permission, ...]
    setting_names: tuple[str, str]


@dataclass(frozen=True)
class Card:
    """One app for one person. `is_being_revoked`: an ended grant is still being revoked at the provider."""

    spec: AppSpec
    state: CardState
    grant: Grant | None = None
    is_being_revoked: bool = False
    setting_up: SettingUp | None = None
    ask_name: str | None = None

    @property
    def key(self) -> str:
        return self.spec.key

    @property
    def label(self) -> str:
        return self.spec.label

    @property
    def badge(self) -> CardState:
        """The state of the connection itself, also for people who can do nothing about it."""
        if self.grant is not None and self.grant.problem is not None:
            return "reconnect"
        return "disconnecting" if self.is_being_revoked else self.state


@dataclass(frozen=True)
class Section:
    title: str
    cards: tuple[Card, ...]


# Built once, like every statement of a page.
_MINE = sa.select(Connection).where(Connection.user_id == sa.bindparam("me"))


def sections(user: User) -> list[Section]:
    """The cards of one person, by section."""
    mine = {row.app: row for row in db.session.scalars(_MINE, {"me": user.id})}
    cards = [_card(user, spec, mine.get(spec.key)) for spec in catalogue.specs()]
    return [Section(title, tuple(group)) for title, group in groupby(cards, lambda card: card.spec.section)]


def connection_of(user: User, app: str) -> Connection | None:
    """Someone's connection of an app, unless it was ended."""
    row = db.session.scalar(sa.select(Connection).where(Connection.user_id == user.id, Connection.app == app))
    return row if row is not None and row.state != ConnectionState.ENDED else None


def coming_of(user: User, row: Connection) -> Coming:
    """The upcoming interviews that depend on an account of this person."""
    hosted = coming_on_account(row, now=utc_now())
    seen = seen_by(user, hosted)
    return Coming(tuple(seen), len(hosted) - len(seen))


def _card(user: User, spec: AppSpec, row: Connection | None) -> Card:
    """`row`: the person's connection of this app, if there ever was one."""
    if not spec.is_available:
        return Card(spec, "not_offered")
    is_ended = row is not None and row.state == ConnectionState.ENDED
    is_set_up = spec.key in services().connections.clients
    is_being_told = row is not None and is_ended and is_being_revoked(row.id)
    state: CardState
    if not is_set_up:
        state = "not_set_up"
    elif row is not None and row.state == ConnectionState.CONNECTED:
        state = "connected"
    elif not may_connect(user):
        # Allowing it would not help a role that hosts nothing.
        state = "ask" if scope_of(user.role, Action.CONNECT_APPS) is Scope.IF_OPENED else "not_for_role"
    elif is_being_told:
        state = "disconnecting"
    else:
        state = "connect" if row is None or is_ended else "reconnect"
    return Card(
        spec,
        state,
        grant=_grant(user, row) if row is not None and not is_ended else None,
        is_being_revoked=is_being_told,
        setting_up=_setting_up(user, spec) if not is_set_up else None,
        ask_name=owner().name if state in ("ask", "not_set_up") else None,
    )


def _grant(user: User, row: Connection) -> Grant:
    scopes = sorted(row.scopes.split())
    renewed_at = row.renew_at
    if row.refresh_after is not None:
        renewed_at = max(renewed_at, row.refresh_after)
    holder = holder_instead(row)
    return Grant(
        account=row.account_email or row.account_name,
        is_other_address=bool(row.account_email) and row.account_email.casefold() != user.email.casefold(),
        since=row.connected_at,
        plan=catalogue.spec_of(row.app).plans.get(row.plan, "Unknown"),
        allows=tuple(catalogue.in_words(row.app, scopes)),
        scopes=tuple(scopes),
        renewed_at=renewed_at,
        checked_at=row.checked_at,
        coming=coming_of(user, row),
        problem=row.problem if row.state == ConnectionState.RECONNECT_NEEDED else None,
        problem_since=row.problem_since,
        trouble=_trouble(user, row),
        trouble_since=row.trouble_since,
        advice=agree_with(holder) if holder is not None else None,
    )


def _trouble(user: User, row: Connection) -> str | None:
    """What keeps it from working. The server's settings are named only to people who may know them."""
    told = None if may_anywhere(user.role, Action.ADMINISTER) else owner().name
    if row.app not in services().connections.clients:
        return not_set_up(row.app, told=told)
    return credentials_refused(row.app, told=told) if row.credentials_refused else row.trouble


def _setting_up(user: User, spec: AppSpec) -> SettingUp | None:
    """Problems that people cannot fix would only puzzle them."""
    if not may_anywhere(user.role, Action.ADMINISTER):
        return None
    return SettingUp(
        redirect_uri=services().connections.redirect_uri(spec.provider),
        permissions=spec.permissions,
        setting_names=spec.setting_names,
    )
