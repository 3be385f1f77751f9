"""Microsoft's OAuth 2.0, as far as it is its own. Nothing can be revoked.

Source: "Microsoft identity platform and OAuth 2.0 authorization code flow", "Admin consent on the Microsoft
identity platform".
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from providers.answers import UnusableAnswerError, optional_text
from providers.base import Account, AdminAnswer
from providers.clock import Clock
from providers.errors import Facts, NotRevocableError, ProviderError, RefusedError
from providers.http import Bounds, Peer
from providers.id_tokens import nonce_of
from providers.microsoft.identity import WrongDirectoryError, is_directory, proved_account
from providers.microsoft.scopes import asked_for, missing_scopes, stated
from providers.microsoft.settings import COMMON, CONSUMERS, ORGANIZATIONS, MicrosoftSettings
from providers.microsoft.token_errors import admin_refusal, redirect_error, token_error
from providers.oauth import AuthorizationCodeFlow, OAuthClient

NO_REFRESH_TOKEN_WORDS = (
    "Microsoft gave no lasting permission. Please connect again and allow everything on Microsoft's page."
)
UNPROVEN_WORDS = (
    "Microsoft's answer doesn't prove whose account it is. Check that this server's clock is right."
)
WRONG_DIRECTORY_WORDS = "This server doesn't let Microsoft accounts of this kind or organization connect."
NOT_REVOCABLE_WORDS = (
    "Microsoft lets no app give back its permission. Its owner can remove it there: with a work or school "
    "account at myapps.microsoft.com, with a personal one at account.microsoft.com/privacy."
)


class MicrosoftOAuth(AuthorizationCodeFlow):
    """The token side of one app: the registration and the scopes that its grants have to cover. Threads may
    share it.

    Each refresh brings a new refresh token and leaves the old one alive, so a refresh whose answer was lost
    may simply be repeated.
    """

    # Where an organization makes tokens last longer, they last a day and a little.
    longest_lifetime = 25 * 3600

    def __init__(
        self, settings: MicrosoftSettings, required: tuple[str, ...], peer: Peer, bounds: Bounds, clock: Clock
    ) -> None:
        client = OAuthClient(
            settings.client_id,
            settings.client_secret,
            settings.oauth_address("authorize"),
            settings.oauth_address("token"),
        )
        super().__init__(client, token_error, peer, bounds, clock)
        self._settings = settings
        self._required = required

    def admin_consent_url(self, *, redirect_uri: str, state: str, directory: str = "") -> str:
        """Return the address at which an administrator allows this app for their whole organization.

        They come back to `redirect_uri` with `state`, and with `admin_consent=True` and `tenant`, or with
        `error` and `error_description`. `directory` counts only where the operator lets in any.
        """
        tenant = self._settings.tenant
        if tenant in (COMMON, ORGANIZATIONS, CONSUMERS):
            # Personal accounts have no administrators.
            tenant = directory if is_directory(directory) else ORGANIZATIONS
        query = {
            "client_id": self._settings.client_id,
            "redirect_uri": redirect_uri,
            "state": state,
            "scope": asked_for(self._required),
        }
        base = f"{self._settings.login_url.rstrip('/')}/{tenant}/v2.0/adminconsent"
        return f"{base}?{urlencode(query, quote_via=quote)}"

    def redirect_error(self, error: str, description: str = "", subcode: str = "") -> ProviderError:
        """Return what it means that Microsoft sent someone back with `error`, `error_description` and
        `error_subcode`. The code of the error is "admin_consent_needed" or "declined" for the usual ones."""
        return redirect_error(error, description, subcode)

    def admin_answer(self, answer: Mapping[str, str]) -> AdminAnswer:
        """Return what an administrator comes back with. Microsoft writes `True`; anything but that and an
        error is taken for no answer."""
        directory = answer.get("tenant", "").lower()
        directory = directory if is_directory(directory) else ""
        if answer.get("error") or answer.get("admin_consent", "").lower() != "true":
            said = (answer.get(name, "") for name in ("error", "error_description", "error_subcode"))
            return AdminAnswer(directory, admin_refusal(*said))
        return AdminAnswer(directory)

    def directory_of(self, account_id: str) -> str:
        """Return the directory in an account's id, "" for a personal account."""
        directory = account_id.partition(".")[0]
        return directory if is_directory(directory) else ""

    def revoke(self, access_token: str) -> None:
        """Raise NotRevocableError: Microsoft has no way to end one grant.

        The only call that comes near signs the account out of every app that it uses, for which no product
        that makes appointments should ask. All we can do is forget the tokens, which expire within 90 days if
        they are not used.
        """
        raise NotRevocableError(NOT_REVOCABLE_WORDS)

    def missing_scopes(self, granted: frozenset[str]) -> list[str]:
        return missing_scopes(self._required, granted)

    def _asked_on_the_page(self, code_verifier: str) -> Mapping[str, str]:
        """People choose the account, because the one that their browser is signed in with need not be the one
        to connect. Consent is not asked for each time: that would ask again even where an administrator has
        given it for everyone.
        """
        return {
            "scope": asked_for(self._required),
            "nonce": nonce_of(code_verifier),
            "response_mode": "query",
            "prompt": "select_account",
        }

    def _asked_for_tokens(self) -> Mapping[str, str]:
        """The scopes are named again: a refresh token is good for all that the account has ever allowed this
        app, and would otherwise be for whatever was asked for last."""
        return {"scope": asked_for(self._required)}

    def _no_refresh_token(self) -> RefusedError:
        return RefusedError(NO_REFRESH_TOKEN_WORDS, Facts(code="no_refresh_token"))

    def _scopes_in(self, answer: dict[str, Any]) -> frozenset[str]:
        return stated(optional_text(answer, "scope")) or frozenset(self._required)

    def _account_in(self, answer: dict[str, Any], code_verifier: str) -> Account | RefusedError:
        """Return whose tokens these are. Nothing but the id token names the account's directory."""
        try:
            return proved_account(
                optional_text(answer, "id_token"),
                self._settings,
                nonce=nonce_of(code_verifier),
                now=self._clock(),
            )
        except WrongDirectoryError:
            return RefusedError(WRONG_DIRECTORY_WORDS, Facts(code="account_not_allowed"))
        except UnusableAnswerError:
            return RefusedError(UNPROVEN_WORDS, Facts(code="account_unproven"))
