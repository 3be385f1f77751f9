"""An address that refuses everything: what waits for it, who is told, and what lets it go on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from extensions import db
from hiring.commands import CandidateDetails, edit_candidate
from models import Candidate, Interview, Mail, MailState, MailTrouble, User
from scheduling.commands.send_again import send_again
from scheduling.mails.queue import ADDRESS_REFUSED, INVITATION, REMINDER
from scheduling.plans import Participant
from scheduling.reading.progress import progress_of
from tests.machines.simulators import ReceivedMail
from tests.tasks.installation import Installation

DINA, BEN, ADA = "dina.kaur@mail.example", "ben@northlight.example", "ada@northlight.example"
SAM = "sam@partner.example"
CORRECTED = "dina@new.example"


@pytest.fixture
def installation(sqlite_installation: Installation) -> Installation:
    sqlite_installation.connect(sqlite_installation.team.ben)
    return sqlite_installation


def refuse(installation: Installation, *addresses: str) -> None:
    installation.simulators.mail_switches(reject_recipients=dict.fromkeys(addresses, 550))


def schedule_in_thirty_hours(installation: Installation, **wishes: Any) -> int:
    start = installation.clock.now + timedelta(hours=30)
    return installation.schedule(starts_at=start, reminder_minutes=(1440, 60), **wishes)


def states(installation: Installation, interview: int, kind: str, address: str) -> list[MailState]:
    return [mail.state for mail in installation.mails(interview, kind) if mail.address == address]


def notices(installation: Installation, address: str) -> list[ReceivedMail]:
    """What was sent to an address about someone who did not get an email."""
    received = installation.simulators.mails(address)
    return [mail for mail in received if "didn't get the" in str(mail.message["Subject"])]


def text_of(mail: ReceivedMail) -> str:
    part = mail.message.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def correct_address(installation: Installation, address: str = CORRECTED) -> None:
    with installation.writing():
        candidate = db.session.get_one(Candidate, installation.team.dina.id)
        ada = db.session.get_one(User, installation.team.ada.id)
        edit_candidate(ada, candidate, CandidateDetails("Dina Kaur", address, "", None), installation.rules)
        db.session.commit()


def ask_for_it_again(installation: Installation, interview: int) -> None:
    """Click Send again wherever it is offered."""
    with installation.writing():
        row = db.session.get_one(Interview, interview)
        offered = frozenset(progress_of(row).failed_mails)
        assert send_again(db.session.get_one(User, installation.team.ada.id), row, offered) == len(offered)
        db.session.commit()


def test_later_emails_to_a_refused_address_wait_until_it_is_corrected(installation: Installation) -> None:
    refuse(installation, DINA)
    interview = schedule_in_thirty_hours(installation)
    installation.run_due()
    installation.later(hours=6)
    # It is not even tried: a server that is asked again and again starts to take us for a sender of spam.
    assert states(installation, interview, REMINDER, DINA) == [MailState.QUEUED] * 2
    assert states(installation, interview, REMINDER, BEN) == [MailState.SENT, MailState.QUEUED]
    page = installation.progress(interview)
    assert "problem: Reminder to Dina Kaur is on hold" in page
    assert f"An earlier email to {DINA} was refused. This one waits until the address is corrected" in page
    refuse(installation)
    correct_address(installation)
    installation.run_due()
    received = installation.simulators.mails(CORRECTED)
    assert sorted(str(mail.message["Subject"]).split()[0] for mail in received) == ["Interview", "Reminder:"]
    installation.later(hours=23)
    assert len(installation.simulators.mails(CORRECTED)) == 3
    assert installation.simulators.mails(DINA) == []


def test_scheduler_and_hiring_manager_are_told_once(installation: Installation) -> None:
    refuse(installation, DINA)
    interview = schedule_in_thirty_hours(installation)
    installation.run_due()
    for address, name in ((ADA, "Ada"), (BEN, "Ben")):
        [notice] = notices(installation, address)
        subject = str(notice.message["Subject"])
        assert subject.startswith("Dina Kaur didn't get the invitation: Backend Engineer Interview on ")
        assert notice.message["Reply-To"] is None
        text = text_of(notice)
        assert text.startswith(f"Hi {name},")
        assert f"Dina Kaur ({DINA}) didn't get the invitation for “Backend Engineer Interview” on" in text
        assert "no such mailbox" in text
        assert f"http://localhost/interviews/{interview}" in text
        # No one else learns who else was told.
        assert DINA not in str(notice.message["To"]) + str(notice.message["Cc"])
    assert "Notice of a refused address sent to 2 people" in installation.progress(interview)
    ask_for_it_again(installation, interview)
    installation.run_due()
    installation.later(hours=29)
    assert states(installation, interview, INVITATION, DINA) == [MailState.FAILED]
    assert len(notices(installation, ADA)) == len(notices(installation, BEN)) == 1


def test_another_wrong_address_is_reported_again(installation: Installation) -> None:
    refuse(installation, DINA, CORRECTED)
    interview = schedule_in_thirty_hours(installation)
    installation.run_due()
    correct_address(installation)
    installation.run_due()
    assert [CORRECTED in text_of(notice) for notice in notices(installation, ADA)] == [False, True]
    installation.later(hours=6)
    assert states(installation, interview, REMINDER, CORRECTED) == [MailState.QUEUED] * 2


def test_sending_again_tries_the_address_and_lets_the_others_follow(installation: Installation) -> None:
    refuse(installation, DINA)
    interview = schedule_in_thirty_hours(installation)
    installation.run_due()
    installation.later(hours=6)
    refuse(installation)
    ask_for_it_again(installation, interview)
    installation.run_due()
    assert states(installation, interview, INVITATION, DINA) == [MailState.SENT]
    assert states(installation, interview, REMINDER, DINA) == [MailState.SENT, MailState.QUEUED]


def test_held_reminder_is_dropped_when_the_interview_begins(installation: Installation) -> None:
    refuse(installation, DINA)
    interview = schedule_in_thirty_hours(installation)
    installation.run_due()
    installation.later(hours=29)
    installation.later(hours=1)
    assert states(installation, interview, REMINDER, DINA) == [MailState.DROPPED] * 2


def test_guest_is_held_back_like_the_candidate_and_others_are_not(installation: Installation) -> None:
    refuse(installation, SAM)
    interview = schedule_in_thirty_hours(installation, attendees=(Participant("Sam Ortiz", SAM),))
    installation.run_due()
    [notice] = notices(installation, BEN)
    assert "check the address with Sam Ortiz" in text_of(notice)
    installation.later(hours=6)
    assert states(installation, interview, REMINDER, SAM) == [MailState.QUEUED] * 2
    assert states(installation, interview, REMINDER, DINA) == [MailState.SENT, MailState.QUEUED]


def test_no_one_is_told_at_the_address_that_refuses(installation: Installation) -> None:
    refuse(installation, BEN)
    schedule_in_thirty_hours(installation)
    installation.run_due()
    assert len(notices(installation, ADA)) == 1
    with installation.reading():
        told = db.session.scalars(db.select(Mail.address).where(Mail.kind == ADDRESS_REFUSED)).all()
        assert told == [ADA]


def test_first_invitation_to_another_interview_is_still_tried(installation: Installation) -> None:
    refuse(installation, DINA)
    first = schedule_in_thirty_hours(installation)
    installation.run_due()
    refuse(installation)
    second = schedule_in_thirty_hours(installation)
    installation.run_due()
    assert states(installation, second, INVITATION, DINA) == [MailState.SENT]
    # The address accepts emails again, which counts for the first interview too.
    installation.later(hours=6)
    assert states(installation, first, REMINDER, DINA) == [MailState.SENT, MailState.QUEUED]
    with installation.reading():
        assert db.session.scalars(db.select(Mail).where(Mail.trouble == MailTrouble.ADDRESS)).all() == []


def test_page_is_settled_while_an_email_waits_for_a_better_address(installation: Installation) -> None:
    installation.simulators.zoom_switches(fail_next=60, fail_status=503)
    refuse(installation, DINA)
    interview = schedule_in_thirty_hours(installation)
    installation.run_due()
    installation.until_grace_is_over()
    installation.simulators.zoom_switches(fail_next=0)
    installation.later(hours=1)
    assert states(installation, interview, INVITATION, DINA) == [MailState.FAILED, MailState.QUEUED]
    assert "problem: Updated invitation to Dina Kaur is on hold" in installation.progress(interview)
    assert installation.is_settled(interview)
    # The first invitation is no longer on the page: the newest one can be asked for.
    refuse(installation)
    ask_for_it_again(installation, interview)
    installation.run_due()
    assert states(installation, interview, INVITATION, DINA) == [MailState.FAILED, MailState.SENT]
