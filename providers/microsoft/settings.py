"""What a Microsoft client is told about this server's Microsoft app, and where Microsoft is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

# Not the name of one directory, but of a kind of accounts: any; those of any organization; personal ones.
COMMON, ORGANIZATIONS, CONSUMERS = "common", "organizations", "consumers"

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DOMAIN = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")


@dataclass(frozen=True, slots=True)
class MicrosoftSettings:
    """One app registration in Microsoft Entra with a redirect address of type "Web", and Microsoft's
    addresses.

    tenant: whose accounts may connect. It has to fit the account types of the registration: Microsoft refuses
        an app of one organization under "common", and one without personal accounts under "consumers".
    login_url: of the sign-in service. Also the beginning of what its id tokens name as their issuer.
    graph_url: of Microsoft Graph, with the version.
    timeout_seconds: for connecting and for each wait for bytes.
    Raises ValueError if an address is not http or https, or the tenant is none of these.
    """

    client_id: str
    client_secret: str = field(repr=False)
    tenant: str = COMMON
    login_url: str = "https://login.microsoftonline.com"
    graph_url: str = "https://graph.microsoft.com/v1.0"
    timeout_seconds: float = 10.0

    def __post_init__(self) -> None:
        for name, url in self.addresses().items():
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValueError(f"{name} must be an http or https address")
        is_word = self.tenant in (COMMON, ORGANIZATIONS, CONSUMERS)
        if not (is_word or self.directory_id or _DOMAIN.fullmatch(self.tenant)):
            raise ValueError("tenant must be common, organizations, consumers, a domain or a directory's id")

    def addresses(self) -> dict[str, str]:
        """Every address that is called, by its name."""
        return {"login_url": self.login_url, "graph_url": self.graph_url}

    @property
    def directory_id(self) -> str | None:
        """The id of the only directory whose people may connect, if the operator named it by its id."""
        return self.tenant if _ID.fullmatch(self.tenant) else None

    def oauth_address(self, endpoint: str) -> str:
        """The address of an endpoint of the sign-in service, such as "authorize"."""
        return f"{self.login_url.rstrip('/')}/{self.tenant}/oauth2/v2.0/{endpoint}"

    def issuer(self, directory_id: str) -> str:
        """What an id token names as its issuer when it is for someone of this directory."""
        return f"{self.login_url.rstrip('/')}/{directory_id}/v2.0"


def microsoft_settings(config: Mapping[str, Any]) -> MicrosoftSettings | None:
    """Return what the operator has set, None while the app is not set up."""
    if not (config["MICROSOFT_CLIENT_ID"] and config["MICROSOFT_CLIENT_SECRET"]):
        return None
    return MicrosoftSettings(
        client_id=config["MICROSOFT_CLIENT_ID"],
        client_secret=config["MICROSOFT_CLIENT_SECRET"],
        tenant=config["MICROSOFT_TENANT"],
        login_url=config["MICROSOFT_LOGIN_URL"],
        graph_url=config["MICROSOFT_GRAPH_URL"],
        timeout_seconds=config["PROVIDER_TIMEOUT_SECONDS"],
    )
