"""A token for this server itself, in no one's name: OAuth's client credentials (RFC 6749, section 4.4).

There is no consent to walk through and nothing to renew: the id and the secret of an app get a token, and
another one when that has ended.
"""

import re
import threading
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import requests

from providers.answers import (
    UnusableAnswerError,
    json_object,
    optional_text,
    optional_whole_number,
    required_credential,
    retry_after,
)
from providers.clock import Clock, system_clock
from providers.errors import (
    Facts,
    InvalidClientError,
    ProviderError,
    RateLimitedError,
    RefusedError,
    RetryableError,
)
from providers.http import Bounds, Operation, Peer, origin_of, tracking_id_of
from providers.oauth import LONGEST_LIFETIME, USUAL_LIFETIME, OAuthSession
from providers.quoting import readable

GET_TOKEN = Operation("get_token")
TRACKING_HEADER = "x-ms-request-id"

# A new token is requested this long before the old one ends, so that none expires in transit.
SPARE = timedelta(minutes=5)
# A token that is younger than this is not refused because of its age.
YOUNG = timedelta(minutes=1)

EXPIRED = "secret_expired"
"""The code of the error for a client secret that was right and is too old."""

_CLIENT = {"invalid_client", "unauthorized_client"}
_PASSING = {"temporarily_unavailable", "server_error"}
_EXPIRED_NUMBER = "AADSTS7000222"


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """An app, and where it gets a token for what. `timeout_seconds`: for each wait for bytes."""

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str = ""
    timeout_seconds: float = 10.0

    @property
    def issuer(self) -> str:
        """The issuer of the tokens, by a name that people may know: its host."""
        return urlsplit(self.token_url).hostname or self.token_url


@dataclass(frozen=True, slots=True)
class _Kept:
    token: str = field(repr=False)
    asked_at: datetime
    ends_at: datetime


class OwnToken:
    """The token of one app, kept in this process until shortly before it ends. Threads may share it: one asks
    for another token, and the others wait for the answer.
    """

    def __init__(
        self, credentials: ClientCredentials, *, clock: Clock = system_clock, bounds: Bounds | None = None
    ) -> None:
        self._credentials = credentials
        self._clock = clock
        url = credentials.token_url
        plain = frozenset({origin_of(url)}) if url.startswith("http://") else frozenset()
        self._peer = Peer(credentials.issuer, credentials.issuer, TRACKING_HEADER, plain)
        self._bounds = (bounds or Bounds(timeout_seconds=credentials.timeout_seconds)).for_tokens()
        self._kept: _Kept | None = None
        self._lock = threading.Lock()

    @property
    def issuer(self) -> str:
        return self._credentials.issuer

    def token(self) -> str:
        """Return a token that is valid for at least a few more minutes.

        Raises InvalidClientError (with code "secret_expired" for a secret that was right once), RefusedError,
        or RetryableError, with what the issuer said as its words.
        """
        with self._lock:
            if self._kept is None or self._kept.ends_at - SPARE <= self._clock():
                self._kept = self._asked_for()
            return self._kept.token

    def newer_than(self, token: str) -> str | None:
        """Return a new token in place of one that was refused; None if that one was too new to be refused for
        its age. A token holds what the app was allowed to do when it was issued, so an older one can lack
        permissions that were added since. Raises what `token` raises."""
        with self._lock:
            kept = self._kept
            if kept is not None and kept.token != token:
                return kept.token
            if kept is not None and self._clock() - kept.asked_at < YOUNG:
                return None
            self._kept = None
            self._kept = self._asked_for()
            return self._kept.token

    def _asked_for(self) -> _Kept:
        asked_at, wanted = self._clock(), self._credentials
        answers: list[_Kept] = []

        # Authlib's parser knows neither the issuers' errors nor ours.
        def hook(response: requests.Response) -> requests.Response:
            answers.append(self._read(response, asked_at))
            return response

        with OAuthSession(
            self._peer,
            self._bounds,
            GET_TOKEN,
            client_id=wanted.client_id,
            client_secret=wanted.client_secret,
            token_endpoint_auth_method="client_secret_post",
        ) as session:
            session.register_compliance_hook("access_token_response", hook)
            scope = {"scope": wanted.scope} if wanted.scope else {}
            session.fetch_token(wanted.token_url, grant_type="client_credentials", **scope)
        return answers[0]

    def _read(self, response: requests.Response, asked_at: datetime) -> _Kept:
        if response.status_code != 200:
            raise self._error(response)
        try:
            answer = json_object(response.content)
            if "access_token" not in answer and "error" in answer:
                raise self._error(response)
            lifetime = optional_whole_number(answer, "expires_in") or USUAL_LIFETIME
            seconds = max(0, min(lifetime, LONGEST_LIFETIME))
            return _Kept(
                required_credential(answer, "access_token"), asked_at, asked_at + timedelta(seconds=seconds)
            )
        except UnusableAnswerError:
            raise self._nonsense(response) from None

    def _error(self, response: requests.Response) -> ProviderError:
        status, label = response.status_code, self._credentials.issuer
        facts = Facts(status=status, tracking_id=tracking_id_of(self._peer, response))
        until = retry_after(response.headers.get("Retry-After"), self._clock())
        if status == 429:
            return RateLimitedError(f"{label} is getting too many requests from us.", facts, retry_at=until)
        problems = f"{label} is having problems right now."
        if status >= 500 or status == 408:
            return RetryableError(problems, facts, retry_at=until)
        try:
            body = json_object(response.content)
        except UnusableAnswerError:
            return self._nonsense(response)
        error, said = optional_text(body, "error"), optional_text(body, "error_description")
        if error in _PASSING:
            return RetryableError(problems, facts, retry_at=until)
        facts = replace(facts, provider_code=_code_in(error, said))
        words = _sentence(said or error, (self._credentials.client_secret,))
        if error in _CLIENT:
            is_expired = _EXPIRED_NUMBER in said
            return InvalidClientError(words, replace(facts, code=EXPIRED) if is_expired else facts)
        return RefusedError(words or f"no reason, HTTP status {status}", facts)

    def _nonsense(self, response: requests.Response) -> RetryableError:
        facts = Facts("nonsense", response.status_code, tracking_id=tracking_id_of(self._peer, response))
        return RetryableError(f"{self._credentials.issuer} sent an answer that can't be used.", facts)


def _code_in(error: str, said: str) -> str | None:
    """Return the word and the number, for logs and support. Anything that isn't shaped like an OAuth error
    word may echo what was sent."""
    word = error if re.fullmatch(r"[a-z_]{1,40}", error) else ""
    return " ".join([word, *re.findall(r"\bAADSTS\d{4,8}\b", said)[:1]]).strip() or None


def _sentence(text: str, secrets: tuple[str, ...]) -> str:
    """Return what the issuer says, without the ids that follow it."""
    return readable(re.split(r"\s*\b(?:Trace|Correlation) ID:|\s*Timestamp:", text)[0], secrets)
