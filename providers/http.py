"""Outbound HTTP, for every provider and for nothing else.

What a session guarantees for each call: no redirect is followed, so a bearer token reaches only the host it
was meant for; nothing in the environment (proxy variables, netrc) is used; no cookie is kept, because one
session serves many accounts; connecting, each read and the whole call are bounded in time; the decoded body
is bounded in size; only https, except to the origins that were configured as http; and one line in the log,
which names neither address nor content. Failures come out as `ProviderError`, never as an exception of
requests or urllib3.
"""

import contextlib
import logging
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3.exceptions

from providers.errors import Facts, PermanentError, ProviderError, RefusedError, RetryableError
from providers.transport import Call, DeadlineAdapter, current_call

logger = logging.getLogger("providers")

# At DEBUG both libraries log addresses with their query, and Authlib logs the PKCE verifier. Those are
# secrets here, so they must not appear even when an operator turns on debugging for everything.
for _talkative in ("urllib3", "authlib"):
    logging.getLogger(_talkative).setLevel(logging.INFO)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long and how much.

    timeout_seconds: for connecting and for each wait for bytes. Connecting gets a quarter of the deadline at
        most, because a host may have several addresses that are tried in turn.
    deadline_seconds: for the whole call, from before connecting to the last byte.
    max_bytes: of the body, after decompression.
    only_public: whether only addresses on the public internet are connected to, because someone other than
        the operator says where to.
    """

    timeout_seconds: float = 10.0
    deadline_seconds: float = 20.0
    max_bytes: int = 1024 * 1024
    only_public: bool = False

    def for_changes(self) -> "Bounds":
        """Return the bounds of a call that must not simply be repeated.

        Giving up on one costs more than waiting for it: a provider that is only slow makes the meeting
        anyway, and there would be a second one. Half a minute still leaves time to look it up while people
        wait.
        """
        return replace(
            self, timeout_seconds=3 * self.timeout_seconds, deadline_seconds=2 * self.deadline_seconds
        )

    def for_tokens(self) -> "Bounds":
        """Return the bounds of a call that spends a code or a refresh token, which may cost the connection
        when its answer is lost: the answer may take as long as the whole call."""
        return replace(self, timeout_seconds=max(self.timeout_seconds, self.deadline_seconds))


@dataclass(frozen=True, slots=True)
class Peer:
    """Who is called.

    name, label: for the log and for people.
    tracking_header: the answer's header that names the call to the provider's support.
    plain_http_origins: "http://host:port" of base URLs that were configured without TLS, such as a
        simulator's.
    """

    name: str
    label: str
    tracking_header: str
    plain_http_origins: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Operation:
    """What a call does, in one word for the log, and whether repeating it blindly could do harm."""

    name: str
    changes_once: bool = False


def origin_of(url: str) -> str:
    """Return "scheme://host:port" of a URL, lower case, as far as it states them."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def tracking_id_of(peer: Peer, response: requests.Response) -> str | None:
    """Return the provider's id of the call, if any, without characters that could harm a log or a page."""
    stated = response.headers.get(peer.tracking_header, "")
    return re.sub(r"[^\w.:=+-]", "", stated, flags=re.ASCII)[:100] or None


class BoundedSession(requests.Session):
    """A requests session with the guarantees of this module. Threads may share one.

    `call` is the way to use it. `send` is overridden only so that libraries with a session class of their own
    (Authlib) get the same guarantees by inheriting from both; such a session is made for one `operation`.
    """

    def __init__(
        self, peer: Peer, bounds: Bounds, operation: Operation = Operation("call"), **library_options: Any
    ) -> None:
        super().__init__(**library_options)
        self.peer = peer
        self.bounds = bounds
        self.operation = operation
        self.trust_env = False
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.headers["Accept"] = "application/json"
        self.headers["Accept-Encoding"] = "gzip"
        self.mount("https://", DeadlineAdapter())
        self.mount("http://", DeadlineAdapter())

    def call(
        self,
        operation: Operation,
        method: str,
        url: str,
        *,
        bearer: str,
        json: dict[str, Any] | None = None,
        data: bytes | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        bounds: Bounds | None = None,
    ) -> requests.Response:
        """Make one call with a bearer token and return the answer, its body read, whatever its status.

        The body is `json`, or else `data`, whose type the `headers` have to name. `bounds` are those of this
        call, where they are not the session's.

        Raises RetryableError (codes "unreachable", "timeout", "dropped", "nonsense") when there is no usable
        answer, and RefusedError (code "not_sendable") when the call cannot be put on the wire.
        """
        sent = {**(headers or {}), "Authorization": f"Bearer {bearer}"}
        request = requests.Request(method, url, headers=sent, json=json, data=data, params=params)
        return self._exchange(self.prepare_request(request), operation, bounds or self.bounds)

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        with contextlib.suppress(requests.RequestException, UnicodeError):
            return super().prepare_request(request)
        raise self._not_sendable()

    def send(self, request: requests.PreparedRequest, **_options: Any) -> requests.Response:
        """Make one call for the operation that the session was made for. The limits are the session's own."""
        return self._exchange(request, self.operation, self.bounds)

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Return no target. Without this, requests reads the body of a redirect whole, whatever its size."""
        return

    def _exchange(
        self, request: requests.PreparedRequest, operation: Operation, bounds: Bounds
    ) -> requests.Response:
        url = request.url or ""
        if not url.startswith("https://") and origin_of(url) not in self.peer.plain_http_origins:
            raise self._not_sendable()
        started = time.monotonic()
        call = Call(bounds.deadline_seconds, only_public=bounds.only_public)
        response: requests.Response | None = None
        failure: ProviderError | None = None
        context = current_call.set(call)
        try:
            response = super().send(
                request,
                stream=True,
                allow_redirects=False,
                verify=True,
                cert=None,
                proxies={},
                timeout=(self._connect_timeout(), bounds.timeout_seconds),
            )
            self._read_body(response, bounds.max_bytes)
        except (OSError, ValueError, urllib3.exceptions.HTTPError) as error:
            failure = self._failure(error, call, operation, response)
        finally:
            current_call.reset(context)
            logger.info(
                "%s %s status=%s outcome=%s ms=%d tracking=%s",
                self.peer.name,
                operation.name,
                "-" if response is None else response.status_code,
                "ok" if failure is None else failure.code,
                (time.monotonic() - started) * 1000,
                "-" if response is None else tracking_id_of(self.peer, response) or "-",
            )
        if failure is not None or response is None:
            # Raised here and not inside the handler: the exceptions of the libraries quote addresses with
            # their query and headers with their token, and must not travel along as the context of ours.
            raise failure or self._not_sendable()
        return response

    def _connect_timeout(self) -> float:
        return min(self.bounds.timeout_seconds, self.bounds.deadline_seconds / 4)

    def _read_body(self, response: requests.Response, max_bytes: int) -> None:
        """Read the decoded body into the response, or raise and close the connection."""
        try:
            # A 300 without an address is no redirect; one provider's reference once used it for a limit.
            if response.status_code in range(301, 400) or response.is_redirect:
                raise _UnusableAnswerError("redirect")
            body = bytearray()
            for piece in response.iter_content(16 * 1024):
                body += piece
                if len(body) > max_bytes:
                    raise _UnusableAnswerError("too large")
        except BaseException:
            response.close()
            raise
        # This is where requests itself puts a body that has been read, so `content` and `json()` work as
        # usual.
        response._content = bytes(body)
        response._content_consumed = True  # type: ignore[attr-defined]  # missing from the stubs

    def _not_sendable(self) -> PermanentError:
        return RefusedError(
            f"{self.peer.label} could not be asked: the address or the credentials in use are not valid.",
            Facts(code="not_sendable"),
        )

    def _failure(
        self, error: Exception, call: Call, operation: Operation, response: requests.Response | None
    ) -> ProviderError:
        label = self.peer.label
        if call.is_kept_in and not call.sent:
            return RefusedError(f"{label} is not on the public internet.", Facts(code="not_public"))
        if not call.sent:
            # Name resolution, connecting and TLS fail as OSError; a request that is wrong, as ValueError.
            if isinstance(error, ValueError):
                return self._not_sendable()
            return RetryableError(f"{label} can't be reached right now.", Facts(code="unreachable"))
        if _is_timeout(error):
            words, code = f"{label} didn't answer in time.", "timeout"
        elif response is None and isinstance(error, requests.ConnectionError):
            words, code = f"{label} closed the connection without answering.", "dropped"
        else:
            words, code = f"{label} sent an answer that can't be used.", "nonsense"
        return RetryableError(
            words,
            Facts(
                code=code,
                status=None if response is None else response.status_code,
                tracking_id=None if response is None else tracking_id_of(self.peer, response),
            ),
            maybe_applied=operation.changes_once,
        )


class _UnusableAnswerError(ValueError):
    """The answer is a redirect or too large."""


def _is_timeout(error: BaseException | None) -> bool:
    """Tell whether a time-out is the cause.

    requests reports one that happens in the body as a plain ConnectionError around that of urllib3.
    """
    while error is not None:
        if isinstance(error, requests.Timeout | TimeoutError):
            return True
        error = error.__cause__ or error.__context__
    return False
