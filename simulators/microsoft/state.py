"""The state of one simulated Microsoft, and how its views find it."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from flask import current_app

from simulators.microsoft.faults import SWITCHES
from simulators.service import Service

SCHEMA = """
CREATE TABLE IF NOT EXISTS consents (
    account TEXT NOT NULL, scope TEXT NOT NULL, PRIMARY KEY (account, scope)
);
CREATE TABLE IF NOT EXISTS admin_consents (
    tenant TEXT NOT NULL, scope TEXT NOT NULL, PRIMARY KEY (tenant, scope)
);
CREATE TABLE IF NOT EXISTS codes (
    code TEXT PRIMARY KEY, account TEXT NOT NULL, redirect_uri TEXT NOT NULL, scopes TEXT NOT NULL,
    challenge TEXT, nonce TEXT, expires_at REAL NOT NULL, used INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS grants (
    id INTEGER PRIMARY KEY, account TEXT NOT NULL, scopes TEXT NOT NULL, lasting INTEGER NOT NULL,
    alive INTEGER NOT NULL DEFAULT 1, ended_because TEXT, error_code INTEGER,
    refreshes INTEGER NOT NULL DEFAULT 0, created_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS grants_by_account ON grants (account, alive);
CREATE TABLE IF NOT EXISTS refresh_tokens (
    token TEXT PRIMARY KEY, grant_id INTEGER NOT NULL REFERENCES grants (id), expires_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS access_tokens (
    token TEXT PRIMARY KEY, grant_id INTEGER NOT NULL REFERENCES grants (id), scopes TEXT NOT NULL,
    expires_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS events (
    account TEXT NOT NULL, id TEXT NOT NULL, change INTEGER NOT NULL, starts_at REAL NOT NULL,
    ends_at REAL NOT NULL, transaction_id TEXT, body TEXT NOT NULL, PRIMARY KEY (account, id)
);
CREATE INDEX IF NOT EXISTS events_by_change ON events (account, change);
CREATE INDEX IF NOT EXISTS events_by_transaction ON events (account, transaction_id);
CREATE TABLE IF NOT EXISTS changes (number INTEGER PRIMARY KEY AUTOINCREMENT);
CREATE TABLE IF NOT EXISTS sent (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, account TEXT NOT NULL,
    subject TEXT NOT NULL, message_id TEXT NOT NULL, recipients TEXT NOT NULL, undelivered TEXT NOT NULL,
    kept INTEGER NOT NULL, sent_at TEXT NOT NULL, raw BLOB NOT NULL
);
"""
TABLES = (
    *("consents", "admin_consents", "codes", "access_tokens", "refresh_tokens", "grants", "events"),
    *("changes", "sent"),
)


class Turns:
    """How many calls each mailbox is busy with."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: Counter[str] = Counter()

    def begin(self, mailbox: str) -> int:
        """Counts one more call, and returns how many there are now."""
        with self._lock:
            self._running[mailbox] += 1
            return self._running[mailbox]

    def end(self, mailbox: str) -> None:
        with self._lock:
            self._running[mailbox] -= 1


class Microsoft(Service):
    """One simulated Microsoft: its sign-in service, Graph, Outlook and Teams."""

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
        """`mail_server` is the host and port of the SMTP server that accepts what Outlook sends."""
        super().__init__(
            "microsoft",
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
        self.turns = Turns()


def microsoft() -> Microsoft:
    """The Microsoft that the current request was sent to."""
    return cast(Microsoft, current_app.extensions["microsoft"])


def stamp(moment: datetime) -> str:
    """An aware instant as Graph writes it: UTC, seven digits after the point, Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0Z")
