"""Measures what is gained by more servers on one PostgreSQL: `python -m bench.scale --help`.

Ten people schedule without a break, at one, two, and three servers. How many interviews a minute do they
schedule, and how long is it from the click to the candidate's invitation? On one machine all of them share
its cores, so the rates say little about three machines. The processor time that the servers and PostgreSQL
spend on each interview says more: as long as it stays the same, servers are not in each other's way, and it
shows where the limit is. Everything is real except the providers and the mail server, which are simulators
with a set latency.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles

import psycopg
import requests

from bench.installation import ACCOUNTS, THREADS, WORKERS, make_team
from bench.measuring import Scheduled, Team, say_progress, with_acceptance
from bench.servers import processor_time
from tests.machines.application import settings_for
from tests.machines.postgresql import DURABLE, PostgreSQLCluster, postgresql_cluster
from tests.machines.processes import wait_until
from tests.machines.servers import ServerProcess, ServerProcesses
from tests.machines.simulators import Simulators, running_simulators

ZOOM_MS, MAIL_MS = 50, 20
# The processor time of an interview with the most servers, compared with one server.
AIM = 1.25
# The first requests of a process import and compile modules; no person waits for that.
WARM_UP_EACH = 1
IDLE_SECONDS = 15.0


@dataclass(frozen=True)
class Looks:
    """How many meetings were looked at in a second; the other figures are for one look."""

    a_second: float
    computed: float
    statements: float
    commits: float
    written: float


@dataclass(frozen=True)
class Round:
    """What was measured with this number of servers, times in seconds. The figures from `of_servers` to
    `zoom_calls` are for one interview, without what idle servers do anyway. `connections` is the highest
    number seen. The figures of one idle server are for one second: its transactions, and the processor time
    of it and of PostgreSQL."""

    servers: int
    a_minute: float
    to_mail: list[float]
    of_servers: float
    of_database: float
    statements: float
    commits: float
    written: float
    stored: float
    tasks: float
    mails: float
    zoom_calls: float
    looks: Looks
    connections: int
    idle_transactions: float
    idle_computed: float


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description="Measure 1, 2 and 3 servers.")
    parser.add_argument("--interviews", type=int, default=200, help="how many in each round (default: 200)")
    parser.add_argument("--servers", type=int, default=3, help="how many servers at most (default: 3)")
    wanted = parser.parse_args()
    each = max(2, wanted.interviews // len(ACCOUNTS))
    began = time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="smoothhiring-scale-")))
        cluster = stack.enter_context(postgresql_cluster(DURABLE))
        simulators = stack.enter_context(running_simulators(folder))
        rounds = [
            _measure(folder / str(count), cluster, simulators, count, each)
            for count in range(1, wanted.servers + 1)
        ]
    sys.stdout.write(_table(rounds, each * len(ACCOUNTS), time.monotonic() - began))


def _measure(
    folder: Path, cluster: PostgreSQLCluster, simulators: Simulators, count: int, each: int
) -> Round:
    folder.mkdir()
    simulators.reset()
    # One host never reaches Zoom's real daily limit, but --interviews would.
    simulators.zoom_switches(latency_ms=ZOOM_MS, daily_limit=1_000_000)
    simulators.mail_switches(delay_ms=MAIL_MS)
    url = cluster.create_database(f"servers_{count}", template="template0")
    members = make_team(url, folder / "instance", WARM_UP_EACH + each)
    settings = settings_for(url, folder / "instance", {**simulators.settings(), "SCHEDULER_ENABLED": "true"})
    servers = ServerProcesses(folder, settings)
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as database:
        database.execute("CREATE EXTENSION pg_stat_statements")
        try:
            running = servers.start(count, workers=WORKERS, threads=THREADS)
            first_day = (datetime.now(UTC) + timedelta(days=3)).replace(hour=9, minute=0)
            team = Team([server.base_url for server in running], members, first_day, already_used=0)
            team.sign_in()
            team.connect_zoom()
            _schedule(team, WARM_UP_EACH, simulators)
            _wait_until_quiet(database)
            idle, idle_seconds = _while_idle(database, cluster, running, simulators)
            before = _Counters.of(database, cluster, running, simulators)
            began = time.monotonic()
            scheduled, seconds = _schedule(team, each, simulators)
            _wait_until_quiet(database)
            took = time.monotonic() - began
            after = _Counters.of(database, cluster, running, simulators)
            # A process compiles its statements during its first looks.
            for _ in range(2):
                looks = _look_at_all(database, cluster, running, simulators)
            for server in running:
                server.terminate()
        finally:
            servers.end_all()
    per = [
        (b - a - quiet * took / idle_seconds) / len(scheduled)
        for a, b, quiet in zip(before.values, after.values, idle, strict=True)
    ]
    of_servers, of_database, statements, commits, written, stored, tasks, mails, calls = per
    return Round(
        servers=count,
        a_minute=60 * len(scheduled) / seconds,
        to_mail=[one.seconds_to_mail for one in scheduled],
        of_servers=of_servers,
        of_database=of_database,
        statements=statements,
        commits=commits,
        written=written,
        stored=stored,
        tasks=tasks,
        mails=mails,
        zoom_calls=calls,
        connections=after.connections,
        looks=looks,
        idle_transactions=idle[3] / idle_seconds / count,
        idle_computed=(idle[0] + idle[1]) / idle_seconds / count,
    )


@dataclass(frozen=True)
class _Counters:
    """What has been counted so far, in the order of the fields of `Round`."""

    values: Sequence[float]
    connections: int

    @classmethod
    def of(
        cls,
        database: psycopg.Connection[tuple[int, ...]],
        cluster: PostgreSQLCluster,
        running: Sequence[ServerProcess],
        simulators: Simulators,
    ) -> _Counters:
        row = database.execute(
            "SELECT (SELECT sum(calls) FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid"
            "  WHERE d.datname = current_database()),"
            " (SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()),"
            " pg_current_wal_lsn() - '0/0'::pg_lsn, pg_database_size(current_database()),"
            " (SELECT count(*) FROM tasks), (SELECT count(*) FROM mails),"
            " (SELECT numbackends FROM pg_stat_database WHERE datname = current_database()) - 1"
        ).fetchone()
        assert row is not None
        *counted, connections = (float(value) for value in row)
        computed = sum(processor_time(server.process.pid) for server in running)
        calls = len(simulators.ledger()["calls"])
        return cls((computed, processor_time(cluster.pid), *counted, calls), int(connections))


def _schedule(team: Team, each: int, simulators: Simulators) -> tuple[list[Scheduled], float]:
    """Let everyone schedule this many interviews at the same time. Returns them, and the seconds from the
    first page to the last candidate's invitation."""
    done: list[Scheduled] = []
    began = time.time()

    def work(member: int) -> None:
        for _ in range(each):
            dialog, candidate = team.fill_in(member)
            done.append(Scheduled(team.click(member, dialog), candidate))
            say_progress("interviews", len(done), each * len(team))

    with ThreadPoolExecutor(len(team)) as pool:
        for outcome in [pool.submit(work, member) for member in range(len(team))]:
            outcome.result()
    candidates = {one.candidate for one in done}

    def all_arrived() -> bool:
        listed = requests.get(f"{simulators.mailbox_url}/api/mails", timeout=60).json()
        return candidates <= {mail["envelope_to"] for mail in listed}

    wait_until(all_arrived, what="every candidate has an invitation", timeout=300, every=0.5)
    accepted = with_acceptance(done, simulators)
    return accepted, max(one.accepted_at for one in accepted) - began


def _wait_until_quiet(database: psycopg.Connection[tuple[int, ...]]) -> None:
    due = (
        "SELECT count(*) FROM tasks"
        " WHERE state IN ('ready', 'running') AND run_at <= now() AT TIME ZONE 'UTC'"
    )
    wait_until(
        lambda: database.execute(due).fetchone() == (0,),
        what="no background work is due",
        timeout=300,
        every=0.2,
    )


def _look_at_all(
    database: psycopg.Connection[tuple[int, ...]],
    cluster: PostgreSQLCluster,
    running: Sequence[ServerProcess],
    simulators: Simulators,
) -> Looks:
    """Have every meeting looked at now."""
    before, began = _Counters.of(database, cluster, running, simulators), time.monotonic()
    database.execute(
        "UPDATE tasks SET run_at = now() AT TIME ZONE 'UTC'"
        " WHERE kind = 'look_at_meeting' AND state = 'ready'"
    )
    _wait_until_quiet(database)
    seconds, after = time.monotonic() - began, _Counters.of(database, cluster, running, simulators)
    *_, looks = more = [b - a for a, b in zip(before.values, after.values, strict=True)]
    of_servers, of_database, statements, commits, written, *_ = (each / looks for each in more)
    return Looks(looks / seconds, of_servers + of_database, statements, commits, written)


def _while_idle(
    database: psycopg.Connection[tuple[int, ...]],
    cluster: PostgreSQLCluster,
    running: Sequence[ServerProcess],
    simulators: Simulators,
) -> tuple[list[float], float]:
    """What is counted while no one asks the servers for anything, and over how many seconds."""
    began, before = time.monotonic(), _Counters.of(database, cluster, running, simulators)
    time.sleep(IDLE_SECONDS)
    after = _Counters.of(database, cluster, running, simulators)
    came_up = [b - a for a, b in zip(before.values, after.values, strict=True)]
    return came_up, time.monotonic() - began


def _table(rounds: Sequence[Round], interviews: int, took: float) -> str:
    def line(what: str, values: Sequence[str], note: str = "") -> str:
        return f"  {what:<44}{''.join(f'{value:>12}' for value in values)}{note}"

    def numbers(what: str, values: Sequence[float], form: str = ".1f", unit: str = "") -> str:
        return line(what, [f"{value:{form}}{unit}" for value in values])

    computed = [one.of_servers + one.of_database for one in rounds]
    growth = computed[-1] / computed[0]
    verdict = "reached" if growth <= AIM else "missed"
    more = [b.a_minute / a.a_minute for a, b in pairwise(rounds)]
    lines = [
        "",
        line(
            f"{interviews} interviews by {len(ACCOUNTS)} people; servers:",
            [str(one.servers) for one in rounds],
        ),
        numbers("interviews a minute", [one.a_minute for one in rounds], ".0f"),
        line("  against one server fewer", ["", *(f"{each:.2f}" for each in more)]),
        numbers("click to the candidate's invitation, median", _ms(rounds, median), ".0f", " ms"),
        numbers("  95 of 100 within", _ms(rounds, lambda all_: quantiles(all_, n=20)[-1]), ".0f", " ms"),
        numbers("most connections to PostgreSQL", [one.connections for one in rounds], ".0f"),
        numbers("an idle server: commits and pings a second", [one.idle_transactions for one in rounds]),
        numbers(
            "  share of a core, PostgreSQL's part with it",
            [one.idle_computed * 100 for one in rounds],
            ".1f",
            " %",
        ),
        "",
        "  For one interview, with all its pages, its meeting, and its emails:",
        numbers("the servers compute", [one.of_servers * 1000 for one in rounds], ".0f", " ms"),
        numbers("PostgreSQL computes", [one.of_database * 1000 for one in rounds], ".0f", " ms"),
        numbers("statements", [one.statements for one in rounds], ".0f"),
        numbers("commits, the pool's pings among them", [one.commits for one in rounds], ".0f"),
        numbers("written to PostgreSQL's log", [one.written / 1024 for one in rounds], ".0f", " kB"),
        numbers("stored", [one.stored / 1024 for one in rounds], ".0f", " kB"),
        numbers("tasks", [one.tasks for one in rounds]),
        numbers("emails, reminders among them", [one.mails for one in rounds]),
        numbers("calls to Zoom", [one.zoom_calls for one in rounds]),
        "",
        numbers("looks at meetings, a second", [one.looks.a_second for one in rounds]),
        numbers("  computed for one", [one.looks.computed * 1000 for one in rounds], ".1f", " ms"),
        numbers("  statements for one", [one.looks.statements for one in rounds]),
        numbers("  commits and pings for one", [one.looks.commits for one in rounds]),
        numbers(
            "  written to PostgreSQL's log for one",
            [one.looks.written / 1024 for one in rounds],
            ".1f",
            " kB",
        ),
        "",
        "  So a whole core does so many interviews a minute:",
        numbers("of servers", [60 / one.of_servers for one in rounds], ".0f"),
        numbers("of PostgreSQL", [60 / one.of_database for one in rounds], ".0f"),
        "",
        f"  {'computed for one with the most servers / one':<44}{growth:12.2f}   "
        f"aim: {AIM:.2f} or less, {verdict}",
        "",
        f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()}, "
        f"Zoom {ZOOM_MS} ms, mail {MAIL_MS} ms. Took {took:.0f} seconds.",
        "",
    ]
    return "\n".join(lines)


def _ms(rounds: Sequence[Round], of: Callable[[list[float]], float]) -> list[float]:
    return [of(one.to_mail) * 1000 for one in rounds]


if __name__ == "__main__":
    main()
