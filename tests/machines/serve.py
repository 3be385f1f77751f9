"""One server process of the product, as the tests start it: gunicorn with the product's own configuration.

    python -m tests.machines.serve PLAN.json

The plan says how many workers and threads to run, what to override in the app beyond its settings, where its
clock is stopped if it does not run and, for tests that kill, at which phase of which task the process dies.
Everything else, the address and the database included, comes from the environment, as in an installation.
"""

import functools
import itertools
import json
import os
import signal
import sys
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from flask import Flask, has_request_context
from gunicorn.app.wsgiapp import run as gunicorn

if TYPE_CHECKING:
    from work.protocol import ClaimedTask

_PLAN = "SMOOTHHIRING_TEST_PLAN"


@dataclass(frozen=True)
class Failpoint:
    """Where a process kills itself.

    ``phase`` is a phase that the runner announces, ``kind`` a kind of task or None for any. Or ``phase`` is
    "committing" or "committed": right before or right after the commit with that ``number``, counted from 1,
    of all that the threads ``of`` the runner or of the requests make, which is every step that there is.
    ``victim`` is the worker process (its gunicorn master starts another) or the whole server, which stays
    down until it is started again. It happens once: the empty file ``fired`` is made right before, and a
    process that finds it goes on unharmed.
    """

    phase: str
    fired: Path
    kind: str | None = None
    victim: Literal["worker", "server"] = "server"
    number: int = 0
    of: Literal["runner", "requests"] = "runner"

    def reached(self, phase: str, task: "ClaimedTask") -> None:
        """Die here if this is the place; otherwise return."""
        if phase == self.phase and self.kind in (None, task.kind):
            self.die()

    def die(self) -> None:
        """Kill the victim, unless that has happened before."""
        try:
            # Exclusive creation decides between two threads or processes that get here together.
            self.fired.open("x").close()
        except FileExistsError:
            return
        if self.victim == "server":
            os.killpg(os.getpgrp(), signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)


def install_phase_hook(failpoint: Failpoint) -> None:
    """Make every runner built from now on announce its phases to the failpoint.

    The server builds its runner itself, so its constructor is where a test can reach it.
    """
    from work.runner import Runner

    announcing = functools.partialmethod(Runner.__init__, on_phase=failpoint.reached)
    setattr(Runner, "__init__", announcing)  # noqa: B010 - the type checker rightly refuses a plain assignment


def install_commit_hook(failpoint: Failpoint) -> None:
    """Count the commits of the runner or of requests, and die at one of them.

    A connection goes back to its pool after its commit, so that is where "committed" is.
    """
    from sqlalchemy import event
    from sqlalchemy.engine import Engine
    from sqlalchemy.pool import Pool

    from database import is_reading

    def is_counted() -> bool:
        # The scheduler's ticks run in threads that are named like those of requests.
        if failpoint.of == "requests":
            return has_request_context()
        return threading.current_thread().name.startswith(("tasks-provider", "tasks-mail"))

    numbers = itertools.count(1)
    just_made = threading.local()

    def committing(_connection: object) -> None:
        if is_reading() or not is_counted():
            return
        just_made.number = next(numbers)
        if failpoint.phase == "committing" and just_made.number == failpoint.number:
            failpoint.die()

    def given_back(_connection: object, _record: object) -> None:
        if failpoint.phase == "committed" and getattr(just_made, "number", 0) == failpoint.number:
            failpoint.die()

    event.listen(Engine, "commit", committing)
    event.listen(Pool, "checkin", given_back)


def application() -> Flask:
    """Build the app that the workers will share, with the plan's failpoint armed. Called by gunicorn."""
    from app import create_app
    from timezones import use_clock

    plan: dict[str, Any] = json.loads(Path(os.environ[_PLAN]).read_text())
    if plan.get("clock"):
        stands_at = datetime.fromisoformat(plan["clock"])
        use_clock(lambda: stands_at)
    if plan.get("failpoint"):
        failpoint = Failpoint(**{**plan["failpoint"], "fired": Path(plan["failpoint"]["fired"])})
        (install_commit_hook if failpoint.number else install_phase_hook)(failpoint)
    return create_app(plan["overrides"])


def main() -> None:
    plan_file = Path(sys.argv[1]).resolve()
    plan: dict[str, Any] = json.loads(plan_file.read_text())
    os.environ[_PLAN] = str(plan_file)
    sys.argv = [
        "gunicorn",
        *("-c", "gunicorn.conf.py"),
        *("--workers", str(plan["workers"]), "--threads", str(plan["threads"])),
        "tests.machines.serve:application()",
    ]
    gunicorn()


if __name__ == "__main__":
    main()
