"""Signing in with an account elsewhere, as the routes need it: where to send people, and who comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from providers.errors import InvalidClientError, ProviderError, RetryableError
from providers.openid.issuer import Identity, OpenIdIssuer, open_id_settings

CALLBACK_PATH = "/login/single-sign-on/callback"

__all__ = ["CALLBACK_PATH", "Identity", "SingleSignOn", "SingleSignOnError", "single_sign_on_of"]


class SingleSignOnError(Exception):
    """The issuer didn't say who someone is. `words` are for that person; `is_passing`: trying again later may
    help; `is_setup`: only the person who runs this server can help; `is_other_issuer`: because it is not the
    one that the settings name."""

    def __init__(
        self, words: str, *, is_passing: bool = False, is_setup: bool = False, is_other_issuer: bool = False
    ) -> None:
        super().__init__(words)
        self.words, self.is_passing, self.is_setup = words, is_passing, is_setup
        self.is_other_issuer = is_other_issuer


@dataclass(frozen=True)
class SingleSignOn:
    """The one issuer that people may sign in with. `redirect_uri` has to be registered there exactly."""

    issuer: OpenIdIssuer
    redirect_uri: str

    @property
    def label(self) -> str:
        """What people call the issuer."""
        return self.issuer.label

    def examine(self) -> None:
        """Look whether people could sign in with the issuer now. Calls it, so no transaction may be open.
        Raises `SingleSignOnError`."""
        try:
            self.issuer.examine(redirect_uri=self.redirect_uri)
        except ProviderError as error:
            raise _in_words(error) from None

    def address(self, *, state: str, code_verifier: str) -> str:
        """The page where someone signs in. Calls the issuer, so no transaction may be open. Raises
        `SingleSignOnError`."""
        try:
            return self.issuer.authorize_url(
                redirect_uri=self.redirect_uri, state=state, code_verifier=code_verifier
            )
        except ProviderError as error:
            raise _in_words(error) from None

    def identity(self, *, code: str, code_verifier: str, answering: str | None) -> Identity:
        """Who came back with this code, proven. `answering` is what the answer called its issuer, if it did.
        Calls the issuer, so no transaction may be open. Raises `SingleSignOnError`."""
        try:
            return self.issuer.identity_for(
                code=code, redirect_uri=self.redirect_uri, code_verifier=code_verifier, answering=answering
            )
        except ProviderError as error:
            raise _in_words(error) from None


def single_sign_on_of(config: Mapping[str, Any]) -> SingleSignOn | None:
    """What the operator has set; None while people sign in with passwords alone."""
    settings = open_id_settings(config)
    if settings is None:
        return None
    return SingleSignOn(OpenIdIssuer(settings), f"{config['BASE_URL']}{CALLBACK_PATH}")


def _in_words(error: ProviderError) -> SingleSignOnError:
    is_setup = isinstance(error, InvalidClientError) or error.code in ("metadata", "not_sendable")
    return SingleSignOnError(
        error.words,
        is_passing=isinstance(error, RetryableError),
        is_setup=is_setup,
        is_other_issuer=error.code == "metadata",
    )
