"""Measures the lists of candidates and interviews: `python -m bench.lists --help`.

Two questions. How much longer does a page of a long list take than the same page of a short one? And how
much longer than a bare page of as many rows? The pages are asked for in turns over HTTP, one at a time, so
that whatever else the machine does falls on all of them alike.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

import requests

from bench import many_rows
from bench.installation import THREADS, WORKERS
from tests.machines.processes import end_group, free_port, start, wait_until
from tests.machines.servers import ServerProcesses

AIM_LONG, AIM_BARE = 1.3, 2.0
WARM_UP = 20

LISTS = ("/candidates", "/interviews")
# Shown beside them, without an aim: what people do with lists.
OTHERS = (
    "/candidates?sort=newest",
    "/candidates?q=okafor",
    "/candidates?q=zzzz",
    "/candidates?stage=offer",
    "/interviews?status=completed",
    "/interviews?q=okafor",
    "/jobs",
    "/calendar",
    "/search?q=rossi",
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.lists", description="Measure long lists.")
    parser.add_argument("--few", type=int, default=1000, help="rows of the short lists (default: 1000)")
    parser.add_argument("--many", type=int, default=100_000, help="rows of the long lists (default: 100000)")
    parser.add_argument("--times", type=int, default=200, help="how often each page is read (default: 200)")
    wanted = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="smoothhiring-lists-") as name, ExitStack() as stack:
        folder = Path(name)
        few = stack.enter_context(_product(folder / "few", wanted.few))
        many = stack.enter_context(_product(folder / "many", wanted.many))
        bare = stack.enter_context(_bare(folder / "many"))
        lines = [f"{'median of server answers':<34}{'bare':>9}{wanted.few:>10,}{wanted.many:>11,}"]
        verdicts = []
        for address in LISTS:
            on_bare, on_few, on_many = _in_turns([bare, few, many], address, wanted.times)
            lines.append(_line(address, on_bare, on_few, on_many))
            verdicts.append(_ratio(f"{address}: long / short", on_many / on_few, AIM_LONG))
            verdicts.append(_ratio(f"{address}: long / bare", on_many / on_bare, AIM_BARE))
        for address in OTHERS:
            on_few, on_many = _in_turns([few, many], address, wanted.times // 4)
            lines.append(_line(address, None, on_few, on_many))
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()}"
    ending = f"{machine}. Took {time.monotonic() - began:.0f} seconds."
    sys.stdout.write("\n".join(["", *lines, "", *verdicts, "", ending, ""]))


class _Server:
    """A server with the cookies of whoever is signed in there."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.http = requests.Session()
        self.http.trust_env = False

    def sign_in(self) -> None:
        page = self.http.get(f"{self.base_url}/login", timeout=60).text
        token = re.search(r'name="csrf-token" content="([^"]+)"', page)
        assert token is not None, page
        fields = {
            "csrf_token": token.group(1),
            "email": many_rows.OWNER,
            "password": many_rows.PASSWORD,
        }
        answer = self.http.post(f"{self.base_url}/login", data=fields, timeout=60, allow_redirects=False)
        assert answer.status_code == 303, answer.status_code

    def seconds(self, address: str) -> float:
        answer = self.http.get(f"{self.base_url}{address}", timeout=60, allow_redirects=False)
        assert answer.status_code == 200, f"{address} answered {answer.status_code}"
        return answer.elapsed.total_seconds()


def _in_turns(servers: list[_Server], address: str, times: int) -> list[float]:
    """The median seconds of each server's answers."""
    for server in servers:
        for _ in range(WARM_UP):
            server.seconds(address)
    measured: list[list[float]] = [[] for _ in servers]
    for _ in range(max(times, 1)):
        for server, seconds in zip(servers, measured, strict=True):
            seconds.append(server.seconds(address))
    return [median(seconds) for seconds in measured]


@contextmanager
def _product(folder: Path, rows: int) -> Iterator[_Server]:
    folder.mkdir()
    sys.stderr.write(f"  filling a database with {rows:,} candidates and interviews\n")
    settings = many_rows.make(folder, rows)
    servers = ServerProcesses(folder, {**settings, "SCHEDULER_ENABLED": "false"})
    try:
        [process] = servers.start(1, workers=WORKERS, threads=THREADS)
        server = _Server(process.base_url)
        server.sign_in()
        yield server
        process.terminate()
    finally:
        servers.end_all()


@contextmanager
def _bare(folder: Path) -> Iterator[_Server]:
    port = free_port()
    server = _Server(f"http://127.0.0.1:{port}")
    process: subprocess.Popen[bytes] = start(
        [
            *(sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--no-control-socket"),
            *("--worker-class", "gthread", "--workers", str(WORKERS), "--threads", str(THREADS)),
            "bench.bare_lists:application()",
        ],
        log=folder / "bare.log",
        # Elsewhere than the product, whose gunicorn.conf.py would be taken.
        cwd=folder,
        settings={"BARE_DATABASE_URL": f"sqlite:///{folder / 'product.sqlite3'}"},
    )
    try:
        wait_until(lambda: _answers(server), what="the bare page answers", timeout=40, every=0.1)
        yield server
    finally:
        end_group(process, how=signal.SIGTERM, timeout=20)


def _answers(server: _Server) -> bool:
    try:
        return server.seconds("/") > 0
    except requests.RequestException:
        return False


def _line(address: str, bare: float | None, few: float, many: float) -> str:
    shown = f"{bare * 1000:6.1f} ms" if bare is not None else f"{'':9}"
    return f"  {address:<32}{shown}{few * 1000:7.1f} ms{many * 1000:8.1f} ms"


def _ratio(what: str, ratio: float, aim: float) -> str:
    verdict = "reached" if ratio <= aim else "missed"
    return f"  {what:<42}{ratio:9.2f}   aim: {aim:.1f} or less, {verdict}"


if __name__ == "__main__":
    main()
