"""Real server processes of the product on free ports, to be killed, stopped and started again."""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import requests

from tests.machines.nursery import Nursery
from tests.machines.processes import (
    MachineError,
    RunningProcess,
    end_group,
    free_port,
    kill_group,
    start,
    tail,
    wait_until,
)


@dataclass(frozen=True)
class FailpointPlan:
    """Where the server is to kill itself, once; see tests.machines.serve.Failpoint for the fields.

    ``phase`` is what the runner has just finished: claiming the task, or one of its three phases; or, with a
    ``number``, what it does at that of its commits.
    """

    phase: Literal["claimed", "loaded", "called", "recorded", "committing", "committed"]
    kind: str | None = None
    victim: Literal["worker", "server"] = "server"
    number: int = 0
    of: Literal["runner", "requests"] = "runner"


# Starts a server by its plan, its log and its settings.
Launch = Callable[[Path, Path, Mapping[str, str]], RunningProcess]

_PROGRAM = "tests.machines.serve"


def launch_from_nothing(plan: Path, log: Path, settings: Mapping[str, str]) -> RunningProcess:
    """Start a server from scratch, at the full cost."""
    return start(
        [sys.executable, "-m", _PROGRAM, str(plan)], log=log, settings=settings, death_signal=signal.SIGQUIT
    )


def launch_from(nursery: Nursery) -> Launch:
    """Have servers forked by the nursery, as starts after the first one: with compressed files and compiled
    templates in their instance folder, which is most of what a start takes.
    """

    def launch(plan: Path, log: Path, settings: Mapping[str, str]) -> RunningProcess:
        # No one writes into these files, so a second name for each is enough.
        shutil.copytree(
            nursery.first_start, settings["INSTANCE_PATH"], copy_function=_link, dirs_exist_ok=True
        )
        return nursery.start(_PROGRAM, [str(plan)], log=log, settings=settings, death_signal=signal.SIGQUIT)

    return launch


def _link(source: str, target: str) -> None:
    # The next server of a test finds the files of the previous one.
    if not os.path.exists(target):
        os.link(source, target)


class ServerProcess:
    """One running server: a gunicorn master with its workers."""

    def __init__(self, process: RunningProcess, base_url: str, log: Path, fired: Path) -> None:
        self.process = process
        self.base_url = base_url
        self.log = log
        self._fired = fired

    @property
    def pids(self) -> list[int]:
        """Master and workers, as they are right now."""
        group = self.process.pid
        return [pid for pid in _all_processes() if _group_of(pid) == group]

    def is_alive(self) -> bool:
        """Return whether the master process is still there."""
        return self.process.poll() is None

    def failpoint_fired(self) -> bool:
        """Return whether the failpoint that the server was started with has killed its victim."""
        return self._fired.exists()

    def kill(self) -> None:
        """SIGKILL master and workers, as a power cut would."""
        kill_group(self.process)

    def terminate(self, timeout: float = 40) -> int:
        """Stop gracefully, as a service manager would, and return the exit code."""
        return end_group(self.process, how=signal.SIGTERM, timeout=timeout)

    def logs(self) -> str:
        """Return everything that the server wrote."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""


class ServerProcesses:
    """Starts servers for one test, each with its own log, and ends those still running after it.

    ``launch`` says how; without it, each starts from nothing, as an installation's does.
    """

    def __init__(self, folder: Path, settings: Mapping[str, str], launch: Launch | None = None) -> None:
        self._folder = folder
        self._launch = launch or launch_from_nothing
        self._settings = dict(settings)
        self._servers: list[ServerProcess] = []

    @property
    def log_files(self) -> list[Path]:
        """The log of every server started so far."""
        return [server.log for server in self._servers]

    def start(
        self,
        count: int = 1,
        *,
        workers: int = 1,
        threads: int = 4,
        failpoint: FailpointPlan | None = None,
        settings: Mapping[str, str] | None = None,
        overrides: Mapping[str, object] | None = None,
        port: int | None = None,
        clock: datetime | None = None,
        timeout: float = 40,
    ) -> list[ServerProcess]:
        """Start ``count`` servers on one database and return them once each answers /healthz with 200.

        ``settings`` come on top of those of the test. ``overrides`` are handed to ``create_app``, for what no
        setting says, such as a shorter lease. ``failpoint`` holds for every server started here, and
        ``clock`` is the time at which the clock of each is stopped. ``port`` is for one that takes the place
        of another.
        """
        plan: dict[str, Any] = {
            "workers": workers,
            "threads": threads,
            "overrides": dict(overrides or {}),
            "clock": clock.isoformat() if clock else None,
        }
        servers = [self._start_one(plan, failpoint, settings or {}, port) for _ in range(count)]
        for server in servers:
            self._wait_until_healthy(server, timeout)
        return servers

    def end_all(self) -> None:
        """Kill whatever is still running."""
        for server in self._servers:
            server.kill()

    def _start_one(
        self,
        plan: Mapping[str, Any],
        failpoint: FailpointPlan | None,
        settings: Mapping[str, str],
        port: int | None,
    ) -> ServerProcess:
        name = f"server-{len(self._servers) + 1}"
        port = port or free_port()
        base_url = f"http://127.0.0.1:{port}"
        fired = self._folder / f"{name}.fired"
        plan_file = self._folder / f"{name}.json"
        armed = {**asdict(failpoint), "fired": str(fired)} if failpoint else None
        plan_file.write_text(json.dumps({**plan, "failpoint": armed}))
        log = self._folder / f"{name}.log"
        # Each server says its own address, unless a test gives them a common one.
        own = {**self._settings, "BASE_URL": base_url, **settings, "HOST": "127.0.0.1", "PORT": str(port)}
        process = self._launch(plan_file, log, own)
        server = ServerProcess(process, base_url, log, fired)
        self._servers.append(server)
        return server

    def _wait_until_healthy(self, server: ServerProcess, timeout: float) -> None:
        def settled() -> bool:
            return not server.is_alive() or _answers_ok(f"{server.base_url}/healthz")

        try:
            wait_until(
                settled, what=f"{server.log.stem} answers /healthz with 200", timeout=timeout, every=0.1
            )
        except MachineError as problem:
            raise MachineError(f"{problem}\n{tail(server.log)}") from None
        if not server.is_alive() and not server.failpoint_fired():
            raise MachineError(f"{server.log.stem} ended while it started:\n{tail(server.log)}")


def _all_processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]


def _group_of(pid: int) -> int | None:
    with suppress(ProcessLookupError):
        return os.getpgid(pid)
    return None


def _answers_ok(url: str) -> bool:
    with requests.Session() as http:
        http.trust_env = False
        try:
            return http.get(url, timeout=2, allow_redirects=False).status_code == 200
        except requests.RequestException:
            return False
