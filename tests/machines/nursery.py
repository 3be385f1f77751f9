"""Processes of the product that need not import it, because they are forked from one that already has.

    python -m tests.machines.nursery ORDERS FIRST_START

Importing the product, compiling its templates and routes and compressing its files takes a server two
seconds, far more than the rest of its start. The tests start about sixty servers, so each of their processes
keeps one nursery. ORDERS is the number of an inherited socket on which orders arrive, each with two open
files: the log, and a pipe for the report. For every order the nursery forks a guardian, which forks the
process itself. The process reports its id, and the guardian, which a kill of the whole group leaves alive,
its exit code.

FIRST_START is an instance folder. The nursery fills it with what the first start of an installation leaves
for the later ones, unless another nursery of the same run has done so already.

Tests that check that the product also starts from scratch do not use this.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from subprocess import TimeoutExpired
from typing import Any, NoReturn

from tests.machines.parent_bound import PR_SET_PDEATHSIG
from tests.machines.processes import REPOSITORY, MachineError, bare_environment, end_group, start, tail

_LONGEST_ORDER = 64 * 1024
_READY = b"r"
_LEARNS_WITHIN = 60.0


class NurseryProcess:
    """A process that the nursery has forked, with the methods of ``subprocess.Popen``."""

    def __init__(self, args: Sequence[str], report: int) -> None:
        self.args = args
        self.returncode: int | None = None
        self._report = os.fdopen(report, "rb", buffering=0)
        self._said = b""
        self.pid = int(self._next_line(None) or 0)
        assert self.pid, "The nursery is gone."

    def poll(self) -> int | None:
        """Return the exit code, negative when a signal ended the process, or None while it runs."""
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code once there is one; TimeoutExpired after ``timeout`` seconds."""
        code = self._ended(timeout)
        if code is None:
            raise TimeoutExpired(list(self.args), timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        """Send a signal to the process, unless it is known to have ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def _ended(self, timeout: float | None) -> int | None:
        if self.returncode is None and (line := self._next_line(timeout)) is not None:
            # A guardian that was itself killed, along with the nursery, can't say how its process ended.
            self.returncode = int(line or -signal.SIGKILL)
            self._report.close()
        return self.returncode

    def _next_line(self, timeout: float | None) -> bytes | None:
        """The next line of the report, empty if the guardian is gone without one; None after ``timeout``."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while b"\n" not in self._said:
            left = None if deadline is None else max(deadline - time.monotonic(), 0)
            if not select.select([self._report], [], [], left)[0]:
                return None
            piece = self._report.read(100)
            if not piece:
                return b""
            self._said += piece
        line, _, self._said = self._said.partition(b"\n")
        return line


class Nursery:
    """Where this process orders processes of the product.

    ``first_start`` is a folder with everything that a first start leaves in an instance folder, except keys.
    """

    def __init__(self, orders: socket.socket, first_start: Path) -> None:
        self._orders = orders
        self.first_start = first_start

    def start(
        self,
        module: str,
        arguments: Sequence[str],
        *,
        log: Path,
        settings: Mapping[str, str],
        death_signal: signal.Signals = signal.SIGKILL,
    ) -> NurseryProcess:
        """Run ``main()`` of a module as ``python -m`` would, in a process group of its own.

        Environment, log and death signal are as in ``processes.start``.
        """
        order = {
            "module": module,
            "arguments": list(arguments),
            "environment": bare_environment(settings),
            "death_signal": int(death_signal),
        }
        report, guardians_end = os.pipe()
        try:
            with log.open("ab") as log_file:
                socket.send_fds(
                    self._orders, [json.dumps(order).encode()], [log_file.fileno(), guardians_end]
                )
        finally:
            os.close(guardians_end)
        return NurseryProcess([module, *arguments], report)


@contextmanager
def running_nursery(folder: Path, first_start: Path) -> Iterator[Nursery]:
    """Run a nursery as long as the block lasts; its log goes into ``folder``.

    Several of them may share ``first_start``, which need not exist yet.
    """
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours:
        with its:
            process = start(
                [sys.executable, "-m", "tests.machines.nursery", str(its.fileno()), str(first_start)],
                log=folder / "nursery.log",
                pass_fds=[its.fileno()],
            )
        try:
            ours.settimeout(_LEARNS_WITHIN)
            if ours.recv(1) != _READY:
                raise MachineError(f"The nursery ended before it was ready:\n{tail(folder / 'nursery.log')}")
            ours.settimeout(None)
            yield Nursery(ours, first_start)
        finally:
            end_group(process, how=signal.SIGKILL, timeout=5)


def main() -> None:
    _learn(Path(sys.argv[2]))
    _take_orders()


def _take_orders() -> None:
    # The system reaps guardians, because no one asks how they ended.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(fileno=int(sys.argv[1])) as orders:
        orders.send(_READY)
        while True:
            message, files, _, _ = socket.recv_fds(orders, _LONGEST_ORDER, 2)
            if not message:
                return
            log, report = files
            if os.fork() == 0:
                orders.close()
                _guard(json.loads(message), log, report)
            os.close(log)
            os.close(report)


def _learn(first_start_folder: Path) -> None:
    """Import the product, and do what its first start does for all later starts."""
    import first_start
    from tests.machines.application import build_app, settings_for
    from tests.machines.routes import keep_compiled_routes
    from web import assets

    keep_compiled_routes()
    for module in ("gunicorn.app.wsgiapp", "tests.machines.serve", "background", "whole_requests"):
        importlib.import_module(module)
    first_start_folder.mkdir(exist_ok=True)
    assets.prepare(first_start_folder)
    own = Path(tempfile.mkdtemp(prefix="smoothhiring-nursery-"))
    try:
        # The app finds its keys and its database here; what it compiles is shared by all.
        app = build_app(settings_for(f"sqlite:///{own}/empty.sqlite3", own))
        app.config["INSTANCE_PATH"] = first_start_folder
        first_start.warm_up(app)
    finally:
        shutil.rmtree(own)
    # Shared by every process forked from here, as long as none writes to it.
    gc.collect()
    gc.freeze()


def _guard(order: Mapping[str, Any], log: int, report: int) -> NoReturn:
    """Fork the process that was ordered, and report how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _die_with_parent(signal.SIGKILL)
    guardian = os.getpid()
    child = os.fork()
    if child == 0:
        _become(order, log, report, guardian)
    os.close(log)
    _, status = os.waitpid(child, 0)
    os.write(report, f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def _become(order: Mapping[str, Any], log: int, report: int, guardian: int) -> NoReturn:
    """Become the process that was ordered, until it ends."""
    os.setsid()
    # Not earlier: a reader may kill the group with that number right away.
    os.write(report, f"{os.getpid()}\n".encode())
    os.close(report)
    _die_with_parent(signal.Signals(order["death_signal"]))
    if os.getppid() != guardian:
        os._exit(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.close(nothing)
    os.close(log)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # they are the interpreter's own
    os.chdir(REPOSITORY)
    os.environ.clear()
    os.environ.update(order["environment"])
    sys.argv = [order["module"], *order["arguments"]]
    code = 1
    try:
        importlib.import_module(order["module"]).main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            sys.stderr.write(f"{end.code}\n")
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _die_with_parent(how: signal.Signals) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(how))


if __name__ == "__main__":
    main()
