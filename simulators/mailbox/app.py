"""Puts the parts of the mailbox's web pages together."""

from __future__ import annotations

from flask import Flask

from simulators.mailbox.api import api
from simulators.mailbox.pages import pages
from simulators.mailbox.smtp import Connections
from simulators.mailbox.store import MailStore
from simulators.switches import SwitchBoard
from simulators.web import new_app, switches_blueprint


def build(store: MailStore, board: SwitchBoard, connections: Connections, *, public_url: str) -> Flask:
    """The WSGI application that shows the mails of `store`; `board` is the one the SMTP server obeys, and
    `connections` are that server's."""
    app = new_app("simulated-mailbox", "Simulated mailbox", home="Emails", public_url=public_url)
    app.extensions["mails"] = store
    app.extensions["board"] = board
    app.extensions["connections"] = connections
    for blueprint in (pages, api):
        app.register_blueprint(blueprint)
    app.register_blueprint(switches_blueprint(board, json_path="/api/switches"))
    return app
