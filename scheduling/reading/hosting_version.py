"""What the choice of a host depends on, in a few characters, for pages that ask whether it has changed."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa

from extensions import db
from models import Connection, ConnectionState

# Put together once: every open dialog asks every few seconds.
_ROWS = (
    sa.select(Connection.id, Connection.user_id, Connection.state, Connection.account_email, Connection.plan)
    .where(Connection.state != ConnectionState.ENDED)
    .order_by(Connection.id)
)


def hosting_version() -> str:
    """Changes when anyone of the team connects, reconnects or loses an account, and not with renewed tokens.

    Finding out first who of them could host one interview would cost more than it spares. So it may change
    without that host changing, but never the other way round, as far as accounts decide about it.
    """
    known = [tuple(row) for row in db.session.execute(_ROWS)]
    return hashlib.sha256(repr(known).encode()).hexdigest()[:16]
