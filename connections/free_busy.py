"""Asking connected calendars when their owners are busy, from threads of their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Flask, current_app

from connections.grants import with_grant
from connections.service import connections
from providers.base import BusySpan

# Takes a connection's id, the key of its app, and two instants (aware, UTC). Returns when the calendar's
# owner is busy between them, earliest first; None if this server isn't set up for the app. Raises any
# `ProviderError`.
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
            return with_grant(connection_id, lambda grant: calendar.busy(grant, since, until))

    return ask
