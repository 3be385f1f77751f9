"""Connected Apps: the states of its card, the round trip to the provider, all that can be wrong with it."""

import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Flask

from extensions import db
from models import Connection, ConnectionState, OAuthAttempt, UserSession
from tests.factories import LENA, PASSWORD, PRIYA, Team, consent, create_team
from tests.machines.clock import Clock
from tests.machines.simulators import Simulators
from tests.web.page import Page, Visitor
from tests.web.rows import in_rows

APPS = "/settings/account/connected-apps"
CALLBACK = "/connect/zoom/callback"


@pytest.fixture
def people(connected: Flask) -> Team:
    with in_rows(connected):
        return create_team()


@pytest.fixture
def ada(connected: Flask, people: Team) -> Visitor:
    return Visitor(connected).sign_in(people.ada.email, PASSWORD)


def leave(visitor: Visitor, button: str = "Connect") -> str:
    """Press the button; the address of the provider's consent page."""
    answer = visitor.submit(visitor.get(APPS), button, status=303)
    return answer.headers["Location"]


def come_back(visitor: Visitor, answer: dict[str, str], provider: str = "zoom") -> Page:
    return visitor.get(f"/connect/{provider}/callback?{urlencode(answer)}", status=303)


def result_of(page: Page) -> str:
    return page.headers["Location"].rpartition("?")[2]


def stored(app: Flask) -> list[Connection]:
    with in_rows(app):
        return list(db.session.scalars(db.select(Connection).order_by(Connection.id)))


def test_connecting_leads_to_the_provider_and_back(
    connected: Flask, simulators: Simulators, people: Team, ada: Visitor
) -> None:
    address = leave(ada)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert address.startswith(f"{simulators.zoom_url}/oauth/authorize?")
    assert asked["redirect_uri"] == f"http://localhost{CALLBACK}"
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert "scope" not in asked
    policy = ada.get(APPS).headers["Content-Security-Policy"]
    assert f"form-action 'self' {simulators.zoom_url};" in policy
    back = come_back(ada, consent(address, LENA))
    assert result_of(back) == "zoom=connected"
    page = ada.follow(back)
    assert f"Zoom is connected as {LENA}." in page.text
    card = page.tree.with_id("app-zoom")
    assert card is not None
    assert "Connected" in card.text
    assert LENA in card.text
    assert not page.has_button("Connect")
    [row] = stored(connected)
    assert (row.user_id, row.account_email, row.state) == (people.ada.id, LENA, ConnectionState.CONNECTED)


def test_declining_connects_nothing(connected: Flask, simulators: Simulators, ada: Visitor) -> None:
    back = come_back(ada, consent(leave(ada), None))
    assert result_of(back) == "zoom=denied"
    page = ada.follow(back)
    assert "You declined on Zoom's page. Nothing was connected." in page.text
    assert page.has_button("Connect")
    assert stored(connected) == []
    assert simulators.ledger()["token_calls"] == 0


def test_answer_is_used_once(connected: Flask, simulators: Simulators, ada: Visitor) -> None:
    answer = consent(leave(ada), LENA)
    assert result_of(come_back(ada, answer)) == "zoom=connected"
    calls = simulators.ledger()["token_calls"]
    again = come_back(ada, answer)
    assert result_of(again) == "zoom=error"
    assert "already used or is too old" in ada.follow(again).text
    assert simulators.ledger()["token_calls"] == calls
    assert len(stored(connected)) == 1


NOT_OURS_OR_NOT_WHOLE: list[tuple[Callable[[dict[str, str]], dict[str, str]], str]] = [
    (lambda a: {**a, "state": "made-up"}, "already used or is too old"),
    (lambda a: {**a, "state": a["state"][:-1]}, "already used or is too old"),
    (lambda a: {"code": a["code"]}, "already used or is too old"),
    (lambda a: {**a, "state": ""}, "already used or is too old"),
    (lambda a: {"state": a["state"]}, "without a permission"),
    (lambda a: {"state": a["state"], "error": "server_error"}, "without a permission"),
    (lambda a: {**a, "error": "<script>alert(1)</script>"}, "without a permission"),
]


def test_answer_that_is_not_ours_or_not_whole_connects_nothing(
    connected: Flask, simulators: Simulators, ada: Visitor
) -> None:
    for change, words in NOT_OURS_OR_NOT_WHOLE:
        answer = change(consent(leave(ada), LENA))
        back = come_back(ada, answer)
        assert result_of(back) == "zoom=error", answer
        page = ada.follow(back)
        assert words in page.text, answer
        assert "alert(1)" not in page.html
    assert simulators.ledger()["token_calls"] == 0
    assert stored(connected) == []


def test_answer_of_another_session_connects_nobody(
    connected: Flask, simulators: Simulators, people: Team, ada: Visitor
) -> None:
    answer = consent(leave(ada), LENA)
    ben = Visitor(connected).sign_in(people.ben.email, PASSWORD)
    same_person = Visitor(connected).sign_in(people.ada.email, PASSWORD)
    for number, visitor in enumerate((ben, same_person)):
        back = come_back(visitor, answer)
        assert result_of(back) == "zoom=error"
        words = visitor.follow(back).text
        # The first use has spent it, whoever it was.
        assert ("belongs to another sign-in" if number == 0 else "already used") in words
    assert result_of(come_back(ada, answer)) == "zoom=error"
    assert simulators.ledger()["token_calls"] == 0
    assert stored(connected) == []


def test_answer_after_ten_minutes_is_too_late(
    connected: Flask, simulators: Simulators, clock: Clock, people: Team
) -> None:
    ada = Visitor(connected).sign_in(people.ada.email, PASSWORD)
    answer = consent(leave(ada), LENA)
    clock.move(timedelta(minutes=10, seconds=1))
    back = come_back(ada, answer)
    assert result_of(back) == "zoom=error"
    assert "too old" in ada.follow(back).text
    assert simulators.ledger()["token_calls"] == 0
    with in_rows(connected):
        assert db.session.scalar(db.select(db.func.count()).select_from(OAuthAttempt)) == 0


def test_answer_that_came_from_another_provider_connects_nothing(
    connected: Flask, simulators: Simulators, ada: Visitor
) -> None:
    back = come_back(ada, consent(leave(ada), LENA), provider="google")
    assert result_of(back) == "google=error"
    assert "came from another provider" in ada.follow(back).text
    assert simulators.ledger()["token_calls"] == 0
    assert stored(connected) == []
    ada.get("/connect/nobody/callback?state=x&code=y", status=404)


def test_answer_without_a_sign_in_connects_nothing(
    connected: Flask, simulators: Simulators, ada: Visitor
) -> None:
    answer = consent(leave(ada), LENA)
    there = Visitor(connected).client.get(f"{CALLBACK}?{urlencode(answer)}", base_url="http://localhost")
    assert there.headers["Location"].startswith("/login")
    assert simulators.ledger()["token_calls"] == 0


def test_permission_without_all_scopes_is_not_kept(
    connected: Flask, simulators: Simulators, ada: Visitor
) -> None:
    back = come_back(ada, consent(leave(ada), "tom.adeyemi@northlight.example"))
    page = ada.follow(back)
    assert result_of(back) == "zoom=error"
    assert "meeting:delete:meeting" in page.text
    assert stored(connected) == []


def test_provider_that_fails_is_said_in_words(connected: Flask, simulators: Simulators, ada: Visitor) -> None:
    for failure in ("server_error", "invalid_client", "html", "drop"):
        address = leave(ada)
        simulators.zoom_switches(token_endpoint=failure)
        back = come_back(ada, consent(address, LENA))
        assert result_of(back) == "zoom=error"
        text = ada.follow(back).text
        is_ours = failure == "invalid_client"
        assert ("ZOOM_API_CLIENT_ID and ZOOM_API_CLIENT_SECRET" in text) is is_ours
        assert ("Nothing was connected" in text) is not is_ours
        simulators.zoom_switches(token_endpoint="")
    assert stored(connected) == []
    assert result_of(come_back(ada, consent(leave(ada), LENA))) == "zoom=connected"


def test_account_that_a_colleague_connects_leaves_the_first_one_with_the_reason(
    connected: Flask, simulators: Simulators, people: Team, ada: Visitor
) -> None:
    come_back(ada, consent(leave(ada), LENA))
    ben = Visitor(connected).sign_in(people.ben.email, PASSWORD)
    assert result_of(come_back(ben, consent(leave(ben), LENA))) == "zoom=connected"
    page = ada.get(APPS)
    assert "Reconnect needed" in page.text
    assert "Ben Frei connected this account" in page.text
    assert result_of(come_back(ada, consent(leave(ada, "Reconnect"), PRIYA))) == "zoom=connected"
    assert [(row.account_email, row.state.value) for row in stored(connected)] == [
        (PRIYA, "connected"),
        (LENA, "connected"),
    ]


def test_message_in_the_address_is_ours_or_none(ada: Visitor) -> None:
    for forged in ("?zoom=connected", "?zoom=error", "?zoom=%3Cscript%3E", "?google=denied&zoom=connected"):
        page = ada.get(f"{APPS}{forged}")
        main = page.tree.with_id("main")
        assert main is not None
        assert "is connected" not in main.text
        assert "script" not in main.text


def test_message_of_the_round_trip_is_gone_after_a_while(
    connected: Flask, simulators: Simulators, clock: Clock, people: Team
) -> None:
    ada = Visitor(connected).sign_in(people.ada.email, PASSWORD)
    back = come_back(ada, consent(leave(ada), None))
    assert "You declined" in ada.follow(back).text
    assert "You declined" not in ada.get(APPS).text
    clock.move(timedelta(minutes=11))
    assert "You declined" not in ada.follow(back).text


def test_card_of_an_app_that_is_not_set_up_says_what_to_do(web: Flask) -> None:
    with in_rows(web):
        team = create_team()
    ada = Visitor(web).sign_in(team.ada.email, PASSWORD)
    page = ada.get(APPS)
    assert "Not set up" in page.text
    assert f"http://localhost{CALLBACK}" in page.text
    assert "meeting:write:meeting" in page.text
    assert not page.has_button("Connect")
    ada.post("/connect/zoom", status=404)
    for app in ("google-calendar", "gmail", "outlook-calendar", "outlook-mail", "fax"):
        ada.post(f"/connect/{app}", status=404)


def test_connected_apps_are_reached_from_every_page(ada: Visitor) -> None:
    for address in ("/", "/jobs", "/candidates", "/interviews", APPS):
        [menu] = [m for m in ada.get(address).tree.all() if m.get("id") == "settings-menu"]
        assert "Account" in menu.text
        [link] = [a for a in menu.all("a") if a.text == "Connected Apps"]
        assert link["href"] == APPS


def test_tokens_stand_nowhere_in_plain_text(
    connected: Flask,
    simulators: Simulators,
    ada: Visitor,
    caplog: pytest.LogCaptureFixture,
    instance_path: Path,
    tmp_path: Path,
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = consent(leave(ada), LENA)
    verifier_and_state = answer["state"]
    come_back(ada, answer)
    vault = connected.extensions["connections"].vault
    [row] = stored(connected)
    opened = vault.open(row.ciphertext, belongs_to=f"connection:{row.user_id}:zoom:{row.account_id}")
    secrets = [
        opened["access_token"],
        opened["refresh_token"],
        answer["code"],
        verifier_and_state,
        connected.config["ZOOM_API_CLIENT_SECRET"],
    ]
    assert all(secrets)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.name.endswith("sqlite3-wal") for path in files)
    for path in files:
        content = path.read_bytes()
        for secret in secrets:
            assert str(secret).encode() not in content, path
    for secret in secrets:
        assert str(secret) not in caplog.text
        assert str(secret) not in ada.get(APPS).html
    with in_rows(connected):
        notices = " ".join(n for n in db.session.scalars(db.select(UserSession.connect_notice)) if n)
    assert not [secret for secret in secrets if str(secret) in notices]
