"""Retrying an interview's meeting before it is due, because someone asks for it."""

from __future__ import annotations

from models import Interview, User
from scheduling.meetings.wanting import try_again_now
from scheduling.timeline import note


def try_again(actor: User, interview: Interview) -> None:
    """Request in the current transaction that the interview's meetings be brought in line now. If that is
    under way already, nothing is requested, and nothing is noted."""
    if try_again_now(interview.id):
        note(interview.id, f"{actor.name} asked to try again", actor=actor)
