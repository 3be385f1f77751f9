"""What the connections need to know of this installation: providers, keys, its own address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app

from connections import catalogue
from connections.app_spec import AppClients
from providers.protocols import WebhookReader
from security import TokenVault


@dataclass(frozen=True)
class Connections:
    """Built once for each application; one of its `Services`."""

    vault: TokenVault
    base_url: str
    # What the product calls itself.
    name: str
    # What can be done through each app that the operator has set up, by the app's key.
    clients: Mapping[str, AppClients]
    # By provider. There is none without a secret from the operator: nothing could be believed then.
    webhooks: Mapping[str, WebhookReader]

    def redirect_uri(self, provider: str) -> str:
        """The address that a provider sends people back to; it has to be registered there exactly."""
        return f"{self.base_url}/connect/{provider}/callback"


def connections_of(config: Mapping[str, Any], vault: TokenVault) -> Connections:
    """The connections of an installation with these settings."""
    return Connections(
        vault=vault,
        base_url=config["BASE_URL"],
        name=config["APP_NAME"],
        clients=_clients(config),
        webhooks=_webhooks(config),
    )


def connections() -> Connections:
    """The connections of the current application, for the modules of this package.

    They are one of its `Services`, where everything above finds them. That module is above this package and
    cannot be imported here.
    """
    found = current_app.extensions["services"].connections
    assert isinstance(found, Connections)
    return found


def _clients(config: Mapping[str, Any]) -> dict[str, AppClients]:
    built = {spec.key: spec.build(config) for spec in catalogue.specs() if spec.build is not None}
    return {key: clients for key, clients in built.items() if clients is not None}


def _webhooks(config: Mapping[str, Any]) -> dict[str, WebhookReader]:
    built = {spec.provider: spec.webhook(config) for spec in catalogue.specs() if spec.webhook is not None}
    return {provider: reader for provider, reader in built.items() if reader is not None}
