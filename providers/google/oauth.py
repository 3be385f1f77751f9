"""Google's OAuth 2.0, as far as it is its own. Source: Google's guides "Using OAuth 2.0 for Web Server
Applications" and "OpenID Connect".
"""

from collections.abc import Mapping
from typing import Any

from providers.answers import UnusableAnswerError, optional_text
from providers.base import Account
from providers.clock import Clock
from providers.errors import Facts, RefusedError
from providers.google.errors import token_error
from providers.google.identity import proved_account
from providers.google.scopes import OPENID, asked_for, missing_scopes
from providers.google.settings import GoogleSettings
from providers.http import BoundedSession, Bounds, Peer
from providers.id_tokens import nonce_of
from providers.oauth import REVOKE, AuthorizationCodeFlow, OAuthClient, scopes_in

NO_REFRESH_TOKEN_WORDS = (
    "Google gave no lasting permission. Remove this server under third-party connections in your Google "
    "account, and then connect again."
)
UNPROVEN_WORDS = "Google's answer doesn't prove whose account it is. Check that this server's clock is right."


class GoogleOAuth(AuthorizationCodeFlow):
    """The token side of one app: a Google client and the scopes that its grants have to cover. Threads may
    share it.

    Google gives no new refresh token, so a refresh whose answer was lost may simply be repeated.
    """

    def __init__(
        self, settings: GoogleSettings, required: tuple[str, ...], peer: Peer, bounds: Bounds, clock: Clock
    ) -> None:
        client = OAuthClient(
            settings.client_id, settings.client_secret, settings.auth_url, settings.token_url
        )
        super().__init__(client, token_error, peer, bounds, clock)
        self._required = required
        self._revoke_url = settings.revoke_url

    def revoke(self, access_token: str) -> None:
        """Revoke all that the account has granted to this server's Google client, through whichever app.
        Google wants the token alone, without the client."""
        with BoundedSession(self._peer, self._bounds, REVOKE) as session:
            response = session.post(self._revoke_url, data={"token": access_token})
        self._check_revoked(response, access_token)

    def missing_scopes(self, granted: frozenset[str]) -> list[str]:
        return missing_scopes(self._required, granted)

    def _asked_on_the_page(self, code_verifier: str) -> Mapping[str, str]:
        """`offline` and `consent` together bring a refresh token every time; without them it comes with the
        first consent only. Earlier grants are not included, so that each app's can end without the other's.
        """
        return {
            "scope": asked_for(self._required),
            "nonce": nonce_of(code_verifier),
            "access_type": "offline",
            "prompt": "consent",
        }

    def _no_refresh_token(self) -> RefusedError:
        return RefusedError(NO_REFRESH_TOKEN_WORDS, Facts(code="no_refresh_token"))

    def _scopes_in(self, answer: dict[str, Any]) -> frozenset[str]:
        return scopes_in(answer) or frozenset({OPENID, *self._required})

    def _account_in(self, answer: dict[str, Any], code_verifier: str) -> Account | RefusedError | None:
        """Return whose tokens these are; None if "openid" was not granted, which alone brings the proof."""
        id_token = optional_text(answer, "id_token")
        if not id_token and OPENID not in self._scopes_in(answer):
            return None
        try:
            return proved_account(
                id_token,
                client_id=self._client.client_id,
                nonce=nonce_of(code_verifier),
                now=self._clock(),
            )
        except UnusableAnswerError:
            return RefusedError(UNPROVEN_WORDS, Facts(code="account_unproven"))
