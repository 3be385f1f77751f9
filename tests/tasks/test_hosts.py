"""On whose account a meeting is made, and what people hear when it is on no one's."""

from datetime import timedelta

import pytest

from models import CallState, FailureReason, MailState, MeetingState
from scheduling.plans import Participant
from tests.factories import LENA, PRIYA
from tests.tasks.installation import Installation

SOFIA = "sofia.lindqvist@northlight.example"
DANIEL = "daniel.okafor@northlight.example"
DINA, BEN, ADA = "dina.kaur@mail.example", "ben@northlight.example", "ada@northlight.example"


@pytest.fixture
def installation(sqlite_installation: Installation) -> Installation:
    return sqlite_installation


def test_meeting_is_made_on_the_hiring_managers_account(installation: Installation) -> None:
    installation.connect(installation.team.ben, PRIYA)
    installation.connect(installation.team.ada, LENA)
    interview = installation.schedule()
    installation.run_due()
    assert installation.meeting(interview).host == "Ben Frei"
    [meeting] = installation.living_meetings()
    assert meeting["host"] == PRIYA
    assert "done: Zoom meeting created on Ben's account" in installation.progress(interview)


def test_scheduler_hosts_when_the_hiring_manager_has_not_connected(installation: Installation) -> None:
    installation.connect(installation.team.ada, LENA)
    interview = installation.schedule()
    installation.run_due()
    assert installation.meeting(interview).host == "Ada Berg"


def test_scheduler_hosts_when_the_hiring_manager_has_used_up_the_day(installation: Installation) -> None:
    installation.connect(installation.team.ben, PRIYA)
    installation.connect(installation.team.ada, LENA)
    installation.simulators.zoom_switches(daily_limit_reached=[PRIYA])
    interview = installation.schedule()
    installation.run_due()
    seen = installation.meeting(interview)
    assert (seen.state, seen.host) == (MeetingState.READY, "Ada Berg")
    assert [mail.state for mail in installation.mails(interview)] == [MailState.SENT] * 2
    [line] = [line for line in installation.timeline(interview) if "instead" in line]
    assert line.startswith("The meeting is on Ada's account instead. Ben's account: ")
    assert "Ben's account: " in installation.progress(interview)


def test_used_up_day_is_tried_again_after_midnight_utc(installation: Installation) -> None:
    installation.connect(installation.team.ben, PRIYA)
    installation.simulators.zoom_switches(daily_limit_reached=[PRIYA])
    interview = installation.schedule()
    installation.run_due()
    assert installation.meeting(interview).failure is FailureReason.DAILY_LIMIT
    assert "00:00 UTC" in installation.progress(interview)
    [task] = installation.tasks("sync_meeting")
    tomorrow = installation.clock.now.date().toordinal() + 1
    assert task.run_at.date().toordinal() == tomorrow
    assert (task.run_at.hour, task.run_at.minute) == (0, 1)
    installation.simulators.zoom_switches(daily_limit_reached=[])
    installation.clock.forward(task.run_at - installation.clock.now)
    installation.run_due()
    assert installation.meeting(interview).state is MeetingState.READY


def test_missing_scopes_are_reported_with_what_helps(installation: Installation) -> None:
    installation.connect(installation.team.ben, PRIYA)
    installation.simulators.zoom_switches(withheld_scopes=["meeting:write:meeting"])
    interview = installation.schedule()
    installation.run_due()
    seen = installation.meeting(interview)
    assert (seen.state, seen.failure) == (MeetingState.FAILED, FailureReason.SCOPES_MISSING)
    assert "Reconnect to grant the updated permissions" in installation.progress(interview)


def test_scheduler_hosts_when_the_hiring_manager_has_no_license(installation: Installation) -> None:
    installation.connect(installation.team.ben, DANIEL)
    installation.connect(installation.team.ada, LENA)
    interview = installation.schedule()
    installation.run_due()
    assert installation.meeting(interview).host == "Ada Berg"
    assert installation.meeting(interview).calls == (CallState.REFUSED, CallState.DONE)


def test_reason_is_the_first_hosts_when_no_one_can(installation: Installation) -> None:
    installation.connect(installation.team.ben, DANIEL)
    installation.connect(installation.team.ada, LENA)
    installation.simulators.zoom_switches(daily_limit_reached=[LENA])
    interview = installation.schedule()
    installation.run_due()
    seen = installation.meeting(interview)
    assert (seen.state, seen.failure) == (MeetingState.FAILED, FailureReason.NOT_ALLOWED)
    assert len(installation.calls("create")) == 2


def test_scheduler_hosts_when_the_hiring_manager_revoked_in_zoom(installation: Installation) -> None:
    installation.connect(installation.team.ben, PRIYA)
    installation.connect(installation.team.ada, LENA)
    installation.simulators.revoke(PRIYA)
    interview = installation.schedule()
    installation.run_due()
    assert installation.meeting(interview).host == "Ada Berg"
    assert "Ben's account: Zoom no longer accepts this connection" in installation.progress(interview)
    # The next meeting is not even tried there, and its page says so too.
    other = installation.schedule()
    installation.run_due()
    assert "Ben's account: Zoom no longer accepts this connection" in installation.progress(other)


def test_both_ended_connections_are_named(installation: Installation) -> None:
    installation.connect(installation.team.ben, PRIYA)
    installation.connect(installation.team.ada, LENA)
    installation.simulators.revoke(PRIYA)
    installation.simulators.revoke(LENA)
    interview = installation.schedule()
    installation.run_due()
    seen = installation.meeting(interview)
    assert seen.failure is FailureReason.RECONNECT_NEEDED
    assert seen.failure_words is not None
    assert "Ben's account: " in seen.failure_words
    assert "Ada's account: " in seen.failure_words


def test_passcode_that_the_account_refuses_is_replaced_by_zooms_own(installation: Installation) -> None:
    installation.connect(installation.team.ben, SOFIA)
    interview = installation.schedule(passcode="abc")
    installation.run_due()
    seen = installation.meeting(interview)
    assert seen.state is MeetingState.READY
    assert seen.passcode
    assert seen.passcode != "abc"
    assert any("didn't accept the password" in line for line in installation.timeline(interview))
    assert "didn't accept the password you chose" in installation.progress(interview)
    [mail] = installation.simulators.mails(DINA)
    text = mail.message.get_body(("plain",))
    assert text is not None
    assert seen.passcode in text.get_content()


def test_wrong_client_credentials_fail_at_once_and_ask_no_other_host(installation: Installation) -> None:
    installation.connect(installation.team.ben, PRIYA)
    installation.connect(installation.team.ada, LENA)
    # Both access tokens have run out, so that the client has to show its credentials.
    installation.clock.forward(timedelta(hours=2))
    interview = installation.schedule()
    before = len(installation.simulators.ledger()["token_log"])
    installation.simulators.zoom_switches(token_endpoint="invalid_client")
    installation.run_due()
    seen = installation.meeting(interview)
    assert (seen.state, seen.failure) == (MeetingState.FAILED, FailureReason.CREDENTIALS)
    assert "ZOOM_API_CLIENT_SECRET" in installation.progress(interview)
    assert len(installation.simulators.ledger()["token_log"]) - before == 1
    assert installation.calls("create") == []


@pytest.mark.parametrize(
    ("locked", "words"),
    [
        ("waiting_room", "The host's account uses a waiting room: the host has to let people in."),
        ("host_first", "The host's account lets no one in before the host has joined."),
        ("meeting_authentication", "The host's account lets in only people who are signed in to Zoom"),
        ("auto_recording", "The host's account records every meeting: ask the candidate"),
    ],
)
def test_what_the_account_insists_on_is_read_from_zooms_answer_and_reported(
    installation: Installation, locked: str, words: str
) -> None:
    installation.connect(installation.team.ben, PRIYA)
    installation.simulators.zoom_switches(locked_settings=[locked])
    interview = installation.schedule()
    installation.run_due()
    assert words in installation.progress(interview)
    installation.simulators.zoom_switches(locked_settings=[])
    other = installation.schedule()
    installation.run_due()
    assert "The host's account" not in installation.progress(other)


def text_to(installation: Installation, address: str) -> str:
    part = installation.simulators.mails(address)[-1].message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


@pytest.mark.parametrize(
    ("locked", "to_guests", "to_team"),
    [
        ("waiting_room", "You'll be let in by the host.", "the host has to let people in."),
        (
            "host_first",
            "You can join once the host has opened the meeting.",
            "lets no one in before the host has joined.",
        ),
        (
            "meeting_authentication",
            "You need to be signed in to Zoom to join.",
            "only people who are signed in",
        ),
        ("auto_recording", "The meeting is recorded automatically.", "ask the candidate whether that's OK."),
    ],
)
def test_what_the_account_insists_on_is_in_everyones_mail(
    installation: Installation, locked: str, to_guests: str, to_team: str
) -> None:
    installation.connect(installation.team.ben, PRIYA)
    installation.simulators.zoom_switches(locked_settings=[locked])
    installation.schedule()
    installation.run_due()
    for address, words, others in ((DINA, to_guests, to_team), (BEN, to_team, to_guests)):
        text = text_to(installation, address)
        assert words in text
        assert others not in text
    # The scheduler does not take part, and so gets no invitation.
    notice = text_to(installation, ADA)
    assert "is ready, but Ben's Zoom account has rules of its own:" in notice
    assert to_team in notice
    # The rules of an account are the same for its next meeting.
    installation.schedule()
    installation.run_due()
    assert len(installation.simulators.mails(ADA)) == 1
    installation.later(hours=25)
    installation.schedule()
    installation.run_due()
    assert len(installation.simulators.mails(ADA)) == 2


def test_scheduler_is_told_by_mail_that_the_password_was_not_accepted(installation: Installation) -> None:
    installation.connect(installation.team.ben, SOFIA)
    installation.schedule(passcode="abc")
    installation.run_due()
    ada = installation.team.ada
    installation.schedule(passcode="abc", attendees=(Participant(ada.name, ada.email, ada.id),))
    installation.run_due()
    notice, invitation = installation.simulators.mails(ADA)
    for mail in (notice, invitation):
        part = mail.message.get_body(("plain",))
        assert part is not None
        assert "Zoom didn't accept the password you chose, so it made its own." in part.get_content()
    assert "didn't accept" not in text_to(installation, BEN) + text_to(installation, DINA)
