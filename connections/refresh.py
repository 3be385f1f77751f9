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

from connections import notices, reasons
from connections.ending import revoke_later
from connections.rows import need_reconnect, need_the_right_key, note_trouble, read_tokens, write_tokens
from connections.setup import connections
from database import read_only, writing
from extensions import db
from models import App, Connection, ConnectionState
from providers.base import Grant
from providers.errors import ConnectionRevokedError, InvalidClientError, ProviderError, RetryableError
from timezones import utc_now

# Refreshed early, so that a token handed out now outlives every call that begins with it.
REFRESH_WHEN_LEFT = timedelta(seconds=300)
# Longer than the longest token call, so that a claim is only ever taken over from the dead.
_CLAIM = timedelta(seconds=30)
_WAIT_FOR_OTHERS_SECONDS = 40.0
_FIRST_WAIT_SECONDS, _LAST_WAIT_SECONDS = 0.02, 0.25
_FAILURE_WAITS = (5, 15, 60, 300, 900)
_LONGEST_WAIT = "15 minutes"


def live_grant(
    connection_id: int, *, rejected_version: int | None = None, removed: str | None = None
) -> tuple[Grant, int]:
    """A usable credential and the version of its tokens.

    Refreshes when fewer than 300 seconds are left, or when the provider has rejected the tokens of
    `rejected_version`. Must be called with no transaction open. Raises `ConnectionRevokedError` when
    the user has to reconnect, in the words of `removed` if somebody has told why; any other
    `ProviderError` when the token endpoint refuses us or is away and the old token cannot be used either.
    """
    deadline, wait = time.monotonic() + _WAIT_FOR_OTHERS_SECONDS, _FIRST_WAIT_SECONDS
    while True:
        with read_only():
            row = db.session.get(Connection, connection_id, populate_existing=True)
            if row is None or row.state != ConnectionState.CONNECTED:
                problem = row.problem if row is not None else None
                db.session.rollback()
                raise ConnectionRevokedError(problem or "This account is not connected.")
            now = utc_now()
            app, version, expires_at = row.app, row.token_version, row.expires_at
            tokens = read_tokens(row)
            may_try = row.refresh_after is None or row.refresh_after <= now
            db.session.rollback()
        if tokens is None:
            lock_up(connection_id, version)
            raise ConnectionRevokedError(reasons.unreadable(app))
        grant, refresh_token = tokens

        is_rejected = rejected_version is not None and version <= rejected_version
        is_due = expires_at - now < REFRESH_WHEN_LEFT
        if not is_rejected and (not is_due or (not may_try and expires_at > now)):
            return grant, version

        claim = _claim(connection_id, version)
        if claim is not None:
            try:
                _refresh(connection_id, app, claim, refresh_token, removed)
            except ConnectionRevokedError:
                raise
            except ProviderError:
                if not is_rejected and expires_at > now:
                    return grant, version
                raise
            # Read again rather than trust what this thread holds: the row decides.
            rejected_version = None
            continue
        if time.monotonic() > deadline:
            raise RetryableError("The connection is being renewed elsewhere and this takes too long.")
        # Polled, because the one who refreshes may be another process.
        time.sleep(wait)
        wait = min(wait * 1.5, _LAST_WAIT_SECONDS)


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


def _claim(connection_id: int, version: int) -> str | None:
    """A claim on refreshing these very tokens; None when they are not the newest, or somebody else has it."""
    now, claim = utc_now(), secrets.token_hex(16)
    with writing():
        row = _locked(connection_id)
        if row is None or row.token_version != version or row.state != ConnectionState.CONNECTED:
            db.session.rollback()
            return None
        if row.refresh_claimed_until is not None and row.refresh_claimed_until > now:
            db.session.rollback()
            return None
        if row.refresh_claim is not None:
            # Whoever held it died, perhaps after the provider had answered.
            row.refresh_may_be_lost = True
        row.refresh_claim, row.refresh_claimed_until = claim, now + _CLAIM
        db.session.commit()
    return claim


def _refresh(connection_id: int, app: App, claim: str, refresh_token: str, removed: str | None) -> None:
    """Renew the tokens under a claim. Returns when the row has to be read again, whoever has written it."""
    provider = connections().provider(app)
    if provider is None:
        words = reasons.not_set_up(app)
        _release(connection_id, claim, words)
        raise InvalidClientError(words)
    try:
        tokens = provider.refresh(refresh_token)
    except ConnectionRevokedError as error:
        end = _end(connection_id, claim, removed)
        if end is None:
            return
        # The interview's page shall say the same as the connection's card.
        raise ConnectionRevokedError(
            end, status=error.status, provider_code=error.provider_code, tracking_id=error.tracking_id
        ) from error
    except InvalidClientError:
        _release(connection_id, claim, reasons.credentials_refused(app), is_refused=True)
        raise
    except ProviderError as error:
        # Nothing is known to be wrong with the grant: it stays, and is asked for again later.
        words = reasons.passing(error.words, again_within=_LONGEST_WAIT)
        may_be_lost = isinstance(error, RetryableError) and error.maybe_applied
        _release(connection_id, claim, words, may_be_lost=may_be_lost)
        raise
    with writing():
        row = _locked(connection_id)
        # A reconnect during our call has written newer tokens; ours belong to a grant that is no more.
        if row is not None and row.refresh_claim == claim:
            write_tokens(row, tokens)
        elif row is not None and row.state == ConnectionState.ENDED:
            # Ended during our call: the pair that was put away to be given back is spent, this one lives.
            revoke_later(row, tokens)
        db.session.commit()


def _release(
    connection_id: int, claim: str, trouble: str, *, may_be_lost: bool = False, is_refused: bool = False
) -> None:
    """Give the claim back after a refresh that came to nothing, and ask again later, more and more rarely."""
    with writing():
        row = _locked(connection_id)
        if row is not None and row.refresh_claim == claim:
            row.refresh_claim = row.refresh_claimed_until = None
            step = _FAILURE_WAITS[min(row.refresh_failures, len(_FAILURE_WAITS) - 1)]
            row.refresh_failures += 1
            row.refresh_after = utc_now() + timedelta(seconds=step)
            row.refresh_may_be_lost = row.refresh_may_be_lost or may_be_lost
            note_trouble(row, trouble)
            if is_refused:
                notices.report_refused_credentials(row.app)
        db.session.commit()


def _end(connection_id: int, claim: str, removed: str | None) -> str | None:
    """The provider says that the grant is dead: the reason as it now stands in the row; None when somebody
    has written newer tokens meanwhile, of which nothing bad is known."""
    with writing():
        row = _locked(connection_id)
        words = None
        if row is not None and row.refresh_claim == claim:
            lost = reasons.lost_in_renewal(row.app) if row.refresh_may_be_lost else None
            words = removed or lost or reasons.ended_by_provider(row.app)
            need_reconnect(row, words)
        db.session.commit()
    return words


def lock_up(connection_id: int, version: int) -> None:
    """Mark a connection whose tokens of this version no key opens."""
    with writing():
        row = _locked(connection_id)
        if row is not None and row.token_version == version:
            need_the_right_key(row, reasons.unreadable(row.app))
        db.session.commit()


def _locked(connection_id: int) -> Connection | None:
    return db.session.get(Connection, connection_id, with_for_update=True, populate_existing=True)
