"""What the pages of all simulators have in common: the Flask app, the page of switches and its JSON."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, Flask, Response, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from simulators.service import Service
from simulators.switches import SwitchBoard

MAX_REQUEST_BYTES = 1024 * 1024


def new_app(name: str, title: str, *, home: str, public_url: str) -> Flask:
    """A Flask app with the shared templates and stylesheet. Every page names `title` and its `home` page."""
    app = Flask(
        name, root_path=__file__.rsplit("/", 1)[0], static_folder="static", template_folder="templates"
    )
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST_BYTES
    # No sessions and no cookies here: ports of one host share them, and the product's must not be disturbed.
    app.logger.setLevel(logging.ERROR)
    app.add_template_filter(_when, "when")

    @app.context_processor
    def _for_every_page() -> dict[str, Any]:
        return {"simulator": title, "home": home, "public_url": public_url}

    @app.after_request
    def _headers(response: Response) -> Response:
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        if response.mimetype == "text/html":
            response.headers.setdefault(
                "Content-Security-Policy",
                "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:;"
                " frame-src 'self'; base-uri 'none'; frame-ancestors 'none'",
            )
        return response

    return app


def _when(moment: datetime | str) -> str:
    """2026-11-22T09:05:00Z (or an aware datetime in UTC) as "22 Nov 2026, 09:05 UTC"."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    return f"{moment.day} {moment:%b %Y, %H:%M} UTC"


def changed_switches(service: Service) -> list[str]:
    """The labels of the switches that are not at their defaults."""
    board = service.board
    return [switch.label for switch in board.switches.values() if board[switch.name] != switch.at_rest]


def add_elsewhere(pages: Blueprint, service_of: Callable[[], Service]) -> None:
    """Add the page to which the redirect switch leads. The ledger says whether a token was sent along."""

    @pages.route("/elsewhere", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def elsewhere() -> Response:
        service = service_of()
        service.ledger.add(
            "calls",
            {
                "method": request.method,
                "path": request.path,
                "operation": "elsewhere",
                "account": None,
                "status": 200,
                "at": service.now().isoformat(),
                "authorization": "Authorization" in request.headers,
            },
        )
        return jsonify(message="You should not have followed that redirect.")


def switches_blueprint(board: SwitchBoard, *, json_path: str) -> Blueprint:
    """The page `/switches` and, under `json_path`, the same for programs: GET reads, POST merges."""
    pages = Blueprint("switches", __name__)

    def page(status: int = 200, error: str | None = None) -> tuple[str, int]:
        values = board.all()
        rows = [
            {
                "switch": switch,
                "text": switch.as_text(values[switch.name]),
                "value": values[switch.name],
                "changed": values[switch.name] != switch.at_rest,
            }
            for switch in board.switches.values()
        ]
        return render_template("switches.html", rows=rows, error=error), status

    @pages.get("/switches")
    def show() -> tuple[str, int]:
        return page()

    @pages.post("/switches/<name>")
    def flip(name: str) -> BaseResponse | tuple[str, int]:
        if name not in board.switches:
            return page(404, f"There is no switch {name}.")
        try:
            board.merge({name: board.switches[name].from_form(request.form.get("value", ""))})
        except ValueError as error:
            return page(422, f"Not changed: {error}")
        return redirect(url_for("switches.show", _anchor=name), 303)

    @pages.post("/switches/reset")
    def reset() -> BaseResponse:
        name = request.form.get("name") or None
        board.reset(name)
        return redirect(url_for("switches.show", _anchor=name), 303)

    @pages.get(json_path)
    def read() -> Response:
        return jsonify(board.all())

    @pages.post(json_path)
    def merge() -> tuple[Response, int]:
        changes = request.get_json(silent=True)
        if not isinstance(changes, dict):
            return jsonify(error="a JSON object of switches is expected"), 400
        try:
            board.merge(changes)
        except ValueError as error:
            return jsonify(error=str(error)), 400
        return jsonify(board.all()), 200

    return pages
