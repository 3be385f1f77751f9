"""Where providers tell this server about changes on their side. They are answered at once; what follows is
done by tasks."""

from __future__ import annotations

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue

from connections import webhooks as provider_webhooks
from connections.service import connections
from connections.webhooks import UnprovenError
from connections.zoom_webhooks import UnreadableMessageError
from extensions import csrf, db

webhooks = Blueprint("webhooks", __name__)

# Zoom's longest messages are a few thousand bytes.
MAX_BYTES = 64 * 1024


# No form of ours leads here, so there is no token: the signature stands in its place.
@webhooks.route("/webhooks/zoom", methods=["GET", "POST"])
@csrf.exempt
def zoom() -> ResponseReturnValue:
    """401 for what nobody vouches for, 400 for what cannot be read, 204 for everything else: Zoom repeats
    what is not answered with success, and repeating would not help."""
    if connections().zoom_webhooks is None:
        abort(404)
    if request.method != "POST":
        abort(405)
    request.max_content_length = MAX_BYTES
    # The bytes as they came: what is parsed and written again would have another signature.
    body = request.get_data(parse_form_data=False)
    try:
        answer = provider_webhooks.take_from_zoom(
            body,
            timestamp=request.headers.get("x-zm-request-timestamp", ""),
            signature=request.headers.get("x-zm-signature", ""),
        )
    except UnprovenError:
        return "", 401
    except UnreadableMessageError:
        return "", 400
    db.session.commit()
    return jsonify(answer) if answer is not None else ("", 204)
