"""What the token endpoints of all providers share: who may ask, faults, and what is recorded about each
call."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from typing import Any

from flask import Response, request

from simulators.faults import hung_up
from simulators.service import Service
from simulators.serving import DROP_CONNECTION


def answered(
    service: Service,
    entry: dict[str, Any],
    answer: Callable[[dict[str, Any]], Response],
    spoil: Callable[[str], Response | None],
) -> Response:
    """The answer to the current call. `answer` fills in the ledger's `entry` on the way; `spoil` has the
    provider's own way to fail for a switch, None for one that all share."""
    failure = service.board["token_endpoint"]
    response = (spoil(failure) or _broken(failure)) if failure else answer(entry)
    if response.status_code == 200 and service.board.take("lose_next_token_answers"):
        request.environ[DROP_CONNECTION] = True
    dropped = DROP_CONNECTION in request.environ
    service.ledger.add("token_log", {**entry, "status": None if dropped else response.status_code})
    return response


def _broken(failure: str) -> Response:
    match failure:
        case "html":
            return Response(
                "<html><body><h1>Service unavailable</h1></body></html>", 200, mimetype="text/html"
            )
        case "drop":
            return hung_up()
        case _:
            return Response("<html><body><h1>502 Bad Gateway</h1></body></html>", 502, mimetype="text/html")


def is_our_client(service: Service, *, in_form: bool) -> bool:
    """Whether the current call is from the registered app: by HTTP Basic or, where that is accepted,
    `in_form`."""
    given = request.authorization
    if given is not None and given.type == "basic":
        client_id, secret = given.username or "", given.password or ""
    elif in_form:
        client_id, secret = request.form.get("client_id", ""), request.form.get("client_secret", "")
    else:
        return False
    same_id = hmac.compare_digest(client_id.encode(), service.client_id.encode())
    same_secret = hmac.compare_digest(secret.encode(), service.client_secret.encode())
    return same_id and same_secret


def fits(challenge: str, verifier: str) -> bool:
    """Whether a verifier matches an S256 challenge (RFC 7636)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    given = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    return hmac.compare_digest(given.encode(), challenge.encode())
