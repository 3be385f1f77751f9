"""A short fingerprint of what the cards of Connected Apps depend on, so that pages can poll for changes."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa

from accounts.row_permissions import Reader
from connections.approvals import can_be_asked
from connections.revocation import is_being_revoked
from database import written_out
from models import (
    AdminApproval,
    ApprovalState,
    CalendarEntry,
    Connection,
    ConnectionState,
    EntryState,
    Mail,
    SyncedCalendar,
    User,
)
from rows import rows_of
from services import services
from web.signed_in import may_connect

# Everything in a row that a card shows. Renewed tokens change only the time of the next renewal.
_SHOWN = (
    Connection.state,
    Connection.account_email,
    Connection.account_name,
    Connection.plan,
    Connection.scopes,
    Connection.connected_at,
    Connection.expires_at,
    Connection.refresh_after,
    Connection.checked_at,
    Connection.problem,
    Connection.problem_since,
    Connection.trouble,
    Connection.trouble_since,
)
# Built once, because every open page asks every few seconds.
_BEING_ADDED = (
    sa.select(sa.func.count(CalendarEntry.id))
    .where(
        CalendarEntry.connection_id == Connection.id,
        CalendarEntry.is_wanted,
        CalendarEntry.state == written_out(EntryState.WAITING),
    )
    .correlate(Connection)
    .scalar_subquery()
)
# How far its calendar was read. Each reading changes when that was.
_READING = (
    SyncedCalendar.read_at,
    SyncedCalendar.failure,
    SyncedCalendar.failure_words,
    SyncedCalendar.left_out,
)
_ROWS = (
    sa.select(Connection.app, Connection.id, *_SHOWN, User.sends_from_own_mailbox, _BEING_ADDED, *_READING)
    .join(User, User.id == Connection.user_id)
    .outerjoin(SyncedCalendar, SyncedCalendar.connection_id == Connection.id)
    .where(Connection.user_id == sa.bindparam("me"))
)


# What an administrator was asked to allow, and the newest email about it.
_ASKED = (
    sa.select(AdminApproval.app, AdminApproval.state, AdminApproval.since, AdminApproval.answered_at)
    .add_columns(
        sa.select(Mail.state)
        .where(Mail.about == sa.literal("admin_approval:") + sa.cast(AdminApproval.id, sa.String))
        .order_by(Mail.id.desc())
        .limit(1)
        .correlate(AdminApproval)
        .scalar_subquery()
    )
    .where(
        AdminApproval.user_id == sa.bindparam("me"),
        AdminApproval.state != written_out(ApprovalState.OVER),
    )
)


def _asked(user_id: int) -> dict[str, tuple[object, ...]]:
    """The state of each approval that this person waits for; asked only where there can be any."""
    if not any(can_be_asked(app) for app in services().connections.clients):
        return {}
    return {row.app: tuple(row) for row in rows_of(_ASKED, {"me": user_id})}


def card_versions(user: Reader) -> dict[str, str]:
    """A version for the card of each app that can be connected here, by the card's key.

    It changes when this person's card does, except for its interviews: those change elsewhere, and counting
    them would cost more than everything else. One statement, unless something was disconnected.
    """
    rows = {row.app: row for row in rows_of(_ROWS, {"me": user.id})}
    asked = _asked(user.id)
    versions = {}
    for app in services().connections.clients:
        row = rows.get(app)
        is_being_told = row is not None and row.state is ConnectionState.ENDED and is_being_revoked(row.id)
        shown = (may_connect(user), tuple(row or ()), is_being_told, asked.get(app))
        versions[app] = hashlib.sha256(repr(shown).encode()).hexdigest()[:16]
    return versions
