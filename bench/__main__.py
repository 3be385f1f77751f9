"""Measures scheduling against its bare minimum: `python -m bench --help`.

Two questions. How much longer does the last click of Schedule Interview take than a page that only inserts
the same rows? And how much later does the candidate's invitation reach the mail server than Zoom and that
server need on their own? Everything is real except the outside services: HTTP to server processes with the
product's own configuration, SQLite on this disk, and the simulators of Zoom and mail with a set latency.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from bench import installation
from bench.installation import ACCOUNTS, THREADS, WORKERS, BareServer, Installation
from bench.measuring import (
    Team,
    all_at_once,
    alternating,
    bare_mail_seconds,
    bare_zoom_seconds,
    with_acceptance,
)
from bench.report import Figures, table
from tests.machines.servers import ServerProcesses
from tests.machines.simulators import Simulators, running_simulators

ZOOM_MS, MAIL_MS = 50, 20
# The first requests of a process import and compile modules; no person waits for that.
WARM_UP_EACH = 2


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure scheduling interviews.")
    parser.add_argument("--interviews", type=int, default=500, help="how many to schedule (default: 500)")
    each = max(2, parser.parse_args().interviews // len(ACCOUNTS))
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="smoothhiring-bench-") as name:
        folder = Path(name)
        with running_simulators(folder) as simulators:
            # One host never reaches Zoom's real daily limit, but --interviews would.
            simulators.zoom_switches(latency_ms=ZOOM_MS, daily_limit=1_000_000)
            simulators.mail_switches(delay_ms=MAIL_MS)
            place = installation.make(folder, candidates_each=1 + WARM_UP_EACH + each)
            figures = _measure(place, simulators, each)
    sys.stdout.write(table(figures, time.monotonic() - began))


def _measure(place: Installation, simulators: Simulators, each: int) -> Figures:
    """Two fifths of the interviews one at a time, the others all at once."""
    rows = _rows_of_one_interview(place, simulators)
    bare = BareServer(place, rows)
    try:
        with _server(place, simulators, background=True) as base_url:
            team = Team(base_url, place.team, _first_day(), already_used=1)
            team.sign_in()
            alternating(team, place, bare, WARM_UP_EACH * len(team))
            alone, bare_answers = alternating(team, place, bare, max(1, each * 2 // 5) * len(team))
            bare_zoom = median(bare_zoom_seconds(simulators))
            bare_mail = median(bare_mail_seconds(simulators))
            together, seconds = all_at_once(team, place, each * len(team) - len(alone))
        return Figures(
            rows=sum(rows.values()),
            bare_zoom=bare_zoom,
            bare_mail=bare_mail,
            alone=with_acceptance(alone, simulators),
            bare_answers=bare_answers,
            together=with_acceptance(together, simulators),
            together_seconds=seconds,
        )
    finally:
        bare.stop()


def _rows_of_one_interview(place: Installation, simulators: Simulators) -> dict[str, int]:
    """Count the rows that the last click inserts, by table, while no background work runs.

    Also connect everyone's Zoom.
    """
    with _server(place, simulators, background=False) as base_url:
        team = Team(base_url, place.team, _first_day(), already_used=0)
        team.sign_in()
        team.connect_zoom()
        dialog, _ = team.fill_in(0)
        before = place.rows()
        team.click(0, dialog)
        return {
            table: count - before[table] for table, count in place.rows().items() if count > before[table]
        }


@contextmanager
def _server(place: Installation, simulators: Simulators, *, background: bool) -> Iterator[str]:
    """Run the product's server with as many workers and threads as an installation has; yields its
    address."""
    settings = place.settings({**simulators.settings(), "SCHEDULER_ENABLED": str(background).lower()})
    servers = ServerProcesses(place.folder, settings)
    try:
        [server] = servers.start(1, workers=WORKERS, threads=THREADS)
        yield server.base_url
        server.terminate()
    finally:
        servers.end_all()


def _first_day() -> datetime:
    """Far enough ahead for both reminders, at 9 a.m."""
    return (datetime.now(UTC) + timedelta(days=3)).replace(hour=9, minute=0, second=0, microsecond=0)


if __name__ == "__main__":
    main()
