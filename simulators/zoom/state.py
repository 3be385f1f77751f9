"""The state of one simulated Zoom, and how its views find it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from flask import current_app

from simulators.storage import Storage
from simulators.switches import SwitchBoard
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

LONGEST_LEDGER = 50_000


@dataclass
class Ledger:
    """Every call that arrived, in the order of being answered; in memory, oldest dropped first."""

    calls: list[dict[str, Any]] = field(default_factory=list)
    token_calls: list[dict[str, Any]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add_call(self, entry: dict[str, Any]) -> None:
        with self._lock:
            self.calls.append(entry)
            del self.calls[:-LONGEST_LEDGER]

    def add_token_call(self, entry: dict[str, Any]) -> None:
        with self._lock:
            self.token_calls.append(entry)
            del self.token_calls[:-LONGEST_LEDGER]

    def snapshot(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        with self._lock:
            return list(self.calls), list(self.token_calls)

    def clear(self) -> None:
        with self._lock:
            self.calls.clear()
            self.token_calls.clear()


class CallsPerSecond:
    """Counts calls within the current second, for the whole account, as Zoom does."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._second = 0
        self._calls = 0

    def count(self, now: datetime) -> int:
        """Counts one call and returns how many there have been in its second."""
        second = int(now.timestamp())
        with self._lock:
            if second != self._second:
                self._second, self._calls = second, 0
            self._calls += 1
            return self._calls


class Zoom:
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
        """`data`: folder of the SQLite file, None for memory. `public_url`: origin of links for a browser.
        `webhook_url`: where the app is told that a user removed it; empty: it is not told."""
        self.url = url
        self.public_url = public_url
        self.client_id = client_id
        self.client_secret = client_secret
        self.storage = Storage(data / "zoom.sqlite3" if data else None, SCHEMA)
        registered = {"webhook_url": webhook_url, "webhook_secret_token": webhook_secret_token}
        self.board = SwitchBoard(
            [replace(switch, at_rest=registered.get(switch.name, switch.at_rest)) for switch in SWITCHES]
        )
        self.ledger = Ledger()
        self.calls_per_second = CallsPerSecond()
        # How often everything was forgotten.
        self.resets = 0

    def now(self) -> datetime:
        """The simulated instant, aware, in UTC."""
        return datetime.now(UTC) + timedelta(seconds=self.board["clock_offset_seconds"])

    def reset(self) -> None:
        """Back to the beginning: nothing granted, nothing scheduled, all switches reset."""
        self.resets += 1
        with self.storage.transaction() as rows:
            for table in TABLES:
                rows.execute(f"DELETE FROM {table}")
        self.board.reset()
        self.ledger.clear()


def zoom() -> Zoom:
    """The Zoom that the current request was sent to."""
    return cast(Zoom, current_app.extensions["zoom"])


def stamp(moment: datetime) -> str:
    """An aware instant as Zoom writes it: UTC, whole seconds, Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
