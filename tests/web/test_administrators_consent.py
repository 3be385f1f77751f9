"""An administrator has to allow an app first: waiting for them, asking them, and picking up their answer."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from flask import Flask

from extensions import db
from models import AdminApproval, ApprovalState, Organization, User
from tests.accounts.mails import do_background_work, the_mail_to
from tests.factories import Team, create_connection, create_team
from tests.machines.application import MakeApp
from tests.machines.apps import Seeded
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.visitor import Visitor
from tests.web.approvals import (
    ADDRESS,
    FORGET,
    HARBORVIEW,
    IT,
    answered,
    approvals,
    forged,
    wait,
)
from tests.web.microsoft import ADA_BROOK, CALENDAR, MAIL, decide_as_admin, try_microsoft
from tests.web.round_trips import APPS, card_of, come_back, message_of, result_of
from timezones import utc_now


@pytest.fixture
def connected(make_app: MakeApp, simulators: Simulators) -> Flask:
    """The app with the simulated Microsoft and a mailbox."""
    return make_app({**simulators.settings(), **simulators.microsoft.settings()})


@pytest.fixture
def people(connected: Flask, seeded: Seeded) -> Team:
    def create() -> Team:
        team = create_team()
        db.session.get_one(Organization, 1).connecting_is_open = True
        db.session.commit()
        return team

    return seeded(connected, create)


@pytest.fixture
def ben(connected: Flask, people: Team) -> Visitor:
    return Visitor(connected).enter(people.ben)


@pytest.fixture
def owen(connected: Flask) -> Visitor:
    """The administrator's browser, in which no one is signed in here."""
    return Visitor(connected)


def test_approval_is_waited_for_asked_for_by_email_given_and_used(
    connected: Flask, simulators: Simulators, people: Team, ben: Visitor, owen: Visitor
) -> None:
    back = try_microsoft(ben, CALENDAR, ADA_BROOK)
    assert result_of(back) == "microsoft=approval"
    assert message_of(ben, back) == (
        "Microsoft wants an administrator of your organization to allow Outlook Calendar first. Nothing was "
        "connected. Its card below has what to send them."
    )
    page = ben.get(APPS)
    assert "Waiting for your administrator" in card_of(page, CALENDAR)
    assert "Waiting for your administrator" not in card_of(page, MAIL)
    # The owner is in the same organization, as their addresses tell.
    assert page.fields("Email them")[ADDRESS] == [people.ada.email]
    said = ben.follow(ben.submit(page, "Email them", status=303, **{ADDRESS: f" {IT.upper()} "}))
    assert said.messages == f"{IT} will get an email with the link and what it's about."
    assert f"The email to {IT} is on its way." in card_of(said, CALENDAR)
    do_background_work(connected)
    assert f"Emailed to {IT} on " in card_of(ben.get(APPS), CALENDAR)
    mail = the_mail_to(simulators, IT, "asks you to allow Outlook Calendar")
    text = mail.get_body(("plain",))
    assert text is not None
    words = text.get_content()
    assert people.ben.email in str(mail["Reply-To"])
    for fact in (
        "Hello,",
        "Ben Frei",
        "Calendars.ReadWrite",
        "delegated permissions",
        "It asks for no application",
    ):
        assert fact in words, fact
    [link] = re.findall(rf"{simulators.microsoft.url}\S+", words)
    done = answered(owen, decide_as_admin(link))
    assert "It's allowed" in done.text
    for secret in ("Ben", people.ben.email, IT):
        assert secret not in done.text
    assert not done.tree.all("nav")
    page = ben.get(APPS)
    assert "Allowed by your administrator" in card_of(page, CALENDAR)
    assert "You can connect it now." in card_of(page, CALENDAR)
    do_background_work(connected)
    told = the_mail_to(simulators, people.ben.email, "Outlook Calendar is allowed now")
    assert f"/settings/account/connected-apps#app-{CALENDAR}" in str(told.get_body(("plain",)))
    assert result_of(try_microsoft(ben, CALENDAR, ADA_BROOK)) == "microsoft=connected"
    assert "administrator" not in card_of(ben.get(APPS), CALENDAR)
    assert [row.state for row in approvals(connected)] == [ApprovalState.OVER]
    simulators.microsoft.assert_no_violation()


@pytest.mark.parametrize("how", ["90094", "65001", "consent_required"])
def test_every_way_of_being_sent_back_from_the_approval_page_is_recognized(
    connected: Flask, simulators: Simulators, ben: Visitor, how: str
) -> None:
    simulators.microsoft.switches(approval_error=how)
    assert result_of(try_microsoft(ben, CALENDAR, ADA_BROOK)) == "microsoft=approval"
    assert [row.state for row in approvals(connected)] == [ApprovalState.WAITING]


def test_person_sent_back_as_if_they_had_declined_can_say_what_they_saw(
    connected: Flask, simulators: Simulators, ben: Visitor
) -> None:
    simulators.microsoft.switches(approval_error="cancel")
    back = try_microsoft(ben, CALENDAR, ADA_BROOK)
    assert result_of(back) == "microsoft=denied"
    words = message_of(ben, back)
    assert words.startswith("You declined on Outlook Calendar's page. Nothing was connected.")
    assert "“Need admin approval”, choose “Ask your administrator” below." in words
    assert approvals(connected) == []
    page = ben.get(APPS)
    ben.submit(page, "Ask your administrator", status=303)
    assert "Waiting for your administrator" in card_of(ben.get(APPS), CALENDAR)


def test_words_of_the_provider_are_never_ours(connected: Flask, people: Team, ben: Visitor) -> None:
    ben.post(f"/connect/{CALENDAR}", status=303)
    address = ben.post(f"/connect/{CALENDAR}", status=303).headers["Location"]
    state = re.findall(r"state=([^&]+)", address)[0]
    evil = "<b>Call 555</b> https://evil.example"
    back = come_back(
        ben, {"error": "odd", "error_description": evil, "error_subcode": "x", "state": state}, "microsoft"
    )
    page = ben.follow(back)
    assert "<b>Call" not in page.html
    assert "evil.example" not in page.html
    assert "Microsoft sent you back without permission: " in page.text


def test_approval_given_by_other_means_is_found_by_trying_again(
    connected: Flask, simulators: Simulators, ben: Visitor
) -> None:
    wait(ben)
    simulators.microsoft.allow_for_all(HARBORVIEW)
    page = ben.get(APPS)
    assert page.has_button("Try again")
    assert result_of(try_microsoft(ben, CALENDAR, ADA_BROOK)) == "microsoft=connected"
    assert "Waiting" not in card_of(ben.get(APPS), CALENDAR)


def test_both_are_told_that_it_was_declined_and_it_can_be_asked_again(
    connected: Flask, simulators: Simulators, ben: Visitor, owen: Visitor
) -> None:
    link = wait(ben)
    assert "It wasn't allowed" in answered(owen, decide_as_admin(link, decision="cancel")).text
    card = card_of(ben.get(APPS), CALENDAR)
    assert "An administrator declined it" in card
    # They changed their mind.
    assert "It's allowed" in answered(owen, decide_as_admin(link)).text
    assert "Allowed by your administrator" in card_of(ben.get(APPS), CALENDAR)
    # And a late answer takes back nothing that was given.
    answered(owen, decide_as_admin(link, decision="cancel"))
    assert "Allowed by your administrator" in card_of(ben.get(APPS), CALENDAR)


def test_person_who_is_not_an_administrator_decides_nothing(
    connected: Flask, ben: Visitor, owen: Visitor
) -> None:
    state = re.findall(r"state=([^&]+)", wait(ben))[0]
    answer = {"error": "access_denied", "error_description": "AADSTS90093: Not you.", "state": state}
    assert "Nothing was decided" in answered(owen, answer).text
    assert "Waiting for your administrator" in card_of(ben.get(APPS), CALENDAR)
    # Microsoft's own example of an administrator who declined names both.
    answer = forged({"error": "consent_required", "error_description": "AADSTS65004: No."}, state=state)
    assert "It wasn't allowed" in answered(owen, answer).text


def test_answer_that_no_link_of_ours_proves_changes_nothing(
    connected: Flask, ben: Visitor, owen: Visitor
) -> None:
    state = re.findall(r"state=([^&]+)", wait(ben))[0]
    row, day, generation, signature = state.split(".")
    for wrong in (
        f"{row}.{day}.{generation}.{signature[:-2]}AA",
        f"{row}.{int(day) + 1}.{generation}.{signature}",
        f"9.{day}.{generation}.{signature}",
        "a.b",
        ".",
        "1." + "x" * 3000,
    ):
        assert "This link doesn't work" in answered(owen, forged({}, state=wrong), status=404).text
    assert "This link doesn't work" in answered(owen, forged({}), status=404).text
    owen.get(f"/connect/zoom/callback?{urlencode(forged({}, state=state))}", status=404)
    assert [row.state for row in approvals(connected)] == [ApprovalState.WAITING]
    # Anyone who has the link can pretend; then the card says "Connect", and Microsoft tells the truth.
    answered(owen, forged({}, state=state))
    assert ben.get(APPS).has_button("Connect")
    assert result_of(try_microsoft(ben, CALENDAR, ADA_BROOK)) == "microsoft=approval"
    assert "Waiting for your administrator" in card_of(ben.get(APPS), CALENDAR)


def test_link_works_for_thirty_days_and_while_someone_waits(
    connected: Flask, clock: Clock, ben: Visitor, owen: Visitor
) -> None:
    link = wait(ben)
    clock.move(timedelta(days=29))
    state = {"state": re.findall(r"state=([^&]+)", link)[0]}
    clock.move(timedelta(days=3))
    assert "This link no longer counts" in answered(owen, forged(state), status=410).text
    with in_rows(connected):
        row = db.session.scalars(db.select(AdminApproval)).one()
        assert row.state is ApprovalState.WAITING


def test_forgotten_wait_ends_its_links(connected: Flask, ben: Visitor, owen: Visitor) -> None:
    old = {"state": re.findall(r"state=([^&]+)", wait(ben))[0]}
    ben.post(FORGET, status=303)
    assert "Waiting" not in card_of(ben.get(APPS), CALENDAR)
    answered(owen, forged(old), status=410)
    new = {"state": re.findall(r"state=([^&]+)", wait(ben))[0]}
    answered(owen, forged(old), status=410)
    assert "Waiting" in card_of(ben.get(APPS), CALENDAR)
    answered(owen, forged(new))
    assert "Allowed" in card_of(ben.get(APPS), CALENDAR)


def test_colleagues_in_the_same_organization_are_told_too(
    connected: Flask, simulators: Simulators, people: Team, ben: Visitor, owen: Visitor
) -> None:
    cleo = Visitor(connected).enter(people.cleo)
    wait(cleo)
    with in_rows(connected):
        # In another organization, as far as anyone can tell.
        db.session.get_one(User, people.ada.id).email = "ada@elsewhere.example"
        db.session.commit()
    ada = Visitor(connected).enter(people.ada)
    wait(ada)
    link = wait(ben)
    answer = decide_as_admin(link)
    for _ in range(2):
        answered(owen, answer)
    assert [row.state for row in approvals(connected)] == [
        ApprovalState.GIVEN,
        ApprovalState.WAITING,
        ApprovalState.GIVEN,
    ]
    do_background_work(connected)
    assert len(simulators.mails(people.cleo.email)) == len(simulators.mails(people.ben.email)) == 1
    assert simulators.mails("ada@elsewhere.example") == []


def test_another_organization_than_the_one_of_the_account_is_noticed(
    connected: Flask, simulators: Simulators, people: Team, ben: Visitor, owen: Visitor
) -> None:
    harborview = "11111111-2222-4333-8444-555555555555"
    with in_rows(connected):
        create_connection(
            people.ben.id,
            app=CALENDAR,
            state="reconnect_needed",
            ciphertext="",
            problem="It ended.",
            problem_since=utc_now(),
            account_id=f"{harborview}.66666666-2222-4333-8444-555555555555",
        )
        db.session.commit()
    link = wait(ben)
    # Its directory is known, so the link leads straight there.
    assert f"/{harborview}/v2.0/adminconsent" in link
    state = {"state": re.findall(r"state=([^&]+)", link)[0]}
    other = forged(state, tenant="99999999-2222-4333-8444-555555555555")
    assert "That was another organization" in answered(owen, other).text
    assert [row.state for row in approvals(connected)] == [ApprovalState.WAITING]
    assert "It's allowed" in answered(owen, forged(state, tenant=harborview)).text


def test_nothing_is_marked_by_a_head_or_a_prefetch(connected: Flask, ben: Visitor, owen: Visitor) -> None:
    state = {"state": re.findall(r"state=([^&]+)", wait(ben))[0]}
    address = f"/connect/microsoft/callback?{urlencode(forged(state))}"
    assert owen.client.head(address, base_url=owen.base_url).status_code == 405
    prefetch = {"Sec-Purpose": "prefetch"}
    assert owen.client.get(address, base_url=owen.base_url, headers=prefetch).status_code == 503
    assert [row.state for row in approvals(connected)] == [ApprovalState.WAITING]
