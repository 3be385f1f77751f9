"""The metronome: APScheduler ticks, and a tick only looks.

Due times live in rows, so a missed, late or doubled tick changes nothing. Every server process has its
own; each tick of each is as safe as one.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from timezones import utc_now
from work import heartbeat
from work.chores import Chore, run_all
from work.runner import Runner

log = logging.getLogger("tasks")


class Metronome:
    """Ticks every few seconds: heartbeat, forfeited leases, chores, and a look for due tasks."""

    def __init__(self, app: Flask, runner: Runner, chores: Sequence[Chore] = ()) -> None:
        self._app = app
        self._runner = runner
        self._chores = chores
        # APScheduler's own defaults drop a tick that is a second late; ours may be as late as it likes.
        self._scheduler = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )

    def start(self) -> None:
        """Start ticking, the first time at once. Must be called after the fork."""
        self._scheduler.add_job(
            self.tick, "interval", seconds=self._app.config["TICK_SECONDS"], next_run_time=utc_now()
        )
        self._scheduler.start()

    def stop(self) -> None:
        """Stop ticking; a tick that is under way ends first."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def tick(self) -> None:
        """One look. Never raises: the next tick must come."""
        try:
            with self._app.app_context():
                heartbeat.beat()
            self._runner.release_forfeited()
            run_all(self._app, self._chores)
        except SQLAlchemyError:
            log.exception("the database cannot be used; the next tick tries again")
        except Exception:
            log.exception("a tick failed; the next one tries again")
        finally:
            self._runner.wake()
