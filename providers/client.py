"""The HTTP side of a provider's API: JSON objects out, our errors for everything else."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypedDict, Unpack

import requests

from providers.answers import UnusableAnswerError, json_object
from providers.base import Grant
from providers.clock import Clock
from providers.errors import Facts, ProviderError
from providers.http import BoundedSession, Bounds, Operation, Peer, tracking_id_of
from providers.troubles import ANY_CALL, Meaning, Troubles


class Content(TypedDict, total=False):
    """What a call sends, as `BoundedSession.call` takes it. `bounds`: if they differ from the usual ones."""

    json: dict[str, Any] | None
    data: bytes | None
    params: Mapping[str, str] | None
    headers: Mapping[str, str] | None
    bounds: Bounds | None


class ApiClient(ABC):
    """Calls an API with the grant it is given; it keeps none. Threads may share one client.

    All methods raise `ProviderError`s; a call whose answer cannot be used raises RetryableError "nonsense".
    """

    def __init__(self, peer: Peer, bounds: Bounds, clock: Clock) -> None:
        self._peer = peer
        self._bounds = bounds
        self._clock = clock
        self._session = BoundedSession(peer, bounds)
        self._troubles = Troubles(peer.label)

    def object(
        self,
        grant: Grant,
        operation: Operation,
        method: str,
        address: str,
        *,
        expected: int = 200,
        meaning: Meaning = ANY_CALL,
        **content: Unpack[Content],
    ) -> dict[str, Any]:
        """Make one call and return the JSON object in its answer."""
        answer = self._call(grant, operation, method, address, expected=expected, meaning=meaning, **content)
        return self._read(operation, answer)

    def nothing(
        self,
        grant: Grant,
        operation: Operation,
        method: str,
        address: str,
        *,
        expected: int = 204,
        meaning: Meaning = ANY_CALL,
        **content: Unpack[Content],
    ) -> None:
        """Make one call whose answer has nothing to read."""
        self._call(grant, operation, method, address, expected=expected, meaning=meaning, **content)

    def bounds_for(self, operation: Operation, *, more_bytes: int = 0, more_seconds: float = 0) -> Bounds:
        """Return the bounds of a call whose answer or whose content is larger than usual."""
        bounds = self._bounds.for_changes() if operation.changes_once else self._bounds
        return replace(
            bounds,
            deadline_seconds=bounds.deadline_seconds + more_seconds,
            max_bytes=bounds.max_bytes + more_bytes,
        )

    @abstractmethod
    def _error(
        self,
        grant: Grant,
        operation: Operation,
        response: requests.Response,
        meaning: Meaning,
        content: Content,
    ) -> ProviderError:
        """Return the error for an answer that is not the expected one."""

    def _url(self, grant: Grant, address: str) -> str:
        """Return where a call goes."""
        return address

    def _call(
        self,
        grant: Grant,
        operation: Operation,
        method: str,
        address: str,
        *,
        expected: int,
        meaning: Meaning = ANY_CALL,
        **content: Unpack[Content],
    ) -> requests.Response:
        content["bounds"] = content.get("bounds") or self.bounds_for(operation)
        response = self._send(grant, operation, method, self._url(grant, address), content)
        if response.status_code != expected:
            raise self._error(grant, operation, response, meaning, content)
        return response

    def _send(
        self, grant: Grant, operation: Operation, method: str, url: str, content: Content
    ) -> requests.Response:
        return self._session.call(operation, method, url, bearer=grant.access_token, **content)

    def _read(self, operation: Operation, response: requests.Response) -> dict[str, Any]:
        try:
            return json_object(response.content)
        except UnusableAnswerError:
            facts = Facts(status=response.status_code, tracking_id=tracking_id_of(self._peer, response))
            raise self._troubles.nonsense(operation, facts) from None
