"""Asking connected calendars when their owners are busy, in separate threads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa
from flask import Flask, current_app

from connections.grants import with_grant
from connections.service import connections
from database import read_only
from extensions import db
from models import Organization
from providers.base import BusySpan
from providers.errors import RetryableError

# Takes a connection's id, the key of its app, and two instants (aware, UTC). Returns when the calendar's
# owner is busy between them, earliest first; None if this server isn't set up for the app. Raises any
# `ProviderError`, also where background work is paused.
Ask = Callable[[int, str, datetime, datetime], list[BusySpan] | None]


def asker() -> Ask:
    """A function that asks, for use in other threads than this one. It ends each of its transactions before
    it calls a provider."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

    def ask(connection_id: int, key: str, since: datetime, until: datetime) -> list[BusySpan] | None:
        with app.app_context():
            clients = connections().clients.get(key)
            calendar = clients.calendar if clients is not None else None
            if calendar is None:
                return None
            if _is_paused(app.config["INSTALLATION_ID"]):
                # The original may be using these grants. Renewing one here could end it there.
                raise RetryableError("Calendars aren't asked while background work is paused.")
            return with_grant(connection_id, lambda grant: calendar.busy(grant, since, until))

    return ask


def _is_paused(installation_id: str) -> bool:
    """Whether the installation was restored or is a copy, and no one has decided about it."""
    stored = sa.select(Organization.installation_id, Organization.held_back_since)
    with read_only():
        found = db.session.execute(stored).all()
        db.session.rollback()
    return any(row.held_back_since is not None or row.installation_id != installation_id for row in found)
