"""Measures where uploaded files are kept: `python -m bench.uploads --help`.

Each file is kept and read in a folder, as the product does it, and in a row of PostgreSQL, as it could. With
`--folder`, it can be a folder that servers share.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import psycopg

from attachment_files import AttachmentFiles
from tests.machines.postgresql import DURABLE, postgresql_cluster

# A résumé, and the largest file there may be.
SIZES = {"200 kB": 200_000, "5 MB": 5 * 1024 * 1024}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.uploads", description="Measure uploaded files.")
    parser.add_argument("--times", type=int, default=40, help="how many files of each size (default: 40)")
    parser.add_argument(
        "--folder", type=Path, help="an existing folder to measure (default: a temporary one)"
    )
    wanted = parser.parse_args()
    lines = [f"{'median of one file, ms':<26}{'kept':>10}{'read':>10}{'log':>12}"]
    with (
        tempfile.TemporaryDirectory(prefix="smoothhiring-uploads-", dir=wanted.folder) as folder,
        postgresql_cluster(DURABLE) as cluster,
        psycopg.connect(
            cluster.create_database("uploads", template="template0").replace("+psycopg", ""), autocommit=True
        ) as database,
    ):
        files = AttachmentFiles(Path(folder))
        database.execute("CREATE TABLE files (name text PRIMARY KEY, content bytea NOT NULL)")
        # PDF and pictures are compressed already.
        database.execute("ALTER TABLE files ALTER content SET STORAGE EXTERNAL")
        for what, size in SIZES.items():
            for place, keep, read in (
                ("folder", files.keep, files.read),
                ("PostgreSQL", _Rows(database).keep, _Rows(database).read),
            ):
                log = _log_position(database)
                kept, there = _measure(keep, read, size, wanted.times)
                written = (_log_position(database) - log) / wanted.times
                times = f"{kept * 1000:10.2f}{there * 1000:10.2f}"
                lines.append(f"  {what + ', ' + place:<24}{times}{written / 1024:9.0f} kB")
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()}"
    sys.stdout.write("\n".join(["", *lines, "", f"{machine}.", ""]))


class _Rows:
    """Files as rows of PostgreSQL."""

    def __init__(self, database: psycopg.Connection[tuple[bytes, ...]]) -> None:
        self._database = database

    def keep(self, content: bytes) -> str:
        name = os.urandom(16).hex()
        self._database.execute("INSERT INTO files VALUES (%s, %b)", (name, content))
        return name

    def read(self, name: str) -> bytes:
        found = self._database.execute("SELECT content FROM files WHERE name = %s", (name,), binary=True)
        row = found.fetchone()
        assert row is not None
        return row[0]


def _log_position(database: psycopg.Connection[tuple[bytes, ...]]) -> int:
    row = database.execute("SELECT (pg_current_wal_lsn() - '0/0'::pg_lsn)::bigint").fetchone()
    assert row is not None
    return int(row[0])


def _measure(
    keep: Callable[[bytes], str], read: Callable[[str], bytes], size: int, times: int
) -> tuple[float, float]:
    """The median seconds that keeping and reading a file of this many bytes takes."""
    kept, there = [], []
    for _ in range(times):
        content = os.urandom(size)
        began = time.perf_counter()
        name = keep(content)
        kept.append(time.perf_counter() - began)
        began = time.perf_counter()
        assert read(name) == content
        there.append(time.perf_counter() - began)
    return median(kept), median(there)


if __name__ == "__main__":
    main()
