"""Scopes: how apps ask for them, how answers name them, and what Google's consent page says about them."""

from __future__ import annotations

from collections.abc import Iterable

from simulators.google.discovery import DOCUMENTS

PREFIX = "https://www.googleapis.com/auth/"
# The short names of OpenID Connect, and their names in token answers.
LONG_NAME = {
    "openid": "openid",
    "email": f"{PREFIX}userinfo.email",
    "profile": f"{PREFIX}userinfo.profile",
}
IDENTITY = frozenset(LONG_NAME.values())

WORDS: dict[str, str] = {
    f"{PREFIX}userinfo.email": "See your primary Google Account email address",
    f"{PREFIX}userinfo.profile": "See your personal info, including any personal info you've"
    " made publicly available",
    **{
        scope: about["description"]
        for document in DOCUMENTS
        for scope, about in document.raw["auth"]["oauth2"]["scopes"].items()
    },
}

GMAIL = frozenset(
    scope
    for document in DOCUMENTS
    if document.raw["name"] == "gmail"
    for scope in document.raw["auth"]["oauth2"]["scopes"]
)


def full(scope: str) -> str:
    """The name that answers use for a scope, which may be given as `email`, `gmail.send`, or the address."""
    if scope in LONG_NAME:
        return LONG_NAME[scope]
    return scope if "://" in scope else f"{PREFIX}{scope}"


def asked_for(text: str) -> list[str]:
    """The scopes of an authorization request, each once, under the names that answers use."""
    return list(dict.fromkeys(LONG_NAME.get(scope, scope) for scope in text.split()))


def unknown(scopes: Iterable[str]) -> list[str]:
    return [scope for scope in scopes if scope not in WORDS and scope not in IDENTITY]
