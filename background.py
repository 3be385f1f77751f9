"""Background work of one server process: the runner, its handlers, and the metronome that wakes it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from flask import Flask

from connections.keys import check_keys
from hiring.retention import erase_expired
from scheduling import attachments
from tasks.connection_checks import enqueue_due_checks
from tasks.grants import enqueue_due_refreshes
from tasks.handlers import all_handlers
from tasks.metronome import Metronome, once
from tasks.runner import Runner

# Gunicorn gives a worker 30 seconds to end; leases are given back before that.
STOP_SECONDS = 20.0


@dataclass(frozen=True)
class Background:
    runner: Runner
    metronome: Metronome

    def stop(self) -> None:
        """Stop ticking, let what runs come to its end, give the rest back."""
        self.metronome.stop()
        self.runner.stop(STOP_SECONDS)


def make_runner(app: Flask) -> Runner:
    """A runner that knows every kind of task; for the command line, which runs it by hand."""
    parts = app.extensions
    return Runner(app, all_handlers(parts["links"], parts["rules"], parts["attachment_files"]))


def start(app: Flask) -> Background | None:
    """Begin background work in this process, after the fork that made it; None when it is switched off."""
    if not app.config["SCHEDULER_ENABLED"]:
        return None
    runner = make_runner(app)
    sweep_files = partial(attachments.sweep, app.extensions["attachment_files"])
    chores = (once(check_keys), enqueue_due_refreshes, enqueue_due_checks, erase_expired, sweep_files)
    metronome = Metronome(app, runner, chores)
    runner.start()
    metronome.start()
    return Background(runner, metronome)
