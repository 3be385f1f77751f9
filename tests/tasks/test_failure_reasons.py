"""Every reason why there is no meeting is told apart, with its own words and with what helps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from models import FailureReason as R
from models import MeetingState
from tests.factories import PRIYA
from tests.tasks.installation import Installation
from tests.tasks.test_missing_meeting import BEN, SUBJECT, text_of

Cause = Callable[[Installation], object]


@pytest.fixture
def installation(sqlite_installation: Installation) -> Installation:
    return sqlite_installation


def connected_and(**switches: object) -> Cause:
    def prepare(installation: Installation) -> None:
        installation.connect(installation.team.ben, PRIYA)
        installation.simulators.zoom_switches(**switches)

    return prepare


def ended_in_zoom(installation: Installation) -> None:
    installation.connect(installation.team.ben, PRIYA)
    installation.simulators.revoke(PRIYA)


def wrong_credentials(installation: Installation) -> None:
    installation.connect(installation.team.ben, PRIYA)
    installation.clock.forward(timedelta(hours=2))
    installation.simulators.zoom_switches(token_endpoint="invalid_client")


CAUSES: dict[R, tuple[Cause, str, str]] = {
    R.NOT_CONNECTED: (
        lambda installation: None,
        "No one who can host has connected Zoom.",
        "Connect Zoom in Settings → Connected Apps",
    ),
    R.RECONNECT_NEEDED: (
        ended_in_zoom,
        "Ben's account: Zoom no longer accepts this connection",
        "Reconnect it in Settings → Connected Apps.",
    ),
    R.SCOPES_MISSING: (
        connected_and(withheld_scopes=["meeting:write:meeting"]),
        "missing a permission",
        "Reconnect to grant the updated permissions.",
    ),
    R.RATE_LIMITED: (
        connected_and(fail_next=1000, fail_status=429),
        "Zoom is getting too many requests from us and asks us to wait.",
        "Wait a few minutes. We'll try again automatically.",
    ),
    R.DAILY_LIMIT: (
        connected_and(daily_limit_reached=[PRIYA]),
        "Zoom's daily limit of meetings for one host is reached.",
        "We'll try again after 00:00 UTC",
    ),
    R.NOT_ALLOWED: (
        connected_and(no_license=[PRIYA]),
        "they have no Zoom license",
        "Connect another account, or check this one's plan.",
    ),
    R.CREDENTIALS: (
        wrong_credentials,
        "Zoom doesn't accept this server's credentials.",
        "ZOOM_API_CLIENT_ID and ZOOM_API_CLIENT_SECRET",
    ),
    R.UNREACHABLE: (
        connected_and(fail_next=1000, fail_status=503),
        "Zoom is having problems right now.",
        "Nothing to do: we'll keep trying",
    ),
    R.REFUSED: (
        connected_and(fail_next=1000, fail_status=403),
        "Zoom refused",
        "Check the interview's details. We'll keep trying.",
    ),
}


@pytest.mark.parametrize("reason", CAUSES, ids=lambda reason: reason.value)
def test_each_reason_has_its_own_words_on_the_page_and_in_the_urgent_mail(
    installation: Installation, reason: R
) -> None:
    prepare, words, helps = CAUSES[reason]
    prepare(installation)
    interview = installation.schedule()
    installation.run_due()
    if reason in (R.RATE_LIMITED, R.UNREACHABLE):
        installation.until_grace_is_over()
    installation.later(seconds=31)
    seen = installation.meeting(interview)
    assert (seen.state, seen.failure) == (MeetingState.FAILED, reason)
    page = installation.progress(interview)
    [alarm] = [mail for mail in installation.simulators.mails(BEN) if mail.message["Subject"] == SUBJECT]
    assert words in page
    assert helps in page
    assert words in text_of(alarm)
    assert helps in text_of(alarm)
