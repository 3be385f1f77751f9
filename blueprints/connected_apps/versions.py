"""What the cards of Connected Apps depend on, in a few characters, so that pages can poll for changes."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa

from accounts.row_permissions import Reader
from connections.revocation import is_being_revoked
from models import Connection, ConnectionState
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
_ROWS = sa.select(Connection.app, Connection.id, *_SHOWN).where(Connection.user_id == sa.bindparam("me"))


def card_versions(user: Reader) -> dict[str, str]:
    """A version for the card of each app that can be connected here, by the card's key.

    It changes when this person's card does, except for its interviews: those change elsewhere, and counting
    them would cost more than everything else. One statement, unless something was disconnected.
    """
    rows = {row.app: row for row in rows_of(_ROWS, {"me": user.id})}
    versions = {}
    for app in services().connections.clients:
        row = rows.get(app)
        is_being_told = row is not None and row.state is ConnectionState.ENDED and is_being_revoked(row.id)
        shown = (may_connect(user), tuple(row or ()), is_being_told)
        versions[app] = hashlib.sha256(repr(shown).encode()).hexdigest()[:16]
    return versions
