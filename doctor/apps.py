"""Each provider that is set up: whether it accepts this server, and what has to be registered there."""

from __future__ import annotations

import secrets
from functools import partial

from connections import catalogue
from connections.wording import fault_of
from doctor import grants
from doctor.at_once import at_once
from doctor.results import Result, broken, look, ok
from providers.errors import InvalidClientError, ProviderError, RetryableError
from services import services


def check(seconds: float) -> list[Result]:
    """The credentials of every provider, its redirect address, the permissions that its apps need, and
    whether people's accounts have given them."""
    if services().demo is not None:
        return [ok("Connected apps", "The demo's providers are simulated.")]
    connections = services().connections
    usable = {spec.provider for spec in catalogue.available() if spec.key in connections.clients}
    if not usable:
        return [
            look(
                "Connected apps",
                "No provider is set up.",
                "Meetings have to be made by hand, and no calendar is looked at.",
                "Help → Connecting apps has the steps for each provider.",
            )
        ]
    providers = [provider for provider in catalogue.providers() if provider in usable]
    found: list[Result] = []
    answers = at_once({each: partial(_credentials, each) for each in providers}, seconds)
    for provider, result in answers.items():
        label = catalogue.provider_label(provider)
        found.append(result if isinstance(result, Result) else _unknown(label, "it didn't answer in time"))
        found.append(
            ok(
                f"{label}: redirect address",
                "Has to be registered there.",
                connections.redirect_uri(provider),
            )
        )
        scopes = [permission.scope for permission in catalogue.permissions_at(provider)]
        found.append(ok(f"{label}: permissions", "Have to be allowed there.", " ".join(scopes)))
    return [*found, *grants.check()]


def _credentials(provider: str) -> Result:
    """Try to renew a grant that was never given: a provider that knows this server refuses the grant, and one
    that doesn't refuses the server."""
    label, clients = catalogue.provider_label(provider), services().connections.clients
    spec = next(spec for spec in catalogue.apps_of(provider) if spec.key in clients)
    try:
        clients[spec.key].oauth.refresh(f"not-a-grant-{secrets.token_hex(8)}")
    except InvalidClientError as error:
        fault = fault_of(spec.key, error.code or "", refusing=label)
        return broken(
            label,
            f"{fault.what}.",
            "No one can connect it, and within the hour its meetings and calendars stop.",
            f"{fault.cure[:1].upper()}{fault.cure[1:]}.",
        )
    except RetryableError as error:
        return _unknown(label, error.words)
    except ProviderError:
        pass
    return ok(label, f"It accepts this server's {spec.settings_in_words}.")


def _unknown(label: str, because: str) -> Result:
    return look(
        label,
        f"Whether it accepts this server isn't known: {because.rstrip('.')}.",
        "Meetings wait while it can't be reached.",
        "Look whether this machine may reach it over https, and try again.",
    )
