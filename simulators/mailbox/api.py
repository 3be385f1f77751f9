"""The mailbox for programs."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, Response, abort, current_app, jsonify, request

from simulators.mailbox.pages import store
from simulators.mailbox.smtp import Connections
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


@api.get("/connections")
def connections() -> Response:
    return jsonify(asdict(_counts()))


@api.post("/reset")
def reset() -> Response:
    board = current_app.extensions["board"]
    assert isinstance(board, SwitchBoard)
    store().clear()
    board.reset()
    _counts().opened = _counts().ended_with_quit = 0
    return jsonify(reset=True)


def _counts() -> Connections:
    counts = current_app.extensions["connections"]
    assert isinstance(counts, Connections)
    return counts
