"""Background work of one server process: the runner, its handlers, and the metronome that wakes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from flask import Flask

from accounts import restored
from messaging.transport import mail
from services import services
from tasks.chores import all_chores
from tasks.handlers import all_handlers
from work.metronome import Metronome
from work.runner import Runner

# Gunicorn gives a worker 30 seconds to stop; leases are released before that.
STOP_SECONDS = 20.0


@dataclass(frozen=True)
class Background:
    runner: Runner
    metronome: Metronome

    def stop(self) -> None:
        """Stop ticking, let running tasks finish, release the rest, and say goodbye to the mail server."""
        self.metronome.stop()
        self.runner.stop(STOP_SECONDS)
        mail.open_conversations.end()


def make_runner(app: Flask) -> Runner:
    """A runner that knows every kind of task; for the command line, which runs it by hand."""
    return Runner(app, all_handlers(services(app)), is_paused=_pause_of(app))


def work_once(app: Flask) -> int:
    """Do, in this thread, what a server does at a tick, and all due work. Return how many tasks ran."""
    runner = make_runner(app)
    _make_metronome(app, runner).tick()
    return runner.run_due()


def _make_metronome(app: Flask, runner: Runner) -> Metronome:
    return Metronome(app, runner, all_chores(services(app)), is_paused=_pause_of(app))


def _pause_of(app: Flask) -> Callable[[], bool]:
    # Asked each time, because people decide about a copy, and about what waited, while the server runs.
    return partial(restored.is_paused, app.config["INSTALLATION_ID"])


def start(app: Flask) -> Background | None:
    """Start background work in this process, after the fork that made it; None when it is turned off."""
    if not app.config["SCHEDULER_ENABLED"]:
        return None
    runner = make_runner(app)
    metronome = _make_metronome(app, runner)
    mail.open_conversations.begin()
    runner.start()
    metronome.start()
    return Background(runner, metronome)
