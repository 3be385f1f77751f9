"""A reminder while the meeting is missing: the candidate learns where to look and whom to write to, and the
hiring manager is alarmed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models import MailState
from scheduling.mails.queue import REMINDER
from tests.machines.simulators import ReceivedMail
from tests.tasks.installation import Installation

DINA, BEN = "dina.kaur@mail.example", "ben@northlight.example"
SUBJECT = "URGENT: Zoom Meeting Creation Failed - Interview: Backend Engineer"


def text_of(mail: ReceivedMail) -> str:
    part = mail.message.get_body(("plain",))
    assert part is not None
    return " ".join(str(part.get_content()).split())


def newest(installation: Installation, address: str) -> ReceivedMail:
    return installation.simulators.mails(address)[-1]


@pytest.fixture
def interview(sqlite_installation: Installation) -> int:
    """An interview in 25 hours whose meeting cannot be made; everyone was invited without a link."""
    installation = sqlite_installation
    installation.connect(installation.team.ben)
    installation.simulators.zoom_switches(fail_next=1000, fail_status=503)
    start = installation.clock.now + timedelta(hours=25)
    made = installation.schedule(starts_at=start, reminder_minutes=(1440, 60))
    installation.run_due()
    installation.until_grace_is_over()
    return made


def test_hiring_manager_is_alarmed_and_candidate_told_where_to_look(
    sqlite_installation: Installation, interview: int
) -> None:
    installation = sqlite_installation
    installation.later(hours=1)
    alarm = newest(installation, BEN)
    assert alarm.message["Subject"] == SUBJECT
    text = text_of(alarm)
    assert "Your interview with Dina Kaur for Backend Engineer is tomorrow at" in text
    assert "and it still has no Zoom meeting." in text
    assert "Zoom is having problems right now." in text
    assert f"http://localhost/interviews/{interview}" in text
    assert f"send Dina Kaur the link ({DINA})" in text
    reminder = newest(installation, DINA)
    assert str(reminder.message["Subject"]).startswith("Reminder: Interview on ")
    text = text_of(reminder)
    assert (
        "The link to join isn't ready yet. Open this page when the interview starts: http://localhost/j/"
        in text
    )
    ask = "Write to Ada Berg (ada@northlight.example) or Ben Frei (ben@northlight.example)."
    assert f"Still no link then? {ask}" in text
    assert [mail.state for mail in installation.mails(interview, REMINDER)].count(MailState.SENT) == 3


def test_once_there_is_a_meeting_the_hiring_manager_is_just_reminded(
    sqlite_installation: Installation, interview: int
) -> None:
    installation = sqlite_installation
    installation.later(hours=1)
    installation.simulators.zoom_switches(fail_next=0)
    installation.later(hours=22)
    installation.later(hours=1)
    reminder = newest(installation, BEN)
    assert str(reminder.message["Subject"]).startswith("Reminder: Interview with Dina Kaur – ")
    assert "Join Zoom Meeting:" in text_of(reminder)
    subjects = [mail.message["Subject"] for mail in installation.simulators.mails(BEN)]
    # Once when the meeting could not be made, and once instead of the first reminder.
    assert subjects.count(SUBJECT) == 2


def test_alarm_belongs_to_the_thread_of_the_invitation(
    sqlite_installation: Installation, interview: int
) -> None:
    installation = sqlite_installation
    installation.later(hours=1)
    first = installation.simulators.mails(BEN)[0]
    assert newest(installation, BEN).message["References"] == first.message["Message-ID"]


def test_while_the_meeting_is_only_being_made_no_one_is_alarmed(sqlite_installation: Installation) -> None:
    """An interview scheduled a minute before its reminder: the invitation itself still waits for the link."""
    installation = sqlite_installation
    installation.connect(installation.team.ben)
    installation.simulators.zoom_switches(fail_next=4, fail_status=503)
    start = installation.clock.now + timedelta(minutes=61)
    interview = installation.schedule(starts_at=start, reminder_minutes=(60,))
    installation.run_due()
    for _ in range(30):
        installation.later(seconds=5)
    assert [mail.state for mail in installation.mails(interview, REMINDER)] == [MailState.SENT] * 3
    subjects = [str(mail.message["Subject"]) for mail in installation.simulators.mails(BEN)]
    assert SUBJECT not in subjects
