"""Background work of one server process: the runner, its handlers, and the metronome that wakes it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from flask import Flask

from hiring.retention import erase_expired
from scheduling.drafts import attachments
from services import services
from tasks.connection_checks import enqueue_due_checks, look_at_keys
from tasks.grants import enqueue_due_refreshes
from tasks.handlers import all_handlers
from work.metronome import Metronome, once
from work.runner import Runner

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
    return Runner(app, all_handlers(services(app)))


def work_once(app: Flask) -> int:
    """Do in this thread what a server does at a tick, and all work that is due. Returns how much it was."""
    runner = make_runner(app)
    _make_metronome(app, runner).tick()
    return runner.run_due()


def _make_metronome(app: Flask, runner: Runner) -> Metronome:
    sweep_files = partial(attachments.sweep, services(app).attachment_files)
    chores = (once(look_at_keys), enqueue_due_refreshes, enqueue_due_checks, erase_expired, sweep_files)
    return Metronome(app, runner, chores)


def start(app: Flask) -> Background | None:
    """Begin background work in this process, after the fork that made it; None when it is switched off."""
    if not app.config["SCHEDULER_ENABLED"]:
        return None
    runner = make_runner(app)
    metronome = _make_metronome(app, runner)
    runner.start()
    metronome.start()
    return Background(runner, metronome)
