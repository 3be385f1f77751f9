"""Grants: storing what a provider gave, and getting a usable access token out of it again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import sqlalchemy as sa

from connections import notices, reasons, refresh
from connections.ending import give_back
from connections.rows import need_reconnect, write_account, write_tokens
from database import writing
from extensions import db
from models import App, Connection, ConnectionState, User
from providers.base import Account, Grant, TokenSet
from providers.errors import AccessTokenRejectedError, ConnectionRevokedError
from timezones import utc_now

T = TypeVar("T")


def store_grant(user: User, app: App, tokens: TokenSet, account: Account) -> Connection:
    """Write a fresh grant into the current transaction, in place of an older one of the same user and app.

    A provider keeps only the newest grant of an account alive, so a colleague who had connected the
    same account needs to reconnect from now on, and their row says who took it. A grant on another account
    that this one replaces is given back. The user gets a mail about every account that is new to them.
    """
    now = utc_now()
    for other in db.session.scalars(
        sa.select(Connection).where(
            Connection.app == app,
            Connection.account_id == account.id,
            Connection.user_id != user.id,
            Connection.state == ConnectionState.CONNECTED,
        )
    ):
        need_reconnect(other, reasons.taken_over(user.name))
    # The index allows one living row per account, so the colleague's has to be written first.
    db.session.flush()

    row = db.session.scalar(sa.select(Connection).where(Connection.user_id == user.id, Connection.app == app))
    is_news = row is None or row.state == ConnectionState.ENDED or row.account_id != account.id
    if row is None:
        row = Connection(user_id=user.id, app=app, token_version=0)
        db.session.add(row)
    elif is_news:
        give_back(row)
    row.state = ConnectionState.CONNECTED
    row.account_id = account.id
    write_account(row, account)
    row.connected_at, row.problem, row.problem_since = now, None, None
    write_tokens(row, tokens)
    db.session.flush()
    if is_news:
        notices.tell_of_connection(row)
    return row


def with_grant(connection_id: int, call: Callable[[Grant], T], *, removed: str | None = None) -> T:
    """Run one provider call with a live access token and return its result.

    Must be called with no transaction open. A token that the provider rejects although it should be
    alive is refreshed once and the call repeated once; if it is rejected again, the grant was revoked:
    the connection is marked and `ConnectionRevokedError` raised. Every other `ProviderError` passes through.
    `removed` says why the grant is dead, should it turn out to be.
    """
    grant, version = refresh.live_grant(connection_id, removed=removed)
    try:
        return call(grant)
    except AccessTokenRejectedError:
        grant, version = refresh.live_grant(connection_id, rejected_version=version, removed=removed)
    try:
        return call(grant)
    except AccessTokenRejectedError as error:
        words = removed or "The provider no longer accepts this connection."
        with writing():
            row = db.session.get(Connection, connection_id, with_for_update=True, populate_existing=True)
            # A reconnect during the call has brought newer tokens, of which nothing bad is known.
            if row is not None and row.token_version == version:
                words = removed or reasons.ended_by_provider(row.app)
                need_reconnect(row, words)
            db.session.commit()
        raise ConnectionRevokedError(words) from error
