"""The baseline for polls: a Flask page that finds out who is signed in, as the product does, and says so.

The same tables, ORM and engine rules as the product, and nothing around them: no permissions, no layout.
"""

from __future__ import annotations

import os

from flask import Flask, session
from flask.typing import ResponseReturnValue

from accounts.sessions import living, read, select_living
from database import begin_reading, listen
from extensions import db
from rows import rows_of

_PAGE = "<!doctype html><title>{{ name }}</title><p>Signed in as {{ name }}, {{ role }}.</p>"


def application() -> Flask:
    """Build the page for gunicorn; the database comes from the environment."""
    app = Flask("bare")
    app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["BARE_DATABASE_URL"]
    app.config["SECRET_KEY"] = "nothing here is secret"
    db.init_app(app)
    with app.app_context():
        listen(db.engine)
        db.engine.dispose()
    app.before_request(begin_reading)
    # Once: Flask would compile a template given as text again for each response.
    page, statement = app.jinja_env.from_string(_PAGE), select_living()

    @app.get("/")
    def ready() -> str:
        return "ready"

    @app.get("/sign-in/<token>")
    def sign_in(token: str) -> str:
        session["token"] = token
        return "signed in"

    @app.get("/me")
    def me() -> ResponseReturnValue:
        rows = rows_of(statement, living(session["token"]))
        if not rows:
            return "nobody", 401
        user = read(rows[0]).user
        return page.render(name=user["name"], role=user["role"].label)

    return app
