"""Seeing in PostgreSQL that a transaction has come to where it waits for another one."""

import sqlalchemy as sa
from flask import Flask

from extensions import db


def is_waiting_for_a_lock(app: Flask) -> bool:
    """Whether any transaction on the app's PostgreSQL waits for a lock of another one."""
    with app.app_context(), db.engine.connect() as connection:
        return bool(connection.scalar(sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")))
