"""The state of one simulated Google, and how its views find it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from flask import current_app

from simulators.google.faults import SWITCHES
from simulators.service import Service

SCHEMA = """
CREATE TABLE IF NOT EXISTS codes (
    code TEXT PRIMARY KEY, account TEXT NOT NULL, redirect_uri TEXT NOT NULL, scopes TEXT NOT NULL,
    challenge TEXT, nonce TEXT, offline INTEGER NOT NULL, prompted INTEGER NOT NULL,
    expires_at REAL NOT NULL, used INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS grants (
    id INTEGER PRIMARY KEY, account TEXT NOT NULL, scopes TEXT NOT NULL, refresh_token TEXT UNIQUE,
    alive INTEGER NOT NULL DEFAULT 1, ended_because TEXT, refreshes INTEGER NOT NULL DEFAULT 0,
    testing INTEGER NOT NULL DEFAULT 0, created_at REAL NOT NULL, used_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS grants_by_account ON grants (account, alive);
CREATE TABLE IF NOT EXISTS access_tokens (
    token TEXT PRIMARY KEY, grant_id INTEGER NOT NULL REFERENCES grants (id), scopes TEXT NOT NULL,
    expires_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS events (
    account TEXT NOT NULL, id TEXT NOT NULL, change INTEGER NOT NULL, starts_at REAL NOT NULL,
    ends_at REAL NOT NULL, body TEXT NOT NULL, PRIMARY KEY (account, id)
);
CREATE INDEX IF NOT EXISTS events_by_change ON events (account, change);
CREATE TABLE IF NOT EXISTS changes (number INTEGER PRIMARY KEY AUTOINCREMENT);
CREATE TABLE IF NOT EXISTS sent (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, thread TEXT NOT NULL,
    account TEXT NOT NULL, subject TEXT NOT NULL, message_id TEXT NOT NULL, recipients TEXT NOT NULL,
    undelivered TEXT NOT NULL, sent_at TEXT NOT NULL, raw BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS sent_by_message_id ON sent (account, message_id);
"""
TABLES = ("codes", "access_tokens", "grants", "events", "changes", "sent")


class Google(Service):
    """One simulated Google."""

    def __init__(
        self,
        *,
        data: Path | None,
        url: str,
        public_url: str,
        client_id: str,
        client_secret: str,
        mail_server: tuple[str, int],
    ) -> None:
        """`mail_server` is the host and port of the SMTP server that accepts what Gmail sends."""
        super().__init__(
            "google",
            data=data,
            url=url,
            public_url=public_url,
            client_id=client_id,
            client_secret=client_secret,
            schema=SCHEMA,
            tables=TABLES,
            switches=SWITCHES,
        )
        self.mail_server = mail_server


def google() -> Google:
    """The Google that the current request was sent to."""
    return cast(Google, current_app.extensions["google"])


def stamp(moment: datetime) -> str:
    """An aware instant as Google writes it: UTC, milliseconds, Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
