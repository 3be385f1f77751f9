"""Signing in with OpenID Connect: the authorization code flow with PKCE, state, nonce, and a checked token.

Only the id token of the answer is used: the access token is dropped, and no call is made with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import requests

from providers.answers import UnusableAnswerError, json_object, optional_text, required_text
from providers.clock import Clock, system_clock
from providers.errors import Facts, InvalidClientError, ProviderError, RefusedError, RetryableError
from providers.http import BoundedSession, Bounds, Operation, Peer, origin_of, tracking_id_of
from providers.id_tokens import MAX_EMAIL, check_claims, nonce_of
from providers.oauth import AUTHORIZE_URL, EXCHANGE_CODE, OAuthSession
from providers.openid.kept import Kept
from providers.openid.keys import Keys, keys_in, proven_claims
from providers.openid.metadata import TENANT, WELL_KNOWN, Metadata, issuer_for, read_metadata
from providers.openid.preset import preset_of
from providers.quoting import readable
from providers.troubles import Troubles

DISCOVER = Operation("discover")
GET_KEYS = Operation("get_keys")
SCOPES = "openid email profile"

# Tokens with made-up keys must not make this server ask the issuer for its keys all the time.
KEYS_AGAIN_AFTER = timedelta(seconds=30)
MAX_SUBJECT = 255


@dataclass(frozen=True, slots=True)
class OpenIdSettings:
    """This server's app at an issuer. `label`: what the button calls it; empty for the name that is known."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    label: str = ""
    timeout_seconds: float = 10.0


@dataclass(frozen=True, slots=True)
class Identity:
    """Who someone is, as the issuer says. `issuer` and `subject` together never mean anyone else.

    email: in lower case, "" if there is none. It counts only if the issuer says that it `is_verified`.
    """

    issuer: str
    subject: str
    email: str
    is_verified: bool


def open_id_settings(config: Mapping[str, Any]) -> OpenIdSettings | None:
    """Return what the operator has set, None while signing in with an issuer is off."""
    if not config["OIDC_ISSUER"]:
        return None
    return OpenIdSettings(
        issuer=config["OIDC_ISSUER"],
        client_id=config["OIDC_CLIENT_ID"],
        client_secret=config["OIDC_CLIENT_SECRET"],
        label=config["OIDC_LABEL"],
        timeout_seconds=config["PROVIDER_TIMEOUT_SECONDS"],
    )


class OpenIdIssuer:
    """One issuer. Make one per process; threads may share it. It keeps the issuer's metadata and keys for an
    hour, a failure to get them for seconds, and nothing about people.

    All methods raise `ProviderError`s: RetryableError while the issuer can't be used right now,
    InvalidClientError where it does not accept this server's id and secret, and RefusedError for everything
    else, whose words are for the person who tries to sign in.
    """

    def __init__(
        self, settings: OpenIdSettings, *, clock: Clock = system_clock, bounds: Bounds | None = None
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._preset = preset_of(settings.issuer)
        self.label = settings.label or self._preset.label
        url = settings.issuer
        plain = frozenset({origin_of(url)}) if url.startswith("http://") else frozenset()
        self._peer = Peer("openid", self.label, "x-ms-request-id", plain)
        self._bounds = bounds or Bounds(timeout_seconds=settings.timeout_seconds)
        self._metadata: Kept[Metadata] = Kept(clock, self._busy)
        self._keys: Kept[Keys] = Kept(clock, self._busy)

    def examine(self, *, redirect_uri: str) -> None:
        """Ask the issuer now for what it says about itself and for its keys, and whether it accepts this
        server, with a code that was never issued. Returns if everything needed to sign in works."""
        metadata = self._ask_for_metadata()
        self._ask_for_keys(metadata)
        try:
            self._exchanged(metadata, f"not-a-code-{uuid4().hex}", redirect_uri, uuid4().hex + uuid4().hex)
        except InvalidClientError:
            raise
        except RefusedError:
            # The code is refused, and not this server.
            pass

    def authorize_url(self, *, redirect_uri: str, state: str, code_verifier: str) -> str:
        """Return the address of the page where someone signs in. Asks the issuer where that is."""
        metadata = self._current_metadata()
        with self._session(metadata, AUTHORIZE_URL, self._bounds) as session:
            url, _state = session.create_authorization_url(
                metadata.authorize_url,
                state=state,
                code_verifier=code_verifier,
                redirect_uri=redirect_uri,
                nonce=nonce_of(code_verifier),
            )
        return str(url)

    def identity_for(
        self, *, code: str, redirect_uri: str, code_verifier: str, answering: str | None = None
    ) -> Identity:
        """Use an authorization code, check the id token that comes for it, and return whom it is about.

        answering: what the answer called its issuer, if it did (RFC 9207).
        """
        metadata = self._current_metadata()
        try:
            if answering and TENANT not in metadata.issuer and answering != metadata.issuer:
                raise UnusableAnswerError("iss")
            id_token = self._exchanged(metadata, code, redirect_uri, code_verifier)
            ask = partial(self._ask_for_keys, metadata)
            newer = partial(self._keys.newer, ask, again_after=KEYS_AGAIN_AFTER)
            claims = proven_claims(id_token, self._keys.current(ask), newer)
            return self._identity_in(claims, metadata, code_verifier)
        except UnusableAnswerError as problem:
            words = f"{self.label} sent an answer that doesn't prove who you are."
            raise RefusedError(words, Facts("nonsense", provider_code=str(problem)[:40])) from None

    def _identity_in(self, claims: dict[str, Any], metadata: Metadata, code_verifier: str) -> Identity:
        client_id = self._settings.client_id
        issuer = issuer_for(metadata.issuer, claims)
        check_claims(
            claims, issuers=[issuer], client_id=client_id, nonce=nonce_of(code_verifier), now=self._clock()
        )
        if claims["aud"] not in (client_id, [client_id]) and claims.get("azp") != client_id:
            # It is for several apps, so it has to have been issued to this one.
            raise UnusableAnswerError("azp")
        subject = required_text(claims, "sub")
        if len(subject) > MAX_SUBJECT:
            raise UnusableAnswerError("sub")
        email = optional_text(claims, "email").strip().lower()
        return Identity(
            issuer,
            subject,
            email=email if len(email) <= MAX_EMAIL else "",
            is_verified=bool(email) and self._preset.is_verified(claims),
        )

    def _exchanged(self, metadata: Metadata, code: str, redirect_uri: str, code_verifier: str) -> str:
        answers: list[str] = []

        # Authlib's parser knows neither the issuers' errors nor ours.
        def hook(response: requests.Response) -> requests.Response:
            answers.append(self._id_token_in(response, (code, code_verifier, self._settings.client_secret)))
            return response

        with self._session(metadata, EXCHANGE_CODE, self._bounds.for_tokens()) as session:
            session.register_compliance_hook("access_token_response", hook)
            session.fetch_token(
                metadata.token_url,
                grant_type="authorization_code",
                code=code,
                redirect_uri=redirect_uri,
                code_verifier=code_verifier,
            )
        return answers[0]

    def _id_token_in(self, response: requests.Response, secrets: tuple[str, ...]) -> str:
        if response.status_code != 200:
            raise self._error(EXCHANGE_CODE, response, secrets)
        return required_text(self._object_in(EXCHANGE_CODE, response), "id_token")

    def _error(
        self, operation: Operation, response: requests.Response, secrets: tuple[str, ...] = ()
    ) -> ProviderError:
        def refused(body: dict[str, Any], facts: Facts) -> ProviderError:
            error, said = optional_text(body, "error"), optional_text(body, "error_description")
            if error in ("invalid_client", "unauthorized_client"):
                return InvalidClientError(
                    f"{self.label} doesn't accept this server's client ID and secret.", facts
                )
            if error == "invalid_grant":
                words = f"{self.label} says this sign-in was used already, or took too long."
                return RefusedError(words, Facts("code_refused", facts.status))
            return RefusedError(f"{self.label} refused: {readable(said or error, secrets)}", facts)

        return Troubles(self.label).of_tokens(
            self._peer, operation, response, now=self._clock(), refused=refused
        )

    def _current_metadata(self) -> Metadata:
        return self._metadata.current(self._ask_for_metadata)

    def _ask_for_metadata(self) -> Metadata:
        answer = self._read(DISCOVER, self._settings.issuer.rstrip("/") + WELL_KNOWN)
        try:
            return read_metadata(answer, self._settings.issuer)
        except UnusableAnswerError:
            words = f"{self.label} is not what this server's OIDC_ISSUER says it is."
            raise RefusedError(words, Facts("metadata")) from None

    def _ask_for_keys(self, metadata: Metadata) -> Keys:
        return keys_in(self._read(GET_KEYS, metadata.keys_url))

    def _busy(self) -> RetryableError:
        return RetryableError(f"{self.label} takes long to answer.", Facts("busy"))

    def _read(self, operation: Operation, url: str) -> dict[str, Any]:
        with BoundedSession(self._peer, self._bounds, operation) as session:
            response = session.get(url)
        if response.status_code != 200:
            raise self._error(operation, response)
        return self._object_in(operation, response)

    def _object_in(self, operation: Operation, response: requests.Response) -> dict[str, Any]:
        try:
            return json_object(response.content)
        except UnusableAnswerError:
            facts = Facts(status=response.status_code, tracking_id=tracking_id_of(self._peer, response))
            raise Troubles(self.label).nonsense(operation, facts) from None

    def _session(self, metadata: Metadata, operation: Operation, bounds: Bounds) -> OAuthSession:
        return OAuthSession(
            self._peer,
            bounds,
            operation,
            client_id=self._settings.client_id,
            client_secret=self._settings.client_secret,
            scope=SCOPES,
            token_endpoint_auth_method=metadata.authentication,
            code_challenge_method="S256",
        )
