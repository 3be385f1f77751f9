"""A short fingerprint of what the choice of a host depends on, for pages that ask whether it has changed."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa

from database import written_out
from models import Connection, ConnectionState
from rows import rows_of

# Built once, because every open dialog asks every few seconds.
_ROWS = (
    sa.select(Connection.id, Connection.user_id, Connection.state, Connection.account_email, Connection.plan)
    .where(Connection.state != written_out(ConnectionState.ENDED))
    .order_by(Connection.id)
)


def hosting_version() -> str:
    """Changes when anyone on the team connects, reconnects or loses an account, but not when tokens are
    renewed.

    Finding out which of them could host one interview would cost more. So it may change while that host stays
    the same, but as far as accounts decide who hosts, the host never changes without it.
    """
    known = [tuple(row) for row in rows_of(_ROWS)]
    return hashlib.sha256(repr(known).encode()).hexdigest()[:16]
