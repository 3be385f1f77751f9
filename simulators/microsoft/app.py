"""Puts the parts of the simulated Microsoft together."""

from __future__ import annotations

from flask import Flask, Response

from simulators.microsoft.api import api
from simulators.microsoft.control import control
from simulators.microsoft.oauth import pages as oauth
from simulators.microsoft.pages import pages
from simulators.microsoft.state import Microsoft
from simulators.microsoft.tokens import endpoints
from simulators.web import new_app, switches_blueprint

# More than Graph accepts, so that the refusal is the one for a message that is too large.
MAX_REQUEST_BYTES = 16 * 1024 * 1024


def build(microsoft: Microsoft) -> Flask:
    """The WSGI application of one simulated Microsoft: sign-in, Graph, pages and control on one origin."""
    app = new_app(
        "simulated-microsoft", "Simulated Microsoft", home="Overview", public_url=microsoft.public_url
    )
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST_BYTES
    app.extensions["microsoft"] = microsoft
    # Graph's answers have their properties in the order of its documentation.
    app.json.sort_keys = False  # type: ignore[attr-defined]
    for blueprint in (pages, oauth, endpoints, api, control):
        app.register_blueprint(blueprint)

    @app.after_request
    def dated(response: Response) -> Response:
        # The same clock that events are dated by.
        response.date = microsoft.now()
        return response

    app.register_blueprint(switches_blueprint(microsoft.board, json_path="/_control/switches"))
    return app
