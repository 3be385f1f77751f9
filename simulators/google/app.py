"""Puts the parts of the simulated Google together."""

from __future__ import annotations

from flask import Flask, Response

from simulators.google.api import api
from simulators.google.control import control
from simulators.google.oauth import pages as oauth
from simulators.google.pages import pages
from simulators.google.state import Google
from simulators.web import new_app, switches_blueprint

# Gmail takes messages of up to 35 MB, which base64 makes longer by a third.
MAX_REQUEST_BYTES = 64 * 1024 * 1024


def build(google: Google) -> Flask:
    """The WSGI application of one simulated Google: OAuth, APIs, pages and control on one origin."""
    app = new_app("simulated-google", "Simulated Google", home="Overview", public_url=google.public_url)
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST_BYTES
    app.extensions["google"] = google
    # Google's answers have their fields in the order of its documentation.
    app.json.sort_keys = False  # type: ignore[attr-defined]
    for blueprint in (pages, oauth, api, control):
        app.register_blueprint(blueprint)

    @app.after_request
    def dated(response: Response) -> Response:
        # The same clock that events are dated by.
        response.date = google.now()
        return response

    app.register_blueprint(switches_blueprint(google.board, json_path="/_control/switches"))
    return app
