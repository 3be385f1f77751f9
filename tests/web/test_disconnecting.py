"""Disconnecting: the question shows everything that depends on the account, which is unusable at once and
given back by a task."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from flask import Flask

from connections.rows import need_reconnect
from extensions import db
from models import AuditEntry, Connection, ConnectionState, Meeting, Role
from tests.accounts.mails import do_background_work
from tests.factories import (
    LENA,
    PRIYA,
    Team,
    connect_zoom,
    create_user,
    in_three_days,
    schedule,
)
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from tests.web.round_trips import APPS, card_of, stored

QUESTION = f"{APPS}/zoom/disconnect"


@pytest.fixture
def ben(connected: Flask, people: Team, simulators: Simulators) -> Visitor:
    """The hiring manager, with Lena's account connected."""
    with in_rows(connected):
        connect_zoom(people.ben, simulators)
    return Visitor(connected).enter(people.ben)


def is_alive(simulators: Simulators) -> list[bool]:
    return [bool(grant["alive"]) for grant in simulators.ledger()["grants"]]


def test_question_shows_what_depends_on_the_account_and_what_happens_to_it(
    connected: Flask, simulators: Simulators, people: Team, ben: Visitor
) -> None:
    with in_rows(connected):
        made = schedule(people.ada, people.dina)
    do_background_work(connected)
    with in_rows(connected):
        waiting = schedule(people.ada, people.dina, starts_at=in_three_days() + timedelta(days=1))
    [link] = [a for a in ben.get(APPS).tree.all("a") if a.text == "Disconnect"]
    page = ben.get(link["href"])
    assert page.heading == "Disconnect Zoom?"
    assert LENA in page.text
    assert "their links keep working" in page.text
    assert "you'll have to change or cancel them there" in page.text
    assert "go to the next host" in page.text
    form = page.form("Disconnect")
    assert [a["href"] for a in form.all("a")] == [f"/interviews/{made}", f"/interviews/{waiting}", APPS]
    # Reading the question has done nothing.
    assert is_alive(simulators) == [True]
    assert [row.state for row in stored(connected)] == [ConnectionState.CONNECTED]


def test_disconnected_account_is_unusable_at_once_and_revoked_later(
    connected: Flask, simulators: Simulators, people: Team, ben: Visitor
) -> None:
    with in_rows(connected):
        interview_id = schedule(people.ada, people.dina)
    do_background_work(connected)
    answer = ben.submit(ben.get(QUESTION), "Disconnect", leads_to=APPS)
    assert is_alive(simulators) == [True]
    [row] = stored(connected)
    assert (row.state, row.ciphertext, row.account_email, row.scopes) == (ConnectionState.ENDED, "", "", "")
    page = ben.follow(answer)
    assert page.messages == "Zoom is disconnected. We no longer have access to your account."
    text = card_of(page)
    assert "Disconnecting" in text
    assert "We no longer have access to your account. We're telling Zoom now; you don't have to wait" in text
    assert page.has_button("Connect")
    do_background_work(connected)
    assert is_alive(simulators) == [False]
    text = card_of(ben.get(APPS))
    assert "Disconnecting" not in text
    assert "We're telling" not in text
    with in_rows(connected):
        words = db.session.scalars(
            db.select(AuditEntry.words).where(AuditEntry.event == "disconnected")
        ).all()
        assert words == ["Ben Frei disconnected Zoom."]
    # The link that people have keeps working.
    assert "Join Zoom Meeting" in ben.get(f"/interviews/{interview_id}").text


def test_provider_that_is_away_does_not_keep_anyone_from_disconnecting(
    connected: Flask, make_app: Callable[..., Flask], simulators: Simulators, ben: Visitor
) -> None:
    away = make_app({**simulators.settings(), "ZOOM_OAUTH_URL": "http://127.0.0.1:9"})
    ben.submit(ben.get(QUESTION), "Disconnect", leads_to=APPS)
    do_background_work(away)
    assert is_alive(simulators) == [True]
    assert stored(connected)[0].state is ConnectionState.ENDED
    assert "Disconnecting" in card_of(ben.get(APPS))


def test_meeting_that_waits_goes_to_the_next_host_at_once(
    connected: Flask, simulators: Simulators, people: Team, ben: Visitor
) -> None:
    with in_rows(connected):
        connect_zoom(people.ada, simulators, PRIYA)
        interview_id = schedule(people.ada, people.dina)
    simulators.zoom_switches(fail_next=1, fail_operation="create")
    do_background_work(connected)
    ben.submit(ben.get(QUESTION), "Disconnect", leads_to=APPS)
    do_background_work(connected)
    with in_rows(connected):
        meeting = db.session.scalars(db.select(Meeting).where(Meeting.interview_id == interview_id)).one()
        assert meeting.host_id == people.ada.id


def test_disconnecting_what_is_not_connected_says_so(
    connected: Flask, simulators: Simulators, people: Team, ben: Visitor
) -> None:
    assert "Gmail isn't connected." in ben.follow(ben.post("/disconnect/gmail", leads_to=APPS)).messages
    assert [row.state for row in stored(connected)] == [ConnectionState.CONNECTED]
    ben.post("/disconnect/zoom", leads_to=APPS)
    grants = simulators.ledger()["grants"]
    ben.get(APPS)
    assert ben.follow(ben.post("/disconnect/zoom", leads_to=APPS)).messages == "Zoom isn't connected."
    assert ben.follow(ben.get(QUESTION, leads_to=APPS)).messages == "Zoom isn't connected."
    ben.post("/disconnect/fax", status=404)
    ben.get(f"{APPS}/fax/disconnect", status=404)
    assert simulators.ledger()["grants"] == grants
    # No one disconnects anyone else.
    with in_rows(connected):
        connect_zoom(people.cleo, simulators, PRIYA)
        eva = create_user("Eva Lang", Role.ADMIN)
    Visitor(connected).enter(eva).post("/disconnect/zoom", leads_to=APPS)
    assert [row.state for row in stored(connected)] == [ConnectionState.ENDED, ConnectionState.CONNECTED]


def test_user_is_told_what_to_do_about_a_grant_that_no_key_opens(
    connected: Flask, make_app: Callable[..., Flask], simulators: Simulators, people: Team, ben: Visitor
) -> None:
    other = make_app({**simulators.settings(), "TOKEN_ENCRYPTION_KEYS": Fernet.generate_key().decode()})
    ben = Visitor(other).enter(people.ben)
    question = ben.get(QUESTION)
    assert "we can't tell Zoom" in question.text
    assert "Also remove SmoothHiring in Zoom's own settings" in question.text
    assert "We'll also tell Zoom" not in question.text
    page = ben.follow(ben.submit(question, "Disconnect", leads_to=APPS))
    assert "We couldn't tell Zoom" in page.messages
    assert "We're telling" not in card_of(page)
    do_background_work(other)
    assert is_alive(simulators) == [True]
    with in_rows(other):
        [words] = db.session.scalars(
            db.select(AuditEntry.words).where(AuditEntry.event == "revocation_failed")
        ).all()
    assert "Zoom could not be told that Ben Frei disconnected." in words


def test_grant_of_which_nothing_is_left_may_live_on_at_the_provider(
    connected: Flask, simulators: Simulators, people: Team, ben: Visitor
) -> None:
    with in_rows(connected):
        need_reconnect(db.session.scalars(db.select(Connection)).one(), "Zoom ended it.")
        db.session.commit()
    assert "If Zoom still lists SmoothHiring among that account's apps" in ben.get(QUESTION).text
    # Removed there, it would end for the colleague who uses it now.
    with in_rows(connected):
        connect_zoom(people.cleo, simulators)
    text = ben.get(QUESTION).text
    assert "This removes what is left of the connection." in text
    assert "still lists" not in text


def test_other_tabs_are_told_once_that_something_was_disconnected(ben: Visitor) -> None:
    def tells(page: Page) -> bool:
        return any("data-tells-connections" in element.attributes for element in page.tree.walk())

    assert not tells(ben.get(APPS))
    assert tells(ben.follow(ben.submit(ben.get(QUESTION), "Disconnect", leads_to=APPS)))
    assert not tells(ben.get(APPS))
