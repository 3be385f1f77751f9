"""What Microsoft says about existing connections: an expired secret, a lost license, and why one ended."""

from datetime import timedelta

import pytest
from flask import Flask

from extensions import db
from models import Connection, ConnectionState, Mail, Task
from tasks.connection_checks import ASK_FOR_CHECKS
from tests.accounts.mails import do_background_work
from tests.factories import Team, create_team
from tests.machines.application import MakeApp
from tests.machines.apps import Seeded
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.visitor import Visitor
from tests.web.microsoft import (
    CALENDAR,
    EXPIRED,
    MAIL,
    PERSONAL,
    connect_microsoft,
    row_of,
    try_microsoft,
)
from tests.web.round_trips import APPS, card_of, message_of
from timezones import utc_now

NEW_SECRET = (
    "create a new client secret in Microsoft Entra, put its value into MICROSOFT_CLIENT_SECRET, and restart "
    "the server."
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


def let_it_be_renewed(app: Flask) -> None:
    """Act as if an hour had passed: the tokens in the row have to be renewed."""
    with in_rows(app):
        now = utc_now()
        db.session.execute(
            db.update(Connection).values(
                expires_at=now - timedelta(minutes=1), renew_at=now - timedelta(minutes=5), refresh_after=None
            )
        )
        db.session.commit()


def look_again(app: Flask) -> None:
    """Run the daily check now."""
    with in_rows(app):
        db.session.execute(db.update(Connection).values(checked_at=utc_now() - timedelta(days=2)))
        db.session.commit()
    with app.app_context():
        ASK_FOR_CHECKS.run()
    with in_rows(app):
        db.session.execute(db.update(Task).values(run_at=utc_now()))
        db.session.commit()
    do_background_work(app)


def test_account_stays_the_same_one_for_the_daily_check(
    connected: Flask, simulators: Simulators, ben: Visitor
) -> None:
    connect_microsoft(ben, CALENDAR, PERSONAL)
    look_again(connected)
    row = row_of(connected)
    assert (row.trouble, row.state, row.plan) == (None, ConnectionState.CONNECTED, "basic")
    assert row.checked_at is not None
    assert row.checked_at > utc_now() - timedelta(minutes=5)


def test_license_that_is_lost_later_is_on_the_card(
    connected: Flask, simulators: Simulators, ben: Visitor
) -> None:
    connect_microsoft(ben, CALENDAR)
    simulators.microsoft.switches(
        fail_next=1, fail_operation="calendar", fail_status=404, fail_reason="MailboxNotEnabledForRESTAPI"
    )
    look_again(connected)
    card = card_of(ben.get(APPS), CALENDAR)
    assert "This Microsoft account has no mailbox in Microsoft 365" in card
    assert "Reconnect needed" not in card


def test_expired_secret_is_named_to_everyone_and_no_one_has_to_reconnect(
    connected: Flask, simulators: Simulators, people: Team, ben: Visitor
) -> None:
    connect_microsoft(ben, CALENDAR)
    simulators.microsoft.switches(token_endpoint="expired_secret")
    let_it_be_renewed(connected)
    look_again(connected)
    row = row_of(connected)
    assert (row.state, row.refused_because) == (ConnectionState.CONNECTED, "secret_expired")
    assert f"{EXPIRED}. The connection itself is fine; Ada Berg has been told." in card_of(
        ben.get(APPS), CALENDAR
    )
    ada = Visitor(connected).enter(people.ada)
    told = ada.get("/jobs").text
    assert f"{EXPIRED}: no one can connect Outlook Calendar or Outlook Mail" in told
    assert f"The person who runs this server has to {NEW_SECRET} Everyone's account stays connected." in told
    do_background_work(connected)
    with in_rows(connected):
        [mail] = db.session.scalars(db.select(Mail).where(Mail.kind == "credentials_refused"))
        assert mail.user_id == people.ada.id
    mails = [each.message for each in simulators.wait_for_mails(2)]
    [letter] = [each for each in mails if "rejecting" in str(each["Subject"])]
    part = letter.get_body(preferencelist=("plain",))
    assert part is not None
    text = " ".join(part.get_content().split())
    assert f"Microsoft has been rejecting this server. {EXPIRED}." in text
    assert f"ask the person who runs this server to {NEW_SECRET} No one has to reconnect." in text
    # The new secret is in place.
    simulators.microsoft.switches(token_endpoint="")
    let_it_be_renewed(connected)
    look_again(connected)
    row = row_of(connected)
    assert (row.trouble, row.refused_because, row.credentials_refused) == (None, "", False)
    assert EXPIRED not in ada.get("/jobs").text


@pytest.mark.parametrize(
    ("failure", "what", "cure"),
    [
        ("expired_secret", EXPIRED, NEW_SECRET),
        (
            "invalid_client",
            "Microsoft doesn't accept this server's client secret",
            "put the value of a client secret, not its ID, into MICROSOFT_CLIENT_SECRET",
        ),
    ],
)
def test_wrong_secret_is_named_when_someone_connects(
    connected: Flask, simulators: Simulators, people: Team, ben: Visitor, failure: str, what: str, cure: str
) -> None:
    simulators.microsoft.switches(token_endpoint=failure)
    words = message_of(ben, try_microsoft(ben, MAIL))
    assert words.startswith(f"{what}. Nothing was connected.")
    assert "We've told Ada Berg." in words
    ada = Visitor(connected).enter(people.ada)
    assert f"The person who runs this server has to {cure}" in message_of(ada, try_microsoft(ada, MAIL))
    simulators.microsoft.switches(token_endpoint="")
    connect_microsoft(ben, MAIL)
    assert what not in ada.get("/jobs").text


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        ("invalid_grant", "the password was changed, or someone signed the account out everywhere."),
        (
            "interaction_required",
            "The organization of this Microsoft account wants its owner to sign in again.",
        ),
    ],
)
def test_end_is_named_as_microsoft_names_it(
    connected: Flask, simulators: Simulators, ben: Visitor, failure: str, words: str
) -> None:
    connect_microsoft(ben, CALENDAR)
    simulators.microsoft.switches(token_endpoint=failure)
    let_it_be_renewed(connected)
    look_again(connected)
    card = card_of(ben.get(APPS), CALENDAR)
    assert "Reconnect needed" in card
    assert words in card


def test_renewed_permission_brings_a_new_refresh_token_which_is_kept(
    connected: Flask, simulators: Simulators, ben: Visitor
) -> None:
    connect_microsoft(ben, CALENDAR)
    before = row_of(connected)
    for _ in range(2):
        let_it_be_renewed(connected)
        look_again(connected)
    after = row_of(connected)
    assert (after.state, after.token_version) == (ConnectionState.CONNECTED, before.token_version + 2)
    used = [
        each for each in simulators.microsoft.ledger()["token_log"] if each["grant_type"] == "refresh_token"
    ]
    assert [each["status"] for each in used] == [200, 200]
