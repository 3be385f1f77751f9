"""The whole examination: every subject at once, within a time."""

from __future__ import annotations

from collections.abc import Callable

from doctor import (
    address,
    apps,
    backups,
    clock,
    database,
    disk,
    folder,
    mail,
    program,
    servers,
    settings,
    sign_in,
    work,
)
from doctor.at_once import at_once, unfinished
from doctor.results import Result, Section
from extensions import db

# In the order in which they are shown: first what everything else rests on. `check(seconds)` returns within
# about that time.
_SUBJECTS: dict[str, Callable[[float], list[Result]]] = {
    "Settings": settings.check,
    "Database": database.check,
    "Instance folder": folder.check,
    "Servers": servers.check,
    "Disk": disk.check,
    "Clock": clock.check,
    "Address": address.check,
    "Sign-in": sign_in.check,
    "Mail": mail.check,
    "Connected apps": apps.check,
    "Background work": work.check,
    "Backups": backups.check,
    "Program": program.check,
}
# The time that a subject gets in addition to its own questions.
_SPARE_SECONDS = 1.0


def examine(seconds: float) -> list[Section]:
    """Look at everything and return what was found, at most about `seconds` later. Needs an application
    context; the transaction that is open in it ends."""
    db.session.rollback()
    jobs = {
        title: (lambda check=check: check(seconds - _SPARE_SECONDS)) for title, check in _SUBJECTS.items()
    }
    found = at_once(jobs, seconds)
    return [
        Section(title, (unfinished("Not finished", each),) if isinstance(each, Exception) else tuple(each))
        for title, each in found.items()
    ]
