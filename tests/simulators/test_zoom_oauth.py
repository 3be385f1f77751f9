"""The simulated consent page and token endpoint say yes and no where Zoom does."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.machines.simulators import CLIENT_ID, CLIENT_SECRET
from tests.simulators.conftest import PRIYA, REDIRECT_URI, VERIFIER, ConnectedAccount, ZoomCaller


def test_consent_page_offers_every_account_and_keeps_the_request(zoom: ZoomCaller) -> None:
    page = requests.get(
        f"{zoom.origin}/oauth/authorize",
        params={
            "response_type": "code",
            "client_id": CLIENT_ID,
            "redirect_uri": REDIRECT_URI,
            "state": 'quote"me',
        },
        timeout=5,
    )
    assert page.status_code == 200
    assert page.text.count('type="radio"') >= 10
    assert "quote&#34;me" in page.text
    assert "Set-Cookie" not in page.headers


@pytest.mark.parametrize(
    ("hint", "first"),
    [
        ("noah.clarke@northlight.example", "noah.clarke@northlight.example"),
        ("nobody@northlight.example", PRIYA),
        ("", PRIYA),
    ],
)
def test_account_of_the_likely_person_is_first_and_chosen(zoom: ZoomCaller, hint: str, first: str) -> None:
    asked = {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": REDIRECT_URI,
        "login_hint": hint,
    }
    page = requests.get(f"{zoom.origin}/oauth/authorize", params=asked, timeout=5).text
    accounts = re.findall(r'<input type="radio" name="account" value="([^"]+)" required (checked)?', page)
    assert [account for account, checked in accounts if checked] == [first]
    assert accounts[0][0] == first
    assert len(accounts) == len(dict(accounts))


def test_allowing_leads_back_with_code_and_state(zoom: ZoomCaller) -> None:
    answer = zoom.authorize()
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(REDIRECT_URI + "?")
    fields = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert fields["state"] == ["a-state"]
    assert set(fields) == {"state", "code"}


def test_declining_leads_back_with_access_denied(zoom: ZoomCaller) -> None:
    fields = parse_qs(urlsplit(zoom.authorize(decision="decline").headers["Location"]).query)
    assert fields["error"] == ["access_denied"]
    assert fields["state"] == ["a-state"]
    assert "code" not in fields


@pytest.mark.parametrize(
    "changes",
    [
        {"scope": "meeting:write:meeting"},
        {"client_id": "somebody-else"},
        {"response_type": "token"},
        {"redirect_uri": "http://localhost:8000/elsewhere"},
        {"redirect_uri": "http://user@localhost:8000/connect/zoom/callback"},
        {"redirect_uri": "http://localhost:port/connect/zoom/callback"},
        {"redirect_uri": "javascript:alert(1)//connect/zoom/callback"},
        {"redirect_uri": f"{REDIRECT_URI}#fragment"},
        {"code_challenge_method": "S512"},
        {"code_challenge": None},
        {"account": "nobody@northlight.example"},
    ],
)
def test_a_wrong_request_ends_on_an_error_page(zoom: ZoomCaller, changes: dict[str, str | None]) -> None:
    answer = zoom.authorize(**changes)  # type: ignore[arg-type]
    assert answer.status_code == 400
    assert "Zoom cannot show this request" in answer.text


def test_a_code_becomes_tokens_once(zoom: ZoomCaller) -> None:
    code = zoom.code()
    tokens = zoom.exchange(code).json()
    assert tokens["token_type"] == "bearer"
    assert tokens["expires_in"] == 3599
    assert "meeting:write:meeting" in tokens["scope"].split()
    assert len(tokens["access_token"]) > 600
    again = zoom.exchange(code)
    assert again.status_code == 400
    assert again.json()["error"] == "invalid_grant"


def test_a_code_needs_its_verifier_and_its_redirect_address(zoom: ZoomCaller) -> None:
    code = zoom.code()
    assert zoom.exchange(code, verifier=VERIFIER + "x").json()["error"] == "invalid_grant"
    assert zoom.exchange(code, redirect_uri=REDIRECT_URI + "/").json()["error"] == "invalid_grant"
    assert zoom.exchange(code).status_code == 200


def test_a_challenge_without_a_method_is_plain(zoom: ZoomCaller) -> None:
    code = zoom.code(code_challenge=VERIFIER, code_challenge_method=None)
    assert zoom.exchange(code).status_code == 200


def test_a_code_lives_five_minutes(zoom: ZoomCaller) -> None:
    code = zoom.code()
    zoom.simulators.zoom_switches(clock_offset_seconds=301)
    assert zoom.exchange(code).json()["error"] == "invalid_grant"


def test_wrong_credentials_say_nothing_about_the_grant(zoom: ZoomCaller, priya: ConnectedAccount) -> None:
    refused = zoom.token_call(
        secret="wrong", grant_type="refresh_token", refresh_token=priya.tokens["refresh_token"]
    )
    assert refused.status_code == 400
    assert refused.json() == {"reason": "Invalid client_id or client_secret", "error": "invalid_client"}
    in_body = requests.post(
        f"{zoom.origin}/oauth/token",
        data={
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "grant_type": "refresh_token",
            "refresh_token": priya.tokens["refresh_token"],
        },
        timeout=5,
    )
    assert in_body.json()["error"] == "invalid_client"
    assert zoom.refresh(priya.tokens["refresh_token"]).status_code == 200


def test_parameters_in_the_address_of_the_token_call_are_refused(zoom: ZoomCaller) -> None:
    answer = zoom.token_call(query="?grant_type=authorization_code", code=zoom.code())
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_refresh_tokens_rotate_and_the_old_one_ends_the_grant(
    zoom: ZoomCaller, priya: ConnectedAccount
) -> None:
    first = priya.tokens["refresh_token"]
    second = zoom.refresh(first).json()
    assert second["refresh_token"] != first
    assert priya.call("GET", "/users/me").status_code == 200, "an access token outlives the refresh"
    third = zoom.refresh(second["refresh_token"]).json()
    replayed = zoom.refresh(first)
    assert (replayed.status_code, replayed.json()["error"]) == (400, "invalid_grant")
    assert zoom.refresh(third["refresh_token"]).json()["error"] == "invalid_grant"
    [grant] = zoom.simulators.ledger()["grants"]
    assert (grant["account"], grant["alive"], grant["refreshes"]) == (PRIYA, False, 2)


def test_authorizing_again_ends_the_earlier_grant_of_that_account_only(
    zoom: ZoomCaller, priya: ConnectedAccount
) -> None:
    marco = zoom.connect("marco.bianchi@northlight.example")
    newer = zoom.connect()
    assert priya.call("GET", "/users/me").status_code == 401
    assert newer.call("GET", "/users/me").json()["email"] == PRIYA
    assert marco.call("GET", "/users/me").json()["type"] == 1


def test_revoking_by_the_app_and_by_the_user_ends_both_tokens(
    zoom: ZoomCaller, priya: ConnectedAccount
) -> None:
    answer = requests.post(
        f"{zoom.origin}/oauth/revoke",
        data={"token": priya.tokens["access_token"]},
        auth=(CLIENT_ID, CLIENT_SECRET),
        timeout=5,
    )
    assert answer.json() == {"status": "success"}
    assert priya.call("GET", "/users/me").json()["code"] == 124
    assert zoom.refresh(priya.tokens["refresh_token"]).json()["error"] == "invalid_grant"

    newer = zoom.connect()
    zoom.simulators.revoke(PRIYA)
    assert newer.call("GET", "/users/me").status_code == 401
    assert zoom.refresh(newer.tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_the_token_endpoint_can_fail_in_every_way(zoom: ZoomCaller, priya: ConnectedAccount) -> None:
    token = priya.tokens["refresh_token"]
    zoom.simulators.zoom_switches(token_endpoint="server_error")
    assert zoom.refresh(token).status_code == 502
    zoom.simulators.zoom_switches(token_endpoint="html")
    assert zoom.refresh(token).text.startswith("<html>")
    zoom.simulators.zoom_switches(token_endpoint="invalid_client")
    assert zoom.refresh(token).json()["error"] == "invalid_client"
    zoom.simulators.zoom_switches(token_endpoint="drop")
    with pytest.raises(requests.ConnectionError):
        zoom.refresh(token)
    zoom.simulators.zoom_switches(token_endpoint="")
    assert zoom.refresh(token).status_code == 200


def test_a_lost_token_answer_has_still_rotated(zoom: ZoomCaller, priya: ConnectedAccount) -> None:
    zoom.simulators.zoom_switches(lose_next_token_answers=1)
    with pytest.raises(requests.ConnectionError):
        zoom.refresh(priya.tokens["refresh_token"])
    ledger = zoom.simulators.ledger()
    assert ledger["grants"][0]["refreshes"] == 1
    assert ledger["token_calls"] == 2
    assert ledger["token_log"][-1]["status"] is None


def test_short_lived_tokens_expire(zoom: ZoomCaller) -> None:
    zoom.simulators.zoom_switches(expires_in=60)
    account = zoom.connect()
    assert account.tokens["expires_in"] == 60
    zoom.simulators.zoom_switches(clock_offset_seconds=61)
    refused = account.call("GET", "/users/me")
    assert refused.status_code == 401
    assert refused.json() == {"code": 124, "message": "Access token is expired."}
