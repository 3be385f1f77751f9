"""What Date & Time and Attendees ask about everyone's time for the dialog's interview."""

from __future__ import annotations

from collections.abc import Collection

from blueprints.schedule_interview.dialog import Dialog
from models import User
from scheduling.availability.hours import OnTheirClock
from scheduling.availability.keeping import clock_of
from scheduling.free_times import Asked, OnTheTeam


def asked_of(
    dialog: Dialog, *, zone: str, minutes: int, manager: User | None, user_ids: Collection[int]
) -> Asked:
    """A time of so many minutes for the candidate, these people on the team, and the account that would host,
    to be chosen in that zone."""
    theirs = dialog.candidate.timezone
    return Asked(
        dialog.needs(manager=manager, user_ids=user_ids),
        minutes,
        zone,
        team=tuple(
            OnTheTeam(user.id, user.name, clock_of(user)) for user in dialog.team if user.id in user_ids
        ),
        others=frozenset({OnTheirClock(theirs)} if theirs is not None else ()),
        own=OnTheirClock(dialog.actor.timezone),
    )


def people_of(dialog: Dialog, user_ids: Collection[int]) -> list[str]:
    """The names of the candidate and of these people, as they are asked about."""
    return [dialog.candidate.name, *(user.name for user in dialog.team if user.id in user_ids)]
