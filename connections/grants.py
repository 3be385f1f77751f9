"""Grants: storing what a provider issued, and getting a usable access token from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa

from connections import notices, refresh, wording
from connections.catalogue import spec_of
from connections.revocation import give_back
from connections.rows import forget_calendar, held, need_reconnect, note_success, write_account, write_tokens
from database import writing
from extensions import db
from models import Connection, ConnectionState, User
from providers.base import Account, Grant, TokenSet
from providers.errors import AccessTokenRejectedError, ConnectionRevokedError
from timezones import utc_now

T = TypeVar("T")


@dataclass(frozen=True)
class Stored:
    """A grant that was stored, and what it replaced: the grants of colleagues on the same account, by their
    names, and the address of the other account that this connection belonged to before (empty when it is no
    longer known, None when there was none). `shared_with`: the colleagues whose grants on the same account
    go on beside this one.
    """

    connection: Connection
    taken_from: tuple[str, ...]
    replaced: str | None
    shared_with: tuple[str, ...] = ()


class OvertakenError(Exception):
    """While a code was being exchanged, another grant for the same user or account was stored: the live
    `connection`. Only the provider knows which of the two grants is newer.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection.id)
        self.connection = connection


def store_grant(user: User, app: str, tokens: TokenSet, account: Account, *, asked_at: datetime) -> Stored:
    """Write a fresh grant into the current transaction, in place of an older one of the same user and app.

    It was asked for at `asked_at` (aware, UTC); what was connected after that is left alone, and
    `OvertakenError` raised. The caller has called `begin_storing`.

    Where a provider keeps only an account's newest grant alive, a colleague who had connected the same
    account now needs to reconnect, and their row says who took it over. A grant on another account that this
    one replaces is revoked. The user gets an email about every account that is new to them.
    """
    rows = _in_the_way(user, app, account.id)
    for one in rows:
        if one.state == ConnectionState.CONNECTED and one.connected_at > asked_at:
            raise OvertakenError(one)
    row = next((one for one in rows if one.user_id == user.id), None)
    others = [one for one in rows if one.user_id != user.id]
    for other in others:
        need_reconnect(other, wording.taken_over(user.name, account.email))
    # The index allows one living row per account, so the colleague's has to be written first.
    db.session.flush()

    is_other = row is not None and row.account_id not in ("", account.id)
    replaced = row.account_email if row is not None and is_other else None
    is_news = row is None or row.state == ConnectionState.ENDED or row.account_id != account.id
    if row is None:
        row = Connection(user_id=user.id, app=app, token_version=0)
        db.session.add(row)
    elif is_news:
        give_back(row)
        if is_other:
            forget_calendar(row)
    row.state = ConnectionState.CONNECTED
    row.account_id = account.id
    row.is_exclusive = spec_of(app).traits.newest_grant_ends_others
    write_account(row, account)
    row.connected_at, row.problem, row.problem_since = utc_now(), None, None
    write_tokens(row, tokens)
    note_success(row)
    db.session.flush()
    if is_news:
        notices.tell_of_connection(row)
    taken_from = tuple(other.user.name for other in others)
    return Stored(row, taken_from, replaced, tuple(also_connected_by(row)))


def _in_the_way(user: User, app: str, account_id: str) -> list[Connection]:
    """The user's row of an app and, where the new grant ends theirs, those of colleagues that live on the
    account, locked and read again: a refresh that has begun is seen and ended, and one that wants to begin
    waits.
    """
    is_ended = sa.and_(Connection.account_id == account_id, Connection.state == ConnectionState.CONNECTED)
    if not spec_of(app).traits.newest_grant_ends_others:
        is_ended = sa.false()
    return list(
        db.session.scalars(
            sa.select(Connection)
            .where(
                Connection.app == app,
                sa.or_(Connection.user_id == user.id, is_ended),
            )
            # Always in the same order, like all code that locks several.
            .order_by(Connection.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    )


def also_connected_by(row: Connection) -> list[str]:
    """The names of the colleagues who have connected the same account to the same app, which some providers
    allow."""
    if row.is_exclusive or not row.account_id or row.state != ConnectionState.CONNECTED:
        return []
    return list(
        db.session.scalars(
            sa.select(User.name)
            .join(Connection, Connection.user_id == User.id)
            .where(
                Connection.app == row.app,
                Connection.account_id == row.account_id,
                Connection.state == ConnectionState.CONNECTED,
                Connection.user_id != row.user_id,
            )
            .order_by(User.name, User.id)
        )
    )


def holder_instead(row: Connection) -> str | None:
    """By name, the colleague who has connected the account of a row that needs reconnecting."""
    if row.state != ConnectionState.RECONNECT_NEEDED or not row.account_id or not row.is_exclusive:
        return None
    return db.session.scalar(
        sa.select(User.name)
        .join(Connection, Connection.user_id == User.id)
        .where(
            Connection.app == row.app,
            Connection.account_id == row.account_id,
            Connection.state == ConnectionState.CONNECTED,
            Connection.user_id != row.user_id,
        )
    )


def with_grant(connection_id: int, call: Callable[[Grant], T], *, removed: str | None = None) -> T:
    """Run one provider call with a live access token and return its result.

    Must be called with no transaction open. A token that the provider rejects although it should still be
    valid is refreshed once and the call repeated once. If it is rejected again, the grant was revoked: the
    connection is marked and `ConnectionRevokedError` raised. Every other `ProviderError` passes through.
    `removed` is the reason to give if the grant turns out to be dead.
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
            row = held(connection_id)
            # A reconnect during the call brought newer tokens, and nothing is known to be wrong with those.
            if row is not None and row.token_version == version:
                usual = wording.ended_by_provider(row.app, utc_now() - row.connected_at, error.code)
                words = removed or usual
                need_reconnect(row, words)
            db.session.commit()
        raise ConnectionRevokedError(words) from error
