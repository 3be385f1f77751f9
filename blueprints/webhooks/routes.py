"""Where providers tell this server about changes on their side. They are answered immediately; tasks do the
work that follows.
"""

from __future__ import annotations

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue

from connections import webhooks as provider_webhooks
from connections.webhooks import UnprovenError, UnreadableError
from extensions import csrf, db
from scheduling.meetings.looks import look_because_told
from services import services

webhooks = Blueprint("webhooks", __name__)

# The longest known messages are a few thousand bytes.
MAX_BYTES = 64 * 1024


# None of our forms leads here, so there is no token: the signature is the permission.
@webhooks.route("/webhooks/<provider>", methods=["GET", "POST"])
@csrf.exempt
def receive(provider: str) -> ResponseReturnValue:
    """401 for what is unproven, 400 for what cannot be read, 204 for everything else: providers repeat
    messages that are not answered with success, and repeating would not help.
    """
    if provider not in services().connections.webhooks:
        abort(404)
    if request.method != "POST":
        abort(405)
    request.max_content_length = MAX_BYTES
    # The bytes as they came: parsed and written again, they would have another signature.
    body = request.get_data(parse_form_data=False)
    headers = {name.lower(): value for name, value in request.headers}
    try:
        answer = provider_webhooks.receive(provider, body, headers, when_meeting_touched=look_because_told)
    except UnprovenError:
        return "", 401
    except UnreadableError:
        return "", 400
    db.session.commit()
    return jsonify(answer) if answer is not None else ("", 204)
