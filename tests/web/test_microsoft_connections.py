"""Microsoft's two apps on Connected Apps: grants that no one can revoke, and accounts of many kinds."""

import pytest
from flask import Flask

from extensions import db
from models import AuditEntry, Connection, ConnectionState, Task
from tests.accounts.mails import do_background_work
from tests.factories import LENA, PRIYA, Team, create_team
from tests.machines.application import MakeApp
from tests.machines.apps import Seeded
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.visitor import Visitor
from tests.web.microsoft import (
    CALENDAR,
    EXPIRED,
    MAIL,
    NO_MAILBOX,
    PERSONAL,
    connect_microsoft,
    consent_at_microsoft,
    leave_for,
    row_of,
    try_microsoft,
)
from tests.web.round_trips import APPS, card_of, come_back, message_of, result_of, stored

REMOVE_THERE = (
    "Microsoft lets no app give back its permission. You can remove it there yourself: with a work or school "
    "account at myapps.microsoft.com, with a personal one at account.microsoft.com/privacy."
)
LIMITED = (
    "It's a personal Microsoft account: interviews are kept in its calendar, but Teams links and free/busy "
    "lookups need a work or school account."
)


@pytest.fixture
def connected(make_app: MakeApp, simulators: Simulators) -> Flask:
    """The app with the simulated Microsoft, Zoom and mailbox."""
    return make_app({**simulators.settings(), **simulators.microsoft.settings()})


@pytest.fixture
def people(connected: Flask, seeded: Seeded) -> Team:
    return seeded(connected, create_team)


@pytest.fixture
def ben(connected: Flask, people: Team) -> Visitor:
    return Visitor(connected).enter(people.ben)


def disconnect(visitor: Visitor, app: str) -> str:
    """Ask, confirm, and read what the page says then."""
    visitor.get(f"{APPS}/{app}/disconnect")
    return visitor.follow(visitor.post(f"/disconnect/{app}", status=303)).messages


def logged(app: Flask, event: str) -> list[str]:
    with in_rows(app):
        return list(db.session.scalars(db.select(AuditEntry.words).where(AuditEntry.event == event)))


def test_each_app_is_connected_separately_and_says_what_it_may_do(
    connected: Flask, simulators: Simulators, ben: Visitor
) -> None:
    assert connect_microsoft(ben, CALENDAR) == f"Outlook Calendar is connected as {LENA}."
    card = card_of(ben.get(APPS), CALENDAR)
    for words in ("brings Microsoft Teams", "Connected", "Work or school account"):
        assert words in card, words
    assert "See, create, change and delete events in your calendars" in card
    assert LIMITED not in card
    assert LENA not in card_of(ben.get(APPS), MAIL)
    assert connect_microsoft(ben, MAIL, PRIYA) == f"Outlook Mail is connected as {PRIYA}."
    assert "Send email from your address" in card_of(ben.get(APPS), MAIL)
    tenant, _, person = row_of(connected).account_id.partition(".")
    assert (len(tenant), len(person)) == (36, 36)


def test_owner_of_a_personal_account_is_told_what_is_missing(connected: Flask, ben: Visitor) -> None:
    back = try_microsoft(ben, CALENDAR, PERSONAL)
    page = ben.follow(back)
    notice = page.tree.with_id("round-trip")
    assert notice is not None
    assert "tone-warning" in notice.all("div")[0].get("class")
    assert notice.all("p")[0].text == f"Outlook Calendar is connected as {PERSONAL}. {LIMITED}"
    card = card_of(page, CALENDAR)
    assert LIMITED in card
    assert "Personal account" in card
    do_background_work(connected)
    assert LIMITED not in connect_microsoft(ben, MAIL, PERSONAL)


def test_account_without_a_mailbox_is_not_connected_and_reads_why(connected: Flask, ben: Visitor) -> None:
    back = try_microsoft(ben, CALENDAR, NO_MAILBOX)
    assert result_of(back) == "microsoft=error"
    assert message_of(ben, back) == (
        "This Microsoft account has no mailbox in Microsoft 365 that other apps can use. It may be without a "
        "license, or on the organization's own mail server. Nothing was connected. You can connect another "
        "account."
    )
    assert stored(connected) == []


def test_mailbox_that_cannot_be_looked_at_just_now_keeps_no_one_from_connecting(
    connected: Flask, simulators: Simulators, ben: Visitor
) -> None:
    simulators.microsoft.switches(fail_next=1, fail_operation="calendar")
    assert connect_microsoft(ben, CALENDAR) == f"Outlook Calendar is connected as {LENA}."


def test_disconnecting_says_what_it_does_and_asks_microsoft_nothing(
    connected: Flask, simulators: Simulators, ben: Visitor
) -> None:
    connect_microsoft(ben, CALENDAR)
    question = ben.get(f"{APPS}/{CALENDAR}/disconnect")
    assert (
        f"SmoothHiring deletes its copy of the permission for {LENA}, and can no longer use that account. "
        f"{REMOVE_THERE}" in question.text
    )
    assert "tell Microsoft" not in question.text
    assert disconnect(ben, CALENDAR) == (
        f"Outlook Calendar is disconnected. We no longer have access to your account. {REMOVE_THERE}"
    )
    row = row_of(connected)
    assert (row.state, row.ciphertext) == (ConnectionState.ENDED, "")
    card = card_of(ben.get(APPS), CALENDAR)
    assert "Disconnecting" not in card
    assert "telling" not in card
    with in_rows(connected):
        assert db.session.scalar(db.select(Task.id).where(Task.kind == "revoke_grant")) is None
    do_background_work(connected)
    assert logged(connected, "revocation_failed") == []
    assert logged(connected, "disconnected") == [
        "Ben Frei disconnected Outlook Calendar. Only the owner of the account can remove the permission at "
        "Microsoft; this server has deleted its copy."
    ]


def test_connection_that_no_key_opens_is_disconnected_without_a_warning(
    connected: Flask, ben: Visitor
) -> None:
    connect_microsoft(ben, CALENDAR)
    with in_rows(connected):
        db.session.execute(db.update(Connection).values(ciphertext="not-ours"))
        db.session.commit()
    assert REMOVE_THERE in ben.get(f"{APPS}/{CALENDAR}/disconnect").text
    said = disconnect(ben, CALENDAR)
    assert "couldn't tell" not in said
    assert REMOVE_THERE in said
    do_background_work(connected)
    assert logged(connected, "revocation_failed") == []


def test_someone_who_leaves_the_team_is_forgotten_with_both(
    connected: Flask, people: Team, ben: Visitor
) -> None:
    connect_microsoft(ben, CALENDAR)
    connect_microsoft(ben, MAIL)
    ada = Visitor(connected).enter(people.ada)
    ada.post(f"/settings/team/{people.ben.id}/deactivate", status=303)
    do_background_work(connected)
    assert {(row.state, row.ciphertext) for row in stored(connected)} == {(ConnectionState.ENDED, "")}
    [words] = logged(connected, "deactivated")
    assert words.endswith(
        "Only the owner of the account can remove the permission at Microsoft; this server "
        "has deleted its copy."
    )
    assert logged(connected, "revocation_failed") == []


def test_account_of_another_organization_than_the_operators_reads_so(
    make_app: MakeApp, simulators: Simulators
) -> None:
    """Under "organizations" Microsoft's own page rejects them; the id token is checked anyway."""
    app = make_app({**simulators.settings(), **simulators.microsoft.settings("consumers")})
    with in_rows(app):
        people = create_team()
    ben = Visitor(app).enter(people.ben)
    answer = consent_at_microsoft(leave_for(ben, CALENDAR).replace("/consumers/", "/common/"), LENA)
    words = message_of(ben, come_back(ben, answer, "microsoft"))
    assert "Nothing was connected." in words
    assert stored(app) == []


@pytest.mark.parametrize("spoiled", ["wrong_issuer", "template_issuer", "wrong_audience", "wrong_nonce"])
def test_answer_that_proves_no_account_connects_none(
    connected: Flask, simulators: Simulators, ben: Visitor, spoiled: str
) -> None:
    simulators.microsoft.switches(id_token=spoiled)
    assert message_of(ben, try_microsoft(ben, CALENDAR)) == (
        "Microsoft's answer doesn't prove whose account it is. Check that this server's clock is right. "
        "Nothing was connected. Please connect again."
    )
    assert stored(connected) == []


def test_other_account_replaces_the_one_before_and_a_colleague_may_share_it(
    connected: Flask, people: Team, ben: Visitor
) -> None:
    connect_microsoft(ben, CALENDAR)
    before = row_of(connected).account_id
    words = connect_microsoft(ben, CALENDAR, PRIYA)
    assert f"Before, it was {LENA}." in words
    assert row_of(connected).account_id != before
    cleo = Visitor(connected).enter(people.cleo)
    shared = connect_microsoft(cleo, CALENDAR, PRIYA)
    assert shared.endswith("Their interviews and yours are entered into one calendar.")
    assert {row.state for row in stored(connected)} == {ConnectionState.CONNECTED}


def test_steps_of_registering_are_on_one_card_and_complete_in_help(
    make_app: MakeApp, simulators: Simulators
) -> None:
    app = make_app(simulators.settings())
    with in_rows(app):
        people = create_team()
    ada = Visitor(app).enter(people.ada)
    page = ada.get(APPS)
    help_text = ada.get(f"/help/connecting-apps?app={MAIL}").text
    for words in (
        "entra.microsoft.com",
        "http://localhost/connect/microsoft/callback",
        "Calendars.ReadWrite",
        "Mail.Send",
        "User.Read",
        "offline_access",
        "MICROSOFT_CLIENT_SECRET",
        "MICROSOFT_TENANT",
        "Grant admin consent",
        "24 months",
    ):
        assert words in card_of(page, CALENDAR), words
        assert words in help_text, words
    assert "When the client secret expires" in help_text
    assert "MICROSOFT_TENANT=organizations" in help_text
    assert "It's set up together with Outlook Calendar, whose card has the steps." in card_of(page, MAIL)


@pytest.mark.parametrize(
    ("address", "is_refused"),
    [
        ("http://localhost:8000", False),
        ("https://interviews.example.com", False),
        ("http://interviews.example.com", True),
    ],
)
def test_address_that_microsoft_refuses_is_pointed_out_in_advance(
    make_app: MakeApp, simulators: Simulators, address: str, is_refused: bool
) -> None:
    app = make_app({**simulators.settings(), "BASE_URL": address})
    with in_rows(app):
        people = create_team()
    text = Visitor(app).enter(people.ada).get(f"/help/connecting-apps?app={CALENDAR}").text
    assert f"{address}/connect/microsoft/callback" in text
    assert ("Microsoft accepts only https here" in text) is is_refused


def test_help_speaks_of_microsofts_page_and_not_of_boxes(ben: Visitor) -> None:
    text = ben.get(f"/help/connecting-apps?app={CALENDAR}").text
    assert "Choose Accept" in text
    assert "box" not in text.partition("Troubleshooting")[2].replace("mailbox", "")
    assert "We also tell Microsoft" not in text
    assert REMOVE_THERE in text
    assert "Outlook Calendar events not appearing" not in text
    for words in (
        EXPIRED,
        "wants its owner to sign in again",
        "Is Outlook Calendar connected?",
        "main Outlook",
    ):
        assert words in text, words
