"""The preview is the mail: the same words, for the same readers, before anything is sent."""

import io
import re
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask

from background import make_runner
from extensions import db
from models import Candidate, Mail, Organization, Role, User
from scheduling.mails.queue import INVITATION
from tests.factories import LENA, Team, connect_zoom, create_team, create_user
from tests.files_to_attach import PDF
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from tests.web.dialog_steps import draft_at, other_people, send

SAM = "sam@partner.example"
KIRAN = "kiran@northlight.example"
ANSWERS: dict[str, dict[str, Any]] = {
    "setup": {"agenda": "Introduction\nQuestions & <answers>", "password": "s3cret-1"},
    "attendees": other_people(("Sam Ortiz", SAM)),
    "details": {"title": "Talk with “Northlight”", "message_to_candidate": "Bring a drawing."},
}
BY_PHONE: dict[str, Any] = {
    "interview_type": "phone",
    "phone_number": "+44 20 7946 0018",
    "agenda": "A first talk",
}
IN_PERSON = {"interview_type": "in_person", "address": "Main Street 1\nZurich", "agenda": "A first talk"}
WEBEX = {
    "meeting_software": "other",
    "link_label": "Webex",
    "link_url": "https://webex.example/meet/northlight",
    "agenda": "A first talk",
}
_ADDRESS = re.compile(r"https?://[^\s\"<>]+")


def without_addresses(text: str) -> str:
    """The exact words of a mail, except for the links, which are made with the interview."""
    return _ADDRESS.sub("…", text.replace("\r\n", "\n"))


def readers_of(page: Page) -> list[str]:
    """The addresses of the pages of all readers, in the order in which they can be picked."""
    [nav] = page.tree.all("nav", lambda e: e.get("class") == "readers")
    return [link["href"].partition("#")[0] for link in nav.all("a")]


def facts_on(page: Page) -> dict[str, str]:
    rows = [row for row in page.tree.all("div") if row.parent is not None and row.parent.tag == "dl"]
    return {row.all("dt")[0].text: row.all("dd")[0].text for row in rows}


def shown_letters(visitor: Visitor, draft: str) -> dict[str, tuple[str, str, str]]:
    """Subject, plain text and HTML of each reader's email, by address."""
    found = {}
    for address in readers_of(visitor.get(f"{draft}/preview")):
        page = visitor.get(address)
        [text] = page.tree.all("pre")
        [frame] = page.tree.all("iframe")
        assert "sandbox" in frame.attributes
        facts = facts_on(page)
        to = facts["To"].partition("<")[2].rstrip(">")
        found[to] = (facts["Subject"], text.raw_text, visitor.get(frame["src"]).html)
    return found


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def kiran_id(app: Flask) -> str:
    with in_rows(app):
        return str(db.session.scalars(db.select(User.id).where(User.email == KIRAN)).one())


def run_everything(app: Flask) -> None:
    with app.app_context():
        runner = make_runner(app)
        while runner.run_due():
            pass


@pytest.fixture
def team(connected: Flask, simulators: Simulators, clock: Clock) -> Team:
    """The team with Ben's Zoom, a candidate far away, and an organization with words of its own."""
    with in_rows(connected):
        team = create_team()
        db.session.get_one(Candidate, team.dina.id).timezone = "America/New_York"
        organization = db.session.get_one(Organization, 1)
        organization.invitation_intro = "We are <three> people & a dog.\nWelcome!"
        organization.invitation_closing = "Questions? Write to us."
        db.session.commit()
        create_user("Kiran Rao", Role.INTERVIEWER, timezone="Asia/Kolkata")
        connect_zoom(team.ben, simulators)
    return team


@pytest.fixture
def ada(connected: Flask, team: Team) -> Visitor:
    return Visitor(connected).enter(team.ada)


@pytest.mark.parametrize("setup", [ANSWERS["setup"], BY_PHONE, IN_PERSON, WEBEX])
def test_mail_that_arrives_is_the_one_that_was_shown(
    connected: Flask, simulators: Simulators, team: Team, ada: Visitor, setup: dict[str, str]
) -> None:
    with_kiran = {**ANSWERS["attendees"], "people": [kiran_id(connected)]}
    draft = draft_at(ada, team.dina.id, "details", {"setup": setup, "attendees": with_kiran})
    files = [(io.BytesIO(PDF), "Plan.pdf")]
    send(ada, draft, "details", files=files, new_files_for_team_only="y", **ANSWERS["details"])
    shown = shown_letters(ada, draft)
    send(ada, draft, "preview")
    send(ada, draft, "finalize")
    run_everything(connected)
    assert set(shown) == {team.dina.email, team.ben.email, SAM, KIRAN}
    assert "13:30–14:15 Kolkata time" in shown[KIRAN][1]
    for address, (subject, text, html) in shown.items():
        [mail] = simulators.wait_for_mails(1, to=address)
        assert mail.message["Subject"] == subject
        assert without_addresses(body(mail.message, "plain")) == without_addresses(text)
        assert without_addresses(body(mail.message, "html")) == without_addresses(html)
        assert "We are <three> people & a dog.\nWelcome!" in text
        assert "We are &lt;three&gt; people &amp; a dog.<br>Welcome!" in html
        assert text.index("Welcome!") < text.index("Agenda:") < text.index("Questions? Write to us.")
        assert ("Plan.pdf" in text) is ("Plan.pdf" in html) is (address in (team.ben.email, KIRAN))
        assert ("s3cret-1" in text) is ("password" in setup)
        assert ("https://webex.example/meet/northlight" in text) is (setup is WEBEX)
    assert (LENA in str(simulators.ledger()["meetings"])) is ("password" in setup)
    with in_rows(connected):
        invited = db.session.scalars(db.select(Mail.address).where(Mail.kind == INVITATION))
        assert set(invited) == set(shown)


def test_preview_says_who_gets_it_how_you_meet_and_when_reminders_leave_on_whose_clock(
    team: Team, ada: Visitor
) -> None:
    draft = draft_at(ada, team.dina.id, "preview", ANSWERS)
    page = ada.get(f"{draft}/preview")
    assert "3 people will be invited" in page.text
    assert "Ben's Zoom account will host" in page.text
    reminders = facts_on(page)["24 hours before"]
    assert "Tuesday, 9 February 2027, 03:00 EST Dina Kaur" in reminders
    assert "Tuesday, 9 February 2027, 09:00 CET Ben Frei, Sam Ortiz, Ada Berg" in reminders
    assert facts_on(page)["Where"] == "https://zoom.us/j/made-when-you-schedule"
    # Someone may have been taken off the interview since this address was opened.
    assert "dina.kaur@mail.example" in facts_on(ada.get(f"{draft}/preview?reader=99"))["To"]


def test_preview_frame_is_shut_off_from_the_page_around_it(team: Team, ada: Visitor) -> None:
    draft = draft_at(ada, team.dina.id, "preview", ANSWERS)
    frame = ada.get(f"{draft}/letters/0")
    policy = frame.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert frame.headers["Cache-Control"] == "no-store"
    ada.get(f"{draft}/letters/99", status=404)


def test_preview_says_what_will_not_happen(web: Flask, clock: Clock) -> None:
    with in_rows(web):
        team = create_team()
    ada = Visitor(web).enter(team.ada)
    soon = {**ANSWERS, "date-time": {"date": "2027-02-01", "time": "15:00"}}
    draft = draft_at(ada, team.dina.id, "preview", soon)
    page = ada.get(f"{draft}/preview")
    assert "No reminder 24 hours before. The interview is in less than 24 hours." in page.words
    assert "No reminder 1 hour before" not in page.text
    assert "24 hours before" not in facts_on(page)
    assert "1 hour before" in facts_on(page)
    assert "no one who can host has connected Zoom" in page.text
    assert "no mail server set" in page.text
    assert "s3cret-1" not in page.text
    send(ada, draft, "setup", **BY_PHONE)
    assert "Zoom" not in ada.get(f"{draft}/preview").text
