"""Zoom's OAuth 2.0: the consent address, the code exchange, refreshing and revoking.

Authlib builds the address and the requests; each call has its own session, so Authlib never holds a token
that it could renew on its own. Source: Zoom's guides "OAuth 2.0 authorization" and "OAuth error messages".
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import requests
from authlib.integrations.requests_client import OAuth2Session

from providers.answers import (
    UnusableAnswerError,
    json_object,
    optional_text,
    optional_whole_number,
    required_credential,
)
from providers.base import TokenSet
from providers.clock import Clock
from providers.errors import ConnectionRevokedError, Facts
from providers.http import BoundedSession, Bounds, Operation, Peer, tracking_id_of
from providers.zoom.errors import nonsense, token_error
from providers.zoom.scopes import REQUIRED
from providers.zoom.settings import ZoomSettings, regional_api_url

# A code is good for one exchange, and a refresh token for one refresh: when the answer is lost, either may
# have been used up.
EXCHANGE_CODE = Operation("exchange_code", changes_once=True)
REFRESH = Operation("refresh", changes_once=True)
REVOKE = Operation("revoke")

# Documented as 3600 seconds; the wire says 3599 or 3600.
USUAL_LIFETIME = 3600
LONGEST_LIFETIME = 24 * 3600


class _OAuthSession(BoundedSession, OAuth2Session):  # type: ignore[misc]  # Authlib comes without types
    """Authlib's client on our bounded wire."""


class ZoomOAuth:
    """The token side of one Zoom app. Threads may share it."""

    def __init__(self, settings: ZoomSettings, peer: Peer, bounds: Bounds, clock: Clock) -> None:
        self._settings = settings
        self._peer = peer
        self._bounds = bounds
        self._bounds_for_tokens = bounds.for_tokens()
        self._clock = clock
        base = settings.oauth_url.rstrip("/")
        self._authorize_endpoint = f"{base}/oauth/authorize"
        self._token_endpoint = f"{base}/oauth/token"
        self._revoke_endpoint = f"{base}/oauth/revoke"

    def authorize_url(self, *, redirect_uri: str, state: str, code_verifier: str) -> str:
        """Return the consent address.

        It names no scope: Zoom takes the scopes from the app's registration and answers a request that names
        some with an error page.
        """
        with self._session(Operation("authorize_url")) as session:
            url, _state = session.create_authorization_url(
                self._authorize_endpoint, state=state, code_verifier=code_verifier, redirect_uri=redirect_uri
            )
        return str(url)

    def exchange_code(self, *, code: str, redirect_uri: str, code_verifier: str) -> TokenSet:
        """Use an authorization code; `redirect_uri` must be the one in the consent address."""

        def exchange(session: _OAuthSession) -> None:
            session.fetch_token(
                self._token_endpoint,
                grant_type="authorization_code",
                code=code,
                redirect_uri=redirect_uri,
                code_verifier=code_verifier,
            )

        return self._token_call(EXCHANGE_CODE, exchange, secrets=(code, code_verifier), previous=None)

    def refresh(self, refresh_token: str) -> TokenSet:
        """Use a refresh token. Zoom rotates it: only the one in the answer works from then on."""

        def refresh(session: _OAuthSession) -> None:
            session.refresh_token(self._token_endpoint, refresh_token=refresh_token)

        return self._token_call(REFRESH, refresh, secrets=(refresh_token,), previous=refresh_token)

    def revoke(self, access_token: str) -> None:
        """Revoke the grant; one that Zoom no longer knows counts as revoked."""
        with self._session(REVOKE) as session:
            response = session.revoke_token(self._revoke_endpoint, token=access_token)
        if response.status_code == 200 and _is_success(response):
            return
        error = token_error(self._peer, REVOKE, response, now=self._clock(), secrets=(access_token,))
        if isinstance(error, ConnectionRevokedError) or error.facts.provider_code == "invalid_token":
            return
        raise error

    def _token_call(
        self,
        operation: Operation,
        ask: Callable[[_OAuthSession], None],
        *,
        secrets: tuple[str, ...],
        previous: str | None,
    ) -> TokenSet:
        """Let Authlib send the request, and read the answer ourselves: its parser knows neither Zoom's errors
        nor ours.
        """
        asked_at = self._clock()
        answers: list[TokenSet] = []

        def read(response: requests.Response) -> requests.Response:
            answers.append(
                self._read_tokens(operation, response, asked_at, secrets=secrets, previous=previous)
            )
            return response

        with self._session(operation) as session:
            session.register_compliance_hook("access_token_response", read)
            session.register_compliance_hook("refresh_token_response", read)
            ask(session)
        return answers[0]

    def _read_tokens(
        self,
        operation: Operation,
        response: requests.Response,
        asked_at: datetime,
        *,
        secrets: tuple[str, ...],
        previous: str | None,
    ) -> TokenSet:
        """Return the tokens in an answer, reading everything but the two tokens as leniently as possible.

        Rejecting an answer would lose the connection: the refresh token that was sent has already been used
        up.
        """
        if response.status_code != 200:
            raise token_error(self._peer, operation, response, now=self._clock(), secrets=secrets)
        try:
            answer = json_object(response.content)
            if "access_token" not in answer and "error" in answer:
                raise token_error(self._peer, operation, response, now=self._clock(), secrets=secrets)
            kept = previous if previous and not answer.get("refresh_token") else None
            lifetime = optional_whole_number(answer, "expires_in") or USUAL_LIFETIME
            return TokenSet(
                access_token=required_credential(answer, "access_token"),
                refresh_token=kept or required_credential(answer, "refresh_token"),
                expires_at=asked_at + timedelta(seconds=max(0, min(lifetime, LONGEST_LIFETIME))),
                # An answer without scopes means that they are as requested (RFC 6749, section 5.1).
                scopes=frozenset(optional_text(answer, "scope").split()) or frozenset(REQUIRED),
                api_url=regional_api_url(optional_text(answer, "api_url")),
            )
        except UnusableAnswerError:
            facts = Facts(status=response.status_code, tracking_id=tracking_id_of(self._peer, response))
            raise nonsense(operation, facts) from None

    def _session(self, operation: Operation) -> _OAuthSession:
        return _OAuthSession(
            self._peer,
            self._bounds_for_tokens if operation.changes_once else self._bounds,
            operation,
            client_id=self._settings.client_id,
            client_secret=self._settings.client_secret,
            token_endpoint_auth_method="client_secret_basic",
            revocation_endpoint_auth_method="client_secret_basic",
            code_challenge_method="S256",
        )


def _is_success(response: requests.Response) -> bool:
    try:
        return not response.content or "error" not in json_object(response.content)
    except UnusableAnswerError:
        return False
