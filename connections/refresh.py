"""Refreshing access tokens: one refresh at a time per connection, across threads and processes.

Some providers' refresh tokens work only once, and the loser of a race would be told `invalid_grant`. So the
first to refresh claims the row with a conditional UPDATE, calls the provider with no transaction open, and
stores the new pair before anyone uses it. The others wait and read what was stored.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from connections import notices, wording
from connections.catalogue import spec_of
from connections.revocation import revoke_later
from connections.rows import (
    held,
    lose_permissions,
    mark_unreadable,
    need_reconnect,
    note_failed_refresh,
    read_tokens,
    write_tokens,
)
from connections.service import connections
from database import read_only, writing, written_out
from extensions import db
from models import Connection, ConnectionState
from providers.base import Grant
from providers.errors import ConnectionRevokedError, InvalidClientError, ProviderError, RetryableError
from rows import rows_of
from timezones import utc_now

# Longer than the longest token call, so that a claim is only taken over from a process that has died.
_CLAIM_LASTS = timedelta(seconds=30)
_WAIT_FOR_OTHERS_SECONDS = 40.0
_FIRST_WAIT_SECONDS, _LAST_WAIT_SECONDS = 0.02, 0.25
_FAILURE_WAITS = (5, 15, 60, 300, 900)
_LONGEST_WAIT = "15 minutes"
# Once the operator has fixed what was wrong, it should be noticed quickly.
_LONGEST_WAIT_FOR_OPERATOR = 60


@dataclass(frozen=True)
class _Claim:
    """The right to use the refresh token of exactly these tokens of a row. `account_id` is the account they
    belong to.
    """

    token: str
    connection_id: int
    app: str
    account_id: str
    version: int


def live_grant(
    connection_id: int, *, rejected_version: int | None = None, removed: str | None = None
) -> tuple[Grant, int]:
    """A usable credential and the version of its tokens.

    Refreshes when it is time to (`Connection.renew_at`), or when the provider has rejected the tokens of
    `rejected_version`. Must be called with no transaction open. Raises `ConnectionRevokedError` when
    the user has to reconnect, in the words of `removed` if the reason is known; any other `ProviderError`
    when the token endpoint refuses us or is unavailable and the old token cannot be used either. The endpoint
    is not asked again early, no matter how many are waiting for this connection or how short-lived its tokens
    are.
    """
    deadline, wait = time.monotonic() + _WAIT_FOR_OTHERS_SECONDS, _FIRST_WAIT_SECONDS
    while True:
        with read_only():
            row = db.session.get(Connection, connection_id, populate_existing=True)
            if row is None or row.state != ConnectionState.CONNECTED:
                problem = row.problem if row is not None else None
                db.session.rollback()
                raise ConnectionRevokedError(problem or "This account isn't connected.")
            now = utc_now()
            app, version, expires_at = row.app, row.token_version, row.expires_at
            is_due = row.renew_at <= now or expires_at <= now
            tokens = read_tokens(row)
            trouble = _trouble(row, now)
            db.session.rollback()
        if tokens is None:
            _lock_up(connection_id, version)
            raise ConnectionRevokedError(wording.unreadable(app))
        grant, refresh_token = tokens

        is_rejected = rejected_version is not None and version <= rejected_version
        if not is_rejected and (not is_due or (trouble is not None and expires_at > now)):
            return grant, version
        if not is_rejected and trouble is not None:
            raise trouble

        claim = _claim(connection_id, version)
        if claim is not None:
            try:
                _refresh(claim, refresh_token, removed)
            except ConnectionRevokedError:
                raise
            except ProviderError:
                if not is_rejected and expires_at > now:
                    return grant, version
                raise
            # Read again instead of trusting what this thread holds: the row decides.
            rejected_version = None
            continue
        if time.monotonic() > deadline:
            raise RetryableError("The connection is being renewed elsewhere and this takes too long.")
        # Polled, because another process may be doing the refresh.
        time.sleep(wait)
        wait = min(wait * 1.5, _LAST_WAIT_SECONDS)


# Looked at every few seconds in every process, so it is built once.
_NOW = sa.bindparam("now", type_=Connection.refresh_after.type)
_DUE = sa.select(Connection.id).where(
    Connection.state == written_out(ConnectionState.CONNECTED),
    Connection.renew_at <= _NOW,
    sa.or_(Connection.refresh_after.is_(None), Connection.refresh_after <= _NOW),
)


def due_connections(now: datetime) -> list[int]:
    """Ids of the connections whose tokens should be refreshed now."""
    return [row.id for row in rows_of(_DUE, {"now": now})]


def _trouble(row: Connection, now: datetime) -> ProviderError | None:
    """The error of the last refresh, while it is too early for the next one."""
    if row.refresh_after is None or row.refresh_after <= now:
        return None
    if row.app not in connections().clients:
        return InvalidClientError(wording.not_set_up(row.app))
    # Empty if it failed before troubles were recorded.
    words = row.trouble or wording.renewal_waits(row.app)
    if row.credentials_refused:
        return InvalidClientError(words)
    return RetryableError(words, retry_at=row.refresh_after)


def _claim(connection_id: int, version: int) -> _Claim | None:
    """A claim on refreshing exactly these tokens; None when they are not the newest, or when another process
    holds it.
    """
    now, token = utc_now(), secrets.token_hex(16)
    with writing():
        row = held(connection_id)
        if row is None or row.token_version != version or row.state != ConnectionState.CONNECTED:
            db.session.rollback()
            return None
        if row.refresh_claimed_until is not None and row.refresh_claimed_until > now:
            db.session.rollback()
            return None
        if row.refresh_claim is not None:
            # The process that held it died, perhaps after the provider had answered.
            row.refresh_may_be_lost = spec_of(row.app).traits.rotates_refresh_tokens
        row.refresh_claim, row.refresh_claimed_until = token, now + _CLAIM_LASTS
        claim = _Claim(token, connection_id, row.app, row.account_id, version)
        db.session.commit()
    return claim


def _refresh(claim: _Claim, refresh_token: str, removed: str | None) -> None:
    """Renew the tokens under a claim. Returns when the row has to be read again, no matter who wrote it."""
    app = claim.app
    clients = connections().clients.get(app)
    if clients is None:
        words = wording.not_set_up(app)
        _release(claim, words, longest_wait=_LONGEST_WAIT_FOR_OPERATOR)
        raise InvalidClientError(words)
    try:
        tokens = clients.oauth.refresh(refresh_token)
    except ConnectionRevokedError as error:
        end = _end(claim, removed, error.code)
        if end is None:
            return
        # The interview's page should say the same as the connection's card.
        raise ConnectionRevokedError(end, error.facts) from error
    except InvalidClientError as error:
        because = error.code if error.code in spec_of(app).faults else ""
        words = wording.credentials_refused(app, because)
        _release(claim, words, is_refused=True, because=because, longest_wait=_LONGEST_WAIT_FOR_OPERATOR)
        raise
    except ProviderError as error:
        # Nothing is known to be wrong with the grant: it stays, and the refresh is tried again later.
        words = wording.passing(error.words, again_within=_longest_wait(error))
        passes = error if isinstance(error, RetryableError) else None
        may_be_lost = passes is not None and passes.maybe_applied
        _release(claim, words, may_be_lost=may_be_lost, not_before=passes.retry_at if passes else None)
        raise
    with writing():
        row = held(claim.connection_id)
        if row is not None and _is_held(claim, row):
            failures = row.refresh_failures
            write_tokens(row, tokens)
            if tokens.expires_at <= utc_now():
                _wait_after(row, failures)
                row.refresh_failures = failures
                note_failed_refresh(row, wording.tokens_run_out_at_once(app))
            missing = clients.oauth.missing_scopes(tokens.scopes)
            if missing:
                lose_permissions(row, missing)
        elif row is not None and (
            row.state != ConnectionState.CONNECTED or row.account_id != claim.account_id
        ):
            # Ended or replaced during our call: the pair that was set aside to be revoked has been used up,
            # and this one is alive. After a reconnect of the same account, ours belong to a grant that no
            # longer exists.
            revoke_later(row, tokens, claim.account_id)
        db.session.commit()


def _is_held(claim: _Claim, row: Connection) -> bool:
    """Whether a locked row still holds the tokens that the claim is on, and the claim has not passed on."""
    return (
        row.refresh_claim == claim.token
        and row.token_version == claim.version
        and row.state == ConnectionState.CONNECTED
    )


def _release(
    claim: _Claim,
    trouble: str,
    *,
    may_be_lost: bool = False,
    is_refused: bool = False,
    because: str = "",
    longest_wait: int = _FAILURE_WAITS[-1],
    not_before: datetime | None = None,
) -> None:
    """Release the claim after a refresh that failed, and try again later, less and less often, and not before
    the provider wants to be asked."""
    with writing():
        row = held(claim.connection_id)
        if row is not None and _is_held(claim, row):
            row.refresh_claim = row.refresh_claimed_until = None
            rotates = spec_of(row.app).traits.rotates_refresh_tokens
            _wait_after(row, row.refresh_failures, longest_wait)
            if not_before is not None and row.refresh_after is not None:
                row.refresh_after = max(row.refresh_after, not_before)
            row.refresh_may_be_lost = row.refresh_may_be_lost or (may_be_lost and rotates)
            note_failed_refresh(row, trouble, is_refused=is_refused, because=because)
            if is_refused:
                notices.report_refused_credentials(row.app, because)
        db.session.commit()


def _wait_after(row: Connection, failures: int, longest_wait: int = _FAILURE_WAITS[-1]) -> None:
    """Try again later, after `failures` failed refreshes in a row and one more."""
    step = _FAILURE_WAITS[min(failures, len(_FAILURE_WAITS) - 1)]
    row.refresh_after = utc_now() + timedelta(seconds=min(step, longest_wait))


def _longest_wait(error: ProviderError) -> str:
    """By when the next refresh comes, for people."""
    at = error.retry_at if isinstance(error, RetryableError) else None
    is_soon = at is None or at <= utc_now() + timedelta(seconds=_FAILURE_WAITS[-1])
    return _LONGEST_WAIT if is_soon else "the hour"


def _end(claim: _Claim, removed: str | None, code: str) -> str | None:
    """The provider says that the grant is dead, with this code. Returns the reason now stored in the row, or
    None when newer tokens have been written in the meantime and nothing is known to be wrong with those.
    """
    with writing():
        row = held(claim.connection_id)
        words = None
        if row is not None and _is_held(claim, row):
            lost = wording.lost_in_renewal(row.app) if row.refresh_may_be_lost else None
            usual = wording.ended_by_provider(row.app, utc_now() - row.connected_at, code)
            words = removed or lost or usual
            need_reconnect(row, words)
        db.session.commit()
    return words


def _lock_up(connection_id: int, version: int) -> None:
    """Mark a connection whose tokens of this version no key opens."""
    with writing():
        row = held(connection_id)
        if row is not None and row.token_version == version:
            mark_unreadable(row, wording.unreadable(row.app))
        db.session.commit()
