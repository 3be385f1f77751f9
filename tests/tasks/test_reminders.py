"""Who gets which reminder, what comes along with it, and when it is not sent after all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from extensions import db
from models import (
    Attachment,
    Interview,
    InterviewStatus,
    MailState,
    PhoneCaller,
    Role,
    User,
)
from scheduling.mails.queue import REMINDER
from scheduling.plans import Participant
from scheduling.venues import OnSite, PastedLink, PhoneCall
from services import services
from tests.factories import Member, create_user
from tests.machines.simulators import ReceivedMail
from tests.tasks.installation import Installation

DINA, BEN, ADA = "dina.kaur@mail.example", "ben@northlight.example", "ada@northlight.example"
NOAH, OLA, SAM = "noah@northlight.example", "ola@northlight.example", "sam@partner.example"
NOTES = "Ask about the gap in 2019."


@pytest.fixture
def installation(sqlite_installation: Installation) -> Installation:
    sqlite_installation.connect(sqlite_installation.team.ben)
    return sqlite_installation


def in_ninety_minutes(installation: Installation, **wishes: Any) -> int:
    start = installation.clock.now + timedelta(minutes=90)
    wishes = {"starts_at": start, "reminder_minutes": (60,), **wishes}
    interview = installation.schedule(**wishes)
    installation.run_due()
    return interview


def attach(installation: Installation, interview: int, name: str, *, is_for_team_only: bool) -> None:
    with installation.writing():
        stored_as = services().attachment_files.keep(b"some content")
        file = Attachment(
            interview_id=interview,
            name=name,
            content_type="application/pdf",
            size_bytes=12,
            content_hash=name,
            stored_as=stored_as,
            is_for_team_only=is_for_team_only,
            uploaded_by_id=installation.team.ada.id,
        )
        db.session.add(file)
        db.session.commit()


def someone(installation: Installation, name: str, role: Role) -> Member:
    with installation.writing():
        return create_user(name, role)


def newest(installation: Installation, address: str) -> ReceivedMail:
    return installation.simulators.mails(address)[-1]


def text_of(mail: ReceivedMail) -> str:
    part = mail.message.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def files_of(mail: ReceivedMail) -> list[str | None]:
    return [part.get_filename() for part in mail.message.iter_attachments()]


def outcomes(installation: Installation, interview: int) -> dict[str, tuple[MailState, str | None]]:
    mails = installation.mails(interview, REMINDER)
    return {
        mail.address: (mail.state, mail.words if mail.state is MailState.DROPPED else None) for mail in mails
    }


HOW: dict[str, tuple[dict[str, Any], str]] = {
    "Zoom": ({}, "Join Zoom Meeting:\nhttp"),
    "a pasted link": (
        {"venue": PastedLink("https://webex.example/meet/northlight", "Webex")},
        "Join Webex:\nhttps://webex.example/meet/northlight\n",
    ),
    "phone": ({"venue": PhoneCall("+41 44 668 18 00", PhoneCaller.TEAM)}, "+41 44 668 18 00"),
    "in person": ({"venue": OnSite("Seefeldstrasse 12, Zurich", "Ring twice.")}, "Seefeldstrasse 12, Zurich"),
}


@pytest.mark.parametrize("how", HOW)
def test_each_reader_gets_the_reminder_that_is_meant_for_them(installation: Installation, how: str) -> None:
    wishes, words = HOW[how]
    noah, ola = (
        someone(installation, "Noah Bell", Role.INTERVIEWER),
        someone(installation, "Ola Ness", Role.OBSERVER),
    )
    people = [Participant(member.name, member.email, member.id) for member in (noah, ola)]
    people.append(Participant("Sam Ortiz", SAM))
    interview = in_ninety_minutes(installation, attendees=tuple(people), internal_notes=NOTES, **wishes)
    attach(installation, interview, "Resume.pdf", is_for_team_only=True)
    attach(installation, interview, "Task.pdf", is_for_team_only=False)
    installation.later(minutes=30)
    assert set(outcomes(installation, interview)) == {DINA, ADA, BEN, NOAH, OLA, SAM}
    # For each: To and Cc, whether the notes and which files come along, and whether the page is linked.
    of_the_team = f"Ben Frei <{BEN}>", f"Noah Bell <{NOAH}>, Ola Ness <{OLA}>"
    of_the_candidate = f"Dina Kaur <{DINA}>", f"Ada Berg <{ADA}>"
    expected = {
        DINA: (*of_the_candidate, False, [], False),
        ADA: (*of_the_candidate, False, [], True),
        BEN: (*of_the_team, True, ["Resume.pdf", "Task.pdf"], True),
        NOAH: (*of_the_team, True, ["Resume.pdf", "Task.pdf"], True),
        # An observer may see neither on the interview's page.
        OLA: (*of_the_team, False, ["Task.pdf"], True),
        SAM: (f"Sam Ortiz <{SAM}>", f"Ben Frei <{BEN}>", False, [], False),
    }
    for address, (to, cc, has_notes, files, has_page) in expected.items():
        mail = newest(installation, address)
        text = text_of(mail)
        whose = "on " if address == DINA else "with Dina Kaur – Backend Engineer, "
        assert str(mail.message["Subject"]).startswith(f"Reminder: Interview {whose}"), address
        assert (str(mail.message["To"]), str(mail.message["Cc"])) == (to, cc), address
        assert (NOTES in text) is has_notes, address
        assert files_of(mail) == files, address
        assert (f"/interviews/{interview}" in text) is has_page, address
        is_led_to_notes = has_page and address != OLA
        assert ("Open the interview: notes and files" in text) is is_led_to_notes, address
        assert words in text or (how, address) == ("phone", SAM), address
    assert "A quick reminder: Dina Kaur's interview for Backend Engineer is t" in text_of(
        newest(installation, ADA)
    )
    # The candidate's own address is in no other copy.
    own = [line for line in text_of(newest(installation, DINA)).split() if "//localhost/j/" in line]
    assert own
    assert all(own[0] not in text_of(newest(installation, address)) for address in (ADA, BEN, NOAH, SAM))


def test_scheduler_who_takes_part_gets_one_reminder(installation: Installation) -> None:
    interview = in_ninety_minutes(installation, hiring_manager=installation.team.ada, internal_notes=NOTES)
    installation.later(minutes=30)
    assert list(outcomes(installation, interview)) == [DINA, ADA]
    assert NOTES in text_of(newest(installation, ADA))


def cancel(interview: Interview) -> None:
    interview.status = InterviewStatus.CANCELLED


def move(interview: Interview) -> None:
    interview.starts_at += timedelta(hours=2)


def complete(interview: Interview) -> None:
    interview.status = InterviewStatus.COMPLETED


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (cancel, "The interview was cancelled."),
        (move, "The interview was moved."),
        (complete, "The interview has begun."),
    ],
)
def test_no_reminder_names_a_time_that_is_not_the_interviews(
    installation: Installation, change: Callable[[Interview], None], words: str
) -> None:
    interview = in_ninety_minutes(installation)
    installation.clock.forward(timedelta(minutes=31 if change is complete else 1))
    if change is complete:
        installation.clock.forward(timedelta(minutes=60))
    with installation.writing():
        change(db.session.get_one(Interview, interview))
        db.session.commit()
    installation.later(minutes=30)
    received = [mail.message["Subject"] for mail in installation.simulators.mails(DINA)]
    assert not [subject for subject in received if subject.startswith("Reminder")]
    assert outcomes(installation, interview)[DINA] == (MailState.DROPPED, words)


@pytest.mark.parametrize(("late_by", "is_sent"), [(0, True), (0.9, True), (2, False)])
def test_reminder_of_the_last_minutes_leaves_on_time_or_not_at_all(
    installation: Installation, late_by: float, is_sent: bool
) -> None:
    """Three minutes before, which someone has set: only a late one would come too close to the start."""
    interview = in_ninety_minutes(installation, reminder_minutes=(3,))
    installation.later(minutes=87 + late_by)
    state, words = outcomes(installation, interview)[DINA]
    assert (state is MailState.SENT) is is_sent
    assert words == (None if is_sent else "It would have come too late to help.")


def test_person_who_has_left_the_team_gets_no_reminder(installation: Installation) -> None:
    noah = someone(installation, "Noah Bell", Role.INTERVIEWER)
    person = Participant(noah.name, noah.email, noah.id)
    interview = in_ninety_minutes(installation, attendees=(person,), internal_notes=NOTES)
    with installation.writing():
        for member in (noah, installation.team.ada):
            db.session.get_one(User, member.id).is_active = False
        db.session.commit()
    installation.later(minutes=30)
    found = outcomes(installation, interview)
    assert found[NOAH] == (MailState.DROPPED, "Noah Bell is no longer on the team.")
    assert found[ADA] == (MailState.DROPPED, "Ada Berg is no longer on the team.")
    assert found[DINA][0] is found[BEN][0] is MailState.SENT
