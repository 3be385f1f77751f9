"""What happens once before a server's processes start: keys, tables, static files, templates, a message on
the console."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from flask import Flask

import instance_folder
from accounts.first_run import organization
from app import create_app
from extensions import db
from schema import migrate_database
from services import services
from web import assets


def prepare(settings: Mapping[str, Any]) -> None:
    """Bring the instance folder and the database up to date, and say on the console what to do next."""
    app = create_app()
    assets.prepare(app.config["INSTANCE_PATH"])
    migrate_database(app)
    with app.app_context():
        is_new = organization() is None
        # The master forks after this; a connection shared by two processes breaks in both.
        db.session.remove()
        db.engine.dispose()
    address = app.config["BASE_URL"]
    if services(app).demo is not None:
        # The demo prints its own welcome.
        return
    if is_new:
        code = instance_folder.setup_code(app.config["INSTANCE_PATH"])
        _tell(f"\n  Open {address}/setup and enter this code: {code}\n")
    else:
        _tell(f"\n  {app.config['APP_NAME']} is at {address}\n")


def warm_up(app: Flask) -> None:
    """Compile the templates, so that no worker has to and no first visitor waits; leaves no connection open.

    A connection shared by two processes breaks in both, so any connection that was opened while the
    application was created is closed before the fork.
    """
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _tell(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
