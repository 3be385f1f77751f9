"""The authorization code flow with PKCE, and renewing tokens, as all providers have them.

Authlib builds the addresses and the requests; each call has its own session, so Authlib never holds a token
that it could renew on its own. What a provider does in its own way is in its own package, as the methods
below that say so.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol

import requests
from authlib.integrations.requests_client import OAuth2Session

from providers.answers import (
    UnusableAnswerError,
    json_object,
    optional_text,
    optional_whole_number,
    required_credential,
)
from providers.base import Account, TokenSet
from providers.clock import Clock
from providers.errors import ConnectionRevokedError, Facts, ProviderError, RefusedError
from providers.http import BoundedSession, Bounds, Operation, Peer, tracking_id_of
from providers.troubles import Troubles

AUTHORIZE_URL = Operation("authorize_url")
# A code is good for one exchange: when the answer is lost, it may have been used up.
EXCHANGE_CODE = Operation("exchange_code", changes_once=True)
REVOKE = Operation("revoke")

# Documented as 3600 seconds by every provider; the wire says 3599 or 3600.
USUAL_LIFETIME = 3600
LONGEST_LIFETIME = 24 * 3600


class OAuthSession(BoundedSession, OAuth2Session):  # type: ignore[misc]  # Authlib comes without types
    """Authlib's client on our bounded HTTP session."""


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """This server's app at a provider, and where its flow takes place."""

    client_id: str
    client_secret: str = field(repr=False)
    authorize_url: str
    token_url: str


class TokenError(Protocol):
    """Makes the error for an answer that is not the expected one. `secrets` may not be repeated from it."""

    def __call__(
        self,
        peer: Peer,
        operation: Operation,
        response: requests.Response,
        *,
        now: datetime,
        secrets: Iterable[str],
    ) -> ProviderError: ...


class AuthorizationCodeFlow(ABC):
    """The token side of one app. Threads may share it."""

    refresh_operation: ClassVar = Operation("refresh")
    """With `changes_once` where a refresh token is good for one refresh."""
    client_authentication: ClassVar = "client_secret_post"
    longest_lifetime: ClassVar = LONGEST_LIFETIME
    """What a token's lifetime is cut to, in seconds."""

    def __init__(
        self, client: OAuthClient, token_error: TokenError, peer: Peer, bounds: Bounds, clock: Clock
    ) -> None:
        self._client = client
        self._token_error = token_error
        self._peer = peer
        self._bounds = bounds
        self._bounds_for_tokens = bounds.for_tokens()
        self._clock = clock

    def authorize_url(self, *, redirect_uri: str, state: str, code_verifier: str) -> str:
        """Return the consent address."""
        with self._session(AUTHORIZE_URL) as session:
            url, _state = session.create_authorization_url(
                self._client.authorize_url,
                state=state,
                code_verifier=code_verifier,
                redirect_uri=redirect_uri,
                **self._asked_on_the_page(code_verifier),
            )
        return str(url)

    def exchange_code(self, *, code: str, redirect_uri: str, code_verifier: str) -> TokenSet:
        """Use an authorization code; `redirect_uri` must be the one in the consent address."""

        def exchange(session: OAuthSession) -> None:
            session.fetch_token(
                self._client.token_url,
                grant_type="authorization_code",
                code=code,
                redirect_uri=redirect_uri,
                code_verifier=code_verifier,
                **self._asked_for_tokens(),
            )

        def read(answer: dict[str, Any], asked_at: datetime) -> TokenSet:
            if not answer.get("refresh_token"):
                raise self._no_refresh_token()
            refresh_token = required_credential(answer, "refresh_token")
            return self._tokens(answer, asked_at, refresh_token, self._account_in(answer, code_verifier))

        return self._token_call(EXCHANGE_CODE, exchange, read, secrets=(code, code_verifier))

    def refresh(self, refresh_token: str) -> TokenSet:
        """Use a refresh token. It stays the same, unless the answer names a new one."""

        def refresh(session: OAuthSession) -> None:
            session.refresh_token(
                self._client.token_url, refresh_token=refresh_token, **self._asked_for_tokens()
            )

        def read(answer: dict[str, Any], asked_at: datetime) -> TokenSet:
            is_new = bool(answer.get("refresh_token"))
            kept = required_credential(answer, "refresh_token") if is_new else refresh_token
            return self._tokens(answer, asked_at, kept, None)

        return self._token_call(self.refresh_operation, refresh, read, secrets=(refresh_token,))

    @abstractmethod
    def revoke(self, access_token: str) -> None:
        """End the grant, as `providers.protocols.OAuthProvider` says."""

    @abstractmethod
    def missing_scopes(self, granted: frozenset[str]) -> list[str]:
        """Return the required scopes that `granted` does not cover, in the order to list them in."""

    @abstractmethod
    def _scopes_in(self, answer: dict[str, Any]) -> frozenset[str]:
        """Return the scopes that an answer grants. One without any means that they are as requested (RFC
        6749, section 5.1)."""

    def _asked_on_the_page(self, code_verifier: str) -> Mapping[str, str]:
        """Return what else the consent address says, the scopes among it where it names them."""
        return {}

    def _asked_for_tokens(self) -> Mapping[str, str]:
        """Return what else the token endpoint is told."""
        return {}

    def _no_refresh_token(self) -> Exception:
        """Return the error for a permission that ends with its access token."""
        return UnusableAnswerError("refresh_token")

    def _account_in(self, answer: dict[str, Any], code_verifier: str) -> Account | RefusedError | None:
        """Return whose tokens these are as `TokenSet.account` has it."""
        return None

    def _api_url_in(self, answer: dict[str, Any]) -> str | None:
        """Return the account's regional API address, where there are regions."""
        return None

    def _error(
        self, operation: Operation, response: requests.Response, secrets: tuple[str, ...]
    ) -> ProviderError:
        return self._token_error(self._peer, operation, response, now=self._clock(), secrets=secrets)

    def _check_revoked(self, response: requests.Response, access_token: str) -> None:
        """Raise the error of an answer to `REVOKE`. A grant that the provider no longer knows counts as
        revoked."""
        if response.status_code == 200 and _is_success(response):
            return
        error = self._error(REVOKE, response, (access_token, self._client.client_secret))
        if isinstance(error, ConnectionRevokedError) or error.facts.provider_code == "invalid_token":
            return
        raise error

    def _token_call(
        self,
        operation: Operation,
        ask: Callable[[OAuthSession], None],
        read: Callable[[dict[str, Any], datetime], TokenSet],
        *,
        secrets: tuple[str, ...],
    ) -> TokenSet:
        """Let Authlib send the request, and read the answer ourselves: its parser knows neither the
        providers' errors nor ours.
        """
        asked_at = self._clock()
        answers: list[TokenSet] = []

        def hook(response: requests.Response) -> requests.Response:
            answers.append(self._read(operation, response, asked_at, read, secrets))
            return response

        with self._session(operation) as session:
            session.register_compliance_hook("access_token_response", hook)
            session.register_compliance_hook("refresh_token_response", hook)
            ask(session)
        return answers[0]

    def _read(
        self,
        operation: Operation,
        response: requests.Response,
        asked_at: datetime,
        read: Callable[[dict[str, Any], datetime], TokenSet],
        secrets: tuple[str, ...],
    ) -> TokenSet:
        secrets = (*secrets, self._client.client_secret)
        if response.status_code != 200:
            raise self._error(operation, response, secrets)
        try:
            answer = json_object(response.content)
            if "access_token" not in answer and "error" in answer:
                raise self._error(operation, response, secrets)
            return read(answer, asked_at)
        except UnusableAnswerError:
            facts = Facts(status=response.status_code, tracking_id=tracking_id_of(self._peer, response))
            raise Troubles(self._peer.label).nonsense(operation, facts) from None

    def _tokens(
        self,
        answer: dict[str, Any],
        asked_at: datetime,
        refresh_token: str,
        account: Account | RefusedError | None,
    ) -> TokenSet:
        """Return the tokens in an answer, reading everything but the tokens as leniently as possible.

        Rejecting an answer could lose the connection: what was sent for it may have been used up.
        """
        lifetime = optional_whole_number(answer, "expires_in") or USUAL_LIFETIME
        return TokenSet(
            access_token=required_credential(answer, "access_token"),
            refresh_token=refresh_token,
            expires_at=asked_at + timedelta(seconds=max(0, min(lifetime, self.longest_lifetime))),
            scopes=self._scopes_in(answer),
            api_url=self._api_url_in(answer),
            account=account,
        )

    def _session(self, operation: Operation) -> OAuthSession:
        is_token_call = operation in (EXCHANGE_CODE, self.refresh_operation)
        return OAuthSession(
            self._peer,
            self._bounds_for_tokens if is_token_call else self._bounds,
            operation,
            client_id=self._client.client_id,
            client_secret=self._client.client_secret,
            token_endpoint_auth_method=self.client_authentication,
            revocation_endpoint_auth_method=self.client_authentication,
            code_challenge_method="S256",
        )


def scopes_in(answer: dict[str, Any]) -> frozenset[str]:
    """Return the scopes that an answer names, as it spells them."""
    return frozenset(optional_text(answer, "scope").split())


def _is_success(response: requests.Response) -> bool:
    try:
        return not response.content.strip() or "error" not in json_object(response.content)
    except UnusableAnswerError:
        return False
