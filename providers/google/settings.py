"""What a Google client is told about this server's Google app, and where Google is."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class GoogleSettings:
    """One OAuth client of type "Web application" in a project of Google Cloud, and Google's addresses.

    calendar_url, gmail_url: with the version, such as "https://www.googleapis.com/calendar/v3".
    timeout_seconds: for connecting and for each wait for bytes.
    Raises ValueError if an address is not http or https.
    """

    client_id: str
    client_secret: str = field(repr=False)
    auth_url: str = "https://accounts.google.com/o/oauth2/v2/auth"
    token_url: str = "https://oauth2.googleapis.com/token"
    revoke_url: str = "https://oauth2.googleapis.com/revoke"
    userinfo_url: str = "https://openidconnect.googleapis.com/v1/userinfo"
    calendar_url: str = "https://www.googleapis.com/calendar/v3"
    gmail_url: str = "https://gmail.googleapis.com/gmail/v1"
    timeout_seconds: float = 10.0

    def __post_init__(self) -> None:
        for name, url in self.addresses().items():
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValueError(f"{name} must be an http or https address")

    def addresses(self) -> dict[str, str]:
        """Every address that is called, by its name."""
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name.endswith("_url")}


def google_settings(config: Mapping[str, Any]) -> GoogleSettings | None:
    """Return what the operator has set, None while the app is not set up."""
    if not (config["GOOGLE_CLIENT_ID"] and config["GOOGLE_CLIENT_SECRET"]):
        return None
    return GoogleSettings(
        client_id=config["GOOGLE_CLIENT_ID"],
        client_secret=config["GOOGLE_CLIENT_SECRET"],
        auth_url=config["GOOGLE_AUTH_URL"],
        token_url=config["GOOGLE_TOKEN_URL"],
        revoke_url=config["GOOGLE_REVOKE_URL"],
        userinfo_url=config["GOOGLE_USERINFO_URL"],
        calendar_url=config["GOOGLE_CALENDAR_URL"],
        gmail_url=config["GOOGLE_GMAIL_URL"],
        timeout_seconds=config["PROVIDER_TIMEOUT_SECONDS"],
    )
