"""Zoom or the mail server is out of order for a while, each in its own way: what people get then and
later."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from models import FailureReason, MailState, MeetingState
from scheduling.mails.queue import MEETING_FAILED
from tests.factories import PRIYA
from tests.machines.application import settings_for
from tests.machines.apps import LendApp
from tests.machines.processes import free_port
from tests.machines.simulators import Simulators
from tests.tasks.frozen_clock import FrozenClock
from tests.tasks.installation import Installation

DINA, BEN = "dina.kaur@mail.example", "ben@northlight.example"


@pytest.fixture
def installation(sqlite_installation: Installation) -> Installation:
    sqlite_installation.connect(sqlite_installation.team.ben)
    return sqlite_installation


def assert_invited_without_a_link_and_alarmed_once(installation: Installation, interview: int) -> None:
    assert [mail.state for mail in installation.mails(interview)] == [MailState.SENT] * 2
    assert len(installation.simulators.mails(DINA)) == 1
    alarms = installation.mails(interview, MEETING_FAILED)
    assert sorted(mail.address for mail in alarms) == ["ada@northlight.example", BEN]
    assert installation.living_meetings() == []


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_zoom_that_answers_with_its_own_trouble_costs_the_link_until_it_is_back(
    installation: Installation, status: int
) -> None:
    installation.simulators.zoom_switches(fail_next=1000, fail_status=status)
    interview = installation.schedule()
    installation.run_due()
    installation.until_grace_is_over()
    installation.later(minutes=1)
    assert_invited_without_a_link_and_alarmed_once(installation, interview)
    installation.simulators.zoom_switches(fail_next=0)
    installation.later(hours=2)
    installation.later(seconds=1)
    assert installation.meeting(interview).state is MeetingState.READY
    assert len(installation.living_meetings()) == 1
    assert len(installation.simulators.mails(DINA)) == 2


# Nothing at Zoom answers at all.
NOWHERE: Mapping[str, Callable[[Simulators], str]] = {
    "refuses the connection": lambda simulators: f"http://127.0.0.1:{free_port()}/v2",
    "has no address": lambda simulators: "http://zoom.invalid/v2",
    "speaks no TLS": lambda simulators: simulators.zoom_url.replace("http://", "https://") + "/v2",
}


@pytest.mark.parametrize("where", NOWHERE.values(), ids=NOWHERE)
def test_zoom_that_cannot_be_reached_costs_the_link_and_nothing_else(
    installation: Installation,
    sqlite_url: str,
    instance_path: Path,
    lend_app: LendApp,
    clock: FrozenClock,
    simulators: Simulators,
    where: Callable[[Simulators], str],
) -> None:
    settings = {**simulators.settings(), "PROVIDER_TIMEOUT_SECONDS": "2", "ZOOM_API_URL": where(simulators)}
    app = lend_app(settings_for(sqlite_url, instance_path, settings))
    cut_off = Installation(app, installation.team, simulators, clock)
    interview = cut_off.schedule()
    cut_off.run_due()
    cut_off.until_grace_is_over()
    cut_off.later(minutes=1)
    seen = cut_off.meeting(interview)
    assert (seen.state, seen.failure) == (MeetingState.FAILED, FailureReason.UNREACHABLE)
    assert_invited_without_a_link_and_alarmed_once(cut_off, interview)
    # Nothing was ever sent, so there is nothing to look up before the meeting is made.
    installation.later(hours=2)
    installation.later(seconds=1)
    assert installation.meeting(interview).state is MeetingState.READY
    assert len(installation.living_meetings()) == 1


def test_two_days_without_zoom_lose_nothing_and_end_within_its_limit_per_second(
    installation: Installation,
) -> None:
    installation.connect(installation.team.ada, PRIYA)
    installation.simulators.zoom_switches(fail_next=100_000, fail_status=503)
    start = installation.clock.now + timedelta(days=4)
    interviews = [installation.schedule(starts_at=start + timedelta(hours=n)) for n in range(6)]
    installation.run_due()
    for _ in range(4):
        installation.later(minutes=1)
    for _ in range(8):
        installation.later(hours=6)
    assert {installation.meeting(each).state for each in interviews} == {MeetingState.FAILED}
    installation.simulators.zoom_switches(fail_next=0, per_second_limit=3)
    for _ in range(16):
        installation.later(minutes=30)
    assert {installation.meeting(each).state for each in interviews} == {MeetingState.READY}
    assert len(installation.living_meetings()) == 6
    invitations = [mail for each in interviews for mail in installation.mails(each)]
    assert {mail.state for mail in invitations} == {MailState.SENT}
    # One without a link and one with it, to each of the two.
    assert len(invitations) == 6 * 2 * 2


def test_limit_per_second_that_lasted_for_days_is_over_within_minutes_of_its_end(
    installation: Installation,
) -> None:
    installation.simulators.zoom_switches(fail_next=100_000, fail_status=429)
    interview = installation.schedule(starts_at=installation.clock.now + timedelta(days=4))
    installation.run_due()
    installation.until_grace_is_over()
    for _ in range(8):
        installation.later(hours=6)
    assert installation.meeting(interview).failure is FailureReason.RATE_LIMITED
    installation.simulators.zoom_switches(fail_next=0)
    installation.later(minutes=19)
    assert installation.meeting(interview).state is MeetingState.READY


@pytest.mark.parametrize(
    ("switch", "value", "rest"),
    [
        ("refuse_connections", True, False),
        ("answer_recipient", "450 4.2.1 Mailbox busy", ""),
        ("answer_recipient", "451 4.7.1 Greylisted, try again", ""),
        ("answer_recipient", "452 4.5.3 Too many recipients", ""),
        ("answer_data", "451 4.3.0 Local error", ""),
        ("answer_data", "452 4.3.1 Insufficient system storage", ""),
        ("answer_data", "421 4.3.2 Closing", ""),
    ],
)
def test_server_that_asks_to_come_back_gets_each_email_once_when_it_is_ready(
    installation: Installation, switch: str, value: object, rest: object
) -> None:
    installation.simulators.mail_switches(**{switch: value})
    interview = installation.schedule()
    installation.run_due()
    for _ in range(4):
        installation.later(minutes=5)
    assert [mail.state for mail in installation.mails(interview)] == [MailState.QUEUED] * 2
    assert installation.simulators.mails() == []
    installation.simulators.mail_switches(**{switch: rest})
    installation.later(hours=1, minutes=15)
    assert [mail.state for mail in installation.mails(interview)] == [MailState.SENT] * 2
    assert [mail.envelope_to for mail in installation.simulators.mails()] in (
        [(DINA,), (BEN,)],
        [(BEN,), (DINA,)],
    )


def test_letter_that_is_taken_for_spam_is_given_up_with_the_servers_words(installation: Installation) -> None:
    installation.simulators.mail_switches(answer_data="554 5.7.1 This looks like spam to us")
    interview = installation.schedule()
    installation.run_due()
    installation.later(hours=3)
    assert [mail.state for mail in installation.mails(interview)] == [MailState.FAILED] * 2
    page = installation.progress(interview)
    assert "554 5.7.1 This looks like spam to us" in page
