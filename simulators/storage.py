"""A small SQLite file (or memory) shared by the threads of one simulator."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Storage:
    """One connection behind one lock: transactions are short, and no one sleeps while holding it."""

    def __init__(self, file: Path | None, schema: str) -> None:
        """Opens `file` (None: memory only, gone with the process) and creates the tables of `schema`."""
        self._lock = threading.RLock()
        self._inside = False
        self._connection = sqlite3.connect(file or ":memory:", check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        # Losing a second in a power cut is fine here; waiting for the disk would distort measured latencies.
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.executescript(schema)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Isolate everything inside, and undo it if an exception leaves the outermost block."""
        with self._lock:
            if self._inside:
                yield self._connection
                return
            self._inside = True
            try:
                with self._connection:
                    yield self._connection
            finally:
                self._inside = False

    def close(self) -> None:
        with self._lock:
            self._connection.close()
