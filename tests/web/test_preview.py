"""The preview is the mail: the same words, for the same readers, before anything is sent."""

import re
from email.message import EmailMessage

from flask import Flask

from background import make_runner
from extensions import db
from models import Candidate, Mail
from tests.factories import LENA, PASSWORD, connect_zoom, create_team
from tests.machines.clock import Clock
from tests.machines.simulators import Simulators
from tests.web.dialog_steps import send, walk_to
from tests.web.page import Page, Visitor
from tests.web.rows import in_rows

ANSWERS = {
    "setup": {"agenda": "Introduction\nQuestions & <answers>", "password": "s3cret-1"},
    "attendees": {"others": "Sam Ortiz <sam@partner.example>"},
    "details": {"title": "Talk with “Northlight”", "message_to_candidate": "Bring a drawing."},
}
_ADDRESS = re.compile(r"https?://[^\s\"<>]+")


def without_addresses(text: str) -> list[str]:
    """The words of a mail, with each address and what follows from its length taken out."""
    return _ADDRESS.sub("…", text).replace("\r\n", "\n").split()


def shown_texts(page: Page) -> dict[str, tuple[str, str]]:
    """Of each letter in the preview: who gets it, its subject and its plain text."""
    found = {}
    for letter in page.tree.all("details", lambda e: "letter" in e.get("class").split()):
        facts = {
            row.all("dt")[0].text: row.all("dd")[0].text
            for row in letter.all("div")
            if row.parent is not None and row.parent.tag == "dl"
        }
        [text] = letter.all("pre")
        address = facts["To"].partition("<")[2].rstrip(">")
        found[address] = (facts["Subject"], text.raw_text)
    return found


def plain(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_mail_that_arrives_is_the_one_that_was_shown(
    connected: Flask, simulators: Simulators, clock: Clock
) -> None:
    with in_rows(connected):
        team = create_team()
        db.session.get_one(Candidate, team.dina.id).timezone = "America/New_York"
        db.session.commit()
        connect_zoom(team.ben, simulators)
    ada = Visitor(connected).sign_in(team.ada.email, PASSWORD)
    draft = walk_to(ada, team.dina.id, "preview", ANSWERS)
    page = ada.get(f"{draft}/preview")
    assert "Ben Frei's Zoom account hosts" in page.text
    shown = shown_texts(page)
    frames = [frame["src"] for frame in page.tree.all("iframe")]
    assert all("sandbox" in frame.attributes for frame in page.tree.all("iframe"))
    html = {address: ada.get(frame).html for address, frame in zip(shown, frames, strict=True)}
    send(ada, draft, "preview")
    send(ada, draft, "finalize")
    with connected.app_context():
        runner = make_runner(connected)
        while runner.run_due():
            pass
    assert set(shown) == {team.dina.email, team.ben.email, "sam@partner.example"}
    for address, (subject, text) in shown.items():
        [mail] = simulators.wait_for_mails(1, to=address)
        assert mail.message["Subject"] == subject
        assert without_addresses(plain(mail.message)) == without_addresses(text)
        body = mail.message.get_body(("html",))
        assert body is not None
        assert without_addresses(str(body.get_content())) == without_addresses(html[address])
        assert "s3cret-1" in text
    assert LENA in str(simulators.ledger()["meetings"])
    with in_rows(connected):
        assert {m.address for m in db.session.scalars(db.select(Mail))} == set(shown)


def test_preview_frame_is_shut_off_from_the_page_around_it(
    clock: Clock, connected: Flask, simulators: Simulators
) -> None:
    with in_rows(connected):
        team = create_team()
    ada = Visitor(connected).sign_in(team.ada.email, PASSWORD)
    draft = walk_to(ada, team.dina.id, "preview", ANSWERS)
    frame = ada.get(f"{draft}/letters/0")
    policy = frame.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert frame.headers["Cache-Control"] == "no-store"
    ada.get(f"{draft}/letters/99", status=404)


def test_preview_says_what_will_not_happen(clock: Clock, connected: Flask, simulators: Simulators) -> None:
    with in_rows(connected):
        team = create_team()
    ada = Visitor(connected).sign_in(team.ada.email, PASSWORD)
    soon = {**ANSWERS, "date-time": {"date": "2027-02-01", "time": "15:00"}}
    draft = walk_to(ada, team.dina.id, "preview", soon)
    page = ada.get(f"{draft}/preview")
    assert "No reminder 24 hours before" in page.text
    assert "No reminder 1 hour before" not in page.text
    assert "nobody who could host has connected Zoom" in page.text
    assert "s3cret-1" not in page.text
    assert simulators.ledger()["calls"] == []
    assert simulators.mails() == []
