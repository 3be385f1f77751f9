"""The whole examination: every subject at once, within a time."""

from __future__ import annotations

import logging
from collections.abc import Callable

from doctor import address, apps, clock, database, disk, folder, mail, program, work
from doctor.at_once import TookTooLongError, at_once
from doctor.results import Result, Section, look
from extensions import db

logger = logging.getLogger("doctor")

# In the order in which they are shown: first what everything else rests on. `check(seconds)` returns within
# about that time.
_SUBJECTS: dict[str, Callable[[float], list[Result]]] = {
    "Database": database.check,
    "Instance folder": folder.check,
    "Disk": disk.check,
    "Clock": clock.check,
    "Address": address.check,
    "Mail": mail.check,
    "Connected apps": apps.check,
    "Background work": work.check,
    "Program": program.check,
}
# What a subject is given beyond the time of its own questions.
_SPARE_SECONDS = 1.0


def examine(seconds: float) -> list[Section]:
    """Look at everything and return what was found, at most about `seconds` later. Needs an application
    context; the transaction that is open in it ends."""
    db.session.rollback()
    jobs = {
        title: (lambda check=check: check(seconds - _SPARE_SECONDS)) for title, check in _SUBJECTS.items()
    }
    return [Section(title, _results(found)) for title, found in at_once(jobs, seconds).items()]


def _results(found: list[Result] | Exception) -> tuple[Result, ...]:
    if isinstance(found, TookTooLongError):
        return (
            look(
                "Not finished",
                "This took too long and was left out.",
                "Nothing is known about it.",
                "Run `flask doctor --seconds 60` on the server.",
            ),
        )
    if isinstance(found, Exception):
        logger.error("a check failed", exc_info=found)
        return (
            look(
                "Not finished",
                f"The check itself failed ({type(found).__name__}).",
                "Nothing is known about it.",
                "Look into the server's log.",
            ),
        )
    return tuple(found)
