"""The state of one simulated Zoom, and how its views find it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from flask import current_app

from simulators.service import Service
from simulators.zoom.faults import SWITCHES

SCHEMA = """
CREATE TABLE IF NOT EXISTS codes (
    code TEXT PRIMARY KEY, account TEXT NOT NULL, redirect_uri TEXT NOT NULL,
    challenge TEXT, challenge_method TEXT, expires_at REAL NOT NULL, used INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS grants (
    id INTEGER PRIMARY KEY, account TEXT NOT NULL, scopes TEXT NOT NULL, refresh_token TEXT NOT NULL UNIQUE,
    alive INTEGER NOT NULL DEFAULT 1, ended_because TEXT, refreshes INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS one_living_grant_per_account ON grants (account) WHERE alive = 1;
CREATE TABLE IF NOT EXISTS access_tokens (
    token TEXT PRIMARY KEY, grant_id INTEGER NOT NULL REFERENCES grants (id), expires_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS spent_refresh_tokens (
    token TEXT PRIMARY KEY, grant_id INTEGER NOT NULL REFERENCES grants (id)
);
CREATE TABLE IF NOT EXISTS meetings (
    id INTEGER PRIMARY KEY, host TEXT NOT NULL, starts_at TEXT NOT NULL, deleted_at TEXT, deleted_by TEXT,
    body TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS daily_writes (
    account TEXT NOT NULL, day TEXT NOT NULL, writes INTEGER NOT NULL, PRIMARY KEY (account, day)
);
"""
TABLES = ("codes", "access_tokens", "spent_refresh_tokens", "grants", "meetings", "daily_writes")


class Zoom(Service):
    """One simulated Zoom."""

    def __init__(
        self,
        *,
        data: Path | None,
        url: str,
        public_url: str,
        client_id: str,
        client_secret: str,
        webhook_url: str = "",
        webhook_secret_token: str = "",
    ) -> None:
        """`webhook_url` is where the app is told that a user removed it; empty means that it is not told."""
        registered = {"webhook_url": webhook_url, "webhook_secret_token": webhook_secret_token}
        super().__init__(
            "zoom",
            data=data,
            url=url,
            public_url=public_url,
            client_id=client_id,
            client_secret=client_secret,
            schema=SCHEMA,
            tables=TABLES,
            switches=[
                replace(switch, at_rest=registered.get(switch.name, switch.at_rest)) for switch in SWITCHES
            ],
        )


def zoom() -> Zoom:
    """The Zoom that the current request was sent to."""
    return cast(Zoom, current_app.extensions["zoom"])


def stamp(moment: datetime) -> str:
    """An aware instant as Zoom writes it: UTC, whole seconds, Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
