"""Google's APIs on the wire: JSON objects out, our errors for everything else."""

import requests

from providers.answers import UnusableAnswerError
from providers.base import Account, Grant
from providers.client import ApiClient, Content
from providers.errors import ProviderError
from providers.google.errors import TRACKING_HEADER, api_error, nonsense
from providers.google.identity import account_in
from providers.google.settings import GoogleSettings
from providers.http import Operation, Peer, origin_of
from providers.troubles import Meaning

GET_USER = Operation("get_user")


def google_peer(settings: GoogleSettings) -> Peer:
    """Who is called, for every app alike."""
    return Peer(
        name="google",
        label="Google",
        tracking_header=TRACKING_HEADER,
        plain_http_origins=frozenset(
            origin_of(url) for url in settings.addresses().values() if url.lower().startswith("http://")
        ),
    )


class GoogleClient(ApiClient):
    """Calls the APIs, by whole addresses."""

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


class GoogleAccounts:
    """Tells whose grant it is."""

    def __init__(self, settings: GoogleSettings, client: GoogleClient) -> None:
        self._url = settings.userinfo_url
        self._client = client

    def account(self, grant: Grant) -> Account:
        answer = self._client.object(grant, GET_USER, "GET", self._url)
        try:
            return account_in(answer)
        except UnusableAnswerError:
            raise nonsense(GET_USER) from None
