"""Where providers tell this server about changes on their side. They are answered at once; what follows is
done by tasks."""

from __future__ import annotations

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue

from connections import webhooks as provider_webhooks
from connections.service import connections
from connections.webhooks import UnprovenError, UnreadableError
from extensions import csrf, db

webhooks = Blueprint("webhooks", __name__)

# The longest messages that are known are a few thousand bytes.
MAX_BYTES = 64 * 1024


# No form of ours leads here, so there is no token: the signature is the permission.
@webhooks.route("/webhooks/<provider>", methods=["GET", "POST"])
@csrf.exempt
def receive(provider: str) -> ResponseReturnValue:
    """401 for what is not proven, 400 for what cannot be read, 204 for everything else: providers repeat what
    is not answered with success, and repeating would not help."""
    if provider not in connections().webhooks:
        abort(404)
    if request.method != "POST":
        abort(405)
    request.max_content_length = MAX_BYTES
    # The bytes as they came: what is parsed and written again would have another signature.
    body = request.get_data(parse_form_data=False)
    headers = {name.lower(): value for name, value in request.headers}
    try:
        answer = provider_webhooks.receive(provider, body, headers)
    except UnprovenError:
        return "", 401
    except UnreadableError:
        return "", 400
    db.session.commit()
    return jsonify(answer) if answer is not None else ("", 204)
