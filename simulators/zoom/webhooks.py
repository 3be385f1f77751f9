"""What the simulated Zoom reports to the app: that a user removed it, and what hosts do to their meetings.

Source: Zoom's guide "Using webhooks" and the reference of `app_deauthorized`, `meeting.deleted` and
`meeting.updated`. Whether the real one is signed
is not documented; here it is when a secret is set, and is not when there is none.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from simulators.zoom.meetings import Meeting
from simulators.zoom.people import ACCOUNT_ID, Person
from simulators.zoom.state import Zoom

# Zoom sends a message that is not answered within this time again after 5, 20 and 60 minutes; here it is sent
# only once.
ANSWER_SECONDS = 3


def tell_that_removed(zoom: Zoom, person: Person) -> int | None:
    """Send `app_deauthorized` and return the status of the answer; None without an answer or an address."""
    now = zoom.now()
    return _tell(
        zoom,
        {
            "event": "app_deauthorized",
            "payload": {
                "account_id": ACCOUNT_ID,
                "user_id": person.id,
                # It is only an id, and proves nothing.
                "signature": secrets.token_hex(32),
                "deauthorization_time": f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}Z",
                "client_id": zoom.client_id,
                # Documented as a number, but shown like this.
                "event_ts": f"{now:%Y-%m-%d %H:%M:%S}",
            },
        },
    )


def tell_of_meeting(zoom: Zoom, event: str, meeting: Meeting) -> int | None:
    """Sends `meeting.deleted` or `meeting.updated`; the rest as above. The real one sends these about the
    app's own calls too."""
    person = meeting.person
    about = {
        "id": meeting.id,
        "uuid": meeting.uuid,
        "host_id": person.id,
        "topic": meeting.topic,
        "type": meeting.type,
        "start_time": meeting.start_time,
    }
    return _tell(
        zoom,
        {
            "event": event,
            "event_ts": int(zoom.now().timestamp() * 1000),
            "payload": {
                "account_id": ACCOUNT_ID,
                "operator": person.email,
                "operator_id": person.id,
                "object": about,
            },
        },
    )


def _tell(zoom: Zoom, message: dict[str, object]) -> int | None:
    url: str = zoom.board["webhook_url"]
    if not url:
        return None
    now, body = zoom.now(), json.dumps(message).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Simulated Zoom/1.0"}
    secret: str = zoom.board["webhook_secret_token"]
    if secret:
        timestamp = str(int(now.timestamp()))
        code = hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
        headers |= {"x-zm-request-timestamp": timestamp, "x-zm-signature": f"v0={code}"}
    return _post(url, body, headers)


def _post(url: str, body: bytes, headers: dict[str, str]) -> int | None:
    # No proxy, no matter what the environment says: everything stays on this machine.
    opener = build_opener(ProxyHandler({}))
    try:
        with opener.open(Request(url, body, headers), timeout=ANSWER_SECONDS) as answer:
            return int(answer.status)
    except HTTPError as refused:
        return refused.code
    except (URLError, OSError, ValueError):
        return None
