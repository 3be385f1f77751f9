"""Every kind of mail: one module here, which declares it as `KIND`, and one folder of templates with the same
name. A new kind needs nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from tasks.mails.kind import Kind


def all_kinds() -> Mapping[str, Kind]:
    """The kinds by name. The first call declares them, which pages that show mails rely on."""
    return _by_name(tuple(__path__))


@cache
def _by_name(folders: tuple[str, ...]) -> MappingProxyType[str, Kind]:
    modules = [import_module(f"{__name__}.{file.name}") for file in iter_modules(folders)]
    kinds: list[Kind] = [module.KIND for module in modules]
    return MappingProxyType({kind.name: kind for kind in kinds})
