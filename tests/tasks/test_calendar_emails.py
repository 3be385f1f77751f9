"""The emails about calendars: a file where an entry can't be kept, and the one that takes it back."""

from datetime import timedelta

import pytest

from models import MailState
from scheduling.mails.queue import CALENDAR_ENTRY, CALENDAR_FILE, CANCELLATION
from tests.factories import LENA
from tests.tasks.calendar_office import CalendarInstallation, in_calendars

pytestmark = in_calendars("both")

BEN = "ben@northlight.example"


@pytest.fixture
def installation(calendar_installation: CalendarInstallation) -> CalendarInstallation:
    """Ben has connected a calendar, and manages the job of Dina's interview."""
    calendar_installation.connect_calendar(calendar_installation.team.ben, LENA)
    return calendar_installation


def fail(installation: CalendarInstallation, **switches: object) -> None:
    installation.switches(**{"fail_next": 1000, "fail_operation": "any", **switches})


def work_again(installation: CalendarInstallation) -> None:
    installation.switches(fail_next=0)


def methods(installation: CalendarInstallation) -> list[str]:
    return [method for method, *_ in installation.entries(BEN)]


def subjects(installation: CalendarInstallation) -> list[str]:
    return [str(mail.message["Subject"]) for mail in installation.simulators.mails(BEN)]


def in_calendar(installation: CalendarInstallation) -> int:
    return len(installation.events(LENA))


def until_late(installation: CalendarInstallation) -> None:
    for _ in range(8):
        installation.later(minutes=10)


def test_person_who_has_the_entry_is_invited_without_a_file(installation: CalendarInstallation) -> None:
    interview = installation.schedule(software=None)
    installation.run_due()
    assert in_calendar(installation) == 1
    [subject] = subjects(installation)
    assert subject.startswith("Interview with Dina Kaur")
    assert methods(installation) == []
    assert [mail.state for mail in installation.mails(interview)] == [MailState.SENT] * 2


def test_file_follows_when_the_entry_is_late_and_is_taken_back_once_it_is_there(
    installation: CalendarInstallation,
) -> None:
    fail(installation, fail_status=503)
    interview = installation.schedule(software=None)
    installation.run_due()
    assert methods(installation) == []
    until_late(installation)
    assert methods(installation) == ["REQUEST"]
    assert subjects(installation)[1].startswith("Calendar file: Interview with Dina Kaur")
    [_, told] = installation.simulators.mails(BEN)
    body = told.message.get_body(("plain",))
    assert body is not None
    assert f"We couldn't add this interview to your {installation.side_of(LENA).label}." in body.get_content()
    work_again(installation)
    for _ in range(3):
        installation.later(hours=1)
    assert in_calendar(installation) == 1
    assert methods(installation) == ["REQUEST", "CANCEL"]
    assert subjects(installation)[2].startswith("In your calendar: Interview with Dina Kaur")
    uids = {mail.message["In-Reply-To"] for mail in installation.simulators.mails(BEN)[1:]}
    assert uids == {installation.simulators.mails(BEN)[0].message["Message-ID"]}
    assert [len(installation.mails(interview, kind)) for kind in (CALENDAR_FILE, CALENDAR_ENTRY)] == [1, 1]
    # The cancellation has nothing to take back anymore.
    installation.cancel(interview)
    installation.later(minutes=1)
    assert methods(installation) == ["REQUEST", "CANCEL"]
    assert in_calendar(installation) == 0


def test_update_brings_the_file_itself_once_the_connection_has_ended(
    installation: CalendarInstallation,
) -> None:
    interview = installation.schedule(software=None)
    installation.run_due()
    installation.side_of(LENA).revoke(LENA)
    installation.edit(interview, duration_minutes=60)
    for _ in range(4):
        installation.later(minutes=20)
    assert methods(installation) == ["REQUEST"]
    assert installation.mails(interview, CALENDAR_FILE) == []
    installation.connect_calendar(installation.team.ben, LENA)
    for _ in range(2):
        installation.later(minutes=20)
    assert methods(installation) == ["REQUEST", "CANCEL"]
    [event] = installation.events(LENA)
    assert event.key


def test_cancelled_meanwhile_takes_the_file_back_itself(installation: CalendarInstallation) -> None:
    fail(installation, fail_status=503)
    interview = installation.schedule(software=None)
    installation.run_due()
    until_late(installation)
    assert methods(installation) == ["REQUEST"]
    installation.cancel(interview)
    installation.later(minutes=1)
    assert methods(installation) == ["REQUEST", "CANCEL"]
    assert [mail.state for mail in installation.mails(interview, CANCELLATION)] == [MailState.SENT] * 2


def test_file_that_was_not_taken_back_in_time_is_taken_back_by_the_cancellation(
    installation: CalendarInstallation,
) -> None:
    """The email that takes it back is dropped with the interview, because the mail server was away."""
    fail(installation, fail_status=503)
    interview = installation.schedule(software=None)
    installation.run_due()
    until_late(installation)
    installation.simulators.mail_switches(defer_recipients={BEN: 451})
    work_again(installation)
    for _ in range(2):
        installation.later(hours=1)
    [waiting] = installation.mails(interview, CALENDAR_ENTRY)
    assert waiting.state is MailState.QUEUED
    installation.cancel(interview)
    installation.simulators.mail_switches(defer_recipients={})
    for _ in range(3):
        installation.later(hours=1)
    assert installation.mails(interview, CALENDAR_ENTRY)[0].state is MailState.DROPPED
    assert methods(installation) == ["REQUEST", "CANCEL"]


def test_file_is_dropped_when_the_calendar_works_again_before_it_leaves(
    installation: CalendarInstallation,
) -> None:
    fail(installation, fail_status=503)
    interview = installation.schedule(software=None)
    installation.run_due()
    installation.simulators.mail_switches(defer_recipients={BEN: 451})
    until_late(installation)
    [waiting] = installation.mails(interview, CALENDAR_FILE)
    assert waiting.state is MailState.QUEUED
    work_again(installation)
    installation.clock.forward(timedelta(hours=1))
    installation.run_due()
    installation.simulators.mail_switches(defer_recipients={})
    for _ in range(3):
        installation.later(hours=1)
    [dropped] = installation.mails(interview, CALENDAR_FILE)
    assert (dropped.state, dropped.words) == (
        MailState.DROPPED,
        "The interview is in the calendar itself by now.",
    )
    assert methods(installation) == []
    assert installation.mails(interview, CALENDAR_ENTRY) == []
