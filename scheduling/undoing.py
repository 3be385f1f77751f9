"""The ten seconds in which a cancellation or a change can still be undone, because nothing of it has left.

Until then, no email about the interview is sent and no provider is called. So undoing only puts rows back,
and no one outside ever learns of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from models import Interview, InterviewStatus

UNDO_FOR = timedelta(seconds=10)
# The work after a change begins this much later, so that an undo that is still being written wins.
_MARGIN = timedelta(seconds=1)


@dataclass(frozen=True)
class PutBack:
    """What undoing a revision has to put back beyond the plan: the status, which meeting was wanted, how
    often it had been moved, the emails that were dropped because of it, and which row each attendee had (by
    address in lower case), because links that were emailed name it."""

    status: InterviewStatus
    meeting_id: int | None
    times_moved: int
    dropped_mails: tuple[int, ...] = ()
    attendees: Mapping[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As JSON values; `from_json` turns them back."""
        return {**vars(self), "dropped_mails": list(self.dropped_mails), "attendees": dict(self.attendees)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> PutBack:
        """What `to_json` was made from."""
        return cls(
            InterviewStatus(kept["status"]),
            kept["meeting_id"],
            kept["times_moved"],
            tuple(kept["dropped_mails"]),
            kept["attendees"],
        )


def takes_effect_at(undo_until: datetime | None, now: datetime) -> datetime:
    """When the work after a change may begin (aware UTC): right away, if it cannot be undone."""
    return now if undo_until is None else undo_until + _MARGIN


def held_until(interview: Interview, now: datetime) -> datetime | None:
    """Until when (aware UTC) nothing about the interview may be sent and no provider called; None if both are
    allowed now."""
    if interview.undo_until is None:
        return None
    at = takes_effect_at(interview.undo_until, now)
    return at if now < at else None


def can_be_undone(interview: Interview, now: datetime) -> bool:
    """Whether its last change can still be undone at `now` (aware UTC)."""
    return interview.undo_until is not None and now < interview.undo_until
