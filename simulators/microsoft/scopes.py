"""Scopes: how apps ask for them, how answers name them, and what Microsoft's consent page says about them.

Source: "Microsoft Graph permissions reference".
"""

from __future__ import annotations

from collections.abc import Iterable

GRAPH = "https://graph.microsoft.com/"

# The scopes of OpenID Connect, and the one that brings a refresh token.
SIGN_IN = ("openid", "profile", "email", "offline_access")

WORDS = {
    "openid": "Sign you in",
    "profile": "View your basic profile",
    "email": "View your email address",
    "offline_access": "Maintain access to data you have given it access to",
    "User.Read": "Sign you in and read your profile",
    "Calendars.ReadWrite": "Have full access to your calendars",
    "Calendars.Read": "Read your calendars",
    "Calendars.ReadBasic": "Read basic details of your calendars",
    "Mail.Send": "Send mail as you",
    "MailboxSettings.Read": "Read your mailbox settings",
}

# What only administrators may allow under Microsoft's usual policy. Sending mail and reading the profile are
# not included.
FOR_ADMINISTRATORS = frozenset(
    {"Calendars.ReadWrite", "Calendars.Read", "Calendars.ReadBasic", "MailboxSettings.Read"}
)
_KNOWN = {name.lower(): name for name in WORDS}


def asked_for(text: str) -> list[str]:
    """The scopes of a request, each once, by their short names as Microsoft spells them."""
    shortened = (scope.removeprefix(GRAPH) for scope in text.split())
    return list(dict.fromkeys(_KNOWN.get(scope.lower(), scope) for scope in shortened))


def unknown(scopes: Iterable[str]) -> list[str]:
    return [scope for scope in scopes if scope not in WORDS]


def stated(scopes: Iterable[str], *, in_full: bool) -> str:
    """The scopes as token answers name them: never `offline_access`; those of Graph with its address in
    front, or without. Both occur."""
    return " ".join(
        f"{GRAPH}{scope}" if in_full and scope not in SIGN_IN else scope
        for scope in scopes
        if scope != "offline_access"
    )
