"""The baseline for pages: a Flask page that says hello and nothing else."""

from __future__ import annotations

from flask import Flask


def application() -> Flask:
    """Build the page for gunicorn."""
    app = Flask("bare")

    @app.get("/")
    def hello() -> str:
        return "Hello"

    return app
