"""Google's two apps on Connected Apps: separate grants on one account, which at Google end together."""

from datetime import timedelta

import pytest
from flask import Flask

from extensions import db
from models import AuditEntry, Connection, ConnectionState, Task
from tasks.connection_checks import ASK_FOR_CHECKS
from tests.accounts.mails import do_background_work
from tests.factories import LENA, PRIYA, Team, create_connection, create_team
from tests.machines.application import MakeApp
from tests.machines.apps import Seeded
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.visitor import Visitor
from tests.web.google import (
    CALENDAR,
    EVENTS,
    FREE_BUSY,
    GMAIL,
    connect_google,
    consent_at_google,
    leave_for,
    try_google,
)
from tests.web.round_trips import APPS, card_of, come_back, message_of, result_of, stored
from timezones import utc_now

KEPT = (
    "Google keeps the permission until Gmail is disconnected too, because it can only end everything on that "
    "account at once."
)


@pytest.fixture
def connected(make_app: MakeApp, simulators: Simulators) -> Flask:
    """The app with the simulated Google, Zoom and mailbox."""
    return make_app({**simulators.settings(), **simulators.google.settings()})


@pytest.fixture
def people(connected: Flask, seeded: Seeded) -> Team:
    return seeded(connected, create_team)


@pytest.fixture
def ben(connected: Flask, people: Team) -> Visitor:
    return Visitor(connected).enter(people.ben)


def living(simulators: Simulators, account: str = LENA) -> int:
    """How many grants of an account are alive at Google."""
    grants = simulators.google.ledger()["grants"]
    return sum(bool(each["alive"]) for each in grants if each["account"] == account)


def states(app: Flask) -> dict[str, ConnectionState]:
    return {row.app: row.state for row in stored(app)}


def disconnect(visitor: Visitor, app: str, **answers: str) -> str:
    """Ask, confirm, and read what the page says then."""
    visitor.get(f"{APPS}/{app}/disconnect")
    return visitor.follow(visitor.post(f"/disconnect/{app}", answers, status=303)).messages


def test_each_app_is_connected_separately_and_google_proves_the_account_with_the_tokens(
    connected: Flask, simulators: Simulators, ben: Visitor
) -> None:
    assert connect_google(ben, CALENDAR) == f"Google Calendar is connected as {LENA}."
    page = ben.get(APPS)
    assert "Google" in [title.text for title in page.tree.all("h2")]
    assert "brings Google Meet" in card_of(page, CALENDAR)
    assert "Connected" in card_of(page, CALENDAR)
    assert LENA not in card_of(page, GMAIL)
    assert connect_google(ben, GMAIL, PRIYA) == f"Gmail is connected as {PRIYA}."
    assert states(connected) == {CALENDAR: ConnectionState.CONNECTED, GMAIL: ConnectionState.CONNECTED}
    assert simulators.google.calls("account") == []
    assert "Plan" not in card_of(ben.get(APPS), CALENDAR)
    simulators.google.assert_no_violation()


@pytest.mark.parametrize(
    ("checked", "words"),
    [
        (
            [FREE_BUSY],
            "On Google's page, the box “See, create, change, and delete events on Google calendars you own” "
            "was not checked. Nothing was connected. Connect again and check it.",
        ),
        (
            [],
            "On Google's page, the boxes “See, create, change, and delete events on Google calendars you "
            "own” and “View your availability in your calendars” were not checked. Nothing was connected. "
            "Connect again and check them.",
        ),
    ],
)
def test_box_that_was_not_checked_is_called_what_google_calls_it(
    connected: Flask, simulators: Simulators, ben: Visitor, checked: list[str], words: str
) -> None:
    back = try_google(ben, CALENDAR, checked=checked)
    assert result_of(back) == "google=error"
    assert message_of(ben, back).startswith(words)
    assert stored(connected) == []


def test_grant_that_is_not_kept_is_revoked_unless_the_person_connects_again(
    connected: Flask, simulators: Simulators, ben: Visitor
) -> None:
    try_google(ben, CALENDAR, checked=[EVENTS])
    do_background_work(connected)
    # It waits: revoking it would also end what they give next.
    assert living(simulators) == 1
    connect_google(ben, CALENDAR)
    with in_rows(connected):
        [task] = db.session.scalars(db.select(Task).where(Task.kind == "revoke_grant"))
        assert task.run_at > utc_now() + timedelta(minutes=4)
        task.run_at = utc_now()
        db.session.commit()
    do_background_work(connected)
    assert living(simulators) == 2
    assert states(connected) == {CALENDAR: ConnectionState.CONNECTED}


def test_grant_whose_account_is_not_proved_is_revoked_and_not_kept(
    connected: Flask, simulators: Simulators, ben: Visitor
) -> None:
    simulators.google.switches(id_token="wrong_audience")
    words = message_of(ben, try_google(ben, CALENDAR))
    assert words.startswith("Google's answer doesn't prove whose account it is.")
    assert "Nothing was connected." in words
    assert stored(connected) == []
    assert living(simulators) == 1
    with in_rows(connected):
        [task] = db.session.scalars(db.select(Task).where(Task.kind == "revoke_grant"))
        task.run_at = utc_now()
        db.session.commit()
    do_background_work(connected)
    assert living(simulators) == 0


def test_permission_that_would_end_within_the_hour_connects_nothing(
    connected: Flask, simulators: Simulators, ben: Visitor
) -> None:
    simulators.google.switches(no_refresh_token=1)
    back = try_google(ben, GMAIL)
    assert message_of(ben, back).startswith(
        "Google gave a permission that can't be renewed and would end within the hour. Nothing was "
        "connected. Remove SmoothHiring from the apps with access in your Google account's own settings, "
        "then connect again."
    )
    assert stored(connected) == []


def test_refusal_by_an_administrator_at_google_says_who_can_allow_it(
    connected: Flask, simulators: Simulators, ben: Visitor
) -> None:
    simulators.google.switches(consent_error="admin_policy_enforced")
    words = message_of(ben, try_google(ben, CALENDAR))
    assert "The administrator of your Google Workspace doesn't allow this app." in words
    assert "sent you back without" not in words


def test_answer_of_an_unknown_trip_claims_nothing_about_one_of_two_apps(ben: Visitor) -> None:
    connect_google(ben, CALENDAR)
    connect_google(ben, GMAIL)
    answer = consent_at_google(leave_for(ben, GMAIL))
    back = come_back(ben, {**answer, "state": "made-up"}, "google")
    words = message_of(ben, back)
    assert "wasn't requested from here. Nothing was connected." in words
    assert "still connected" not in words


def test_nothing_is_revoked_while_the_other_app_uses_the_account(
    connected: Flask, simulators: Simulators, ben: Visitor
) -> None:
    connect_google(ben, CALENDAR)
    connect_google(ben, GMAIL)
    assert KEPT in ben.get(f"{APPS}/{CALENDAR}/disconnect").text
    assert disconnect(ben, CALENDAR) == f"Google Calendar is disconnected. {KEPT}"
    do_background_work(connected)
    assert living(simulators) == 2
    assert KEPT in card_of(ben.get(APPS), CALENDAR)
    # The last one ends everything.
    assert disconnect(ben, GMAIL) == "Gmail is disconnected. We no longer have access to your account."
    do_background_work(connected)
    assert living(simulators) == 0
    assert KEPT not in card_of(ben.get(APPS), CALENDAR)
    with in_rows(connected):
        assert "sealed" not in str([task.payload for task in db.session.scalars(db.select(Task))])


def test_both_disconnected_before_google_is_told_end_together(
    connected: Flask, simulators: Simulators, ben: Visitor
) -> None:
    connect_google(ben, CALENDAR)
    connect_google(ben, GMAIL)
    disconnect(ben, CALENDAR)
    disconnect(ben, GMAIL)
    do_background_work(connected)
    assert living(simulators) == 0
    with in_rows(connected):
        failed = db.session.scalars(db.select(AuditEntry).where(AuditEntry.event == "revocation_failed"))
        assert failed.all() == []


def test_other_account_of_the_other_app_keeps_nothing(
    connected: Flask, simulators: Simulators, ben: Visitor
) -> None:
    connect_google(ben, CALENDAR)
    connect_google(ben, GMAIL, PRIYA)
    assert disconnect(ben, CALENDAR).endswith("We no longer have access to your account.")
    do_background_work(connected)
    assert (living(simulators), living(simulators, PRIYA)) == (0, 1)


def test_account_that_replaces_another_ends_the_one_before(
    connected: Flask, simulators: Simulators, ben: Visitor
) -> None:
    connect_google(ben, CALENDAR)
    words = connect_google(ben, CALENDAR, PRIYA)
    assert words.endswith(
        f"Before, it was {LENA}. Meetings created there stay there. "
        "Entries made there stay in that calendar and no longer follow their interviews."
    )
    do_background_work(connected)
    assert (living(simulators), living(simulators, PRIYA)) == (0, 1)


def test_someone_who_leaves_the_team_loses_both(
    connected: Flask, simulators: Simulators, people: Team, ben: Visitor
) -> None:
    connect_google(ben, CALENDAR)
    connect_google(ben, GMAIL)
    ada = Visitor(connected).enter(people.ada)
    ada.post(f"/settings/team/{people.ben.id}/deactivate", status=303)
    do_background_work(connected)
    assert living(simulators) == 0
    assert set(states(connected).values()) == {ConnectionState.ENDED}


def test_colleague_on_the_same_account_is_named_and_keeps_it(
    connected: Flask, simulators: Simulators, people: Team, ben: Visitor
) -> None:
    connect_google(ben, CALENDAR)
    cleo = Visitor(connected).enter(people.cleo)
    shared = (
        "Ben Frei has connected the same account. Their interviews and yours are entered into one calendar."
    )
    assert connect_google(cleo, CALENDAR) == f"Google Calendar is connected as {LENA}. {shared}"
    assert shared in card_of(cleo.get(APPS), CALENDAR)
    assert "Cleo Marin has connected the same account." in card_of(ben.get(APPS), CALENDAR)
    assert "until Ben Frei's Google Calendar is disconnected too" in disconnect(cleo, CALENDAR)
    do_background_work(connected)
    assert living(simulators) == 2
    disconnect(ben, CALENDAR)
    do_background_work(connected)
    assert living(simulators) == 0


def test_steps_of_registering_are_on_one_of_the_cards(make_app: MakeApp, simulators: Simulators) -> None:
    app = make_app(simulators.settings())
    with in_rows(app):
        people = create_team()
    ada = Visitor(app).enter(people.ada)
    page = ada.get(APPS)
    card = card_of(page, CALENDAR)
    for words in (
        "Google Calendar API",
        "Gmail API",
        "http://localhost/connect/google/callback",
        "GOOGLE_CLIENT_SECRET",
        "https://www.googleapis.com/auth/gmail.send",
        EVENTS,
        "seven days",
    ):
        assert words in card, words
    assert "It's set up together with Google Calendar, whose card has the steps." in card_of(page, GMAIL)
    assert "GOOGLE_CLIENT_ID" not in card_of(page, GMAIL)
    ben = Visitor(app).enter(people.ben)
    assert "Ada Berg can see the steps here." in card_of(ben.get(APPS), GMAIL)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://localhost:8000", ""),
        ("http://interviews.example.com", "Google accepts only https here"),
        ("http://192.168.1.20:8000", "Google doesn't accept an IP address here"),
    ],
)
def test_address_that_google_refuses_is_pointed_out_in_advance(
    make_app: MakeApp, simulators: Simulators, address: str, words: str
) -> None:
    app = make_app({**simulators.settings(), "BASE_URL": address})
    with in_rows(app):
        people = create_team()
    text = Visitor(app).enter(people.ada).get("/help/connecting-apps?app=gmail").text
    assert f"{address}/connect/google/callback" in text
    if words:
        assert words in text
    else:
        assert "accepts only https" not in text
        assert "doesn't accept an IP" not in text


def test_refused_server_is_reported_once_for_both_apps(
    connected: Flask, simulators: Simulators, people: Team
) -> None:
    ada = Visitor(connected).enter(people.ada)
    simulators.google.switches(token_endpoint="invalid_client")
    try_google(ada, CALENDAR)
    told = [
        box.text
        for box in ada.get("/jobs").tree.all("div")
        if "notice" in box.get("class").split() and "credentials" in box.text
    ]
    assert len(told) == 1
    assert (
        "Google doesn't accept this server's credentials: no one can connect Google Calendar or Gmail"
        in told[0]
    )
    assert "no new Google Meet meetings can be made and calendars are no longer kept up to date" in told[0]
    assert "Emails leave through the mail server instead of people's own addresses." in told[0]


def test_mail_app_that_needs_reconnecting_speaks_of_mail(connected: Flask, people: Team) -> None:
    with in_rows(connected):
        create_connection(
            people.ben.id,
            app=GMAIL,
            state=ConnectionState.RECONNECT_NEEDED,
            ciphertext="",
            problem="It ended.",
            problem_since=utc_now(),
        )
    ben = Visitor(connected).enter(people.ben)
    card = card_of(ben.get(APPS), GMAIL)
    assert "Until you reconnect, we can't send emails from this address." in card
    assert "Your emails leave through the mail server in the meantime." in card
    assert "meeting" not in card
    assert "interviews use it" not in card
    assert "Your Gmail account needs to be reconnected. Your emails leave through" in ben.get("/jobs").text
    question = ben.get(f"{APPS}/{GMAIL}/disconnect").text
    assert "no longer leave from your address" in question
    assert "meeting" not in question


def test_team_shows_every_app_and_asks_those_who_can_host_nothing(connected: Flask, people: Team) -> None:
    with in_rows(connected):
        create_connection(people.ben.id, app=GMAIL)
        create_connection(people.cleo.id, app=CALENDAR)
    ada = Visitor(connected).enter(people.ada)
    page = ada.get("/settings/team")
    rows = {row.all("a")[0].text: row for row in page.tree.all("tr") if row.all("a")}
    assert "Gmail" in rows["Ben Frei"].text
    assert "Ask them" in rows["Ben Frei"].text
    assert "Google Calendar" in rows["Cleo Marin"].text
    assert "Ask them" not in rows["Cleo Marin"].text
    ada.post(f"/settings/team/{people.ben.id}/ask-to-connect", status=303)
    do_background_work(connected)


def test_help_says_what_to_check_when_an_interview_is_not_in_the_calendar(ben: Visitor) -> None:
    page = ben.get(f"/help/connecting-apps?app={CALENDAR}")
    part = page.text.partition("An interview isn't in your calendar Is")[2]
    for words in (
        "Google Calendar connected?",
        "“See, create, change, and delete events on Google calendars you own” has to be checked",
        "primary calendar",
        "Did you delete the entry?",
    ):
        assert words in part, words
    text = ben.get(f"/help/connecting-apps?app={GMAIL}").text
    assert "An interview isn't in your calendar" not in text
    assert "when the account's password is changed" in text
    assert "while the consent screen" in text


def test_connection_of_the_calendar_is_checked_daily_like_every_other(
    connected: Flask, simulators: Simulators, ben: Visitor
) -> None:
    connect_google(ben, CALENDAR)
    simulators.google.revoke(LENA)
    with in_rows(connected):
        row = db.session.scalars(db.select(Connection)).one()
        row.checked_at = utc_now() - timedelta(days=2)
        db.session.commit()
    with connected.app_context():
        ASK_FOR_CHECKS.run()
    with in_rows(connected):
        db.session.execute(db.update(Task).values(run_at=utc_now()))
        db.session.commit()
    do_background_work(connected)
    card = card_of(ben.get(APPS), CALENDAR)
    assert "Reconnect needed" in card
    assert "we can't create, change or cancel meetings on this account or read this calendar" in card
