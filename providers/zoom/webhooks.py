"""Zoom's messages: whether Zoom sent them, and what they say.

Source: Zoom's guide "Using webhooks". The documents leave open whether `app_deauthorized` is signed like the
others, so an unsigned one can be read too; the caller must not believe it.
"""

import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from providers.answers import UnusableAnswerError
from providers.events import (
    Challenge,
    Event,
    GrantRemoved,
    MeetingTouched,
    Unknown,
    UnreadableMessageError,
)
from providers.zoom.meetings import id_in

_TIMESTAMP, _SIGNATURE = "x-zm-request-timestamp", "x-zm-signature"
# A validly signed message that is older than this may be a copy that someone captured.
TOLERANCE = timedelta(minutes=5)
# Documented as seconds; elsewhere the same messages have milliseconds, and no second is that late.
_FIRST_MILLISECONDS = 10**11
# Zoom's are about twenty letters and digits. Anyone may send anything, and not all of it can be looked up.
_USER_ID = re.compile(r"[!-~]{1,128}")


@dataclass(frozen=True)
class ZoomWebhooks:
    """Reads what comes in. `secret` is shared with Zoom; `client_id` names our app there."""

    secret: str = field(repr=False)
    client_id: str

    def is_genuine(self, body: bytes, headers: Mapping[str, str], now: datetime) -> bool:
        """Tell whether Zoom signed these exact bytes within the last few minutes."""
        timestamp, signature = headers.get(_TIMESTAMP, ""), headers.get(_SIGNATURE, "")
        sent_at = _instant(timestamp)
        if sent_at is None or abs(now - sent_at) > TOLERANCE:
            return False
        expected = f"v0={self._code(b'v0:' + timestamp.encode() + b':' + body)}"
        return hmac.compare_digest(signature.encode("utf-8", "surrogatepass"), expected.encode())

    def digest(self, body: bytes) -> str:
        """Return a keyed hash of a message, by which a copy of it is recognized."""
        return self._code(body)

    def read(self, body: bytes, now: datetime) -> Event:
        """Return what a message says. Raises `UnreadableMessageError`."""
        try:
            message = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise UnreadableMessageError("not JSON") from error
        if not isinstance(message, dict) or not isinstance(message.get("payload"), dict):
            raise UnreadableMessageError("not an event")
        payload: dict[str, Any] = message["payload"]
        match message.get("event"):
            case "endpoint.url_validation":
                return self._challenge(payload)
            case "app_deauthorized":
                return self._removed(payload, now)
            case "meeting.deleted" | "meeting.updated":
                return self._touched(payload)
            case _:
                return Unknown()

    def _challenge(self, payload: dict[str, Any]) -> Challenge:
        token = payload.get("plainToken")
        if not isinstance(token, str) or not token.isascii():
            raise UnreadableMessageError("a challenge without a token")
        return Challenge({"plainToken": token, "encryptedToken": self._code(token.encode())})

    def _touched(self, payload: dict[str, Any]) -> Event:
        meeting = payload.get("object")
        try:
            return MeetingTouched(id_in(meeting if isinstance(meeting, dict) else {}))
        except UnusableAnswerError:
            raise UnreadableMessageError("a meeting without a number") from None

    def _removed(self, payload: dict[str, Any], now: datetime) -> Event:
        user_id, client_id = payload.get("user_id"), payload.get("client_id")
        if not isinstance(user_id, str) or not _USER_ID.fullmatch(user_id):
            raise UnreadableMessageError("a removal without a user")
        # One account can have several of our apps, each with its own server.
        if client_id != self.client_id:
            return Unknown()
        at = _written_instant(payload.get("deauthorization_time")) or now
        # What is said to happen later has happened: clocks differ.
        return GrantRemoved(user_id, min(at, now))

    def _code(self, message: bytes) -> str:
        return hmac.digest(self.secret.encode(), message, "sha256").hex()


def _instant(timestamp: str) -> datetime | None:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 13):
        return None
    number = int(timestamp)
    return datetime.fromtimestamp(number / 1000 if number >= _FIRST_MILLISECONDS else number, UTC)


def _written_instant(value: object) -> datetime | None:
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else None
        return instant.astimezone(UTC) if instant is not None and instant.tzinfo is not None else None
    except ValueError:
        return None
    except OverflowError as error:
        raise UnreadableMessageError("an instant before or after all time") from error
