"""What each person received: the emails on an interview's page, each as it was sent."""

import io
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from background import make_runner
from extensions import db
from models import Interview, Mail, MailState, MailTrouble, Role, Task, User
from scheduling.plans import Participant
from scheduling.reading.received import received
from services import services
from tests.factories import Team, connect_zoom, create_team, create_user, schedule
from tests.files_to_attach import PDF
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from tests.web.dialog_steps import draft_at, send
from tests.web.world import LINK, World, create_world, enter
from timezones import utc_now

SAM = "sam@partner.example"
DINA = "dina.kaur@mail.example"


def run_everything(app: Flask) -> None:
    with app.app_context():
        runner = make_runner(app)
        while runner.run_due():
            pass


def part(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    assert found is not None
    return str(found.get_content()).replace("\r\n", "\n")


def facts_on(page: Page) -> dict[str, str]:
    rows = [row for row in page.tree.all("div") if row.parent is not None and row.parent.tag == "dl"]
    return {row.all("dt")[0].text: row.all("dd")[0].text for row in rows}


def mail_to(app: Flask, interview_id: int, address: str) -> int:
    with in_rows(app):
        mails = db.session.get_one(Interview, interview_id).mails
        return next(mail.id for mail in mails if mail.address == address)


@pytest.fixture
def team(connected: Flask, simulators: Simulators) -> Team:
    with in_rows(connected):
        team = create_team()
        connect_zoom(team.ben, simulators)
        db.session.get_one(User, team.ada.id).timezone = "Asia/Kolkata"
        db.session.commit()
    return team


@pytest.fixture
def ada(connected: Flask, team: Team) -> Visitor:
    return Visitor(connected).enter(team.ada)


def test_email_is_shown_as_it_was_sent_whatever_changed_since(
    connected: Flask, simulators: Simulators, team: Team, ada: Visitor
) -> None:
    with in_rows(connected):
        guest = Participant("Sam Ortiz", SAM)
        interview_id = schedule(
            team.ada, team.dina, attendees=(guest,), message_to_candidate="Bring <b>tea</b>"
        )
    run_everything(connected)
    # What is true now is not what was sent.
    with in_rows(connected):
        interview = db.session.get_one(Interview, interview_id)
        interview.agenda, interview.starts_at = "Something else", interview.starts_at + timedelta(days=1)
        interview.candidate.name = "Another name"
        db.session.commit()
    page = ada.get(f"/interviews/{interview_id}")
    opened = [link["href"] for link in page.tree.all("a") if "/emails/" in link.get("href")]
    assert len(opened) == 3
    for address in opened:
        shown = ada.get(address)
        facts, [text], [frame] = facts_on(shown), shown.tree.all("pre"), shown.tree.all("iframe")
        [mail] = simulators.wait_for_mails(1, to=facts["Address"])
        assert facts["Subject"] == mail.message["Subject"]
        assert facts["From"] == mail.message["From"]
        assert facts["From"].startswith("Ada Berg via Northlight <")
        assert facts["To"] == f"Dina Kaur <{DINA}>"
        assert facts["Cc"] == f"Ben Frei <{team.ben.email}>, Sam Ortiz <{SAM}>"
        assert facts["Message-ID"] == mail.message["Message-ID"]
        assert facts["Server's code"] == "250"
        assert facts["State"].startswith("Sent ")
        assert text.raw_text.strip() == part(mail.message, "plain").strip()
        html = ada.get(frame["src"])
        assert html.html.strip() == part(mail.message, "html").strip()
        assert "sandbox" in html.headers["Content-Security-Policy"]
        assert "allow-scripts" not in frame["sandbox"]
        assert html.headers["Cache-Control"] == "no-store"
        assert facts["Method"] == "REQUEST (invitation)"
        assert facts["Sequence"] == "0 (first version)"
        assert facts["Organizer"].startswith("Ada Berg")
        assert f"Sam Ortiz ({SAM})" in facts["Invited"]
        assert "14:30–15:15 Kolkata time" in facts["When (your time)"]
        whom = shown.heading.partition(" to ")[2]
        assert "10:00–10:45 Zurich time" in facts[f"When for {whom}"]
        assert facts["Where"].startswith(simulators.zoom_url)
    assert "Bring <b>tea</b>" in ada.get(opened[0]).tree.all("pre")[0].raw_text


def test_files_that_went_along_are_named(connected: Flask, team: Team, ada: Visitor) -> None:
    draft = draft_at(ada, team.dina.id, "details")
    send(ada, draft, "details", files=[(io.BytesIO(PDF), "Plan.pdf")])
    send(ada, draft, "preview")
    send(ada, draft, "finalize")
    run_everything(connected)
    with in_rows(connected):
        [interview_id] = db.session.scalars(db.select(Interview.id))
    page = ada.get(f"/interviews/{interview_id}/emails/{mail_to(connected, interview_id, DINA)}")
    assert "Plan.pdf" in page.words


def test_what_emails_said_is_nowhere_in_plain_text(
    connected: Flask, team: Team, instance_path: Path, simulators: Simulators
) -> None:
    with in_rows(connected):
        interview_id = schedule(team.ada, team.dina)
    run_everything(connected)
    with in_rows(connected):
        interview = db.session.get_one(Interview, interview_id)
        own_link = services(connected).join_links.join_page(interview, "candidate").encode()
    [mail] = simulators.wait_for_mails(1, to=DINA)
    assert own_link.decode() in part(mail.message, "plain")
    kept = b"".join(path.read_bytes() for path in instance_path.rglob("*") if path.is_file())
    assert own_link.rpartition(b"/")[2] not in kept


def test_emails_without_an_interview_are_not_kept(connected: Flask, team: Team, ada: Visitor) -> None:
    ada.post("/settings/email/test", status=303)
    run_everything(connected)
    with in_rows(connected):
        [mail] = db.session.scalars(db.select(Mail).where(Mail.interview_id.is_(None)))
        assert (mail.state, mail.code, mail.sealed_copy) == (MailState.SENT, 250, None)


_QUEUED = {"state": MailState.QUEUED}


@pytest.mark.parametrize(
    ("mail", "words", "again"),
    [
        ({"state": MailState.SENT, "code": 250}, "Sent", None),
        (_QUEUED, "Sending…", None),
        ({**_QUEUED, "words": "451 busy", "code": 451}, "Not accepted yet. Next try", "Try now"),
        (
            {**_QUEUED, "words": "535 no", "code": 535, "trouble": MailTrouble.OURS},
            "Waiting. Next try",
            "Try now",
        ),
        ({**_QUEUED, "words": "The last change can still be undone."}, "Sending…", None),
        ({**_QUEUED, "words": "cut off", "may_be_double": True}, "May have arrived. Next try", "Try now"),
        ({**_QUEUED, "words": "refused", "trouble": MailTrouble.ADDRESS}, "On hold", "Send again"),
        ({"state": MailState.FAILED, "words": "550 unknown", "code": 550}, "Not delivered", "Send again"),
        ({"state": MailState.DROPPED, "words": "The interview is over."}, "Not sent", None),
        ({**_QUEUED, "kind": "reminder", "occasion": "r0-60"}, "Queued for", None),
    ],
)
def test_state_of_an_email_is_shown_in_words(
    clock: Clock, web: Flask, mail: dict[str, Any], words: str, again: str | None
) -> None:
    with in_rows(web):
        team = create_team()
        interview = db.session.get_one(Interview, schedule(team.ada, team.dina, software=None))
        row = interview.mails[0]
        for name, value in {"sent_at": utc_now(), **mail}.items():
            setattr(row, name, value)
        task = db.session.scalars(db.select(Task).where(Task.dedupe_key == f"mail:{row.id}")).one()
        task.run_at = next_try = utc_now() + timedelta(minutes=5)
        db.session.flush()
        [seen] = received(interview)[0].emails
    assert (seen.words, seen.again, seen.code) == (words, again, mail.get("code"))
    assert seen.at == (next_try if words.endswith("Next try") else utc_now() if words == "Sent" else seen.at)


def test_email_that_has_not_left_is_shown_as_it_would_be(
    connected: Flask, simulators: Simulators, team: Team, ada: Visitor
) -> None:
    simulators.mail_switches(reject_recipients={DINA: 550})
    with in_rows(connected):
        interview_id = schedule(team.ada, team.dina, software=None, reminder_minutes=(60,))
    run_everything(connected)
    simulators.mail_switches(reject_recipients={})
    address = f"/interviews/{interview_id}/emails/{mail_to(connected, interview_id, DINA)}"
    page = ada.get(address)
    assert "This email hasn't been sent." in page.words
    assert facts_on(page)["State"] == "Not delivered"
    assert facts_on(page)["Server's code"] == "550"
    assert "Introduction, experience, questions" in page.tree.all("pre")[0].raw_text
    # It is sent again from its own page, which then shows what happened to it.
    answer = ada.submit(page, "Send again", leads_to=address)
    assert "Sending again now." in ada.follow(answer).messages
    run_everything(connected)
    page = ada.get(address)
    assert facts_on(page)["State"].startswith("Sent")
    assert "hasn't been sent" not in page.words
    assert not page.has_button("Send again")
    assert len(simulators.mails(DINA)) == 1


def test_email_that_waits_for_its_next_try_can_be_tried_now(
    connected: Flask, simulators: Simulators, team: Team, ada: Visitor
) -> None:
    simulators.mail_switches(defer_recipients={DINA: 451})
    with in_rows(connected):
        interview_id = schedule(team.ada, team.dina, software=None)
    run_everything(connected)
    simulators.mail_switches(defer_recipients={})
    page = ada.get(f"/interviews/{interview_id}")
    assert "Not accepted yet. Next try" in page.words
    ada.submit(page, "Try now", leads_to=f"/interviews/{interview_id}")
    run_everything(connected)
    assert "Invitation sent to 2 people" in ada.get(f"/interviews/{interview_id}").words


def test_copy_that_no_key_opens_is_reported(connected: Flask, team: Team, ada: Visitor) -> None:
    with in_rows(connected):
        interview_id = schedule(team.ada, team.dina, software=None)
    run_everything(connected)
    first, second = (mail_to(connected, interview_id, address) for address in (DINA, team.ben.email))
    with in_rows(connected):
        # One sealed for another email must not be taken for this one's.
        db.session.get_one(Mail, first).sealed_copy = db.session.get_one(Mail, second).sealed_copy
        db.session.get_one(Mail, second).sealed_copy = None
        db.session.commit()
    assert (
        "none of this server's keys opens it" in ada.get(f"/interviews/{interview_id}/emails/{first}").words
    )
    ada.get(f"/interviews/{interview_id}/emails/{first}/letter", status=404)
    assert "No copy of this email was kept." in ada.get(f"/interviews/{interview_id}/emails/{second}").words


def test_emails_are_read_by_those_who_may_see_all_that_is_in_them(web: Flask) -> None:
    with in_rows(web):
        world = create_world()
    with_all = ("owner", "admin", "recruiter", "own hiring manager")
    own = {"own interviewer": "Ivan Petrov", "invited hiring manager": "Hugo Lind"}
    with in_rows(web):
        mails = {mail.name: mail.id for mail in db.session.get_one(Interview, world.interview_id).mails}
    for who in (*with_all, *own, "other hiring manager", "other interviewer", "observer"):
        visitor = enter(web, world, who)
        offered = set()
        if who not in ("other hiring manager", "other interviewer"):
            page = visitor.get(f"/interviews/{world.interview_id}")
            offered = {
                int(link["href"].rpartition("/")[2])
                for link in page.tree.all("a")
                if "/emails/" in link.get("href")
            }
        for name, mail_id in mails.items():
            is_theirs = who in with_all or own.get(who) == name
            assert (mail_id in offered) is is_theirs, (who, name)
            for address in (
                f"/interviews/{world.interview_id}/emails/{mail_id}",
                f"/interviews/{world.interview_id}/emails/{mail_id}/letter",
            ):
                page = visitor.get(address, status=200 if is_theirs else 404)
                if is_theirs and who not in with_all and not address.endswith("letter"):
                    assert DINA not in page.html, who
                    assert LINK.partition("?")[0] in page.html


def test_email_of_another_interview_is_not_found(web: Flask) -> None:
    with in_rows(web):
        world: World = create_world()
        other = schedule(world.team.ada, world.other_candidate, software=None)
        number = db.session.get_one(Interview, other).mails[0].id
        create_user("Nils Roth", Role.OBSERVER)
    owner = enter(web, world, "owner")
    owner.get(f"/interviews/{world.interview_id}/emails/{number}", status=404)
