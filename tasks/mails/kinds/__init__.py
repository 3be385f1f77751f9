"""Every kind of mail: one module here, which declares it as `KIND`, and one folder of templates of the same
name. Nothing else has to know that there is a new one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from tasks.mails.kind import Kind


@cache
def all_kinds() -> Mapping[str, Kind]:
    """The kinds by name. The first call declares them, which pages that show mails rely on."""
    modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
    kinds: list[Kind] = [module.KIND for module in modules]
    return {kind.name: kind for kind in kinds}
