"""The metronome: APScheduler ticks, and a tick only looks for work.

Due times are stored in rows, so a missed, late, or doubled tick changes nothing. Every server process has its
own metronome; many ticking at once are as safe as one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from database import read_only
from timezones import utc_now
from work import heartbeat
from work.chores import Chore, run_all
from work.runner import Runner

log = logging.getLogger("tasks")


class Metronome:
    """Ticks every few seconds: heartbeat, expired leases, chores, and a look for due tasks.

    While `is_paused` says so, a tick is only a sign of life.
    """

    def __init__(
        self,
        app: Flask,
        runner: Runner,
        chores: Sequence[Chore] = (),
        *,
        is_paused: Callable[[], bool] = lambda: False,
    ) -> None:
        self._app = app
        self._runner = runner
        self._chores = chores
        self._is_paused = is_paused
        # APScheduler's defaults skip a tick that is a second late; ours may run however late it is.
        self._scheduler = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )

    def start(self) -> None:
        """Start ticking; the first tick comes at once. Must be called after the fork."""
        self._scheduler.add_job(
            self.tick, "interval", seconds=self._app.config["TICK_SECONDS"], next_run_time=utc_now()
        )
        self._scheduler.start()

    def stop(self) -> None:
        """Stop ticking, after any tick in progress has ended."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def tick(self) -> None:
        """One look. Never raises: the next tick must come."""
        try:
            with self._app.app_context(), read_only():
                is_time_to_beat, is_paused = heartbeat.is_time_to_beat(utc_now()), self._is_paused()
            if is_time_to_beat:
                with self._app.app_context():
                    heartbeat.beat()
            if is_paused:
                return
            self._runner.release_forfeited()
            run_all(self._app, self._chores)
            self._runner.wake_for_due()
        except SQLAlchemyError:
            self._runner.note_outage()
            log.exception("the database is unavailable; the next tick tries again")
        except Exception:
            log.exception("a tick failed; the next one tries again")
            # Due work need not wait until the problem with the tick is fixed.
            self._runner.wake()
