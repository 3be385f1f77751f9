"""Servers to measure side by side: the product's and bare ones, requested in turns."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import requests

from bench import many_rows
from bench.installation import THREADS, WORKERS
from tests.machines.processes import end_group, free_port, start, wait_until
from tests.machines.servers import ServerProcesses

WARM_UP = 20


class MeasuredServer:
    """A server with the cookies of the person signed in there. `pid` is its first process; `started` is when
    it gave its first answer, on the monotonic clock."""

    def __init__(self, base_url: str, pid: int = 0) -> None:
        self.base_url, self.pid = base_url, pid
        self.started = time.monotonic()
        self.http = requests.Session()
        self.http.trust_env = False

    def sign_in(self) -> None:
        """Sign the owner in to the product."""
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

    def seconds(self, address: str, *, status: int = 200) -> float:
        answer = self.http.get(f"{self.base_url}{address}", timeout=60, allow_redirects=False)
        assert answer.status_code == status, f"{address} answered {answer.status_code}"
        return answer.elapsed.total_seconds()


def in_turns(pages: Sequence[tuple[MeasuredServer, str, int]], times: int) -> list[float]:
    """Return the median seconds of each page, given as server, address, and the status it answers with. The
    pages are requested one at a time and in turns, so that other load on the machine affects all of them
    equally.
    """
    for server, address, status in pages:
        for _ in range(WARM_UP):
            server.seconds(address, status=status)
    measured: list[list[float]] = [[] for _ in pages]
    for _ in range(max(times, 1)):
        for (server, address, status), seconds in zip(pages, measured, strict=True):
            seconds.append(server.seconds(address, status=status))
    return [median(seconds) for seconds in measured]


@contextmanager
def product(folder: Path, settings: Mapping[str, str]) -> Iterator[MeasuredServer]:
    """The product's server on the installation of these settings, without background work."""
    servers = ServerProcesses(folder, {**settings, "SCHEDULER_ENABLED": "false"})
    try:
        [process] = servers.start(1, workers=WORKERS, threads=THREADS)
        server = MeasuredServer(process.base_url, process.process.pid)
        server.sign_in()
        yield server
        process.terminate()
    finally:
        servers.end_all()


@contextmanager
def bare(folder: Path, application: str) -> Iterator[MeasuredServer]:
    """The server of a bare application (its module) on the database of the installation in `folder`."""
    port = free_port()
    server = MeasuredServer(f"http://127.0.0.1:{port}")
    process: subprocess.Popen[bytes] = start(
        [
            *(sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--no-control-socket"),
            *("--worker-class", "gthread", "--workers", str(WORKERS), "--threads", str(THREADS)),
            f"{application}:application()",
        ],
        log=folder / "bare.log",
        # Not in the product's folder, because gunicorn would read the gunicorn.conf.py there.
        cwd=folder,
        settings={"BARE_DATABASE_URL": f"sqlite:///{folder / 'product.sqlite3'}"},
    )
    server.pid = process.pid
    try:
        wait_until(lambda: _answers(server), what="the bare page answers", timeout=40, every=0.1)
        yield server
    finally:
        end_group(process, how=signal.SIGTERM, timeout=20)


def _answers(server: MeasuredServer) -> bool:
    try:
        return server.seconds("/") > 0
    except requests.RequestException:
        return False


def processor_time(pid: int) -> float:
    """The processor time of a server's processes since they started, in seconds."""
    ticks = 0
    for process in family_of(pid) if pid else ():
        stat = Path(f"/proc/{process}/stat")
        if stat.exists():
            # The name of the program, in brackets, may contain spaces.
            fields = stat.read_text().rpartition(")")[2].split()
            # Its own time, and that of its children that have ended.
            ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def memory_of(pid: int) -> int:
    """The memory of all processes of a server in kilobytes, counting each shared page once; 0 if this system
    does not say how much is shared."""
    return sum(_proportional(process) for process in family_of(pid))


def family_of(pid: int) -> list[int]:
    """A process and everything it started."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    if not children.exists():
        return [pid]
    return [pid, *(member for child in children.read_text().split() for member in family_of(int(child)))]


def _proportional(pid: int) -> int:
    """The process's own memory and its part of the shared memory, in kilobytes; 0 if that is not known."""
    rollup = Path(f"/proc/{pid}/smaps_rollup")
    if not rollup.exists():
        return 0
    found = re.search(r"^Pss:\s+(\d+)", rollup.read_text(), re.MULTILINE)
    return int(found.group(1)) if found else 0
