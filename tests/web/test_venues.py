"""Interviews by phone, in person and with a pasted link, from the first step to the mailbox."""

from email.message import EmailMessage, Message
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar

from background import make_runner
from extensions import db
from models import (
    Interview,
    InterviewStatus,
    InterviewType,
    Meeting,
    MeetingState,
    PhoneCaller,
    Role,
)
from scheduling.plans import Participant
from scheduling.venues import OnSite, PastedLink, PhoneCall, Venue
from services import services
from tests.factories import Team, create_team, create_user, schedule
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.page import Page
from tests.pages.visitor import Visitor, path_of
from tests.web.conftest import SignIn
from tests.web.dialog_steps import draft_at, schedule_at_once, send
from tests.web.kinds import IN_PERSON, OTHER, PHONE, WEBEX

pytestmark = pytest.mark.usefixtures("clock")


def run_everything(app: Flask) -> None:
    with app.app_context():
        runner = make_runner(app)
        while runner.run_due():
            pass


def scheduled(
    app: Flask, simulators: Simulators, setup: dict[str, Any]
) -> tuple[Visitor, int, dict[str, EmailMessage]]:
    """Walk through the dialog with this first step, do all the work, and return the mails by reader."""
    with in_rows(app):
        team = create_team()
    ada = Visitor(app).enter(team.ada)
    notes = {"internal_notes": "Likes tea."}
    interview_id = schedule_at_once(ada, team.dina.id, {"setup": setup, "details": notes})
    run_everything(app)
    mails = {mail.envelope_to[0]: mail.message for mail in simulators.mails()}
    return ada, interview_id, mails


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def event_of(message: EmailMessage) -> Any:
    calendar = next(part for part in message.walk() if part.get_content_type() == "text/calendar")
    return Calendar.from_ical(decoded(calendar)).walk("VEVENT")[0]


def decoded(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def everything_in(message: EmailMessage) -> str:
    """Subject and all parts, each decoded."""
    parts = [decoded(part).decode() for part in message.walk() if not part.is_multipart()]
    return "\n".join([str(message["Subject"]), *parts])


def join_page(app: Flask, interview_id: int, reader: str = "candidate") -> Page:
    with in_rows(app):
        interview = db.session.get_one(Interview, interview_id)
        address: str = services(app).join_links.join_page(interview, reader)
    return Visitor(app).get(path_of(address))


def test_phone_interview_from_the_first_step_to_the_mailbox(connected: Flask, simulators: Simulators) -> None:
    ada, interview_id, mails = scheduled(connected, simulators, PHONE)
    with in_rows(connected):
        interview = db.session.get_one(Interview, interview_id)
        assert interview.interview_type is InterviewType.PHONE
        assert (interview.phone_number, interview.phone_caller) == ("+41 44 668 18 00", PhoneCaller.CANDIDATE)
        assert interview.meeting is None
    assert simulators.ledger()["calls"] == []
    for address, words in (
        ("dina.kaur@mail.example", "Please call +41 44 668 18 00"),
        ("ben@northlight.example", "Dina Kaur will call +41 44 668 18 00"),
    ):
        assert words in text_of(mails[address])
        assert event_of(mails[address])["LOCATION"] == "Phone: +41 44 668 18 00"
        assert words in event_of(mails[address])["DESCRIPTION"]
        for forbidden in ("Zoom", "Join", "Likes tea"):
            assert forbidden not in everything_in(mails[address])
    page = ada.get(f"/interviews/{interview_id}")
    [number] = page.tree.all("a", lambda e: e.get("href") == "tel:+41446681800")
    assert number.text == "+41 44 668 18 00"
    assert "Invitation sent to 2 people" in page.text
    assert "hx-get" not in page.html
    for address in ("/interviews", "/", "/calendar/agenda/2027-02-01?whose=everyone"):
        assert "Phone" in ada.get(address).text
    for address in (f"/interviews/{interview_id}", "/calendar/agenda/2027-02-01?whose=everyone"):
        assert "Zoom" not in ada.get(address).tree.all("main")[0].text
    # The filters include every possible value.
    listed = ada.get("/interviews").tree.with_id("list")
    assert listed is not None
    assert "Zoom" not in listed.text
    door = join_page(connected, interview_id)
    assert "Please call" in door.text
    assert door.tree.all("a", lambda e: e.get("href") == "tel:+41446681800")
    assert "Dina Kaur will call" in join_page(connected, interview_id, "manager").text


def test_interview_in_person_from_the_first_step_to_the_mailbox(
    connected: Flask, simulators: Simulators
) -> None:
    ada, interview_id, mails = scheduled(connected, simulators, IN_PERSON)
    assert simulators.ledger()["calls"] == []
    for message in mails.values():
        assert "Northlight\nSeefeldstrasse 12" in text_of(message).replace("\r\n", "\n")
        assert "Ring at Northlight." in text_of(message)
        assert event_of(message)["LOCATION"] == "Northlight, Seefeldstrasse 12"
        assert "Zoom" not in everything_in(message)
        assert "Join" not in everything_in(message)
    for page in (ada.get(f"/interviews/{interview_id}"), join_page(connected, interview_id)):
        assert "Seefeldstrasse 12" in page.text
        assert "Ring at Northlight." in page.text
        assert "Zoom" not in page.tree.all("main")[0].text
    for address in ("/interviews", "/", "/calendar/agenda/2027-02-01?whose=everyone"):
        assert "In person" in ada.get(address).text


def test_pasted_link_is_ready_at_once_and_is_joined_like_any_other(
    connected: Flask, simulators: Simulators, clock: Clock
) -> None:
    ada, interview_id, mails = scheduled(connected, simulators, OTHER)
    with in_rows(connected):
        meeting = db.session.scalars(db.select(Meeting)).one()
        assert (meeting.state, meeting.join_url, meeting.label) == (MeetingState.READY, WEBEX, "Webex")
        assert meeting.calls == []
    assert simulators.ledger()["calls"] == []
    assert len(mails) == 2
    for message in mails.values():
        assert f"Join Webex:\n{WEBEX}" in text_of(message).replace("\r\n", "\n")
        assert event_of(message)["LOCATION"] == WEBEX
        assert "How: Video call on Webex" in text_of(message)
        assert "Zoom" not in everything_in(message)
    page = ada.get(f"/interviews/{interview_id}")
    [join] = page.tree.all("a", lambda e: e.text == "Join Webex")
    assert join["href"] == WEBEX
    assert "Webex link saved" in page.text
    assert "Zoom" not in page.tree.all("main")[0].text
    assert "Webex" in ada.get("/interviews").text
    door = join_page(connected, interview_id)
    [join] = door.tree.all("a", lambda e: e.text == "Join Webex")
    assert join["href"] == WEBEX
    with in_rows(connected):
        clock.now = db.session.get_one(Interview, interview_id).starts_at
        interview = db.session.get_one(Interview, interview_id)
        address = path_of(services(connected).join_links.join_page(interview, "manager"))
    Visitor(connected).get(address, leads_to=WEBEX)


def test_preview_and_summary_show_what_was_chosen(web: Flask, team: Team, ada: Visitor) -> None:
    for setup, shown, letter in (
        (PHONE, "Phone. Dina Kaur calls +41 44 668 18 00", "Please call +41 44 668 18 00"),
        (IN_PERSON, "In person, at Northlight, Seefeldstrasse 12", "Ring at Northlight."),
        (OTHER, f"Video, by Webex: {WEBEX}", f"Join Webex:\n{WEBEX}"),
    ):
        draft = draft_at(ada, team.dina.id, "preview", {"setup": setup})
        page = ada.get(f"{draft}/preview")
        assert shown in page.text
        assert letter in page.tree.all("pre")[0].raw_text
        send(ada, draft, "preview")
        final = ada.get(f"{draft}/finalize")
        assert shown in final.text
        for where in (page, final):
            assert "Zoom" not in where.tree.all("main")[0].text


# Who sees it


def test_number_is_shown_to_those_who_may_see_a_link(
    web: Flask, team: Team, ada: Visitor, ben: Visitor, sign_in: SignIn
) -> None:
    with in_rows(web):
        ivan, olaf = create_user("Ivan Petrov", Role.INTERVIEWER), create_user("Olaf Berg", Role.OBSERVER)
        attendees = (Participant(ivan.name, ivan.email, ivan.id),)
        ids = [
            schedule(team.ada, team.dina, venue=PhoneCall("030 901820", caller), attendees=attendees)
            for caller in PhoneCaller
        ]
    readers, observer = (ada, ben, sign_in(ivan)), sign_in(olaf)
    for interview_id in ids:
        for visitor in readers:
            assert "030 901820" in visitor.get(f"/interviews/{interview_id}").text
        page = observer.get(f"/interviews/{interview_id}")
        assert "030 901820" not in page.html
        assert "030901820" not in page.html
        assert "your role can't see" in page.text


def test_cancelled_interview_shows_no_way_in(web: Flask, team: Team) -> None:
    secrets: dict[str, Venue] = {
        "030 901820": PhoneCall("030 901820", PhoneCaller.TEAM),
        "Seefeldstrasse": OnSite("Seefeldstrasse 12", ""),
        WEBEX: PastedLink(WEBEX, "Webex"),
    }
    for secret, venue in secrets.items():
        with in_rows(web):
            interview_id = schedule(team.ada, team.dina, venue=venue)
        assert secret in join_page(web, interview_id).html
        with in_rows(web):
            db.session.get_one(Interview, interview_id).status = InterviewStatus.CANCELLED
            db.session.commit()
        page = join_page(web, interview_id)
        assert "This interview was cancelled" in page.text
        assert secret not in page.html
