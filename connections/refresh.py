"""Refreshing access tokens: one refresh at a time per connection, over threads and processes.

Zoom's refresh tokens can be spent once; the loser of a race would be told `invalid_grant`. So whoever
refreshes first claims the row by a conditional UPDATE, talks to the provider with no transaction open,
and stores the new pair before anybody uses it. The others wait and read what was stored.
"""

from __future__ import annotations

import secrets
import time
from datetime import datetime, timedelta

import sqlalchemy as sa

from connections.ending import revoke_later
from connections.rows import need_reconnect, read_tokens, write_tokens
from connections.setup import connections
from database import read_only, writing
from extensions import db
from models import Connection, ConnectionState
from providers.base import Grant
from providers.errors import ConnectionRevokedError, InvalidClientError, ProviderError, RetryableError
from timezones import utc_now

# Refreshed early, so that a token handed out now outlives every call that begins with it.
REFRESH_WHEN_LEFT = timedelta(seconds=300)
# Longer than the longest token call, so that a claim is only ever taken over from the dead.
_CLAIM = timedelta(seconds=30)
_WAIT_FOR_OTHERS_SECONDS = 40.0
_FAILURE_WAITS = (5, 15, 60, 300, 900)

LOST_IN_REFRESH = (
    "The connection was lost while it was being renewed: the answer came, but could not be stored. "
    "Please reconnect."
)
REVOKED = "The provider ended this connection. Please reconnect."
UNREADABLE = "The stored connection cannot be decrypted with the keys of this server. Please reconnect."


def live_grant(connection_id: int, *, rejected_version: int | None = None) -> tuple[Grant, int]:
    """A usable credential and the version of its tokens.

    Refreshes when fewer than 300 seconds are left, or when the provider has rejected the tokens of
    `rejected_version`. Must be called with no transaction open. Raises `ConnectionRevokedError` when
    the user has to reconnect, `InvalidClientError` and `RetryableError` when the token endpoint
    refuses us or is away and the old token cannot be used either.
    """
    deadline = time.monotonic() + _WAIT_FOR_OTHERS_SECONDS
    while True:
        with read_only():
            row = db.session.get(Connection, connection_id, populate_existing=True)
            if row is None or row.state != ConnectionState.CONNECTED:
                problem = row.problem if row is not None else None
                db.session.rollback()
                raise ConnectionRevokedError(problem or "This account is not connected.")
            now = utc_now()
            version, expires_at = row.token_version, row.expires_at
            tokens = read_tokens(row)
            may_try = row.refresh_after is None or row.refresh_after <= now
            db.session.rollback()
        if tokens is None:
            _give_up(connection_id, version, UNREADABLE)
            raise ConnectionRevokedError(UNREADABLE)
        grant, refresh_token = tokens

        is_rejected = rejected_version is not None and version <= rejected_version
        is_due = expires_at - now < REFRESH_WHEN_LEFT
        if not is_rejected and (not is_due or (not may_try and expires_at > now)):
            return grant, version

        claim, after_the_dead = _claim(connection_id, version)
        if claim is not None:
            try:
                _refresh(connection_id, version, claim, refresh_token, after_the_dead)
            except (RetryableError, InvalidClientError):
                if not is_rejected and expires_at > now:
                    return grant, version
                raise
            # Read again rather than trust what this thread holds: the row decides.
            rejected_version = None
            continue
        if time.monotonic() > deadline:
            raise RetryableError("The connection is being renewed elsewhere and this takes too long.")
        # Polled, because the one who refreshes may be another process.
        time.sleep(0.05)


def due_connections(now: datetime) -> list[int]:
    """Ids of the connections whose tokens should be refreshed now."""
    return list(
        db.session.scalars(
            sa.select(Connection.id).where(
                Connection.state == ConnectionState.CONNECTED,
                Connection.expires_at < now + REFRESH_WHEN_LEFT,
                sa.or_(Connection.refresh_after.is_(None), Connection.refresh_after <= now),
            )
        )
    )


def _claim(connection_id: int, version: int) -> tuple[str | None, bool]:
    """A claim on refreshing these very tokens, and whether a dead process had claimed it before us."""
    now, claim = utc_now(), secrets.token_hex(16)
    with writing():
        row = db.session.get(Connection, connection_id, with_for_update=True, populate_existing=True)
        if row is None or row.token_version != version or row.state != ConnectionState.CONNECTED:
            db.session.rollback()
            return None, False
        after_the_dead = row.refresh_claim is not None
        if after_the_dead and row.refresh_claimed_until is not None and row.refresh_claimed_until > now:
            db.session.rollback()
            return None, False
        row.refresh_claim, row.refresh_claimed_until = claim, now + _CLAIM
        db.session.commit()
    return claim, after_the_dead


def _refresh(connection_id: int, version: int, claim: str, refresh_token: str, after_the_dead: bool) -> None:
    with read_only():
        app = db.session.get_one(Connection, connection_id).app
        db.session.rollback()
    provider = connections().provider(app)
    if provider is None:
        _release(connection_id, claim)
        raise InvalidClientError(f"{app.label} is not set up on this server.")
    try:
        tokens = provider.refresh(refresh_token)
    except ConnectionRevokedError as error:
        # Whoever held the claim before us died; it may have spent this token and lost the new one.
        words = LOST_IN_REFRESH if after_the_dead else REVOKED
        _give_up(connection_id, version, words)
        # The interview's page shall say the same as the connection's card.
        raise ConnectionRevokedError(
            words, status=error.status, provider_code=error.provider_code, tracking_id=error.tracking_id
        ) from error
    except ProviderError:
        # Nothing is known to be wrong with the grant: it stays, and is asked for again later.
        _release(connection_id, claim)
        raise
    with writing():
        row = db.session.get(Connection, connection_id, with_for_update=True, populate_existing=True)
        # A reconnect during our call has written newer tokens; ours belong to a grant that is no more.
        if row is not None and row.refresh_claim == claim:
            write_tokens(row, tokens)
        elif row is not None and row.state == ConnectionState.ENDED:
            # Ended during our call: the pair that was put away to be given back is spent, this one lives.
            revoke_later(row, tokens)
        db.session.commit()


def _release(connection_id: int, claim: str) -> None:
    """Give the claim back after a refresh that came to nothing, and ask again later, more and more rarely."""
    with writing():
        row = db.session.get(Connection, connection_id, with_for_update=True, populate_existing=True)
        if row is not None and row.refresh_claim == claim:
            row.refresh_claim = row.refresh_claimed_until = None
            step = _FAILURE_WAITS[min(row.refresh_failures, len(_FAILURE_WAITS) - 1)]
            row.refresh_failures += 1
            row.refresh_after = utc_now() + timedelta(seconds=step)
        db.session.commit()


def _give_up(connection_id: int, version: int, words: str) -> None:
    with writing():
        row = db.session.get(Connection, connection_id, with_for_update=True, populate_existing=True)
        if row is not None and row.token_version == version:
            need_reconnect(row, words)
        db.session.commit()
