"""The metronome: APScheduler ticks, and a tick only looks.

Due times live in rows, so a missed, late or doubled tick changes nothing. Every server process has its
own; each tick of each is as safe as one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from database import read_only, writing
from extensions import db
from models import Heartbeat
from tasks.runner import Runner
from timezones import utc_now

log = logging.getLogger("tasks")

HEARTBEAT = "metronome"
HEARTBEAT_EVERY = timedelta(seconds=30)
# Past this age of the heartbeat the health page is red.
HEARTBEAT_DEAD_AFTER = timedelta(seconds=120)


class Metronome:
    """Ticks every few seconds: heartbeat, forfeited leases, chores, and a look for due tasks."""

    def __init__(self, app: Flask, runner: Runner, chores: tuple[Callable[[], None], ...] = ()) -> None:
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
            self._beat()
            self._runner.release_forfeited()
            for chore in self._chores:
                with self._app.app_context():
                    chore()
        except SQLAlchemyError:
            log.exception("the database cannot be used; the next tick tries again")
        except Exception:
            log.exception("a tick failed; the next one tries again")
        finally:
            self._runner.wake()

    def _beat(self) -> None:
        now = utc_now()
        if not _is_older(now, HEARTBEAT_EVERY, self._app):
            return
        with self._app.app_context(), writing():
            beat = db.session.get(Heartbeat, HEARTBEAT)
            if beat is None:
                db.session.add(Heartbeat(name=HEARTBEAT, beat_at=now))
            else:
                beat.beat_at = now
            try:
                db.session.commit()
            except IntegrityError:
                # Two processes made the first beat at once; one of them is enough.
                db.session.rollback()


def _is_older(now: datetime, age: timedelta, app: Flask) -> bool:
    with app.app_context(), read_only():
        beat_at = db.session.scalar(sa.select(Heartbeat.beat_at).where(Heartbeat.name == HEARTBEAT))
    return beat_at is None or now - beat_at >= age
