"""Grants that a provider issued but that are not kept, because something was missing or another one was
stored first.
"""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from connections.catalogue import spec_of
from connections.checks import check_now
from connections.revocation import revoke_unkept
from connections.rows import begin_storing
from extensions import db
from models import Connection, ConnectionState
from providers.base import Account, TokenSet
from timezones import utc_now

# By then the checks of the account's connections have shown which of them the grant ended, and people who
# were told to connect again have done so.
_AFTER_THE_LOOKS = timedelta(minutes=5)


def look_after_unkept(user_id: int, app: str, tokens: TokenSet | None, account: Account | None) -> list[int]:
    """In the current transaction, clean up after an exchanged code when nothing is stored.

    A provider that keeps only the newest grant of an account has ended the one before it, so the live
    connections of the account are checked immediately; as long as the `account` is not known, it may be
    anyone's. Their ids are returned. The grant itself is revoked, unless its `tokens` never arrived.
    """
    begin_storing()
    of_account = Connection.account_id == account.id if account is not None else sa.true()
    ends_others = spec_of(app).traits.newest_grant_ends_others
    touched = list(
        db.session.scalars(
            sa.select(Connection.id)
            .where(
                Connection.app == app,
                Connection.state == ConnectionState.CONNECTED,
                of_account,
                sa.true() if ends_others else sa.false(),
            )
            .order_by(Connection.id)
        )
    )
    for connection_id in touched:
        check_now(connection_id)
    if tokens is not None:
        # Where one revocation ends all grants of an account, it would also end the one that the person gets
        # by connecting again right away. Once that is stored, this one is not revoked.
        waits = touched or spec_of(app).traits.revoke_ends_whole_account
        run_at = utc_now() + _AFTER_THE_LOOKS if waits else None
        revoke_unkept(user_id, app, tokens, account.id if account is not None else "", run_at=run_at)
    return touched
