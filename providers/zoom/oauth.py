"""Zoom's OAuth 2.0, as far as it is its own. Source: Zoom's guides "OAuth 2.0 authorization" and "OAuth error
messages".
"""

from typing import Any

from providers.answers import optional_text
from providers.clock import Clock
from providers.http import Bounds, Operation, Peer
from providers.oauth import REVOKE, AuthorizationCodeFlow, OAuthClient, scopes_in
from providers.zoom.errors import token_error
from providers.zoom.scopes import REQUIRED, missing_scopes
from providers.zoom.settings import ZoomSettings, regional_api_url


class ZoomOAuth(AuthorizationCodeFlow):
    """The token side of one Zoom app. Threads may share it.

    The consent address names no scope: Zoom takes the scopes from the app's registration and answers a
    request that names some with an error page.
    """

    # Zoom rotates refresh tokens: only the one in the answer works from then on.
    refresh_operation = Operation("refresh", changes_once=True)
    client_authentication = "client_secret_basic"

    def __init__(self, settings: ZoomSettings, peer: Peer, bounds: Bounds, clock: Clock) -> None:
        base = f"{settings.oauth_url.rstrip('/')}/oauth"
        client = OAuthClient(
            settings.client_id, settings.client_secret, f"{base}/authorize", token_url=f"{base}/token"
        )
        super().__init__(client, token_error, peer, bounds, clock)
        self._revoke_endpoint = f"{base}/revoke"

    def revoke(self, access_token: str) -> None:
        """Revoke the grant."""
        with self._session(REVOKE) as session:
            response = session.revoke_token(self._revoke_endpoint, token=access_token)
        self._check_revoked(response, access_token)

    def missing_scopes(self, granted: frozenset[str]) -> list[str]:
        return missing_scopes(granted)

    def _scopes_in(self, answer: dict[str, Any]) -> frozenset[str]:
        return scopes_in(answer) or frozenset(REQUIRED)

    def _api_url_in(self, answer: dict[str, Any]) -> str | None:
        return regional_api_url(optional_text(answer, "api_url"))
