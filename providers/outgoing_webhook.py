"""Telling an address that someone has named: one signed POST, whose answer only has to be a success.

Not a provider, but the same wire: no redirects, bounded in time and size, and, unless the operator says
otherwise, https to the public internet alone.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from providers.errors import ProviderError
from providers.http import BoundedSession, Bounds, Operation, Peer, origin_of

TELL = Operation("tell")
# A receiver should take a message and work on it later.
BOUNDS = Bounds(timeout_seconds=10.0, deadline_seconds=15.0, max_bytes=64 * 1024)
_OURS = "SmoothHiring"


@dataclass(frozen=True, slots=True)
class Answer:
    """The result: the status, or None with `words` about why there was no answer."""

    status: int | None
    words: str = ""

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def tell(url: str, body: bytes, headers: dict[str, str], *, allow_private: bool) -> Answer:
    """Send a message. Never raises for what goes wrong outside. `allow_private`: also to private addresses,
    and without TLS."""
    host = urlsplit(url).hostname or url
    plain = frozenset({origin_of(url)}) if allow_private and url.startswith("http://") else frozenset()
    bounds = Bounds(
        BOUNDS.timeout_seconds, BOUNDS.deadline_seconds, BOUNDS.max_bytes, only_public=not allow_private
    )
    sent = {"Content-Type": "application/json", "User-Agent": _OURS, **headers}
    try:
        with BoundedSession(Peer("webhook", host, "x-request-id", plain), bounds, TELL) as session:
            return Answer(session.post(url, data=body, headers=sent).status_code)
    except ProviderError as error:
        return Answer(error.facts.status, error.words)
