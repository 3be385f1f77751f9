"""What the Connected Apps page shows about each app."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import Literal

import sqlalchemy as sa

from accounts.permissions import Action, Scope, may_anywhere, scope_of
from accounts.team import owner
from blueprints.connected_apps.missing_entries import MissingEntries, missing_entries
from blueprints.connected_apps.reading import CalendarReading, reading_of
from blueprints.connected_apps.sending import Sending, sending_with
from blueprints.connected_apps.waiting import Forms, Others, Waiting, others_waiting, waiting_on
from connections import approvals, catalogue
from connections.app_spec import AppSpec, Permission
from connections.grants import also_connected_by, holder_instead
from connections.purposes import cannot_on_account, meanwhile
from connections.revocation import entries_being_removed, is_being_revoked, kept_alive_by
from connections.wording import (
    account_shared,
    agree_with,
    credentials_refused,
    kept_by_provider,
    not_set_up,
)
from extensions import db
from models import AdminApproval, ApprovalState, Connection, ConnectionState, User
from scheduling.entries.disconnecting import EntryHere, coming_entries
from scheduling.meetings.on_account import HostedInterview, coming_on_account, seen_by
from scheduling.outside.sync import readings_of
from services import services
from timezones import utc_now
from web.signed_in import may_connect

CardState = Literal[
    "connected",
    "connect",
    "reconnect",
    "waiting",
    "allowed",
    "disconnecting",
    "not_set_up",
    "not_offered",
    "ask",
    "not_for_role",
]


@dataclass(frozen=True)
class Coming:
    """The upcoming interviews of an account: those its user may see, and how many others there are. `entries`
    are those in its calendar.
    """

    seen: tuple[HostedInterview, ...]
    unseen: int
    entries: tuple[EntryHere, ...] = ()

    @property
    def made(self) -> int:
        return sum(interview.has_meeting for interview in self.seen)

    @property
    def count(self) -> int:
        return len(self.seen) + self.unseen

    @property
    def carrying(self) -> int:
        """How many of the entries have a meeting on them to which people are invited."""
        return sum(entry.carries_meeting for entry in self.entries)


@dataclass(frozen=True)
class Grant:
    """A connection that has not been ended, as its user sees it.

    Instants are aware, in UTC. `problem` says why it has to be reconnected; `trouble` says what keeps it from
    working although the grant is good. `advice`: what helps besides the button, in words. `shared`: who else
    has connected the same account, in words. `limit`: what does not work on its plan, in words.
    `reading`: how far its calendar was read, for one that has a calendar.
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
    shared: str | None
    limit: str | None
    reading: CalendarReading | None


@dataclass(frozen=True)
class SettingUp:
    """What the operator needs to register an app. `setting_names`: where its id and secret go. `is_first`:
    nothing else is set up, so this is what to do next."""

    redirect_uri: str
    permissions: tuple[Permission, ...]
    setting_names: tuple[str, str]
    is_first: bool


@dataclass(frozen=True)
class Card:
    """One app for one person. `is_being_revoked`: an ended grant is still being revoked at the provider, as
    soon as `removing` interviews have been removed from its calendar. `kept`: why the provider keeps the
    permission of an ended grant, in words. `set_up_with`: the app on whose card the steps of setting up both
    are.
    """

    spec: AppSpec
    state: CardState
    grant: Grant | None = None
    is_being_revoked: bool = False
    removing: int = 0
    kept: str | None = None
    setting_up: SettingUp | None = None
    set_up_with: str | None = None
    ask_name: str | None = None
    sending: Sending | None = None
    missing_entries: MissingEntries | None = None
    waiting: Waiting | None = None
    others_waiting: Others | None = None

    @property
    def key(self) -> str:
        return self.spec.key

    @property
    def label(self) -> str:
        return self.spec.label

    @property
    def is_set_up(self) -> bool:
        """Whether this server can use it."""
        return self.spec.key in services().connections.clients

    @property
    def is_only_to_be_set_up(self) -> bool:
        """Whether the card has the steps of setting it up and nothing else."""
        has_more = self.grant is not None or self.is_being_revoked or self.others_waiting is not None
        return self.setting_up is not None and not has_more

    @property
    def can_ask_administrator(self) -> bool:
        """Whether an administrator may have to allow it, and can be asked to."""
        wants = self.state in ("connect", "reconnect") and self.waiting is None
        return wants and approvals.can_be_asked(self.spec.key)

    @property
    def cannot(self) -> str:
        """What we can't do until it is reconnected."""
        return cannot_on_account(self.spec)

    @property
    def meanwhile(self) -> str:
        """What happens instead until then."""
        return meanwhile(self.spec)

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


def sections(user: User, forms: Forms | None = None) -> list[Section]:
    """The cards of one person, by section. `forms`: what was refused and has to be shown again, by app."""
    asked = _Asked.by(user, forms or {})
    mine = {row.app: row for row in db.session.scalars(_MINE, {"me": user.id})}
    cards = [_card(user, spec, mine.get(spec.key), asked) for spec in catalogue.specs()]
    found = [Section(title, tuple(group)) for title, group in groupby(cards, lambda card: card.spec.section)]
    # No one should have to look for a usable app below the steps of setting up another one.
    return sorted(found, key=lambda section: not any(card.is_set_up for card in section.cards))


def connection_of(user: User, app: str) -> Connection | None:
    """Someone's connection of an app, unless it was ended."""
    row = db.session.scalar(sa.select(Connection).where(Connection.user_id == user.id, Connection.app == app))
    return row if row is not None and row.state != ConnectionState.ENDED else None


def coming_of(user: User, row: Connection) -> Coming:
    """The upcoming interviews that depend on an account of this person."""
    hosted = coming_on_account(row, now=utc_now())
    seen = seen_by(user, hosted)
    keeps_entries = catalogue.spec_of(row.app).keeps_entries
    entries = coming_entries(row, now=utc_now()) if keeps_entries else []
    return Coming(tuple(seen), len(hosted) - len(seen), tuple(entries))


@dataclass(frozen=True)
class _Asked:
    """What administrators of organizations were asked to allow: by this person, and by everyone for those who
    look after the team."""

    mine: dict[str, AdminApproval]
    everyone: list[AdminApproval]
    forms: Forms

    @cached_property
    def owner_name(self) -> str:
        """Whom the cards tell people to ask; read at most once."""
        return owner().name

    @classmethod
    def by(cls, user: User, forms: Forms) -> _Asked:
        if not any(approvals.can_be_asked(app) for app in services().connections.clients):
            return cls({}, [], forms)
        administers = may_anywhere(user.role, Action.ADMINISTER)
        return cls(approvals.waiting(user.id), approvals.all_waiting() if administers else [], forms)


def _card(user: User, spec: AppSpec, row: Connection | None, asked: _Asked) -> Card:
    """`row`: the person's connection of this app, if there ever was one."""
    if not spec.is_available:
        return Card(spec, "not_offered")
    is_ended = row is not None and row.state == ConnectionState.ENDED
    is_set_up = spec.key in services().connections.clients
    is_being_told = row is not None and is_ended and is_being_revoked(row.id)
    # Those of one provider are registered there together.
    steps_are_at = next(each for each in catalogue.apps_of(spec.provider) if each.is_available)
    kept_by = kept_alive_by(row) if row is not None and is_ended else []
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
    waiting = None
    if state in ("connect", "reconnect"):
        waiting = waiting_on(user, spec, asked.mine.get(spec.key), asked.forms)
    if waiting is not None and state == "connect":
        state = "allowed" if waiting.state is ApprovalState.GIVEN else "waiting"
    return Card(
        spec,
        state,
        grant=_grant(user, row) if row is not None and not is_ended else None,
        is_being_revoked=is_being_told,
        removing=entries_being_removed(row.id) if row is not None and is_being_told else 0,
        kept=kept_by_provider(spec.key, kept_by) if kept_by else None,
        setting_up=_setting_up(user, spec) if not is_set_up and steps_are_at is spec else None,
        set_up_with=steps_are_at.label if not is_set_up and steps_are_at is not spec else None,
        ask_name=asked.owner_name if _names_owner(user, state) else None,
        sending=sending_with(user, spec) if state == "connected" else None,
        missing_entries=missing_entries(user, spec, row) if state == "connected" else None,
        waiting=waiting,
        others_waiting=others_waiting(user, spec, asked.everyone),
    )


def _names_owner(user: User, state: CardState) -> bool:
    """Whether a card in this state says whom to ask. Those who administer see the steps themselves."""
    return state == "ask" or (state == "not_set_up" and not may_anywhere(user.role, Action.ADMINISTER))


def _grant(user: User, row: Connection) -> Grant:
    scopes = sorted(row.scopes.split())
    renewed_at = row.renew_at
    if row.refresh_after is not None:
        renewed_at = max(renewed_at, row.refresh_after)
    holder, sharing = holder_instead(row), also_connected_by(row)
    spec = catalogue.spec_of(row.app)
    return Grant(
        account=row.account_email or row.account_name,
        is_other_address=bool(row.account_email) and row.account_email.casefold() != user.email.casefold(),
        since=row.connected_at,
        plan=spec.plans.get(row.plan, "Unknown") if spec.plans else "",
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
        shared=account_shared(row.app, sharing) if sharing else None,
        limit=spec.plan_limits.get(row.plan),
        reading=reading_of(row, readings_of(user.id) if spec.keeps_entries else {}),
    )


def _trouble(user: User, row: Connection) -> str | None:
    """Why it does not work. The server's settings are named only to people who may know them."""
    told = None if may_anywhere(user.role, Action.ADMINISTER) else owner().name
    if row.app not in services().connections.clients:
        return not_set_up(row.app, told=told)
    if row.credentials_refused:
        return credentials_refused(row.app, row.refused_because, told=told)
    return row.trouble


def _setting_up(user: User, spec: AppSpec) -> SettingUp | None:
    """Problems that people cannot fix would only puzzle them."""
    if not may_anywhere(user.role, Action.ADMINISTER):
        return None
    return SettingUp(
        redirect_uri=services().connections.redirect_uri(spec.provider),
        permissions=catalogue.permissions_at(spec.provider),
        setting_names=spec.setting_names,
        is_first=not services().connections.clients,
    )
