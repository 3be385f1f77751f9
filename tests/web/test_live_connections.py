"""Open pages that keep up with connections: what their polls answer, and what they leave alone."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask

from extensions import db
from models import Connection, ConnectionState, UserSession
from tests.factories import Team, create_connection, create_team
from tests.machines.apps import Seeded
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from tests.web.dialog_steps import begin, send
from timezones import utc_now

APPS = "/settings/account/connected-apps"


@pytest.fixture
def people(set_up: Flask, seeded: Seeded) -> Team:
    return seeded(set_up, create_team)


@pytest.fixture
def ada(set_up: Flask, people: Team) -> Visitor:
    return Visitor(set_up).enter(people.ada)


def poll_of(page: Page) -> str:
    """The address that this page, or piece of a page, asks next."""
    found = re.search(r'data-poll hx-get="([^"]+)"', page.html)
    assert found is not None
    return unescape(found.group(1))


def change(app: Flask, connection_id: int, **values: Any) -> None:
    with in_rows(app):
        row = db.session.get_one(Connection, connection_id)
        for name, value in values.items():
            setattr(row, name, value)
        db.session.commit()


def test_nothing_is_answered_while_the_cards_are_as_shown(set_up: Flask, people: Team, ada: Visitor) -> None:
    poll = poll_of(ada.get(APPS))
    assert ada.get(poll, htmx=True, status=204).html == ""
    with in_rows(set_up):
        connection_id = create_connection(people.ada.id)
    changed = ada.get(poll, htmx=True)
    poll = poll_of(changed)
    assert ada.get(poll, htmx=True, status=204).html == ""
    # A change to someone else's connection, and one that no card shows.
    with in_rows(set_up):
        create_connection(people.ben.id)
    change(set_up, connection_id, token_version=7, ciphertext="another", refresh_claim="somebody")
    assert ada.get(poll, htmx=True, status=204).html == ""


def test_each_change_of_a_connection_brings_its_card_and_no_other(
    set_up: Flask, people: Team, ada: Visitor
) -> None:
    poll = poll_of(ada.get(APPS))
    with in_rows(set_up):
        connection_id = create_connection(people.ada.id, account_email="ada.berg@northlight.example")
    changes: list[tuple[dict[str, Any], str, str]] = [
        ({}, "ada.berg@northlight.example", "Zoom: Connected."),
        ({"trouble": "Zoom is away.", "trouble_since": utc_now()}, "Zoom is away.", "Zoom: Connected."),
        (
            {
                "state": ConnectionState.RECONNECT_NEEDED,
                "problem": "Zoom ended it.",
                "problem_since": utc_now(),
            },
            "Zoom ended it.",
            "Zoom: Reconnect needed.",
        ),
        ({"state": ConnectionState.ENDED, "problem": None}, "Connect", "Zoom: Not connected."),
    ]
    for values, shown, said in changes:
        change(set_up, connection_id, **values)
        piece = ada.get(poll, htmx=True)
        swapped = [e for e in piece.tree.walk() if e.get("hx-swap-oob")]
        assert [e["id"] for e in swapped] == ["live-zoom"]
        assert shown in swapped[0].text
        [asking] = [e for e in piece.tree.walk() if "data-poll" in e.attributes]
        assert asking["data-announce"] == said
        poll = poll_of(piece)
        assert ada.get(poll, htmx=True, status=204).html == ""


def test_each_thing_that_a_card_shows_about_a_connection_counts(
    set_up: Flask, people: Team, ada: Visitor
) -> None:
    later = utc_now() + timedelta(hours=3)
    with in_rows(set_up):
        connection_id = create_connection(people.ada.id, problem_since=utc_now(), trouble_since=utc_now())
    poll = poll_of(ada.get(APPS))
    for name, value in {
        "account_email": "",
        "account_name": "Ada B.",
        "plan": "basic",
        "scopes": "",
        "connected_at": later,
        "expires_at": later,
        "refresh_after": later + timedelta(hours=1),
        "checked_at": later,
        "trouble": "Zoom is away.",
        "trouble_since": later,
        "problem": "Zoom ended it.",
        "problem_since": later,
        "state": ConnectionState.RECONNECT_NEEDED,
    }.items():
        change(set_up, connection_id, **{name: value})
        answer = ada.client.get(poll, base_url=ada.base_url, headers={"HX-Request": "true"})
        assert answer.status_code == 200, name
        poll = poll_of(Page(answer, poll))


def test_opening_for_everyone_reaches_open_pages(set_up: Flask, people: Team, ada: Visitor) -> None:
    ben = Visitor(set_up).enter(people.ben)
    poll = poll_of(ben.get(APPS))
    ada.submit(ada.get(APPS), "Save", leads_to=APPS, connecting_is_open=None)
    assert ben.get(poll, htmx=True).has_button("Ask Ada Berg")


def test_poll_opened_as_a_page_leads_to_the_page(people: Team, ada: Visitor) -> None:
    ada.get(poll_of(ada.get(APPS)), leads_to=APPS)
    draft = begin(ada, people.dina.id)
    ada.get(poll_of(ada.get(f"{draft}/setup")), leads_to=f"{draft}/setup")


def test_polls_keep_no_session_alive_and_lead_no_one_away_when_it_ends(
    set_up: Flask, clock: Clock, people: Team
) -> None:
    ada = Visitor(set_up).enter(people.ada)
    polls = [poll_of(ada.get(f"{begin(ada, people.dina.id)}/setup")), poll_of(ada.get(APPS))]
    with in_rows(set_up):
        seen = db.session.scalar(db.select(UserSession.last_seen_at))
    for _ in range(8):
        clock.move(timedelta(minutes=59))
        for poll in polls:
            ada.get(poll, htmx=True, status=204)
    with in_rows(set_up):
        assert db.session.scalar(db.select(UserSession.last_seen_at)) == seen
    clock.move(timedelta(minutes=10))
    for poll in polls:
        answer = ada.get(poll, htmx=True, status=401)
        # What is typed beside it would be lost with the page.
        assert "HX-Redirect" not in answer.headers


def test_dialog_shows_whose_account_hosts_as_soon_as_it_can(
    set_up: Flask, people: Team, ada: Visitor
) -> None:
    page = ada.get(f"{begin(ada, people.dina.id)}/setup")
    assert "has connected Zoom" in page.text
    poll = poll_of(page)
    ada.get(poll, htmx=True, status=204)
    with in_rows(set_up):
        connection_id = create_connection(people.ben.id, account_email="ben@zoom.example")
    piece = ada.get(poll, htmx=True)
    assert "Ben's Zoom account will host" in piece.text
    assert "ben@zoom.example" in piece.text
    # The answer contains no field that someone types into.
    assert not [e for e in piece.tree.walk() if e.tag in ("input", "textarea", "select", "form")]
    poll = poll_of(piece)
    change(set_up, connection_id, token_version=7, expires_at=utc_now() + timedelta(hours=2))
    ada.get(poll, htmx=True, status=204)
    change(set_up, connection_id, state=ConnectionState.RECONNECT_NEEDED)
    assert "Ben's Zoom connection has ended" in ada.get(poll, htmx=True).text


def test_dialog_of_someone_else_or_one_that_is_gone_says_nothing(
    set_up: Flask, people: Team, ada: Visitor
) -> None:
    draft = begin(ada, people.dina.id)
    poll = f"{draft}/hosting?seen=an-older-version"
    assert "has connected Zoom" in ada.get(poll, htmx=True).text
    ben = Visitor(set_up).enter(people.ben)
    ben.get(poll, htmx=True, status=204)
    ada.get("/schedule/no-such-draft/hosting?seen=x", htmx=True, status=204)
    for step in ("setup", "date-time", "attendees", "details", "preview", "finalize"):
        send(ada, draft, step)
    ada.get(poll, htmx=True, status=204)


def test_poll_that_finds_nothing_asks_the_database_next_to_nothing(
    set_up: Flask, people: Team, ada: Visitor
) -> None:
    with in_rows(set_up):
        create_connection(people.ada.id)
        engine = db.engine
    polls = {
        poll_of(ada.get(APPS)): 2,
        poll_of(ada.get(f"{begin(ada, people.dina.id)}/setup")): 2,
    }
    sent: list[str] = []
    db.event.listen(engine, "before_cursor_execute", lambda *call: sent.append(str(call[2])))
    for poll, allowed in polls.items():
        sent.clear()
        ada.get(poll, htmx=True, status=204)
        # Who is signed in, and what the page is built on.
        assert len([sql for sql in sent if sql.startswith("SELECT")]) == allowed
