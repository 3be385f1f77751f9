"""A scheduler's own mailbox on the pages: its switch, whom an email is from, and emails that may have
left."""

import pytest
from flask import Flask

from extensions import db
from models import Interview, Mail, MailState, User
from scheduling.mails.queue import INVITATION
from tests.factories import Team, connect_zoom, create_team
from tests.machines.application import MakeApp
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from tests.web.dialog_steps import draft_at
from tests.web.own_mailbox import (
    DINA,
    GMAIL,
    LABEL,
    OUTLOOK,
    PRIYA,
    SAM,
    SERVER,
    Box,
    arranged,
    both_providers,
    connect,
    run_everything,
    without_mail_server,
)
from tests.web.round_trips import APPS, card_of

# For pages on which it matters whose mailbox it is.
with_each = pytest.mark.parametrize("box", [GMAIL, OUTLOOK], indirect=True, ids=lambda box: box.key)


@pytest.fixture
def box(request: pytest.FixtureRequest) -> Box:
    given: Box = getattr(request, "param", GMAIL)
    return given


@pytest.fixture
def app(make_app: MakeApp, simulators: Simulators) -> Flask:
    return make_app(both_providers(simulators))


@pytest.fixture
def team(app: Flask, simulators: Simulators) -> Team:
    with in_rows(app):
        team = create_team()
        connect_zoom(team.ben, simulators)
    return team


@pytest.fixture
def ada(app: Flask, team: Team, box: Box) -> Visitor:
    """She has connected Priya's account of the simulated provider."""
    ada = Visitor(app).enter(team.ada)
    connect(ada, box)
    return ada


def facts_on(page: Page) -> dict[str, str]:
    rows = [row for row in page.tree.all("div") if row.parent is not None and row.parent.tag == "dl"]
    return {row.all("dt")[0].text: row.all("dd")[0].text for row in rows}


def address_of_email(app: Flask, interview_id: int, to: str) -> str:
    with in_rows(app):
        mails = db.session.get_one(Interview, interview_id).mails
        return f"/interviews/{interview_id}/emails/{next(mail.id for mail in mails if mail.address == to)}"


def wishes(app: Flask, team: Team) -> bool:
    with in_rows(app):
        return db.session.get_one(User, team.ada.id).sends_from_own_mailbox


def test_switch_is_on_the_card_of_a_connected_mailbox_and_applies_at_once(
    app: Flask, team: Team, ada: Visitor, simulators: Simulators
) -> None:
    page = ada.get(APPS)
    assert LABEL in card_of(page, "gmail")
    assert f"If it's off, or Gmail can't send one, they come from {SERVER}." in card_of(page, "gmail")
    [box] = page.tree.all("input", lambda e: e.get("name") == "sends_from_own_mailbox")
    assert "checked" in box.attributes
    form = box.parent
    while form is not None and form.tag != "form":
        form = form.parent
    assert form is not None
    # With a script, a change is enough; without one, there is a button.
    assert form["hx-trigger"].startswith("change")
    ada.post(form["action"], status=303)
    page = ada.get(APPS)
    assert f"Emails about interviews you schedule now come from {SERVER}." in page.words
    assert not wishes(app, team)
    arranged(app, team)
    run_everything(app)
    assert simulators.google.sent() == []
    ada.post(form["action"], {"sends_from_own_mailbox": "y"}, status=303)
    assert f"Emails about interviews you schedule now come from {PRIYA}." in ada.get(APPS).words
    assert wishes(app, team)


def test_switch_is_on_no_card_without_a_mailbox(app: Flask, team: Team) -> None:
    page = Visitor(app).enter(team.ada).get(APPS)
    assert "sends_from_own_mailbox" not in page.html


def test_another_tab_learns_of_the_switch(app: Flask, team: Team, ada: Visitor) -> None:
    page = ada.get(APPS)
    poll = page.tree.with_id("apps-poll")
    assert poll is not None
    ada.get(poll["hx-get"], htmx=True, status=204)
    ada.post("/settings/account/connected-apps/sending", status=303)
    answer = ada.get(poll["hx-get"], htmx=True)
    assert "live-gmail" in answer.html


def test_preview_and_finalize_say_from_whom_the_emails_come(
    app: Flask, team: Team, ada: Visitor, simulators: Simulators
) -> None:
    draft = draft_at(ada, team.dina.id, "preview")
    assert facts_on(ada.get(f"{draft}/preview"))["From"] == f"Ada Berg <{PRIYA}>"
    draft = draft_at(ada, team.dina.id, "finalize")
    assert f"Ada Berg <{PRIYA}>, with Gmail" in ada.get(f"{draft}/finalize").words
    ada.post("/settings/account/connected-apps/sending", status=303)
    assert facts_on(ada.get(f"{draft}/preview"))["From"] == f"Ada Berg via Northlight <{SERVER}>"


def test_preview_says_why_the_server_sends_instead(
    app: Flask, team: Team, ada: Visitor, simulators: Simulators
) -> None:
    simulators.google.change_password(PRIYA)
    arranged(app, team)
    run_everything(app)
    draft = draft_at(ada, team.dina.id, "preview")
    words = ada.get(f"{draft}/preview").words
    assert f"Ada Berg has to reconnect Gmail. Emails come from {SERVER} for now." in words


def test_without_a_mail_server_a_mailbox_sends_and_the_dialog_knows(
    make_app: MakeApp, simulators: Simulators
) -> None:
    app = without_mail_server(make_app, simulators)
    with in_rows(app):
        team = create_team()
    ada = Visitor(app).enter(team.ada)
    connect(ada)
    draft = draft_at(ada, team.dina.id, "preview")
    assert "No emails go out for now" not in ada.get(f"{draft}/preview").words
    assert "If it's off, they wait until this server has a mail server." in card_of(ada.get(APPS), "gmail")
    arranged(app, team)
    run_everything(app)
    assert len(simulators.google.sent()) == 3
    ada.post("/settings/account/connected-apps/sending", status=303)
    draft = draft_at(ada, team.dina.id, "preview")
    assert "No emails go out for now" in ada.get(f"{draft}/preview").words


@with_each
def test_email_says_which_mailbox_sent_it_and_shows_the_same_headers(
    app: Flask, team: Team, ada: Visitor, simulators: Simulators, box: Box
) -> None:
    interview_id = arranged(app, team)
    run_everything(app)
    assert f"Sent from {PRIYA} with {box.label}" in ada.get(f"/interviews/{interview_id}").words
    page = ada.get(address_of_email(app, interview_id, SAM))
    facts, [mail] = facts_on(page), simulators.mails(SAM)
    assert facts["Sent from"] == f"{PRIYA} with {box.label}"
    assert facts["From"] == mail.message["From"] == f"Ada Berg <{PRIYA}>"
    assert facts["To"] == mail.message["To"] == f"Sam Ortiz <{SAM}>"
    assert "Cc" not in facts
    assert mail.message["Cc"] is None
    assert facts["Answer"].startswith(f"{box.label} took it: “")
    assert "Server's code" not in facts
    box.at(simulators).assert_no_violation()


@with_each
def test_page_asks_before_it_sends_again_what_may_have_left(
    app: Flask, team: Team, ada: Visitor, simulators: Simulators, box: Box
) -> None:
    box.at(simulators).switches(lose_next_sends=2)
    interview_id = arranged(app, team)
    run_everything(app)
    page = ada.get(f"/interviews/{interview_id}")
    assert "Invitation to Dina Kaur may have left. Send it again?" in page.words
    # Each is a decision of its own.
    assert "Send all again" not in page.words
    assert "Invitation to Dina Kaur may have left. Send it again?" in ada.get("/settings/system-log").words
    address = address_of_email(app, interview_id, DINA)
    page = ada.get(address)
    assert facts_on(page)["State"] == "It may have left. Send again?"
    assert f"look into the Sent folder of {PRIYA}" in facts_on(page)["Why"]
    assert "If it did, this is what it said." in page.words
    assert facts_on(page)["From"] == f"Ada Berg <{PRIYA}>"
    ada.submit(page, "Send again", status=303)
    run_everything(app)
    facts = facts_on(ada.get(address))
    assert facts["State"].startswith("Sent ")
    assert "may have arrived twice" in facts["Answer"]
    assert len(simulators.mails(DINA)) == 2
    # The other was left alone.
    [sams] = simulators.mails("ben@northlight.example")
    assert sams is not None


NO_CLIENT = {"token_endpoint": "invalid_client", "reject_next_tokens": 9}


@pytest.mark.parametrize(
    ("box", "switches", "why"),
    [
        (GMAIL, {"no_gmail": [PRIYA]}, "Gmail doesn't let Ada's account send emails"),
        (GMAIL, {"withheld_scopes": ["gmail.send"]}, "Ada Berg has to reconnect Gmail"),
        (GMAIL, {"largest_message": 100}, "Gmail takes no email as large as this one"),
        (GMAIL, NO_CLIENT, "Gmail doesn't accept this server's"),
        (OUTLOOK, {"no_mailbox": [PRIYA]}, "Outlook Mail doesn't let Ada's account send emails"),
        (OUTLOOK, {"send_blocked": [PRIYA]}, "Outlook Mail doesn't let Ada's account send emails"),
        (OUTLOOK, {"withheld_scopes": ["Mail.Send"]}, "Ada Berg has to reconnect Outlook Mail"),
        (OUTLOOK, {"largest_message": 100}, "Outlook Mail takes no email as large as this one"),
        (OUTLOOK, NO_CLIENT, "Outlook Mail doesn't accept this server's"),
        (
            OUTLOOK,
            {"fail_next": 9, "fail_status": 403, "fail_reason": "ErrorSendAsDenied"},
            "Outlook Mail doesn't let Ada's account send emails",
        ),
        # A new token is challenged again, so that its owner has to sign in.
        (OUTLOOK, {"challenge_next_calls": 2}, "Ada Berg has to reconnect Outlook Mail"),
    ],
    indirect=["box"],
)
def test_what_a_mailbox_does_not_send_leaves_through_the_server(
    app: Flask,
    team: Team,
    ada: Visitor,
    simulators: Simulators,
    box: Box,
    switches: dict[str, object],
    why: str,
) -> None:
    box.at(simulators).switches(**switches)
    interview_id = arranged(app, team)
    run_everything(app)
    assert box.at(simulators).sent() == []
    with in_rows(app):
        interview = db.session.get_one(Interview, interview_id)
        assert [(mail.state, mail.sent_with) for mail in interview.mails] == [(MailState.SENT, None)] * 3
        said = [entry.words for entry in interview.timeline if "was sent from" in entry.words]
    assert len(said) == 1
    assert said[0].startswith(why)
    for address in (DINA, SAM, "ben@northlight.example"):
        assert len(simulators.mails(address)) == 1
    if "token_endpoint" not in switches:
        box.at(simulators).assert_no_violation()


@with_each
def test_other_answers_of_a_mailbox(
    app: Flask, team: Team, ada: Visitor, simulators: Simulators, box: Box
) -> None:
    simulated = box.at(simulators)
    # A rejected token is renewed and costs nothing; a refused recipient is refused; a limit is waited for.
    simulated.switches(reject_next_tokens=1, refused_recipients=[SAM], replace_message_ids=True)
    interview_id = arranged(app, team)
    run_everything(app)
    with in_rows(app):
        mails = db.session.get_one(Interview, interview_id).mails
        states = {mail.address: mail.state for mail in mails if mail.kind == INVITATION}
    assert states == {
        DINA: MailState.SENT,
        "ben@northlight.example": MailState.SENT,
        SAM: MailState.FAILED,
    }
    assert len(simulated.sent()) == 2
    simulated.switches(send_limit_reached=[PRIYA], refused_recipients=[])
    second = arranged(app, team)
    run_everything(app)
    with in_rows(app):
        waiting: list[Mail] = db.session.get_one(Interview, second).mails
        assert {mail.state for mail in waiting} == {MailState.QUEUED}
    page = ada.get(f"/interviews/{second}")
    assert "Not accepted yet. Next try" in page.words
    assert "Emails can't be sent" not in page.words


@pytest.mark.parametrize("box", [OUTLOOK], indirect=True)
def test_mailbox_that_is_busy_is_asked_again_when_it_says(
    app: Flask, team: Team, ada: Visitor, simulators: Simulators
) -> None:
    simulators.microsoft.switches(
        fail_next=1, fail_status=429, fail_reason="ApplicationThrottled", retry_after="1.5"
    )
    interview_id = arranged(app, team)
    run_everything(app)
    assert "Not accepted yet. Next try" in ada.get(f"/interviews/{interview_id}").words
    assert len(simulators.microsoft.sent()) == 2
    assert simulators.mails(SAM)[0].message["From"] == f"Ada Berg <{PRIYA}>"


@pytest.mark.parametrize("box", [OUTLOOK], indirect=True)
def test_personal_account_sends_too(app: Flask, team: Team, simulators: Simulators, box: Box) -> None:
    ada = Visitor(app).enter(team.ada)
    private = "lena.vogel.private@mail.example"
    connect(ada, box, private)
    arranged(app, team)
    run_everything(app)
    assert len(simulators.microsoft.sent(private)) == 3
