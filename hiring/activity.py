"""What happened to a candidate's applications, as the candidate's page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from models import Application, User


class ActivityEntry(NamedTuple):
    """One thing that happened, in words. `at` is aware UTC; `actor` is None where it is not known."""

    at: datetime
    words: str
    actor: User | None


def activity_of(applications: Sequence[Application]) -> list[ActivityEntry]:
    """Everything that happened to these applications, oldest first. Each entry names its job where there are
    several. The applications have to be read with their moves (`queries.applications_with_moves`)."""
    entries = []
    for application in applications:
        where = f" for {application.job.title}" if len(applications) > 1 else ""
        entries.append(ActivityEntry(application.created_at, f"Added to {application.job.title}", None))
        entries += [
            ActivityEntry(
                move.at,
                f"Moved from {move.before.label} to {move.after.label}{where}"
                f"{', because an interview was scheduled' if move.by_scheduling else ''}",
                move.actor,
            )
            for move in application.moves
        ]
    return sorted(entries, key=lambda entry: entry.at)
