"""A person's round trip to a provider's consent page and back."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from connections import approvals, attempts, wording
from connections.app_spec import AppClients
from connections.attempts import Result, SpentAttempt
from connections.catalogue import apps_of, label_of, provider_label, spec_of
from connections.consent_words import AGAIN, no_lasting_permission, not_granted
from connections.grants import OvertakenError, store_grant
from connections.nothing_stored import NothingStoredError, ProvidersError, needs_approval, sent_back
from connections.rows import begin_storing, note_refused_credentials
from connections.service import connections
from connections.unstored_grants import look_after_unkept
from extensions import db
from models import Connection, ConnectionState, OAuthAttempt, User, UserSession
from providers.base import Account, Grant, TokenSet
from providers.errors import (
    HostNotAllowedError,
    InvalidClientError,
    ProviderError,
    RefusedError,
    RetryableError,
)
from security import SealBrokenError
from timezones import utc_now

log = logging.getLogger("connections")

OTHER_ACCOUNT = "You can connect another account."
# What helps if waiting doesn't, by the code of a refusal.
_ADVICE = {"account_not_allowed": OTHER_ACCOUNT, "account_unproven": AGAIN}


@dataclass(frozen=True)
class RoundTrip:
    """How a round trip ended, and the words that tell the person.

    `connection_id` is set when a grant was stored, and so is `warns` when there is something to know about it
    besides. `credentials_refused_by` is set when the provider of that app does not accept this server, which
    is not the person's fault, and `refused_because` says why, by the code of its error.
    """

    result: Result
    words: str
    connection_id: int | None = None
    warns: bool = False
    credentials_refused_by: str | None = None
    refused_because: str = ""


@dataclass(frozen=True)
class Repeated:
    """The same answer for the second time. `result` is how the first one ended, which the person was already
    told; None while that is not known yet."""

    app: str
    result: Result | None


class NotSetUpError(Exception):
    """The operator has not given this server the credentials of an app for that provider."""


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
    description: str = "",
    subcode: str = "",
) -> RoundTrip | Repeated:
    """Finish a round trip: use up the attempt, exchange the code, check it, and store the grant. The same
    answer for the second time waits for the first and ends as that did. `description` and `subcode` are what
    the provider says beside its `error`.

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
        said = ProvidersError(error, description, subcode) if error else None
        exchange = _exchange(attempt, code, said)
        account = _account(exchange)
        trip = _store(user_id, session_id, exchange, _complete(exchange, account), may_connect)
    except NothingStoredError as reason:
        touched: list[int] = []
        if app is not None and (exchange is not None or reason.may_have_exchanged):
            tokens = exchange.tokens if exchange is not None else None
            known = account if isinstance(account, Account) else None
            touched = look_after_unkept(user_id, app, tokens, known)
        if app is not None and reason.needs_approval:
            approvals.wait(user_id, app)
        row = _living_connection(user_id, provider_name, app)
        trip = _nothing_stored(row, reason, touched)
    if attempt is not None and attempt.used_before is None:
        attempts.keep_result(attempt, trip.result)
    return trip


def _nothing_stored(row: Connection | None, reason: NothingStoredError, touched: list[int]) -> RoundTrip:
    """What the person reads, with the state of their connection. `touched`: which may not have survived."""
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
        note_refused_credentials(reason.credentials_refused_by, reason.refused_because)
    advice = "" if still_connected and reason.advice == AGAIN else reason.advice
    return RoundTrip(
        result,
        " ".join(part for part in (reason.words, standing, advice) if part),
        credentials_refused_by=reason.credentials_refused_by,
        refused_because=reason.refused_because,
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
        raise NothingStoredError("This answer belongs to another sign-in.", "Please connect again from here.")
    if not is_of_provider(attempt):
        raise NothingStoredError("This answer came from a different provider than the one we asked.", AGAIN)
    return attempt


def _already_used(provider_name: str) -> NothingStoredError:
    label = provider_label(provider_name)
    return NothingStoredError(
        f"This answer from {label} was already used, or wasn't requested from here.", AGAIN
    )


def _result_of_first(attempt: SpentAttempt, provider_name: str) -> Result | None:
    try:
        return attempts.result_of_first(attempt)
    except attempts.TooOldError:
        raise _already_used(provider_name) from None


def _check_time(attempt: SpentAttempt) -> None:
    if attempt.is_late:
        raise NothingStoredError(
            f"You were at {label_of(attempt.app)} for more than ten minutes, so its answer is too old.",
            AGAIN,
        )
    if attempt.superseded_at is not None:
        raise NothingStoredError(_in_another_tab(attempt.app), AGAIN, result="connected")


def _exchange(attempt: SpentAttempt, code: str | None, error: ProvidersError | None) -> _Exchange:
    """Turn the provider's answer into tokens."""
    app, label = attempt.app, label_of(attempt.app)
    if error is not None or not code:
        raise sent_back(app, error)
    clients = connections().clients.get(app)
    if clients is None:
        raise NothingStoredError(f"{label} is no longer set up on this server.")
    try:
        sealed = connections().vault.open(attempt.verifier_ciphertext, belongs_to=attempt.state_hash)
    except SealBrokenError:
        raise NothingStoredError("This server's keys changed while you were away.", AGAIN) from None
    asked_at = utc_now()
    try:
        tokens = clients.oauth.exchange_code(
            code=code,
            redirect_uri=connections().redirect_uri(spec_of(app).provider),
            code_verifier=sealed["verifier"] or "",
        )
    except InvalidClientError as problem:
        raise NothingStoredError(
            f"{wording.fault_of(app, problem.code, refusing=label).what}.",
            credentials_refused_by=app,
            refused_because=problem.code,
        ) from None
    except RefusedError as problem:
        if problem.code == "no_refresh_token":
            raise NothingStoredError(*no_lasting_permission(app, connections().name)) from None
        if problem.code == approvals.NEEDED:
            raise needs_approval(app) from None
        if problem.code != "code_refused":
            raise _told(app, problem) from None
        raise NothingStoredError(f"{label}'s permission had expired before it arrived here.", AGAIN) from None
    except ProviderError as problem:
        raise _told(app, problem) from None
    return _Exchange(app, clients, tokens, asked_at)


def _account(exchange: _Exchange) -> Account | ProviderError:
    """Whose account the tokens are for, or why that is not known. Asked even if the tokens are not
    sufficient, because this exchange may have ended an older grant of that account. Not asked where the
    provider proved it together with the tokens.
    """
    if exchange.tokens.account is not None:
        return exchange.tokens.account
    try:
        return exchange.clients.accounts.account(Grant(exchange.tokens.access_token, exchange.tokens.api_url))
    except ProviderError as problem:
        return problem


def _complete(exchange: _Exchange, account: Account | ProviderError) -> Account:
    """Whose account it is, if the grant covers everything."""
    missing = exchange.clients.oauth.missing_scopes(exchange.tokens.scopes)
    if missing:
        raise NothingStoredError(*not_granted(exchange.app, missing))
    if isinstance(account, ProviderError):
        raise _told(exchange.app, account)
    _try_out(exchange)
    return account


def _try_out(exchange: _Exchange) -> None:
    """Check whether the account can be used at all, if that is not certain. Temporary trouble keeps no one
    from connecting: the daily check looks again."""
    try_out = exchange.clients.try_out
    if try_out is None:
        return
    try:
        try_out(Grant(exchange.tokens.access_token, exchange.tokens.api_url))
    except HostNotAllowedError as problem:
        raise NothingStoredError(problem.words, OTHER_ACCOUNT) from None
    except ProviderError as problem:
        log.warning("could not try out %s: %s", exchange.app, problem.code)


def _told(app: str, problem: ProviderError) -> NothingStoredError:
    log.warning("connecting %s failed: %s", app, problem.code)
    maybe_applied = isinstance(problem, RetryableError) and problem.maybe_applied
    advice = "Please try again in a few minutes."
    if isinstance(problem, RefusedError):
        advice = _ADVICE.get(problem.code, advice)
    return NothingStoredError(problem.words, advice, may_have_exchanged=maybe_applied)


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
        raise NothingStoredError(f"You were signed out before {label_of(app)} answered.")
    if not may_connect(user):
        raise NothingStoredError("Your role can no longer connect apps.")
    try:
        stored = store_grant(user, app, exchange.tokens, account, asked_at=exchange.asked_at)
    except OvertakenError as overtaken:
        raise _overtaken(user, overtaken.connection) from None
    approvals.settle(user_id, app)
    # Someone who comes back in another tab must not go through all this again with an older answer.
    db.session.execute(
        sa.update(OAuthAttempt)
        .where(OAuthAttempt.user_id == user_id, OAuthAttempt.app == app, OAuthAttempt.superseded_at.is_(None))
        .values(superseded_at=utc_now())
    )
    words = [f"{label_of(app)} is connected as {_called(stored.connection)}."]
    if stored.replaced is not None:
        words.append(wording.account_replaced(app, stored.replaced))
    words += [
        f"{name} was using this account and now needs to connect a different one."
        for name in stored.taken_from
    ]
    if stored.shared_with:
        words.append(wording.account_shared(app, stored.shared_with))
    limit = spec_of(app).plan_limits.get(stored.connection.plan)
    words += [limit] if limit else []
    return RoundTrip(
        "connected",
        " ".join(words),
        stored.connection.id,
        warns=stored.replaced is not None or bool(stored.shared_with) or limit is not None,
    )


def _overtaken(user: User, by: Connection) -> NothingStoredError:
    if by.user_id == user.id:
        return NothingStoredError(_in_another_tab(by.app), AGAIN, result="connected")
    return NothingStoredError(f"{by.user.name} just connected the same account.", AGAIN)


def _in_another_tab(app: str) -> str:
    return f"{label_of(app)} was connected in another tab in the meantime."


def _living_connection(user_id: int, provider_name: str, app: str | None) -> Connection | None:
    """The person's connection of an app. If the app is not known, the only connection that they have with
    that provider; None if there are several.
    """
    apps = [app] if app is not None else [spec.key for spec in apps_of(provider_name)]
    found = db.session.scalars(
        sa.select(Connection)
        .where(
            Connection.user_id == user_id, Connection.app.in_(apps), Connection.state != ConnectionState.ENDED
        )
        .order_by(Connection.id)
        .limit(2)
    ).all()
    return found[0] if len(found) == 1 else None


def _called(row: Connection) -> str:
    return row.account_email or row.account_name or "an account without an address"
