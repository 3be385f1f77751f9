"""Microsoft Graph on the wire: JSON objects out, our errors for everything else."""

import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import requests

from providers.answers import UnusableAnswerError, optional_text
from providers.base import Account, Grant
from providers.client import ApiClient, Content
from providers.clock import Clock
from providers.errors import ProviderError
from providers.http import Bounds, Operation, Peer, origin_of
from providers.microsoft.errors import PLAIN_WAIT, TRACKING_HEADER, api_error, nonsense
from providers.microsoft.identity import account_in
from providers.microsoft.settings import MicrosoftSettings
from providers.microsoft.turns import Turns
from providers.troubles import Meaning

GET_USER = Operation("get_user")

# Ids that stay when an item is moved, and times in UTC whatever zone the mailbox is in. The first has to be
# asked for in every call, or the ids of different calls do not match.
PREFER = 'IdType="ImmutableId", outlook.timezone="UTC"'


def microsoft_peer(settings: MicrosoftSettings) -> Peer:
    """Who is called, for every app alike."""
    return Peer(
        name="microsoft",
        label="Microsoft",
        tracking_header=TRACKING_HEADER,
        plain_http_origins=frozenset(
            origin_of(url) for url in settings.addresses().values() if url.lower().startswith("http://")
        ),
    )


class GraphClient(ApiClient):
    """Calls Graph, by paths; the address of a next page is taken as Graph gave it."""

    def __init__(self, settings: MicrosoftSettings, peer: Peer, bounds: Bounds, clock: Clock) -> None:
        super().__init__(peer, bounds, clock)
        self._base = settings.graph_url.rstrip("/")
        self._turns = Turns()

    def next_page(self, page: dict[str, Any], name: str) -> str:
        """Return the address that a page names for what follows it, "" if it names none.

        Our token would be sent there, so it has to be one of this Graph: anything else counts as none.
        """
        link = optional_text(page, name)
        return link if link and self.is_own(link) else ""

    def is_own(self, url: str) -> bool:
        """Tell whether an address is one of this Graph."""
        return url.startswith(f"{self._base}/") and origin_of(url) == origin_of(self._base)

    def _error(
        self,
        grant: Grant,
        operation: Operation,
        response: requests.Response,
        meaning: Meaning,
        content: Content,
    ) -> ProviderError:
        return api_error(
            self._peer,
            operation,
            response,
            now=self._clock(),
            meaning=meaning,
            secrets=(grant.access_token,),
        )

    def _send(
        self, grant: Grant, operation: Operation, method: str, url: str, content: Content
    ) -> requests.Response:
        bounds = content.get("bounds") or self._bounds
        url = self._with_query(url, content.get("params"))
        own = {"Prefer": PREFER, "client-request-id": str(uuid.uuid4())}
        sent: Content = {**content, "params": None, "headers": {**own, **(content.get("headers") or {})}}
        with self._turns.one(grant.access_token, seconds=bounds.deadline_seconds) as has_turn:
            if not has_turn:
                raise self._troubles.limited(retry_at=self._clock() + PLAIN_WAIT)
            return super()._send(grant, operation, method, url, sent)

    def _url(self, grant: Grant, address: str) -> str:
        return address if self.is_own(address) else self._base + address

    def _with_query(self, url: str, params: Mapping[str, str] | None) -> str:
        """Return the address with its query. Spaces in there are written as %20, since OData takes a plus
        sign for what it is."""
        query = urlencode(params or {}, quote_via=quote, safe="$,/():'")
        return f"{url}?{query}" if query else url


def prefer(more: str) -> dict[str, str]:
    """Return the header of a call that asks for something beyond `PREFER`."""
    return {"Prefer": f"{PREFER}, {more}"}


class MicrosoftAccounts:
    """Tells whose grant it is."""

    def __init__(self, client: GraphClient) -> None:
        self._client = client

    def account(self, grant: Grant) -> Account:
        params = {"$select": "id,displayName,mail,userPrincipalName"}
        answer = self._client.object(grant, GET_USER, "GET", "/me", params=params)
        try:
            return account_in(answer)
        except UnusableAnswerError:
            raise nonsense(GET_USER) from None
