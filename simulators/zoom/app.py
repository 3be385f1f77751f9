"""Puts the parts of the simulated Zoom together."""

from __future__ import annotations

from flask import Flask, Response

from simulators.web import new_app, switches_blueprint
from simulators.zoom.api import api
from simulators.zoom.control import control
from simulators.zoom.oauth import pages as oauth
from simulators.zoom.pages import pages
from simulators.zoom.state import Zoom


def build(zoom: Zoom) -> Flask:
    """The WSGI application of one simulated Zoom: OAuth, API, pages and control on one origin."""
    app = new_app("simulated-zoom", "Simulated Zoom", home="Overview", public_url=zoom.public_url)
    app.extensions["zoom"] = zoom
    # Zoom's answers have their fields in the order of its documentation.
    app.json.sort_keys = False  # type: ignore[attr-defined]
    for blueprint in (pages, oauth, api, control):
        app.register_blueprint(blueprint)

    @app.after_request
    def dated(response: Response) -> Response:
        # The same clock that meetings are dated by.
        response.date = zoom.now()
        return response

    app.register_blueprint(switches_blueprint(zoom.board, json_path="/_control/switches"))
    return app
