"""Changing a meeting back that was changed on the provider's own pages."""

from __future__ import annotations

from models import Interview
from scheduling.meetings import asking, wanting


def restore(interview: Interview) -> bool:
    """Have the meeting's time changed back to the interview's, in the current transaction. False if it is not
    at another time, or is none that we made."""
    meeting = wanting.wanted_meeting(interview.id, lock=True)
    if meeting is None or not asking.is_at_another_time(meeting):
        return False
    meeting.overrules_host = True
    wanting.enqueue_sync(interview.id)
    return True
