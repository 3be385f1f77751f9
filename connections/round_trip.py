"""The way of a person to a provider's consent page and back, as one-time rows."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from connections import notices
from connections.grants import store_grant
from connections.permissions import in_words
from connections.setup import connections
from database import writing
from extensions import db
from models import App, Connection, ConnectionState, OAuthAttempt, User, UserSession
from providers.base import Account, Grant, TokenSet
from providers.errors import InvalidClientError, ProviderError, RefusedError
from security import SealBrokenError, hash_token, new_token
from timezones import utc_now

log = logging.getLogger("connections")

ATTEMPT_LIFETIME = timedelta(minutes=10)
# Kept longer than they can be used, so that somebody who comes back late is told that it was too late.
_REMEMBERED = timedelta(days=1)

_AGAIN = "Please connect again."

Result = Literal["connected", "denied", "error"]


@dataclass(frozen=True)
class RoundTrip:
    """How a round trip ended, and the words that tell the person.

    `connection_id` is set when a grant was stored, and `is_other_account` with it when the connection stood
    for another account before. `credentials_refused_by` is set when the provider of that app does not accept
    this server, which is no fault of the person's.
    """

    result: Result
    words: str
    connection_id: int | None = None
    is_other_account: bool = False
    credentials_refused_by: App | None = None


class NotSetUpError(Exception):
    """The operator has not given this server the credentials of an app for that provider."""


class _NothingStoredError(Exception):
    """The way back ends here: what happened, and what the person can do now."""

    def __init__(
        self,
        words: str,
        advice: str = "",
        *,
        result: Result = "error",
        credentials_refused_by: App | None = None,
    ) -> None:
        super().__init__(words)
        self.words = words
        self.advice = advice
        self.result = result
        self.credentials_refused_by = credentials_refused_by


def begin(user: User, session: UserSession, app: App) -> str:
    """Write a one-time attempt into the current transaction and return the consent page's address.

    Raises `NotSetUpError`. The caller commits before sending the person away.
    """
    provider = connections().provider(app)
    if provider is None:
        raise NotSetUpError(app.label)
    db.session.execute(sa.delete(OAuthAttempt).where(OAuthAttempt.created_at < utc_now() - _REMEMBERED))
    state, verifier = new_token(), new_token()
    state_hash = hash_token(state)
    db.session.add(
        OAuthAttempt(
            state_hash=state_hash,
            session_id=session.id,
            user_id=user.id,
            app=app,
            verifier_ciphertext=connections().vault.seal({"verifier": verifier}, belongs_to=state_hash),
        )
    )
    return provider.authorize_url(
        redirect_uri=connections().redirect_uri(app.provider), state=state, code_verifier=verifier
    )


def finish(
    user_id: int,
    session_id: int,
    provider_name: str,
    *,
    state: str | None,
    code: str | None,
    error: str | None,
) -> RoundTrip:
    """Take a person back: spend the attempt, exchange the code, check it, store the grant.

    Must be called with no transaction open, and where writing is allowed. The attempt is spent in a
    transaction of its own before the provider is called; what comes of it is written into the current one,
    which the caller commits with what follows from it. No grant is stored unless everything was right.
    """
    try:
        attempt = _own_attempt(user_id, session_id, provider_name, state)
        tokens, account = _receive(attempt, code, error)
        return _store(user_id, session_id, attempt.app, tokens, account)
    except _NothingStoredError as reason:
        row = _living_connection(user_id, provider_name)
        still_connected = row is not None and row.state == ConnectionState.CONNECTED
        result = reason.result if still_connected or reason.result != "connected" else "error"
        if row is None:
            standing = "Nothing was connected."
        elif still_connected:
            standing = f"Nothing was changed: {row.app.label} is still connected as {_called(row)}."
        else:
            standing = f"Nothing was changed: {row.app.label} still has to be reconnected."
        if reason.credentials_refused_by is not None:
            notices.report_refused_credentials(reason.credentials_refused_by)
        advice = "" if still_connected and reason.advice == _AGAIN else reason.advice
        return RoundTrip(
            result,
            " ".join(part for part in (reason.words, standing, advice) if part),
            credentials_refused_by=reason.credentials_refused_by,
        )


def abandon(state: str | None) -> App | None:
    """Spend the attempt of somebody who may not finish it, and return its app if it was still good.

    Must be called with no transaction open; commits for itself, like the spending in `finish`.
    """
    attempt = _spend(state)
    return attempt.app if attempt is not None and not _is_late(attempt, utc_now()) else None


def _own_attempt(user_id: int, session_id: int, provider_name: str, state: str | None) -> OAuthAttempt:
    """The attempt of this `state`, which is spent from now on, whosever it is."""
    attempt = _spend(state)
    if attempt is None:
        raise _NothingStoredError(
            f"This answer from {provider_name.title()} was used already, or was not asked for from here.",
            _AGAIN,
        )
    if (attempt.session_id, attempt.user_id) != (session_id, user_id):
        raise _NothingStoredError(
            "This answer belongs to another sign-in.", "Please connect again from here."
        )
    if attempt.app.provider != provider_name:
        raise _NothingStoredError(
            "This answer came from another provider than the one that was asked.", _AGAIN
        )
    if _is_late(attempt, utc_now()):
        raise _NothingStoredError(
            f"You were at {attempt.app.label} for more than ten minutes, and its answer is too old now.",
            _AGAIN,
        )
    if attempt.superseded_at is not None:
        raise _NothingStoredError(
            f"{attempt.app.label} was connected in another tab meanwhile.", _AGAIN, result="connected"
        )
    return attempt


def _receive(attempt: OAuthAttempt, code: str | None, error: str | None) -> tuple[TokenSet, Account]:
    """Turn the provider's answer into tokens that cover everything, and learn whose account they are for."""
    app, label = attempt.app, attempt.app.label
    if error == "access_denied":
        raise _NothingStoredError(f"You declined on {label}'s page.", result="denied")
    if error or not code:
        raise _NothingStoredError(f"{label} sent you back without a permission.", _AGAIN)
    provider = connections().provider(app)
    if provider is None:
        raise _NothingStoredError(f"{label} is no longer set up on this server.")
    try:
        sealed = connections().vault.open(attempt.verifier_ciphertext, belongs_to=attempt.state_hash)
    except SealBrokenError:
        raise _NothingStoredError(
            "The keys of this server were changed while you were away.", _AGAIN
        ) from None
    try:
        tokens = provider.exchange_code(
            code=code,
            redirect_uri=connections().redirect_uri(app.provider),
            code_verifier=sealed["verifier"] or "",
        )
        missing = provider.missing_scopes(tokens.scopes)
        if missing:
            raise _NothingStoredError(
                f"{label} did not grant what is needed to {_listed(in_words(missing))} "
                f"({', '.join(missing)}).",
                "Connect again and leave everything ticked; what cannot be ticked has to be added to the app "
                "by the administrator.",
            )
        return tokens, provider.account(Grant(tokens.access_token, tokens.api_url))
    except InvalidClientError:
        raise _NothingStoredError(
            f"{label} does not accept this server's credentials.", credentials_refused_by=app
        ) from None
    except RefusedError as problem:
        if problem.code != "code_refused":
            raise _told(app, problem) from None
        raise _NothingStoredError(
            f"{label}'s permission had expired before it arrived here.", _AGAIN
        ) from None
    except ProviderError as problem:
        raise _told(app, problem) from None


def _told(app: App, problem: ProviderError) -> _NothingStoredError:
    log.warning("connecting %s failed: %s", app.value, problem.code)
    return _NothingStoredError(problem.words, "Please try again in a few minutes.")


def _store(user_id: int, session_id: int, app: App, tokens: TokenSet, account: Account) -> RoundTrip:
    user = db.session.get_one(User, user_id, populate_existing=True)
    session = db.session.get_one(UserSession, session_id, populate_existing=True)
    if session.ended_at is not None or not user.is_active:
        raise _NothingStoredError(f"You were signed out before {app.label} had answered.")
    before = db.session.scalar(
        sa.select(Connection).where(Connection.user_id == user_id, Connection.app == app)
    )
    old_id, old_email = (before.account_id, before.account_email) if before is not None else ("", "")
    is_other = old_id not in ("", account.id)
    colleagues = db.session.scalars(
        sa.select(User.name)
        .join(Connection, Connection.user_id == User.id)
        .where(
            Connection.app == app,
            Connection.account_id == account.id,
            Connection.user_id != user_id,
            Connection.state == ConnectionState.CONNECTED,
        )
    ).all()
    row = store_grant(user, app, tokens, account)
    # Whoever comes back in another tab shall not be taken through all this again with an older answer.
    db.session.execute(
        sa.update(OAuthAttempt)
        .where(OAuthAttempt.user_id == user_id, OAuthAttempt.app == app, OAuthAttempt.superseded_at.is_(None))
        .values(superseded_at=utc_now())
    )
    words = [f"{app.label} is connected as {_called(row)}."]
    if is_other:
        words.append(
            f"Before, it was {old_email or 'another account'}: meetings that were made there stay there."
        )
    words += [
        f"{name} had connected the same account, and needs to reconnect with another one."
        for name in colleagues
    ]
    return RoundTrip("connected", " ".join(words), row.id, is_other_account=is_other)


def _living_connection(user_id: int, provider_name: str) -> Connection | None:
    apps = [app for app in App if app.provider == provider_name]
    return db.session.scalar(
        sa.select(Connection)
        .where(
            Connection.user_id == user_id, Connection.app.in_(apps), Connection.state != ConnectionState.ENDED
        )
        .order_by(Connection.id)
        .limit(1)
    )


def _called(row: Connection) -> str:
    return row.account_email or row.account_name or "an account without an address"


def _listed(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


def _is_late(attempt: OAuthAttempt, now: datetime) -> bool:
    return now - attempt.created_at > ATTEMPT_LIFETIME


def _spend(state: str | None) -> OAuthAttempt | None:
    """The attempt of this `state`, deleted before anything of it is compared, so it works once at most."""
    if not state:
        return None
    with writing():
        row = db.session.get(OAuthAttempt, hash_token(state), with_for_update=True)
        if row is not None:
            db.session.delete(row)
            db.session.flush()
            db.session.expunge(row)
        db.session.commit()
    return row
