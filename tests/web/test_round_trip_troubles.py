"""What a provider can get wrong while someone connects: the page explains it, and nothing is kept."""

import pytest
from flask import Flask

from models import ConnectionState
from tests.factories import LENA, PRIYA, Team, consent
from tests.machines.simulators import Simulators
from tests.pages.visitor import Visitor
from tests.web.round_trips import APPS, come_back, connect, leave, message_of, result_of, stored

TOM = "tom.adeyemi@northlight.example"


@pytest.fixture
def ada(connected: Flask, people: Team) -> Visitor:
    return Visitor(connected).enter(people.ada)


def test_permission_without_all_scopes_is_not_kept(
    connected: Flask, simulators: Simulators, ada: Visitor
) -> None:
    back = come_back(ada, consent(leave(ada), TOM))
    assert result_of(back) == "zoom=error"
    message = message_of(ada, back)
    assert "didn't grant what's needed to delete meetings (meeting:delete:meeting)" in message
    assert "Nothing was connected" in message
    assert stored(connected) == []


def test_expired_code_is_explained(connected: Flask, simulators: Simulators, ada: Visitor) -> None:
    back = come_back(ada, {**consent(leave(ada), LENA), "code": "ZAC-CANARY-unknown"})
    assert result_of(back) == "zoom=error"
    assert message_of(ada, back) == (
        "Zoom's permission had expired before it arrived here. Nothing was connected. Please connect again."
    )
    assert stored(connected) == []


AT_FAULT: list[tuple[dict[str, object], str]] = [
    ({"token_endpoint": "server_error"}, "Zoom is having problems right now."),
    ({"token_endpoint": "html"}, "Zoom sent an answer that can't be used."),
    ({"token_endpoint": "drop"}, "Zoom"),
    ({"fail_next": 1, "fail_operation": "account"}, "Zoom is having problems right now."),
    ({"bad_answer": "html", "bad_answer_calls": 1}, "Zoom sent an answer that can't be used."),
    ({"bad_answer": "wrong_types", "bad_answer_calls": 1}, "Zoom sent an answer that can't be used."),
]
AT_REST: dict[str, object] = {
    "token_endpoint": "",
    "fail_next": 0,
    "fail_operation": "any",
    "bad_answer": "",
    "bad_answer_calls": 0,
}


def test_provider_that_fails_is_explained(connected: Flask, simulators: Simulators, ada: Visitor) -> None:
    for switches, words in AT_FAULT:
        answer = consent(leave(ada), LENA)
        simulators.zoom_switches(**switches)
        back = come_back(ada, answer)
        simulators.zoom_switches(**AT_REST)
        assert result_of(back) == "zoom=error", switches
        message = message_of(ada, back)
        assert message.startswith(words), switches
        assert message.endswith("Nothing was connected. Please try again in a few minutes."), switches
    assert stored(connected) == []
    connect(ada)


def test_people_who_can_help_are_told_about_wrong_credentials(
    connected: Flask, simulators: Simulators, people: Team, ada: Visitor
) -> None:
    ben = Visitor(connected).enter(people.ben)
    for visitor, helps in (
        (ada, "Check ZOOM_API_CLIENT_ID and ZOOM_API_CLIENT_SECRET in this server's settings."),
        (ben, "Only the person who runs this server can change that. We've told Ada Berg."),
    ):
        answer = consent(leave(visitor), LENA)
        simulators.zoom_switches(token_endpoint="invalid_client")
        back = come_back(visitor, answer)
        simulators.zoom_switches(token_endpoint="")
        assert result_of(back) == "zoom=error"
        assert message_of(visitor, back) == (
            f"Zoom doesn't accept this server's credentials. Nothing was connected. {helps}"
        )
    assert stored(connected) == []


def test_trouble_on_the_way_leaves_what_was_connected_as_it_was(
    connected: Flask, simulators: Simulators, ada: Visitor
) -> None:
    # A tab that was opened before the other one connected.
    page = ada.get(APPS)
    connect(ada)
    [before] = stored(connected)
    for account, switches in ((None, {}), (TOM, {}), (PRIYA, {"token_endpoint": "invalid_client"})):
        answer = consent(ada.submit(page, "Connect", status=303).headers["Location"], account)
        simulators.zoom_switches(**switches)
        back = come_back(ada, answer)
        simulators.zoom_switches(token_endpoint="")
        message = message_of(ada, back)
        assert f"Nothing was changed: Zoom is still connected as {LENA}." in message
        assert "Please connect again" not in message
    [after] = stored(connected)
    assert (after.ciphertext, after.state, after.account_email) == (
        before.ciphertext,
        ConnectionState.CONNECTED,
        LENA,
    )
