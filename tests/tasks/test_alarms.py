"""People who can do something are told when a meeting could not be made, once, and told when it is solved."""

from datetime import timedelta

import pytest

from connections.rows import need_reconnect
from extensions import db
from models import Connection, Interview, MeetingState, Role, User
from scheduling.commands import repair
from scheduling.venues import PastedLink
from tests import factories
from tests.machines.simulators import ReceivedMail
from tests.tasks.installation import Installation

ADA, BEN, DINA = "ada@northlight.example", "ben@northlight.example", "dina.kaur@mail.example"
SUBJECT = "URGENT: Zoom Meeting Creation Failed - Interview: Backend Engineer"
SOLVED = "Solved: Zoom link for the Backend Engineer interview with Dina Kaur"


def of_subject(installation: Installation, address: str, subject: str) -> list[ReceivedMail]:
    return [mail for mail in installation.simulators.mails(address) if mail.message["Subject"] == subject]


def text_of(mail: ReceivedMail) -> str:
    part = mail.message.get_body(("plain",))
    assert part is not None
    return " ".join(str(part.get_content()).split())


@pytest.fixture
def installation(sqlite_installation: Installation) -> Installation:
    return sqlite_installation


def without_zoom(installation: Installation) -> int:
    interview = installation.schedule()
    installation.run_due()
    return interview


def test_manager_and_scheduler_are_alarmed_with_the_exact_subject(installation: Installation) -> None:
    without_zoom(installation)
    [to_ben] = of_subject(installation, BEN, SUBJECT)
    [to_ada] = of_subject(installation, ADA, SUBJECT)
    for mail in (to_ben, to_ada):
        assert mail.message["To"] == "Ben Frei <ben@northlight.example>"
        assert mail.message["Cc"] == "Ada Berg <ada@northlight.example>"
    assert to_ben.message["Reply-To"] == "Ada Berg <ada@northlight.example>"
    text = text_of(to_ben)
    assert "No one who can host has connected Zoom." in text
    assert "Dina Kaur" in text
    assert "/repair/" in text
    assert of_subject(installation, DINA, SUBJECT) == []


def test_one_person_in_both_parts_gets_one_email(installation: Installation) -> None:
    installation.schedule(installation.team.ben)
    installation.run_due()
    [mail] = of_subject(installation, BEN, SUBJECT)
    assert mail.message["Cc"] is None
    assert of_subject(installation, ADA, SUBJECT) == []


def test_owner_is_alarmed_where_no_one_else_can_be(installation: Installation) -> None:
    with installation.writing():
        rita = factories.create_user("Rita Sand", Role.RECRUITER)
    interview = installation.schedule(rita)
    with installation.writing():
        for member in (rita, installation.team.ben):
            db.session.get_one(User, member.id).is_active = False
        db.session.commit()
    installation.run_due()
    [mail] = of_subject(installation, ADA, SUBJECT)
    assert mail.message["To"] == "Ada Berg <ada@northlight.example>"
    assert installation.meeting(interview).state is MeetingState.FAILED


def test_retries_alarm_no_one_again(installation: Installation) -> None:
    installation.connect(installation.team.ben)
    installation.simulators.zoom_switches(fail_next=1000, fail_status=503)
    installation.schedule()
    installation.run_due()
    installation.until_grace_is_over()
    for _ in range(6):
        installation.later(hours=1)
    assert len(of_subject(installation, BEN, SUBJECT)) == 1


def test_reason_that_needs_someone_brings_its_own_alarm(installation: Installation) -> None:
    installation.connect(installation.team.ben)
    installation.simulators.zoom_switches(fail_next=1000, fail_status=503)
    installation.schedule()
    installation.run_due()
    installation.until_grace_is_over()
    installation.later(minutes=1)
    assert len(of_subject(installation, BEN, SUBJECT)) == 1
    with installation.writing():
        connection = db.session.scalars(db.select(Connection)).one()
        need_reconnect(connection, "Zoom no longer accepts the connection.")
        db.session.commit()
    installation.later(hours=1)
    alarms = of_subject(installation, BEN, SUBJECT)
    assert len(alarms) == 2
    assert "Reconnect" in text_of(alarms[-1])


def test_link_that_is_only_a_little_late_alarms_no_one(installation: Installation) -> None:
    installation.connect(installation.team.ben)
    installation.simulators.zoom_switches(fail_next=1, fail_status=503)
    interview = installation.schedule()
    installation.run_due()
    installation.until_grace_is_over()
    installation.later(seconds=20)
    installation.later(minutes=5)
    assert installation.meeting(interview).state is MeetingState.READY
    assert of_subject(installation, BEN, SUBJECT) == []
    assert of_subject(installation, BEN, SOLVED) == []


def test_everyone_who_was_alarmed_is_told_that_it_is_solved(installation: Installation) -> None:
    interview = without_zoom(installation)
    installation.connect(installation.team.ben)
    with installation.writing():
        repair.offer_account(
            db.session.get_one(User, installation.team.ben.id), db.session.get_one(Interview, interview)
        )
        db.session.commit()
    installation.run_due()
    assert installation.meeting(interview).state is MeetingState.READY
    for address in (BEN, ADA):
        [mail] = of_subject(installation, address, SOLVED)
        assert "on Ben Frei's Zoom account" in text_of(mail)


def test_pasted_link_reaches_everyone_and_nothing_more_is_made(installation: Installation) -> None:
    interview = without_zoom(installation)
    with installation.writing():
        repair.use_link(
            db.session.get_one(User, installation.team.ada.id),
            db.session.get_one(Interview, interview),
            PastedLink("https://meet.example/room-1", "Webex"),
            installation.rules,
        )
        db.session.commit()
    installation.connect(installation.team.ben)
    installation.run_due()
    newest = installation.simulators.mails(DINA)[-1]
    assert "https://meet.example/room-1" in text_of(newest)
    assert installation.living_meetings() == []
    assert (
        len(
            of_subject(
                installation, BEN, "Solved: Webex link for the Backend Engineer interview with Dina Kaur"
            )
        )
        == 1
    )


def test_arranged_interview_is_left_alone(installation: Installation) -> None:
    installation.connect(installation.team.ben)
    installation.simulators.zoom_switches(fail_next=1000, fail_status=503)
    start = installation.clock.now + timedelta(hours=72)
    interview = installation.schedule(reminder_minutes=(60,), starts_at=start)
    installation.run_due()
    installation.until_grace_is_over()
    alarms = len(of_subject(installation, BEN, SUBJECT))
    with installation.writing():
        repair.say_it_is_arranged(
            db.session.get_one(User, installation.team.ben.id), db.session.get_one(Interview, interview)
        )
        db.session.commit()
    installation.simulators.zoom_switches(fail_next=0)
    installation.later(hours=71.5)
    assert installation.living_meetings() == []
    reminder = installation.simulators.mails(DINA)[-1]
    assert "Use the link that Ben Frei sent you." in text_of(reminder)
    assert str(installation.simulators.mails(BEN)[-1].message["Subject"]).startswith("Reminder")
    assert len(of_subject(installation, BEN, SUBJECT)) == alarms
