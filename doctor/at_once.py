"""Doing several things at the same time, and continuing without those that take too long."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from database import read_only
from doctor.results import Result, look
from own_commands import command_line

logger = logging.getLogger("doctor")

T = TypeVar("T")


class TookTooLongError(Exception):
    """It was not done when the time was up."""


def at_once(jobs: Mapping[str, Callable[[], T]], seconds: float) -> dict[str, T | Exception]:
    """Do all of these at the same time, each in a thread with an application context, and return what they
    return, or what they raised: `TookTooLongError` for those that were not done after `seconds`.

    Those finish on their own and keep no process from ending. They can only read the database.
    """
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    found: dict[str, T | Exception] = {}
    threads = [
        threading.Thread(target=_do, args=(app, name, job, found), name=f"doctor-{name}", daemon=True)
        for name, job in jobs.items()
    ]
    ends_at = time.monotonic() + seconds
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(ends_at - time.monotonic(), 0))
    done = dict(found)
    return {name: done.get(name, TookTooLongError(name)) for name in jobs}


def unfinished(name: str, error: Exception) -> Result:
    """What to report about a job that returned nothing."""
    why = "Nothing is known about it."
    if isinstance(error, TookTooLongError):
        cure = f"Give it more time, on the server: {command_line('doctor --seconds 60')}"
        return look(name, "This took too long and was left out.", why, cure)
    if isinstance(error, SQLAlchemyError):
        return look(name, "The database couldn't say.", why, "Look at what is said about the database.")
    logger.error("a check failed", exc_info=error)
    what = f"The check itself failed ({type(error).__name__})."
    return look(name, what, why, "Look into the server's log, and tell those who make SmoothHiring.")


def _do(app: Flask, name: str, job: Callable[[], T], found: dict[str, T | Exception]) -> None:
    try:
        with app.app_context(), read_only():
            found[name] = job()
    except Exception as error:
        found[name] = error
