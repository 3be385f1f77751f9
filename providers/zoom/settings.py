"""What a Zoom client is told about its app and its addresses, and to which hosts a Zoom token may go."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

# The account's region as a token answer states it, such as "https://api-eu.zoom.us" (Zoom's guide to API base
# URLs). The version is appended by the caller; some answers carry it already.
_REGIONAL_API = re.compile(
    r"(https://(?:[a-z0-9-]+\.)+zoom\.us)(?::443)?(?:/|/v2/?)?", re.IGNORECASE | re.ASCII
)


# No host name is longer than 253 characters.
MAX_ADDRESS = 250


@dataclass(frozen=True, slots=True)
class ZoomSettings:
    """One Zoom app ("General app", user-managed) and where Zoom is.

    oauth_url: without the path "/oauth/…".
    api_url: with the version, such as "https://api.zoom.us/v2".
    api_url_is_configured: the operator set it, so it wins over the region that a token answer names.
    timeout_seconds: for connecting and for each wait for bytes.
    Raises ValueError if an address is not http or https.
    """

    client_id: str
    client_secret: str = field(repr=False)
    oauth_url: str = "https://zoom.us"
    api_url: str = "https://api.zoom.us/v2"
    api_url_is_configured: bool = False
    timeout_seconds: float = 10.0

    def __post_init__(self) -> None:
        for name, url in (("oauth_url", self.oauth_url), ("api_url", self.api_url)):
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValueError(f"{name} must be an http or https address")


def regional_api_url(value: str) -> str | None:
    """Return the versioned API address for the region a token answer names, None if no token may be sent
    there.

    Only https hosts below zoom.us qualify, so that neither a forged answer nor a tampered row sends a token
    elsewhere.
    """
    found = _REGIONAL_API.fullmatch(value) if len(value) <= MAX_ADDRESS else None
    return f"{found[1].lower()}/v2" if found else None
