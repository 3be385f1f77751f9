"""A meeting that was moved on the provider's own pages: changing it back, or moving the interview along."""

from __future__ import annotations

from models import Interview
from scheduling.meetings import asking, wanting
from scheduling.plans import When
from timezones import in_zone


def restore(interview: Interview) -> bool:
    """Have the meeting's time changed back to the interview's, in the current transaction. False if its time
    is right, or if we did not make it."""
    meeting = wanting.wanted_meeting(interview.id, lock=True)
    if meeting is None or not asking.is_at_another_time(meeting):
        return False
    meeting.overrules_host = True
    wanting.enqueue_sync(interview.id)
    return True


def time_at_provider(interview: Interview) -> When | None:
    """The meeting's time on the provider's own pages, in the interview's zone; None if that is the
    interview's time, or not known."""
    meeting = wanting.wanted_meeting(interview.id, lock=False)
    if meeting is None or meeting.shown_starts_at is None or not asking.is_at_another_time(meeting):
        return None
    wall = in_zone(meeting.shown_starts_at, interview.timezone)
    return When(
        meeting.shown_starts_at,
        f"{wall:%Y-%m-%dT%H:%M}",
        interview.timezone,
        meeting.shown_duration_minutes or interview.duration_minutes,
    )
