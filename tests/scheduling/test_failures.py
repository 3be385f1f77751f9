"""Why there is no meeting, in words: one cause for one event."""

import pytest

from models import FailureReason, MeetingSoftware
from scheduling.meetings.failures import words_of

ZOOM = MeetingSoftware.ZOOM


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (FailureReason.UNREACHABLE, "Zoom is having problems right now."),
        (FailureReason.RATE_LIMITED, "Zoom asked us to slow down."),
        (FailureReason.REFUSED, "Zoom refused: The topic is too long."),
    ],
)
def test_what_the_call_said_is_the_whole_story(reason: FailureReason, said: str) -> None:
    assert words_of(reason, ZOOM, said) == said
    assert words_of(reason, ZOOM).startswith("Zoom ")
