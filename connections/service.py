"""What the connections need to know of this installation: providers, keys, its own address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app

from connections.zoom_webhooks import ZoomWebhooks
from models import App
from providers import registry
from providers.base import Provider
from providers.zoom.settings import ZoomSettings
from security import TokenVault
from timezones import utc_now


@dataclass(frozen=True)
class Connections:
    """Built once for each application; `connections()` finds it again."""

    vault: TokenVault
    base_url: str
    # What the product calls itself.
    name: str
    zoom: Provider | None
    # None when the operator has set no secret: nothing that comes in can be believed then.
    zoom_webhooks: ZoomWebhooks | None

    def provider(self, app: App) -> Provider | None:
        """The provider behind an app, or None when the operator has not set it up."""
        return self.zoom if app is App.ZOOM else None

    def redirect_uri(self, provider: str) -> str:
        """The address that a provider sends people back to; it has to be registered there exactly."""
        return f"{self.base_url}/connect/{provider}/callback"


def connections_of(config: Mapping[str, Any], vault: TokenVault) -> Connections:
    """The connections of an installation with these settings."""
    return Connections(
        vault=vault,
        base_url=config["BASE_URL"],
        name=config["APP_NAME"],
        zoom=_zoom(config),
        zoom_webhooks=_zoom_webhooks(config),
    )


def connections() -> Connections:
    """The connections of the current application. They are one of its `Services`, whose module is above this
    package and therefore not imported here."""
    found = current_app.extensions["services"].connections
    assert isinstance(found, Connections)
    return found


def _zoom_webhooks(config: Mapping[str, Any]) -> ZoomWebhooks | None:
    secret = config["ZOOM_WEBHOOK_SECRET_TOKEN"]
    return ZoomWebhooks(secret, config["ZOOM_API_CLIENT_ID"]) if secret else None


def _zoom(config: Mapping[str, Any]) -> Provider | None:
    if not (config["ZOOM_API_CLIENT_ID"] and config["ZOOM_API_CLIENT_SECRET"]):
        return None
    return registry.load(
        "zoom",
        ZoomSettings(
            client_id=config["ZOOM_API_CLIENT_ID"],
            client_secret=config["ZOOM_API_CLIENT_SECRET"],
            oauth_url=config["ZOOM_OAUTH_URL"],
            api_url=config["ZOOM_API_URL"],
            api_url_is_configured="ZOOM_API_URL" in config["EXPLICIT"],
            timeout_seconds=config["PROVIDER_TIMEOUT_SECONDS"],
        ),
        clock=utc_now,
    )
