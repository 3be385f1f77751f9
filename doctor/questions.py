"""Plain HTTP questions to this server's own address and to the providers' doors: no body, no secrets, no
redirects."""

from __future__ import annotations

import http.client
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

# An answer of ours has some hundred bytes.
_MOST_BYTES = 16 * 1024


@dataclass(frozen=True)
class Answer:
    """`at`: what the other side's clock says (aware UTC), if it does. `location`: where it sends people."""

    status: int
    body: bytes
    at: datetime | None
    location: str


def ask(method: str, url: str, seconds: float) -> Answer:
    """Ask for an address, and wait at most `seconds` for each step. Raises OSError (among it
    `ssl.SSLCertVerificationError`) and `http.client.HTTPException`."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=seconds)
    try:
        connection.request(method, parts.path or "/", headers={"User-Agent": "SmoothHiring-doctor"})
        answer = connection.getresponse()
        return Answer(
            answer.status,
            answer.read(_MOST_BYTES),
            read_date(answer.getheader("Date") or ""),
            answer.getheader("Location") or "",
        )
    finally:
        connection.close()


def read_date(text: str) -> datetime | None:
    """A date as HTTP and mail have it, as aware UTC; None for anything else."""
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo is not None else found.replace(tzinfo=UTC)
