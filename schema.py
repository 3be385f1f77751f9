"""Bringing the tables of a database up to date."""

from __future__ import annotations

from flask import Flask
from flask_migrate import upgrade

from config import ROOT


def migrate_database(app: Flask) -> None:
    """Bring the tables of the application's database up to date. Does nothing if they already are."""
    with app.app_context():
        upgrade(directory=str(ROOT / "migrations"))
