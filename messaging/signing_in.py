"""Signing in to the mail server with a token in place of a password, and why there may be none."""

from __future__ import annotations

import base64
import os
import re
import smtplib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from providers.errors import InvalidClientError, ProviderError, RetryableError

if TYPE_CHECKING:
    from providers.client_credentials import ClientCredentials, OwnToken

OAUTH = "oauth"

# RFC 4954: the answers to a sign-in that is accepted, that has to go on, and that is refused.
_SIGNED_IN = 235
_GO_ON = 334
NOT_SIGNED_IN = 535
# The code of the error for a client secret that was right once.
_EXPIRED = "secret_expired"
# Said of a directory that is unknown, or that this app is not in.
_TENANT = re.compile(r"AADSTS(?:90002|900023|700016|50194)\b")
_LONG_WORD = re.compile(rb"[\w+/=-]{8,}")
_TURNED_OFF = re.compile(r"SmtpClientAuthentication is disabled", re.IGNORECASE)


def issuer_of(config: Mapping[str, Any]) -> str:
    """Who gives out the token that the settings ask to sign in with, by the name of its host; "" where they
    ask for none."""
    if config.get("MAIL_AUTH") != OAUTH:
        return ""
    return urlsplit(config["MAIL_OAUTH_TOKEN_URL"]).hostname or ""


class Tokens(Protocol):
    """Where a token to sign in with comes from, in the place of a password. What its methods raise ends the
    attempt, and passes through."""

    def token(self) -> str: ...

    def newer_than(self, token: str) -> str | None:
        """A new token in place of the one that was refused; None if that would not help."""


class UnknownTokensError(smtplib.SMTPException):
    """The server can't be signed in to with a token."""


class OwnTokens:
    """One token for each app that this process has signed in with. Threads may share it. Make one per
    process, and keep it."""

    def __init__(self) -> None:
        self._by_app: dict[ClientCredentials, OwnToken] = {}
        # A lock that another thread holds when this process is forked would never be let go in the new one.
        os.register_at_fork(after_in_child=self._by_app.clear)

    def of(self, config: Mapping[str, Any]) -> OwnToken | None:
        """The token that the settings ask to sign in with; None where they ask for a password or nothing."""
        if config.get("MAIL_AUTH") != OAUTH:
            return None
        # Imported here, so that a server pays for it only if it is set up this way.
        from providers.client_credentials import ClientCredentials, OwnToken

        credentials = ClientCredentials(
            token_url=config["MAIL_OAUTH_TOKEN_URL"],
            client_id=config["MAIL_OAUTH_CLIENT_ID"],
            client_secret=config["MAIL_OAUTH_CLIENT_SECRET"],
            scope=config["MAIL_OAUTH_SCOPE"],
            timeout_seconds=config["PROVIDER_TIMEOUT_SECONDS"],
        )
        found = self._by_app.get(credentials)
        return found or self._by_app.setdefault(credentials, OwnToken(credentials))


def sign_in(host: smtplib.SMTP, username: str, token: str) -> None:
    """Sign in with a token, by the SASL mechanism that mail servers know for that.

    A server may explain a refusal as a challenge first, which an empty line answers; the refusal follows.
    """
    host.ehlo_or_helo_if_needed()
    offered = host.esmtp_features.get("auth", "").upper().split()
    if not offered:
        raise smtplib.SMTPNotSupportedError("no way of signing in is offered")
    if "XOAUTH2" not in offered:
        raise UnknownTokensError("XOAUTH2 is not offered")
    response = base64.b64encode(f"user={username}\x01auth=Bearer {token}\x01\x01".encode()).decode()
    code, text = host.docmd("AUTH", f"XOAUTH2 {response}")
    if code == _GO_ON:
        code, text = host.docmd("")
    if code != _SIGNED_IN:
        raise smtplib.SMTPAuthenticationError(code, without_secrets(text, response, token))


def without_secrets(said: bytes, *secrets: str) -> bytes:
    """A server's answer to a sign-in, without any part of what it was sent: some servers repeat a line that
    they don't understand."""
    told = [secret.encode() for secret in secrets]
    return _LONG_WORD.sub(
        lambda word: "[…]".encode() if any(word[0] in each for each in told) else word[0], said
    )


def forms_of(username: str, password: str) -> tuple[str, ...]:
    """A password as it may have been sent: as it is, and as the usual ways of signing in write it."""
    plain = base64.b64encode(f"\0{username}\0{password}".encode()).decode()
    return password, base64.b64encode(password.encode()).decode(), plain


def why_no_token(error: ProviderError, issuer: str) -> str:
    """Why there is no token to sign in to the mail server with, by the names of the settings."""
    said = f"“{error.words}”"
    if isinstance(error, RetryableError):
        return f"There is no token to sign in to the mail server with: {error.words}"
    if _TENANT.search(error.facts.provider_code or ""):
        return (
            f"{issuer} doesn't know this app; check MAIL_OAUTH_TENANT (or MAIL_OAUTH_TOKEN_URL) and "
            f"MAIL_OAUTH_CLIENT_ID: {said}"
        )
    if error.code == _EXPIRED:
        return f"The secret in MAIL_OAUTH_CLIENT_SECRET has expired, says {issuer}; make a new one: {said}"
    if isinstance(error, InvalidClientError):
        return f"{issuer} didn't accept MAIL_OAUTH_CLIENT_ID and MAIL_OAUTH_CLIENT_SECRET: {said}"
    return (
        f"{issuer} gave no token to sign in to the mail server with; check MAIL_OAUTH_CLIENT_ID and "
        f"MAIL_OAUTH_SCOPE: {said}"
    )


def why_not_signed_in(server: str, username: str, said: str) -> str:
    """Why the mail server refused a token, as a sentence without its end. `said`: the server's own words."""
    if _TURNED_OFF.search(said):
        return (
            f"{server} has authenticated SMTP turned off for {username} (MAIL_USERNAME) or for its whole "
            "organization"
        )
    return (
        f"{server} didn't let this server's app sign in as {username} (MAIL_USERNAME); Help → Sending email "
        "says what the app needs"
    )
