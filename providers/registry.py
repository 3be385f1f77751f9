"""Which providers exist. A provider's module is imported on first use, so an installation pays only for its
own.
"""

from dataclasses import dataclass
from importlib import import_module
from typing import cast

from providers.base import Provider
from providers.clock import Clock, system_clock


@dataclass(frozen=True, slots=True)
class Entry:
    """label: the provider's name for people. dotted_class: where its class is, as "module:name"."""

    label: str
    dotted_class: str


PROVIDERS = {"zoom": Entry("Zoom", "providers.zoom.provider:ZoomProvider")}


def load(name: str, settings: object, *, clock: Clock = system_clock) -> Provider:
    """Return a provider made from its own settings object (for "zoom" a `ZoomSettings`).

    Make one per process and keep it: it holds the connection pool, and threads may share it. Raises KeyError
    for a name that is not in `PROVIDERS`.
    """
    module_name, class_name = PROVIDERS[name].dotted_class.split(":")
    provider_class = getattr(import_module(module_name), class_name)
    return cast(Provider, provider_class(settings, clock=clock))
