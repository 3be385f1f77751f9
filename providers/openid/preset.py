"""What is known of an issuer beyond OpenID Connect itself, for the few that many teams use.

Each is in its provider's own package, as the `PRESET` of a module `sign_in`, and is found there
automatically. An issuer without one works by the standard alone.
"""

import importlib
import importlib.util
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import providers


def says_verified(claims: dict[str, Any]) -> bool:
    """Tell whether an id token vouches for its email address. Some issuers write the word instead of the
    value."""
    return claims.get("email_verified") in (True, "true")


@dataclass(frozen=True, slots=True)
class Preset:
    """One issuer, known by the host of its address.

    label: what people call it.
    is_verified: whether its claims vouch for the address, where it has a way of its own to say so.
    """

    host: str
    label: str
    is_verified: Callable[[dict[str, Any]], bool] = says_verified


def preset_of(issuer: str) -> Preset:
    """Return the preset of an issuer; one that says nothing beyond the standard for any other."""
    host = urlsplit(issuer).hostname or ""
    return next((each for each in _presets() if each.host == host), Preset(host, host))


@cache
def _presets() -> tuple[Preset, ...]:
    names = [
        f"providers.{each.name}.sign_in" for each in pkgutil.iter_modules(providers.__path__) if each.ispkg
    ]
    return tuple(
        importlib.import_module(name).PRESET for name in names if importlib.util.find_spec(name) is not None
    )
