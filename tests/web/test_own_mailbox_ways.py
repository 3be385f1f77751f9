"""Which way emails go if someone has several mailboxes or the server has none, and when they are tried."""

import io

import pytest
from flask import Flask

from tests.factories import Team, create_team
from tests.files_to_attach import PDF
from tests.machines.application import MakeApp
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.visitor import Visitor
from tests.web.dialog_steps import draft_at, schedule_by_hand
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


@pytest.fixture
def app(make_app: MakeApp, simulators: Simulators) -> Flask:
    return make_app(both_providers(simulators))


def ada_with(app: Flask, box: Box) -> tuple[Team, Visitor]:
    """The team, and Ada, who has connected Priya's account there."""
    with in_rows(app):
        team = create_team()
    ada = Visitor(app).enter(team.ada)
    connect(ada, box)
    return team, ada


def test_newer_of_two_mailboxes_sends_and_the_other_card_says_so(app: Flask, simulators: Simulators) -> None:
    team, ada = ada_with(app, GMAIL)
    connect(ada, OUTLOOK)
    page = ada.get(APPS)
    assert LABEL in card_of(page, OUTLOOK.key)
    other = f"Emails about interviews you schedule come from {PRIYA} with Outlook Mail."
    assert other in card_of(page, GMAIL.key)
    assert LABEL not in card_of(page, GMAIL.key)
    ada.post("/settings/account/connected-apps/sending", status=303)
    off = f"Emails about interviews you schedule come from {SERVER}."
    assert off in card_of(ada.get(APPS), GMAIL.key)
    ada.post("/settings/account/connected-apps/sending", {"sends_from_own_mailbox": "y"}, status=303)
    draft = draft_at(ada, team.dina.id, "finalize")
    assert f"Ada Berg <{PRIYA}>, with Outlook Mail" in ada.get(f"{draft}/finalize").words
    arranged(app, team)
    run_everything(app)
    assert (len(simulators.google.sent()), len(simulators.microsoft.sent())) == (0, 3)
    # While that mailbox has to be reconnected, the other one sends.
    simulators.microsoft.revoke(PRIYA)
    simulators.microsoft.switches(reject_next_tokens=9)
    arranged(app, team)
    run_everything(app)
    assert len(simulators.google.sent()) == 2
    assert len(simulators.mails(SAM)) == 2
    assert LABEL in card_of(ada.get(APPS), GMAIL.key)


def test_emails_that_wait_leave_when_the_mailbox_is_connected_again_or_turned_off(
    make_app: MakeApp, simulators: Simulators
) -> None:
    app = without_mail_server(make_app, simulators)
    team, ada = ada_with(app, OUTLOOK)
    page = ada.get("/jobs").words
    assert "invitations and reminders of people who haven't connected Gmail or Outlook Mail" in page
    simulators.microsoft.switches(withheld_scopes=["Mail.Send"])
    interview_id = arranged(app, team)
    run_everything(app)
    words = ada.get(f"/interviews/{interview_id}").words
    assert "Ada Berg has to reconnect Outlook Mail" in words
    assert "No mail server is set up: invitations and reminders wait until" in ada.get("/jobs").words
    simulators.microsoft.switches(withheld_scopes=[])
    connect(ada, OUTLOOK)
    run_everything(app)
    assert sorted(mail.envelope_to for mail in simulators.mails()) == sorted(
        [(DINA,), (SAM,), ("ben@northlight.example",)]
    )


@pytest.mark.parametrize("way", ["sending", "disconnect"])
def test_emails_that_wait_for_a_mailbox_leave_through_the_server_when_it_is_given_up(
    app: Flask, simulators: Simulators, way: str
) -> None:
    team, ada = ada_with(app, OUTLOOK)
    simulators.microsoft.switches(send_limit_reached=[PRIYA])
    arranged(app, team)
    run_everything(app)
    assert simulators.mails(SAM) == []
    if way == "sending":
        ada.post("/settings/account/connected-apps/sending", status=303)
    else:
        ada.post(f"/disconnect/{OUTLOOK.key}", status=303)
    run_everything(app)
    [mail] = simulators.mails(SAM)
    assert mail.envelope_from == SERVER


@pytest.mark.parametrize("has_server", [True, False])
def test_files_that_are_too_large_for_a_mailbox_go_through_the_server_if_there_is_one(
    make_app: MakeApp, simulators: Simulators, has_server: bool
) -> None:
    app = make_app(both_providers(simulators)) if has_server else without_mail_server(make_app, simulators)
    team, ada = ada_with(app, OUTLOOK)
    # In base64 twice, as a part of the email and in the call, this is more than the four megabytes of a call.
    files = [(io.BytesIO(PDF + b" " * 2_400_000), "plan.pdf")]
    phone = {"interview_type": "phone", "phone_number": "+44 20 7946 0018"}
    interview_id = schedule_by_hand(ada, team.dina.id, {"setup": phone, "details": {"files": files}})
    run_everything(app)
    [mail] = simulators.mails(DINA)
    names = [part.get_filename() for part in mail.message.iter_attachments()]
    words = ada.get(f"/interviews/{interview_id}").words
    if has_server:
        assert simulators.microsoft.sent() == []
        assert (mail.envelope_from, names) == (SERVER, ["invite.ics", "plan.pdf"])
        assert "Outlook Mail takes no email as large as this one, so the invitation to" in words
    else:
        assert (mail.envelope_from, names) == (PRIYA, ["invite.ics"])
        assert "Outlook Mail takes no email as large as the attached files" in words
    # Nothing was tried that can't work.
    assert len(simulators.microsoft.calls("send")) == len(simulators.microsoft.sent())
