"""A person's round trip to a provider's consent page and back."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from connections import attempts
from connections.app_spec import AppClients
from connections.attempts import Result, SpentAttempt
from connections.catalogue import apps_of, in_words, label_of, provider_label, spec_of
from connections.grants import OvertakenError, store_grant
from connections.rows import begin_storing, note_refused_credentials
from connections.service import connections
from connections.unstored_grants import look_after_unkept
from extensions import db
from models import Connection, ConnectionState, OAuthAttempt, User, UserSession
from providers.base import Account, Grant, TokenSet
from providers.errors import InvalidClientError, ProviderError, RefusedError, RetryableError
from security import SealBrokenError
from timezones import utc_now
from wording import listed

log = logging.getLogger("connections")

_AGAIN = "Please connect again."
# How many missing permissions are explained in words beside their names.
_MOST_IN_WORDS = 3


@dataclass(frozen=True)
class RoundTrip:
    """How a round trip ended, and the words that tell the person.

    `connection_id` is set when a grant was stored, and so is `is_other_account` when the connection belonged
    to another account before. `credentials_refused_by` is set when the provider of that app does not accept
    this server, which is not the person's fault.
    """

    result: Result
    words: str
    connection_id: int | None = None
    is_other_account: bool = False
    credentials_refused_by: str | None = None


@dataclass(frozen=True)
class Repeated:
    """The same answer for the second time. `result` is how the first one ended, about which the person has a
    message already; None while that is not known yet."""

    app: str
    result: Result | None


class NotSetUpError(Exception):
    """The operator has not given this server the credentials of an app for that provider."""


class _NothingStoredError(Exception):
    """The round trip ends here: what happened, and what the person can do now."""

    def __init__(
        self,
        words: str,
        advice: str = "",
        *,
        result: Result = "error",
        credentials_refused_by: str | None = None,
        may_have_exchanged: bool = False,
    ) -> None:
        super().__init__(words)
        self.words = words
        self.advice = advice
        self.result = result
        self.credentials_refused_by = credentials_refused_by
        # The answer was lost on its way, so the provider may have issued a grant for the code.
        self.may_have_exchanged = may_have_exchanged


@dataclass(frozen=True)
class _Exchange:
    """The tokens that a code was exchanged for, and when the exchange was requested (aware, UTC)."""

    app: str
    clients: AppClients
    tokens: TokenSet
    asked_at: datetime


def begin(user: User, session: UserSession, app: str) -> str:
    """Write a one-time attempt into the current transaction and return the consent page's address.

    Raises `NotSetUpError`. The caller commits before sending the person away.
    """
    clients = connections().clients.get(app)
    if clients is None:
        raise NotSetUpError(label_of(app))
    state, verifier = attempts.begin_attempt(user, session, app, connections())
    return clients.oauth.authorize_url(
        redirect_uri=connections().redirect_uri(spec_of(app).provider), state=state, code_verifier=verifier
    )


def finish(
    user_id: int,
    session_id: int,
    provider_name: str,
    *,
    state: str | None,
    code: str | None,
    error: str | None,
    may_connect: Callable[[User], bool],
) -> RoundTrip | Repeated:
    """Finish a round trip: use up the attempt, exchange the code, check it, and store the grant. The same
    answer for the second time waits for the first and ends as that did.

    Must be called with no transaction open, and where writing is allowed. The attempt is used up in a
    transaction of its own before the provider is called. The result is written into the current one, which
    the caller commits together with what follows from it. No grant is stored unless everything was right and
    `may_connect`, asked after the provider has answered, still allows it.
    """
    attempt, app, exchange, account = None, None, None, None
    try:
        attempt = _own_attempt(user_id, session_id, provider_name, state)
        app = attempt.app
        if attempt.used_before is not None:
            return Repeated(app, _result_of_first(attempt, provider_name))
        _check_time(attempt)
        exchange = _exchange(attempt, code, error)
        account = _account(exchange)
        trip = _store(user_id, session_id, exchange, _complete(exchange, account), may_connect)
    except _NothingStoredError as reason:
        touched: list[int] = []
        if app is not None and (exchange is not None or reason.may_have_exchanged):
            tokens = exchange.tokens if exchange is not None else None
            known = account if isinstance(account, Account) else None
            touched = look_after_unkept(user_id, app, tokens, known)
        trip = _nothing_stored(_living_connection(user_id, provider_name, app), reason, touched)
    if attempt is not None and attempt.used_before is None:
        attempts.keep_result(attempt, trip.result)
    return trip


def _nothing_stored(row: Connection | None, reason: _NothingStoredError, touched: list[int]) -> RoundTrip:
    """What the person reads, with how their connection stands. `touched`: which may not have survived."""
    still_connected = row is not None and row.state == ConnectionState.CONNECTED
    result = reason.result if still_connected or reason.result != "connected" else "error"
    if row is None:
        standing = "Nothing was connected."
    elif not still_connected:
        standing = f"Nothing was changed: {label_of(row.app)} still needs to be reconnected."
    elif row.id in touched:
        standing = (
            f"{label_of(row.app)} was connected as {_called(row)} before; "
            "we're checking now whether that still works."
        )
    else:
        standing = f"Nothing was changed: {label_of(row.app)} is still connected as {_called(row)}."
    if reason.credentials_refused_by is not None:
        note_refused_credentials(reason.credentials_refused_by)
    advice = "" if still_connected and reason.advice == _AGAIN else reason.advice
    return RoundTrip(
        result,
        " ".join(part for part in (reason.words, standing, advice) if part),
        credentials_refused_by=reason.credentials_refused_by,
    )


def abandon(state: str | None) -> str | None:
    """Use up the attempt of someone who may not finish it, and return its app if it was still valid.

    Must be called with no transaction open; commits on its own, as `finish` does.
    """
    attempt = attempts.spend(state, lambda attempt: False)
    is_valid = attempt is not None and attempt.used_before is None and not attempt.is_late
    return attempt.app if attempt is not None and is_valid else None


def _own_attempt(user_id: int, session_id: int, provider_name: str, state: str | None) -> SpentAttempt:
    """The attempt of this `state`, which is now used up, no matter whose it is."""

    def belongs_here(attempt: SpentAttempt) -> bool:
        return (attempt.session_id, attempt.user_id) == (session_id, user_id)

    def is_of_provider(attempt: SpentAttempt) -> bool:
        return spec_of(attempt.app).provider == provider_name

    attempt = attempts.spend(state, lambda attempt: belongs_here(attempt) and is_of_provider(attempt))
    if attempt is None:
        raise _already_used(provider_name)
    if not belongs_here(attempt):
        raise _NothingStoredError(
            "This answer belongs to another sign-in.", "Please connect again from here."
        )
    if not is_of_provider(attempt):
        raise _NothingStoredError("This answer came from a different provider than the one we asked.", _AGAIN)
    return attempt


def _already_used(provider_name: str) -> _NothingStoredError:
    label = provider_label(provider_name)
    return _NothingStoredError(
        f"This answer from {label} was already used, or wasn't requested from here.", _AGAIN
    )


def _result_of_first(attempt: SpentAttempt, provider_name: str) -> Result | None:
    try:
        return attempts.result_of_first(attempt)
    except attempts.TooOldError:
        raise _already_used(provider_name) from None


def _check_time(attempt: SpentAttempt) -> None:
    if attempt.is_late:
        raise _NothingStoredError(
            f"You were at {label_of(attempt.app)} for more than ten minutes, so its answer is too old.",
            _AGAIN,
        )
    if attempt.superseded_at is not None:
        raise _NothingStoredError(_in_another_tab(attempt.app), _AGAIN, result="connected")


def _exchange(attempt: SpentAttempt, code: str | None, error: str | None) -> _Exchange:
    """Turn the provider's answer into tokens."""
    app, label = attempt.app, label_of(attempt.app)
    if error == "access_denied":
        raise _NothingStoredError(f"You declined on {label}'s page.", result="denied")
    if error or not code:
        raise _NothingStoredError(f"{label} sent you back without permission.", _AGAIN)
    clients = connections().clients.get(app)
    if clients is None:
        raise _NothingStoredError(f"{label} is no longer set up on this server.")
    try:
        sealed = connections().vault.open(attempt.verifier_ciphertext, belongs_to=attempt.state_hash)
    except SealBrokenError:
        raise _NothingStoredError("This server's keys changed while you were away.", _AGAIN) from None
    asked_at = utc_now()
    try:
        tokens = clients.oauth.exchange_code(
            code=code,
            redirect_uri=connections().redirect_uri(spec_of(app).provider),
            code_verifier=sealed["verifier"] or "",
        )
    except InvalidClientError:
        raise _NothingStoredError(
            f"{label} doesn't accept this server's credentials.", credentials_refused_by=app
        ) from None
    except RefusedError as problem:
        if problem.code != "code_refused":
            raise _told(app, problem) from None
        raise _NothingStoredError(
            f"{label}'s permission had expired before it arrived here.", _AGAIN
        ) from None
    except ProviderError as problem:
        raise _told(app, problem) from None
    return _Exchange(app, clients, tokens, asked_at)


def _account(exchange: _Exchange) -> Account | ProviderError:
    """Whose account the tokens are for, or why that is not known. Asked even if the tokens are not
    sufficient, because this exchange may have ended an older grant of that account.
    """
    try:
        return exchange.clients.accounts.account(Grant(exchange.tokens.access_token, exchange.tokens.api_url))
    except ProviderError as problem:
        return problem


def _complete(exchange: _Exchange, account: Account | ProviderError) -> Account:
    """Whose account it is, if the grant covers everything."""
    label = label_of(exchange.app)
    missing = exchange.clients.oauth.missing_scopes(exchange.tokens.scopes)
    if missing:
        # The whole list in words would be longer than anyone reads, and longer than what is stored.
        purpose = f" to {listed(in_words(exchange.app, missing))}" if len(missing) <= _MOST_IN_WORDS else ""
        raise _NothingStoredError(
            f"{label} didn't grant what's needed{purpose} ({', '.join(missing)}).",
            "Connect again with everything checked. If something isn't offered, the administrator has to "
            "add it to the app.",
        )
    if isinstance(account, ProviderError):
        raise _told(exchange.app, account)
    return account


def _told(app: str, problem: ProviderError) -> _NothingStoredError:
    log.warning("connecting %s failed: %s", app, problem.code)
    maybe_applied = isinstance(problem, RetryableError) and problem.maybe_applied
    return _NothingStoredError(
        problem.words, "Please try again in a few minutes.", may_have_exchanged=maybe_applied
    )


def _store(
    user_id: int,
    session_id: int,
    exchange: _Exchange,
    account: Account,
    may_connect: Callable[[User], bool],
) -> RoundTrip:
    app = exchange.app
    begin_storing()
    # Locked, so that no one is deactivated or given another role between the check and the storing.
    user = db.session.get_one(User, user_id, populate_existing=True, with_for_update={"read": True})
    session = db.session.get_one(UserSession, session_id, populate_existing=True)
    if session.ended_at is not None or not user.is_active:
        raise _NothingStoredError(f"You were signed out before {label_of(app)} answered.")
    if not may_connect(user):
        raise _NothingStoredError("Your role can no longer connect apps.")
    try:
        stored = store_grant(user, app, exchange.tokens, account, asked_at=exchange.asked_at)
    except OvertakenError as overtaken:
        raise _overtaken(user, overtaken.connection) from None
    # Someone who comes back in another tab must not go through all this again with an older answer.
    db.session.execute(
        sa.update(OAuthAttempt)
        .where(OAuthAttempt.user_id == user_id, OAuthAttempt.app == app, OAuthAttempt.superseded_at.is_(None))
        .values(superseded_at=utc_now())
    )
    words = [f"{label_of(app)} is connected as {_called(stored.connection)}."]
    if stored.replaced is not None:
        before = stored.replaced or "another account"
        words.append(f"Before, it was {before}. Meetings created there stay there.")
    words += [
        f"{name} was using this account and now needs to connect a different one."
        for name in stored.taken_from
    ]
    return RoundTrip(
        "connected", " ".join(words), stored.connection.id, is_other_account=stored.replaced is not None
    )


def _overtaken(user: User, by: Connection) -> _NothingStoredError:
    if by.user_id == user.id:
        return _NothingStoredError(_in_another_tab(by.app), _AGAIN, result="connected")
    return _NothingStoredError(f"{by.user.name} just connected the same account.", _AGAIN)


def _in_another_tab(app: str) -> str:
    return f"{label_of(app)} was connected in another tab in the meantime."


def _living_connection(user_id: int, provider_name: str, app: str | None) -> Connection | None:
    """The person's connection of an app, or of the provider's first one where the app is not known."""
    apps = [app] if app is not None else [spec.key for spec in apps_of(provider_name)]
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
