"""The way of a person to a provider's consent page and back, as one-time rows."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import sqlalchemy as sa

from connections.grants import store_grant
from connections.setup import connections
from database import writing
from extensions import db
from models import App, OAuthAttempt, User, UserSession
from providers.base import Grant
from providers.errors import ConnectionRevokedError, InvalidClientError, ProviderError
from security import hash_token, new_token
from timezones import utc_now

log = logging.getLogger("connections")

ATTEMPT_LIFETIME = timedelta(minutes=10)

Result = Literal["connected", "denied", "error"]


@dataclass(frozen=True)
class RoundTrip:
    """How a round trip ended, and the sentence that tells the person."""

    result: Result
    words: str
    connection_id: int | None = None


class NotSetUpError(Exception):
    """The operator has not given this server the credentials of an app for that provider."""


def begin(user: User, session: UserSession, app: App) -> str:
    """Write a one-time attempt into the current transaction and return the consent page's address.

    Raises `NotSetUpError`. The caller commits before sending the person away.
    """
    provider = connections().provider(app)
    if provider is None:
        raise NotSetUpError(app.label)
    now = utc_now()
    db.session.execute(sa.delete(OAuthAttempt).where(OAuthAttempt.created_at < now - ATTEMPT_LIFETIME))
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

    Must be called with no transaction open; commits for itself, since the provider is called in
    between. Nothing is stored unless everything was right.
    """
    attempt = _spend(state)
    if attempt is None:
        return RoundTrip("error", "This answer was already used or is too old. Please connect again.")
    if (attempt.session_id, attempt.user_id) != (session_id, user_id):
        return RoundTrip("error", "This answer belongs to another sign-in. Please connect again from here.")
    if attempt.app.provider != provider_name:
        return RoundTrip("error", "This answer came from another provider. Please connect again.")
    label = attempt.app.label
    if error == "access_denied":
        return RoundTrip("denied", f"You declined on {label}'s page. Nothing was connected.")
    if error or not code:
        return RoundTrip("error", f"{label} sent you back without a permission. Please connect again.")
    provider = connections().provider(attempt.app)
    if provider is None:
        return RoundTrip("error", f"{label} is not set up on this server.")
    sealed = connections().vault.open(attempt.verifier_ciphertext, belongs_to=attempt.state_hash)
    try:
        tokens = provider.exchange_code(
            code=code,
            redirect_uri=connections().redirect_uri(provider_name),
            code_verifier=sealed["verifier"] or "",
        )
        missing = provider.missing_scopes(tokens.scopes)
        if missing:
            return RoundTrip(
                "error",
                f"{label} did not grant everything that is needed: {', '.join(missing)}. "
                f"Connect again and leave all boxes ticked, or ask the administrator to add them to the app.",
            )
        account = provider.account(Grant(tokens.access_token, tokens.api_url))
    except InvalidClientError:
        return RoundTrip(
            "error",
            f"{label} does not know this server's credentials. "
            "The administrator has to check ZOOM_API_CLIENT_ID and ZOOM_API_CLIENT_SECRET.",
        )
    except ConnectionRevokedError:
        return RoundTrip("error", "The permission had expired before it arrived. Please connect again.")
    except ProviderError as problem:
        log.warning("connecting %s failed: %s", attempt.app.value, problem.code)
        return RoundTrip("error", f"{problem.words} Nothing was connected; please try again.")
    with writing():
        owner = db.session.get_one(User, user_id)
        connection_id = store_grant(owner, attempt.app, tokens, account).id
        db.session.commit()
    return RoundTrip("connected", f"{label} is connected as {account.email}.", connection_id)


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
    if row is None or utc_now() - row.created_at > ATTEMPT_LIFETIME:
        return None
    return row
