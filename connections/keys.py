"""Holding stored grants against the keys of this server, which change only when it starts."""

from __future__ import annotations

import sqlalchemy as sa

from connections import reasons
from connections.ending import is_connected_again
from connections.rows import need_the_right_key, read_tokens, reopen
from database import read_only, writing
from extensions import db
from models import Connection, ConnectionState


def check_keys() -> None:
    """Find the grants that no key opens: they need a reconnect from now on and stay sealed as they are. Those
    whose key has come back are connected again, unless somebody else has connected the account meanwhile.

    Must be called with no transaction open; commits for itself, and writes only if there is something to.
    """
    with read_only():
        sealed = db.session.scalars(
            sa.select(Connection).where(Connection.ciphertext != "").order_by(Connection.id)
        ).all()
        changed = [row.id for row in sealed if _is_living(row) != (read_tokens(row) is not None)]
        db.session.rollback()
    for connection_id in changed:
        with writing():
            _settle(connection_id)
            db.session.commit()


def _settle(connection_id: int) -> None:
    row = db.session.get(Connection, connection_id, with_for_update=True, populate_existing=True)
    # Another process of this server has the same keys and may have been here first.
    if row is None or not row.ciphertext:
        return
    if read_tokens(row) is None:
        need_the_right_key(row, reasons.unreadable(row.app))
    elif not _is_living(row) and not is_connected_again(row.app, row.account_id):
        reopen(row)


def _is_living(row: Connection) -> bool:
    return row.state == ConnectionState.CONNECTED
