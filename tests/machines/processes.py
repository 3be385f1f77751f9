"""What every machine needs to run a program: starting it, a free port, ending it, reading its log."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Protocol

REPOSITORY = Path(__file__).resolve().parents[2]
_LAUNCHER = Path(__file__).with_name("parent_bound.py")

# What a program needs from our environment. Everything else, above all a developer's own settings for the
# product, is left out, so that a test means the same on every machine.
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "PYTHONWARNINGS", "VIRTUAL_ENV")


class RunningProcess(Protocol):
    """What the functions here need from a process; both ``subprocess.Popen`` and the nursery offer it."""

    @property
    def pid(self) -> int: ...

    @property
    def returncode(self) -> int | None: ...

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int: ...

    def send_signal(self, number: int, /) -> None: ...


class MachineError(AssertionError):
    """A machine that a test needs is not available, or behaved in a way that no test asked for."""


def free_port() -> int:
    """Return a TCP port that was free on 127.0.0.1 a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def bare_environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a program that should know only ``settings`` and where things are."""
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {**environment, "PYTHONPATH": str(REPOSITORY), "PYTHONUNBUFFERED": "1", **settings}


def start(
    command: Sequence[str],
    *,
    log: Path,
    settings: Mapping[str, str] | None = None,
    stdout: int | IO[bytes] | None = None,
    death_signal: signal.Signals = signal.SIGKILL,
    user: str | None = None,
    cwd: Path = REPOSITORY,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start ``command`` in a process group of its own, with only ``settings`` and the bare environment.

    Its standard error, and its standard output unless ``stdout`` says otherwise, go to the end of ``log``. It
    gets ``death_signal`` when this process dies. ``user`` is the system user that it becomes. It inherits the
    open files ``pass_fds``, by their numbers.
    """
    launcher = [sys.executable, "-I", "-S", str(_LAUNCHER), str(os.getpid()), death_signal.name, user or "-"]
    with log.open("ab") as log_file:
        return subprocess.Popen(
            [*launcher, *command],
            cwd=cwd,
            env=bare_environment(settings or {}),
            pass_fds=pass_fds,
            stdin=subprocess.DEVNULL,
            stdout=log_file if stdout is None else stdout,
            stderr=log_file,
            start_new_session=True,
        )


def kill_group(process: RunningProcess) -> None:
    """Kill a process and everything it started, at once, and wait until it is gone."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=20)


def end_group(process: RunningProcess, *, how: signal.Signals, timeout: float) -> int:
    """Ask a process to end, with signal ``how``; kill its group if it hasn't ended after ``timeout`` seconds.

    Returns its exit code, negative when a signal ended it.
    """
    if process.poll() is None:
        process.send_signal(how)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=timeout)
    kill_group(process)
    return process.wait()


def wait_until(condition: Callable[[], bool], *, what: str, timeout: float, every: float = 0.02) -> None:
    """Return as soon as ``condition`` holds; raise MachineError with ``what`` after ``timeout`` seconds."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            raise MachineError(f"Gave up after waiting {timeout:g} seconds until {what}.")
        time.sleep(every)


def tail(log: Path, lines: int = 80) -> str:
    """Return the last lines of a log file, or say that there is none."""
    if not log.exists():
        return f"{log.name} was never written."
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
