"""Adding to an interview's timeline. Commands do it, never routes."""

from __future__ import annotations

import sqlalchemy as sa

from extensions import db
from models import TimelineEntry, User


def note(interview_id: int, words: str, *, actor: User | None = None) -> None:
    """Add one thing that happened, in words; `actor` is None when no one on the team did it."""
    db.session.add(
        TimelineEntry(interview_id=interview_id, words=words[:500], actor_id=actor.id if actor else None)
    )


def note_once(interview_id: int, words: str) -> None:
    """The same for something that may be noticed repeatedly: nothing is added if it is already there."""
    was_said = db.session.scalar(
        sa.select(TimelineEntry.id).where(
            TimelineEntry.interview_id == interview_id, TimelineEntry.words == words[:500]
        )
    )
    if was_said is None:
        note(interview_id, words)
