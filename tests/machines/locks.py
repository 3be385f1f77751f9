"""Tells from PostgreSQL when a transaction is waiting for another one."""

import sqlalchemy as sa
from flask import Flask

from extensions import db


def is_waiting_for_a_lock(app: Flask) -> bool:
    """Whether any transaction on the app's PostgreSQL is waiting for another one's lock."""
    with app.app_context(), db.engine.connect() as connection:
        return bool(connection.scalar(sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")))
