"""The permissions that an app asks a provider for: what each allows, and what it is needed for, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from models import App
from providers.zoom.scopes import OPTIONAL as OPTIONAL_AT_ZOOM
from providers.zoom.scopes import REQUIRED as REQUIRED_BY_ZOOM


@dataclass(frozen=True)
class Permission:
    """One scope by its provider's name. `allows` completes "may …"; `because` is a sentence of its own."""

    scope: str
    allows: str
    because: str


_ZOOM = {
    "user:read:user": (
        "see your name, email address and plan",
        "Shows you which account is connected, and what its plan allows.",
    ),
    "meeting:write:meeting": ("create meetings", "Makes the meeting of each video interview that you host."),
    "meeting:read:meeting": ("read a meeting", "Checks that the meeting is there as it was agreed."),
    "meeting:update:meeting": ("change meetings", "Moves the meeting when the interview moves."),
    "meeting:delete:meeting": ("delete meetings", "Removes the meeting when the interview is cancelled."),
    "meeting:read:list_meetings": (
        "list your meetings",
        "Finds a meeting again whose answer was lost, so that it is not made twice.",
    ),
}
# What else may be granted: scopes that nothing here depends on, and those of apps that were registered before
# April 2024, each of which stands for several of the above.
_OTHERS_OF_ZOOM = {
    "user:read:settings": "read your meeting settings",
    "meeting:read:participant": "see who took part in a meeting",
    "user:read": "see your profile",
    "user_info:read": "see your profile",
    "meeting:read": "read and list your meetings",
    "meeting:write": "create, change and delete meetings",
}


def required_permissions(app: App) -> tuple[Permission, ...]:
    """What has to be granted for the app to work, in the order to list it in."""
    if app is not App.ZOOM:
        return ()
    return tuple(Permission(scope, *_ZOOM[scope]) for scope in REQUIRED_BY_ZOOM)


def optional_permissions(app: App) -> dict[str, str]:
    """What may be granted beyond that, and what it allows, by the name of its scope. Nothing uses it yet."""
    return {scope: _OTHERS_OF_ZOOM[scope] for scope in OPTIONAL_AT_ZOOM} if app is App.ZOOM else {}


def in_words(scopes: Iterable[str]) -> list[str]:
    """What these scopes allow, each thing said once; a scope that the product does not know is left out."""
    words = {scope: allows for scope, (allows, _) in _ZOOM.items()} | _OTHERS_OF_ZOOM
    # Forms that end in ":admin" allow the same for everybody's meetings; only the account's own are used.
    plain = [scope.removesuffix(":admin") for scope in scopes]
    order = list(words)
    known = sorted({scope for scope in plain if scope in words}, key=order.index)
    return list(dict.fromkeys(words[scope] for scope in known))
