"""A fault of ours is never blamed on a recipient, and an email that was refused for good can be sent
again."""

from datetime import timedelta

import pytest

from extensions import db
from models import Interview, MailState
from scheduling.commands.send_again import send_again
from tests.tasks.installation import Installation

DINA = "dina.kaur@mail.example"


@pytest.fixture
def installation(sqlite_installation: Installation) -> Installation:
    sqlite_installation.connect(sqlite_installation.team.ben)
    return sqlite_installation


LIMIT = "550 5.4.5 Daily user sending limit exceeded"


@pytest.mark.parametrize(
    ("switch", "reply", "words"),
    [
        ("answer_recipient", LIMIT, "has reached its limit for sending"),
        ("answer_data", LIMIT, "has reached its limit for sending"),
        ("answer_data", "451 4.7.1 Sending rate limit exceeded", "has reached its limit for sending"),
        ("answer_recipient", "554 5.7.1 Relay access denied", "MAIL_USERNAME"),
        ("answer_recipient", "550 5.7.60 No permission to send as this sender", "MAIL_DEFAULT_SENDER"),
        ("answer_data", "550 5.7.30 Basic authentication is not supported", "MAIL_USERNAME"),
        ("answer_recipient", "530 5.7.0 Must issue a STARTTLS command first", "MAIL_USE_TLS"),
        ("answer_recipient", "550 5.7.606 Access denied, banned sending IP", "network address"),
    ],
)
def test_mails_wait_for_a_fault_of_ours_and_leave_once_it_is_fixed(
    installation: Installation, switch: str, reply: str, words: str
) -> None:
    installation.simulators.mail_switches(**{switch: reply})
    interview = installation.schedule()
    installation.run_due()
    assert [mail.state for mail in installation.mails(interview)] == [MailState.QUEUED] * 2
    assert words in installation.progress(interview)
    installation.later(hours=5)
    installation.simulators.mail_switches(**{switch: ""})
    installation.later(minutes=6)
    assert len(installation.simulators.mails(DINA)) == 1
    assert [mail.state for mail in installation.mails(interview)] == [MailState.SENT] * 2


def test_what_was_refused_for_good_is_sent_again_when_a_person_asks(installation: Installation) -> None:
    installation.simulators.mail_switches(reject_recipients={DINA: 550})
    interview = installation.schedule(
        starts_at=installation.clock.now + timedelta(hours=30), reminder_minutes=(1440,)
    )
    installation.run_due()
    first = installation.mails(interview)[0]
    assert first.state is MailState.FAILED
    installation.simulators.mail_switches(reject_recipients={})
    with installation.writing():
        row = db.session.get_one(Interview, interview)
        assert send_again(row.scheduler, row, frozenset({first.id, 999})) == 1
        db.session.commit()
    installation.run_due()
    [arrived] = installation.simulators.mails(DINA)
    assert arrived.message["Message-ID"] == first.message_id
    assert installation.mails(interview)[0].state is MailState.SENT
    assert any("sent again" in line for line in installation.timeline(interview))
