"""Waiting for an administrator to allow an app for a whole organization, as rows. If an organization decides
about its people's calendars, this is the normal case. The provider does not tell us whether one has allowed
an app: it sends the administrator back to us, who may have no account here, and whose browser can say
anything. So the answer only changes what a card says; whether it is true is known once someone connects.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

import sqlalchemy as sa

from connections.catalogue import find, spec_of
from connections.service import connections
from extensions import db
from models import AdminApproval, ApprovalState, Connection, ConnectionState, User
from providers.base import AdminAnswer
from providers.protocols import AdminApprovals
from security import LinkSigner
from timezones import utc_now

NEEDED, DECLINED = "admin_consent_needed", "declined"
"""The codes of errors with which a provider sends people, or an administrator, back."""

# How long an administrator may take to open the link; counted in whole days, so that the link stays the same
# for a day.
LINK_DAYS = 30

Outcome = Literal["given", "declined", "other_organization", "failed"]


def can_be_asked(app: str) -> bool:
    """Whether an administrator can be asked to allow this app on this server."""
    return _asked_of(app) is not None


def wait(user_id: int, app: str) -> AdminApproval:
    """Note in the current transaction that this person waits for an administrator."""
    # If there are two at the same time, the second one waits here and finds the first one's row.
    db.session.get(User, user_id, with_for_update=True)
    row = db.session.scalar(_row_of(user_id, app))
    if row is None:
        row = AdminApproval(user_id=user_id, app=app, state=ApprovalState.WAITING, generation=1)
        db.session.add(row)
    elif row.state is ApprovalState.OVER:
        row.since, row.generation, row.directory = utc_now(), row.generation + 1, ""
    row.state, row.answered_at = ApprovalState.WAITING, None
    row.directory = row.directory or _known_directory(user_id, app)
    db.session.flush()
    return row


def waiting(user_id: int) -> dict[str, AdminApproval]:
    """The approvals that a person has asked for and not used yet, with any answer, by app."""
    found = db.session.scalars(
        sa.select(AdminApproval).where(
            AdminApproval.user_id == user_id, AdminApproval.state != ApprovalState.OVER
        )
    )
    return {row.app: row for row in found if can_be_asked(row.app)}


def waiting_for(user_id: int, app: str, *, lock: bool = False) -> AdminApproval | None:
    """The same of one app; `lock` holds the row until the end of the transaction."""
    statement = _row_of(user_id, app).where(AdminApproval.state != ApprovalState.OVER)
    return db.session.scalar(statement.with_for_update() if lock else statement)


def all_waiting() -> list[AdminApproval]:
    """Everyone on the team who waits for an answer, by name."""
    found = db.session.scalars(
        sa.select(AdminApproval)
        .join(User)
        .where(
            AdminApproval.state.in_([ApprovalState.WAITING, ApprovalState.DECLINED]), User.is_active.is_(True)
        )
        .options(sa.orm.contains_eager(AdminApproval.user))
        .order_by(User.name, AdminApproval.id)
    )
    return [row for row in found if can_be_asked(row.app)]


def settle(user_id: int, app: str) -> None:
    """The person has connected the app, or waits no longer."""
    db.session.execute(
        sa.update(AdminApproval)
        .where(AdminApproval.user_id == user_id, AdminApproval.app == app)
        .values(state=ApprovalState.OVER)
    )


def link_for(row: AdminApproval, signer: LinkSigner) -> str | None:
    """The address at the provider that an administrator opens; None if the app is no longer set up."""
    provider = _asked_of(row.app)
    if provider is None:
        return None
    last_day = (utc_now().date() + timedelta(days=LINK_DAYS)).toordinal()
    return provider.admin_consent_url(
        redirect_uri=connections().redirect_uri(spec_of(row.app).provider),
        state=signer.token("admin-approval", row, last_day, row.generation),
        directory=row.directory,
    )


@dataclass(frozen=True)
class OpenedLink:
    """What the state of an administrator's answer proves. `is_over`: it is too old, or no one waits for it
    any longer."""

    approval_id: int
    app: str
    is_over: bool


def looks_like_ours(state: str | None) -> bool:
    """Whether a state is one of these, and not that of a person who connects: those contain no dot."""
    return state is not None and "." in state


def opened(state: str, provider: str, signer: LinkSigner) -> OpenedLink | None:
    """What a state proves that this provider brought; None for one that we did not make."""
    found = signer.opened("admin-approval", state, lambda number: db.session.get(AdminApproval, number))
    if found is None:
        return None
    row, (last_day, generation) = found
    spec = find(row.app)
    if spec is None or spec.provider != provider or not can_be_asked(row.app):
        return None
    ends_at = datetime.combine(date.fromordinal(int(last_day) + 1), time(), UTC)
    is_current = int(generation) == row.generation and row.state is not ApprovalState.OVER
    return OpenedLink(row.id, row.app, is_over=utc_now() >= ends_at or not is_current)


def read_answer(link: OpenedLink, answer: dict[str, str]) -> AdminAnswer:
    """What an administrator came back with, as the provider of the app reads it."""
    provider = _asked_of(link.app)
    assert provider is not None, "a link is opened only while the app is set up"
    return provider.admin_answer(answer)


def take(link: OpenedLink, answer: AdminAnswer) -> tuple[Outcome, list[AdminApproval]]:
    """Note in the current transaction what an administrator answered, and return the rows of those to tell
    that it was allowed. The same answer for the second time changes nothing.

    Colleagues who wait for the same app are told too if they are in the same organization, as far as that is
    known: it may turn out to be wrong when they connect, and then they wait again.
    """
    # Always in one order, so that two simultaneous answers never wait for each other.
    rows = db.session.scalars(
        sa.select(AdminApproval)
        .where(AdminApproval.app == link.app)
        .order_by(AdminApproval.id)
        .with_for_update(of=AdminApproval)
        .execution_options(populate_existing=True)
    ).all()
    row = next((each for each in rows if each.id == link.approval_id), None)
    if row is None:
        return "failed", []
    if row.directory and answer.directory and row.directory != answer.directory:
        return "other_organization", []
    if answer.refusal is not None:
        if answer.refusal.code != DECLINED:
            return "failed", []
        if row.state is ApprovalState.WAITING:
            row.state, row.answered_at = ApprovalState.DECLINED, utc_now()
        return "declined", []
    told = []
    for each in rows:
        concerns = each is row or _is_colleague(each, row, answer.directory)
        if concerns and each.state in (ApprovalState.WAITING, ApprovalState.DECLINED):
            each.state, each.answered_at = ApprovalState.GIVEN, utc_now()
            each.directory = answer.directory or each.directory
            told.append(each)
    return "given", told


def connected_since(row: AdminApproval) -> list[str]:
    """The names of colleagues who have connected the same app since the waiting began: it may be allowed."""
    return list(
        db.session.scalars(
            sa.select(User.name)
            .join(Connection, Connection.user_id == User.id)
            .where(
                Connection.app == row.app,
                Connection.state == ConnectionState.CONNECTED,
                Connection.connected_at > row.since,
                User.id != row.user_id,
            )
            .order_by(User.name)
            .limit(2)
        )
    )


def _is_colleague(other: AdminApproval, row: AdminApproval, directory: str) -> bool:
    """Whether another person who waits is in the same organization. Where that is not known yet, the domain
    of the address that they sign in with has to be the same."""
    if not other.user.is_active:
        return False
    if other.directory and directory:
        return other.directory == directory
    return _domain(other.user) == _domain(row.user)


def _domain(user: User) -> str:
    return user.email.rpartition("@")[2].lower()


def _row_of(user_id: int, app: str) -> sa.Select[AdminApproval]:
    return sa.select(AdminApproval).where(AdminApproval.user_id == user_id, AdminApproval.app == app)


def _asked_of(app: str) -> AdminApprovals | None:
    clients = connections().clients.get(app)
    return clients.approvals if clients is not None and spec_of(app).approval is not None else None


def _known_directory(user_id: int, app: str) -> str:
    """The organization of an account that this person has connected and that has to be connected again."""
    provider = _asked_of(app)
    account_id = db.session.scalar(
        sa.select(Connection.account_id).where(
            Connection.user_id == user_id,
            Connection.app == app,
            Connection.state == ConnectionState.RECONNECT_NEEDED,
        )
    )
    return provider.directory_of(account_id) if provider is not None and account_id else ""
