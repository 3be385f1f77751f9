"""What every simulated provider has: a registered app, its data, its faults, and its clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from simulators.ledger import CallsPerSecond, Ledger
from simulators.storage import Storage
from simulators.switches import Switch, SwitchBoard


class Service:
    """One simulated provider."""

    def __init__(
        self,
        name: str,
        *,
        data: Path | None,
        url: str,
        public_url: str,
        client_id: str,
        client_secret: str,
        schema: str,
        tables: Sequence[str],
        switches: Sequence[Switch],
    ) -> None:
        """`name`: of the SQLite file in the folder `data`, which is None for memory. `public_url`: origin of
        links for a browser. `tables`: those of `schema`, in the order in which they can be emptied."""
        self.url = url
        self.public_url = public_url
        self.client_id = client_id
        self.client_secret = client_secret
        self.storage = Storage(data / f"{name}.sqlite3" if data else None, schema)
        self.board = SwitchBoard(switches)
        self.ledger = Ledger()
        self.calls_per_second = CallsPerSecond()
        # How often everything was forgotten.
        self.resets = 0
        self._tables = tuple(tables)

    def now(self) -> datetime:
        """The simulated instant, aware, in UTC."""
        return datetime.now(UTC) + timedelta(seconds=self.board["clock_offset_seconds"])

    def reset(self) -> None:
        """Go back to the beginning: nothing granted, nothing planned, all switches reset."""
        self.resets += 1
        with self.storage.transaction() as rows:
            for table in self._tables:
                rows.execute(f"DELETE FROM {table}")
        self.board.reset()
        self.ledger.clear()
