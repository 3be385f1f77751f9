"""The mailbox for programs."""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, jsonify, request

from simulators.mailbox.pages import store
from simulators.switches import SwitchBoard

api = Blueprint("api", __name__, url_prefix="/api")


@api.get("/mails")
def mails() -> Response:
    return jsonify([mail.as_json() for mail in store().all(request.args.get("to"))])


@api.get("/mails/<int:mail_id>/raw")
def raw(mail_id: int) -> Response:
    found = store().get(mail_id)
    if found is None:
        abort(404)
    return Response(found[1], mimetype="message/rfc822")


@api.post("/reset")
def reset() -> Response:
    board = current_app.extensions["board"]
    assert isinstance(board, SwitchBoard)
    store().clear()
    board.reset()
    return jsonify(reset=True)
