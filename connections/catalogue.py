"""Which apps there are. Everything that asks about an app by its key asks here.

A new app is a new file in `connections.apps`: it is found on its own, and no list has to be extended.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Sequence, Set
from functools import cache
from importlib import import_module
from types import MappingProxyType

from connections import apps
from connections.app_spec import AppSpec, Permission
from wording import listed

# The sections of Connected Apps, in their order; any others follow by name. Those with an app that can be
# connected come before all of them, so that no one has to look for it below cards that only say "later".
_SECTIONS = ("Email", "Google", "Microsoft", "Video & e-sign")


def specs() -> tuple[AppSpec, ...]:
    """All apps, in the order in which people see them."""
    return tuple(_by_key(tuple(apps.__path__)).values())


def available() -> tuple[AppSpec, ...]:
    """The apps that this version of the product can connect."""
    return tuple(spec for spec in specs() if spec.is_available)


def mail_apps() -> tuple[AppSpec, ...]:
    """Those of them that send emails from people's own addresses."""
    return tuple(spec for spec in available() if spec.sends_mail)


def find(key: str) -> AppSpec | None:
    """The app of a key, or None if there is none."""
    return _by_key(tuple(apps.__path__)).get(key)


def spec_of(key: str) -> AppSpec:
    """The app of a key that we stored. Raises KeyError if this version does not know it."""
    return _by_key(tuple(apps.__path__))[key]


def label_of(key: str) -> str:
    """What people call an app."""
    return spec_of(key).label


def calendar_name(key: str) -> str:
    """What people call an app's calendar where there is little room; its key, if this version does not know
    it."""
    spec = find(key)
    return (spec.calendar_name or spec.label) if spec is not None else key


def apps_of(provider: str) -> tuple[AppSpec, ...]:
    """The apps of one provider, such as "google"."""
    return tuple(spec for spec in specs() if spec.provider == provider)


def providers() -> tuple[str, ...]:
    """The names of all providers, each once."""
    return tuple(dict.fromkeys(spec.provider for spec in specs()))


def provider_label(provider: str) -> str:
    """What people call a provider. One that is not known, from an address say, is called by its name."""
    found = apps_of(provider)
    return found[0].provider_label if found else provider.title()


def permissions_at(provider: str) -> tuple[Permission, ...]:
    """What all apps of a provider that can be connected need, each once: the operator registers them there
    together. What signing in takes comes last."""
    found: dict[str, Permission] = {}
    set_up = [spec for spec in apps_of(provider) if spec.is_available]
    for permissions in [*(spec.permissions for spec in set_up), *(spec.sign_in for spec in set_up)]:
        for permission in permissions:
            found.setdefault(permission.scope, permission)
    return tuple(found.values())


def in_words(key: str, scopes: Iterable[str]) -> list[str]:
    """What these scopes of an app allow, each thing said once; a scope that is not known is left out."""
    spec = spec_of(key)
    words = {permission.scope: permission.allows for permission in (*spec.permissions, *spec.sign_in)}
    words |= {**spec.optional_permissions, **spec.other_scopes}
    # Forms that end in ":admin" allow the same for everyone's meetings; only the account's own are used.
    plain = [scope.removesuffix(":admin") for scope in scopes]
    order = list(words)
    known = sorted({scope for scope in plain if scope in words}, key=order.index)
    return list(dict.fromkeys(words[scope] for scope in known))


def permission_stays(apps: Sequence[str]) -> str:
    """What these apps' providers still list after their connections have ended here; "" where they end them
    with us."""
    stays = [spec_of(app).provider_label for app in apps if not spec_of(app).traits.can_be_told]
    if not stays:
        return ""
    return (
        f"Only the owner of the account can remove the permission at {listed(list(dict.fromkeys(stays)))}; "
        "this server has deleted its copy."
    )


@cache
def _by_key(folders: tuple[str, ...]) -> MappingProxyType[str, AppSpec]:
    """The apps in these folders by their keys. Raises ValueError if two have the same key."""
    found: dict[str, AppSpec] = {}
    loaded = [import_module(f"{apps.__name__}.{file.name}").SPEC for file in pkgutil.iter_modules(folders)]
    usable = {spec.section for spec in loaded if spec.is_available}
    for spec in sorted(loaded, key=lambda spec: _place(spec, usable)):
        if found.setdefault(spec.key, spec) is not spec:
            raise ValueError(f"two apps have the key {spec.key}")
    return MappingProxyType(found)


def _place(spec: AppSpec, usable: Set[str]) -> tuple[bool, int, str, bool, bool, str]:
    """The state of an app. `usable`: the sections with an app that can be connected."""
    known = spec.section in _SECTIONS
    number = _SECTIONS.index(spec.section) if known else len(_SECTIONS)
    place = spec.section not in usable, number, spec.section, not spec.is_available
    # Apps that interviews are held with come before apps that support them.
    return *place, not spec.meetings, spec.label
