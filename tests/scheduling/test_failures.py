"""The explanation of why there is no meeting: one cause for each event."""

import pytest

from models import FailureReason, MeetingSoftware
from scheduling.meetings.failures import Doing, cure_of, reasons_of, words_of

ZOOM, MEET = MeetingSoftware.ZOOM, MeetingSoftware.GOOGLE_MEET


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


def test_app_is_named_where_it_has_to_be_connected_and_the_account_where_it_hosts() -> None:
    assert words_of(FailureReason.NOT_CONNECTED, MEET) == "No one who can host has connected Google Calendar."
    assert cure_of(FailureReason.NOT_CONNECTED, MEET).words.startswith("Connect Google Calendar in Settings")
    assert (
        words_of(FailureReason.NOT_ALLOWED, MEET)
        == "The host's Google account isn't allowed to create this meeting."
    )
    assert cure_of(FailureReason.REFUSED, MEET, Doing.DELETE).words.endswith(
        "delete the meeting in Google Calendar."
    )
    assert "GOOGLE_CLIENT_ID" in cure_of(FailureReason.NOT_SET_UP, MEET).words


@pytest.mark.parametrize("software", [ZOOM, MEET])
@pytest.mark.parametrize("doing", Doing)
def test_every_reason_has_words_without_gaps(software: MeetingSoftware, doing: Doing) -> None:
    for reason in reasons_of(software):
        words = words_of(reason, software, doing=doing) + cure_of(reason, software, doing).words
        assert "{" not in words
        assert "  " not in words
        assert "Google" in words or "Zoom" in words


def test_time_at_which_a_count_starts_over_is_named_only_if_it_is_known() -> None:
    assert "00:00 UTC" in cure_of(FailureReason.DAILY_LIMIT, ZOOM).words
    assert cure_of(FailureReason.DAILY_LIMIT, MEET).words == "We'll try again in a few hours."
    assert "daily" not in words_of(FailureReason.DAILY_LIMIT, MEET)


def test_only_links_that_are_made_later_can_be_late() -> None:
    assert FailureReason.NOT_READY in reasons_of(MEET)
    assert FailureReason.NOT_READY not in reasons_of(ZOOM)
