"""The simulated Google's consent, tokens and revoking."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests

from tests.simulators.asking import PRIYA, claims_of
from tests.simulators.google_client import (
    CALENDAR_SCOPES,
    FREEBUSY,
    GMAIL_SCOPES,
    OWNED,
    SEND,
    GoogleAccount,
    GoogleCaller,
)

EMAIL = "https://www.googleapis.com/auth/userinfo.email"
EXPIRED = {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}


def test_consent_gives_tokens_and_says_what_was_allowed(google: GoogleCaller) -> None:
    back = google.came_back()
    assert back["state"] == "a-state"
    answer = google.exchange(back["code"])
    tokens = answer.json()
    assert (answer.status_code, tokens["token_type"], tokens["expires_in"]) == (200, "Bearer", 3599)
    assert tokens["scope"].split() == ["openid", EMAIL, OWNED, FREEBUSY]
    assert tokens["refresh_token"].startswith("1//GRT-CANARY-")


def test_id_token_says_who_gave_consent(google: GoogleCaller) -> None:
    claims = claims_of(google.connect().tokens["id_token"])
    assert (claims["iss"], claims["aud"]) == ("https://accounts.google.com", "demo-google-client")
    assert (claims["email"], claims["email_verified"], claims["nonce"]) == (PRIYA, True, "a-nonce")
    assert claims["iat"] <= time.time() + 1 < claims["exp"]
    assert claims["sub"].isdecimal()
    assert len(claims["sub"]) == 21


def test_id_token_is_signed_with_the_published_key(google: GoogleCaller) -> None:
    from joserfc import jwt
    from joserfc.jwk import KeySet

    keys = requests.get(f"{google.origin}/oauth2/v3/certs", timeout=5).json()
    token = jwt.decode(google.connect().tokens["id_token"], KeySet.import_key_set(keys))
    assert token.claims["email"] == PRIYA


@pytest.mark.parametrize(
    ("spoiled", "claim", "value"),
    [
        ("wrong_audience", "aud", "another-client"),
        ("wrong_issuer", "iss", "https://accounts.example"),
        ("wrong_nonce", "nonce", "another-nonce"),
        ("no_nonce", "nonce", None),
        ("unverified_email", "email_verified", False),
        ("no_email", "email", None),
    ],
)
def test_id_token_can_be_spoiled(google: GoogleCaller, spoiled: str, claim: str, value: object) -> None:
    google.simulator.switches(id_token=spoiled)
    assert claims_of(google.connect().tokens["id_token"]).get(claim) == value


def test_id_token_can_be_missing_garbled_or_expired(google: GoogleCaller) -> None:
    google.simulator.switches(id_token="missing")
    assert "id_token" not in google.connect().tokens
    google.simulator.switches(id_token="garbled")
    assert google.connect().tokens["id_token"] == "not.a.token"
    google.simulator.switches(id_token="expired")
    assert claims_of(google.connect().tokens["id_token"])["exp"] < time.time()


def test_boxes_that_are_not_ticked_are_not_allowed(google: GoogleCaller) -> None:
    account = google.connect(ticked=[OWNED])
    assert account.tokens["scope"].split() == ["openid", EMAIL, OWNED]
    refused = account.freebusy(1, 2)
    error = refused.json()["error"]
    assert (refused.status_code, error["errors"][0]["reason"]) == (403, "insufficientPermissions")
    assert error["details"][0]["reason"] == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
    assert google.connect(ticked=[]).tokens["scope"].split() == ["openid", EMAIL]


def test_consent_page_has_a_ticked_box_with_googles_words_for_each_scope(google: GoogleCaller) -> None:
    page = google.consent_page().text
    assert page.count('type="checkbox"') == 2
    assert page.count(" checked") == 3
    assert "See, create, change, and delete events on Google calendars you own" in page
    assert "View your availability in your calendars" in page
    assert "being tested" not in page
    google.simulator.switches(testing_mode=True)
    assert "being tested" in google.consent_page().text
    assert "Send email on your behalf" in google.consent_page(scope=GMAIL_SCOPES).text


def test_likely_account_is_offered_first(google: GoogleCaller) -> None:
    page = google.consent_page(login_hint="grace.kim@northlight.example").text
    assert page.index("Grace Kim") < page.index("Priya Raman")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": "other"}, "invalid_client"),
        ({"redirect_uri": "http://localhost:8000/connect/zoom/callback"}, "redirect_uri_mismatch"),
        ({"redirect_uri": "http://localhost:8000/connect/google/callback/"}, "redirect_uri_mismatch"),
        ({"redirect_uri": "http://localhost:8000/connect/google/callback?a=1"}, "redirect_uri_mismatch"),
        ({"redirect_uri": "http://a@localhost/connect/google/callback"}, "redirect_uri_mismatch"),
        ({"redirect_uri": "http://localhost:x/connect/google/callback"}, "redirect_uri_mismatch"),
        ({"redirect_uri": None}, "redirect_uri_mismatch"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": None}, "invalid_request"),
        ({"scope": "openid calendar.events"}, "invalid_scope"),
        ({"access_type": "forever"}, "invalid_request"),
        ({"prompt": "always"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
    ],
)
def test_wrong_requests_are_refused_on_googles_own_page(
    google: GoogleCaller, changes: dict[str, Any], error: str
) -> None:
    for answer in (google.consent_page(**changes), google.authorize(**changes)):
        assert answer.status_code == 400
        assert f"Error 400: {error}" in answer.text
    assert [entry["where"] for entry in google.simulator.ledger()["violations"]] == [error, error]


def test_refusing_is_reported_to_the_app(google: GoogleCaller) -> None:
    assert google.came_back(decision="cancel") == {"error": "access_denied", "state": "a-state"}
    google.simulator.switches(consent_error="admin_policy_enforced")
    assert google.came_back()["error"] == "admin_policy_enforced"
    google.simulator.switches(consent_error="")
    assert google.came_back(prompt="none")["error"] == "interaction_required"
    assert google.simulator.ledger()["grants"] == []


def test_code_works_once_and_for_ten_minutes(google: GoogleCaller) -> None:
    code = google.came_back()["code"]
    assert google.exchange(code).status_code == 200
    again = google.exchange(code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    late = google.came_back()["code"]
    google.simulator.switches(clock_offset_seconds=601)
    assert google.exchange(late).json()["error"] == "invalid_grant"


def test_code_needs_its_redirect_address_and_verifier(google: GoogleCaller) -> None:
    code = google.came_back()["code"]
    elsewhere = google.exchange(code, redirect_uri="http://localhost/connect/google/callback")
    assert elsewhere.json()["error"] == "redirect_uri_mismatch"
    assert google.exchange(code, verifier="").json()["error_description"] == "Missing code verifier."
    assert google.exchange(code, verifier="w" * 50).json()["error_description"] == "Invalid code verifier."
    assert google.exchange(code).status_code == 200
    bare = google.came_back(code_challenge=None, code_challenge_method=None)["code"]
    assert google.exchange(bare).status_code == 400
    assert google.exchange(bare, verifier="").status_code == 200


def test_client_is_known_by_form_and_by_basic(google: GoogleCaller) -> None:
    for basic in (True, False):
        code = google.came_back()["code"]
        wrong = google.exchange(code, basic=basic, secret="wrong")
        assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
        assert google.exchange(code, basic=basic).status_code == 200


def test_token_endpoint_refuses_what_it_does_not_know(google: GoogleCaller) -> None:
    assert google.token_call(grant_type="password").json()["error"] == "unsupported_grant_type"
    assert google.token_call().json()["error"] == "invalid_request"
    assert google.token_call(query="?grant_type=refresh_token").json()["error"] == "invalid_request"


def test_refresh_token_comes_only_when_it_is_asked_for(google: GoogleCaller) -> None:
    assert "refresh_token" not in google.connect(access_type=None).tokens
    google.simulator.reset()
    assert "refresh_token" in google.connect(prompt=None).tokens
    assert "refresh_token" not in google.connect(prompt=None).tokens
    assert "refresh_token" in google.connect().tokens
    google.simulator.switches(no_refresh_token=1)
    assert "refresh_token" not in google.connect().tokens


def test_refreshing_keeps_the_refresh_token(google: GoogleCaller) -> None:
    account = google.connect()
    for _ in range(2):
        answer = google.refresh(account.tokens["refresh_token"])
        assert answer.status_code == 200
        assert "refresh_token" not in answer.json()
        assert answer.json()["scope"] == account.tokens["scope"]
        assert "nonce" not in claims_of(answer.json()["id_token"])
        assert GoogleAccount(google.origin, answer.json()).insert().status_code == 200
    unknown = google.refresh("1//unknown")
    assert (unknown.status_code, unknown.json()) == (400, EXPIRED)


def test_several_grants_of_one_account_live_side_by_side(google: GoogleCaller) -> None:
    calendar, mail = google.connect(), google.connect(scope=GMAIL_SCOPES)
    assert calendar.insert().status_code == 200
    assert mail.insert().status_code == 403
    assert mail.tokens["scope"].split() == ["openid", EMAIL, SEND]
    assert [grant["alive"] for grant in google.simulator.ledger()["grants"]] == [True, True]
    together = google.connect(scope="openid", include_granted_scopes="true").tokens["scope"].split()
    assert set(together) == {"openid", EMAIL, OWNED, FREEBUSY, SEND}


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_revoking_any_token_ends_all_grants_of_the_account(google: GoogleCaller, which: str) -> None:
    calendar, mail = google.connect(), google.connect(scope=GMAIL_SCOPES)
    other = google.connect("grace.kim@northlight.example")
    assert google.revoke(calendar.tokens[which]).status_code == 200
    for account in (calendar, mail):
        assert google.refresh(account.tokens["refresh_token"]).json() == EXPIRED
        assert account.call("GET", "/v1/userinfo").status_code == 401
    assert google.refresh(other.tokens["refresh_token"]).status_code == 200
    again = google.revoke(calendar.tokens[which])
    assert (again.status_code, again.json()["error"]) == (400, "invalid_token")


def test_removing_the_app_at_google_ends_its_grants(google: GoogleCaller) -> None:
    account = google.connect()
    google.simulator.revoke(PRIYA)
    assert google.refresh(account.tokens["refresh_token"]).json() == EXPIRED
    assert google.simulator.ledger()["grants"][0]["ended_because"] == "removed at Google"
    assert google.connect().insert().status_code == 200


def test_new_password_ends_only_grants_that_may_use_gmail(google: GoogleCaller) -> None:
    calendar, mail = google.connect(), google.connect(scope=GMAIL_SCOPES)
    assert google.simulator.change_password(PRIYA) == 1
    assert google.refresh(calendar.tokens["refresh_token"]).status_code == 200
    assert google.refresh(mail.tokens["refresh_token"]).json() == EXPIRED


def test_consent_in_testing_ends_after_seven_days(google: GoogleCaller) -> None:
    lasting = google.connect()
    google.simulator.switches(testing_mode=True)
    brief = google.connect()
    assert brief.tokens["refresh_token_expires_in"] == 604_799
    google.simulator.switches(testing_mode=False, clock_offset_seconds=7 * 24 * 3600 - 60)
    assert google.refresh(brief.tokens["refresh_token"]).status_code == 200
    google.simulator.switches(clock_offset_seconds=7 * 24 * 3600 + 60)
    assert google.refresh(brief.tokens["refresh_token"]).json() == EXPIRED
    assert google.refresh(lasting.tokens["refresh_token"]).status_code == 200


def test_grant_that_is_not_used_for_six_months_ends(google: GoogleCaller) -> None:
    account = google.connect()
    google.simulator.switches(clock_offset_seconds=181 * 24 * 3600)
    assert google.refresh(account.tokens["refresh_token"]).json() == EXPIRED


def test_access_tokens_expire(google: GoogleCaller) -> None:
    google.simulator.switches(expires_in=60)
    account = google.connect()
    assert account.call("GET", "/v1/userinfo").status_code == 200
    google.simulator.switches(clock_offset_seconds=61)
    refused = account.call("GET", "/v1/userinfo")
    assert (refused.status_code, refused.json()["error"]["status"]) == (401, "UNAUTHENTICATED")


def test_userinfo_names_the_account(google: GoogleCaller) -> None:
    account = google.connect()
    answer = account.call("GET", "/v1/userinfo").json()
    assert answer == {
        "sub": claims_of(account.tokens["id_token"])["sub"],
        "email": PRIYA,
        "email_verified": True,
    }
    named = google.connect(scope=f"{CALENDAR_SCOPES} profile").call("GET", "/oauth2/v2/userinfo").json()
    assert (named["id"], named["verified_email"], named["name"]) == (answer["sub"], True, "Priya Raman")


@pytest.mark.parametrize(
    ("failure", "status", "error"),
    [("invalid_client", 401, "invalid_client"), ("invalid_grant", 400, "invalid_grant")],
)
def test_token_endpoint_can_refuse(google: GoogleCaller, failure: str, status: int, error: str) -> None:
    account = google.connect()
    google.simulator.switches(token_endpoint=failure)
    answer = google.refresh(account.tokens["refresh_token"])
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    google.simulator.switches(token_endpoint="")
    assert google.refresh(account.tokens["refresh_token"]).status_code == 200


def test_token_endpoint_can_break(google: GoogleCaller) -> None:
    account = google.connect()
    google.simulator.switches(token_endpoint="invalid_rapt")
    answer = google.refresh(account.tokens["refresh_token"]).json()
    assert (answer["error"], answer["error_subtype"]) == ("invalid_grant", "invalid_rapt")
    google.simulator.switches(token_endpoint="server_error")
    assert google.refresh(account.tokens["refresh_token"]).status_code == 502
    google.simulator.switches(token_endpoint="html")
    assert google.refresh(account.tokens["refresh_token"]).headers["Content-Type"].startswith("text/html")
    google.simulator.switches(token_endpoint="drop")
    with pytest.raises(requests.ConnectionError):
        google.refresh(account.tokens["refresh_token"])
    google.simulator.switches(token_endpoint="", lose_next_token_answers=1)
    with pytest.raises(requests.ConnectionError):
        google.refresh(account.tokens["refresh_token"])
    assert [entry["status"] for entry in google.simulator.ledger()["token_log"][-2:]] == [None, None]
    assert google.simulator.ledger()["grants"][0]["refreshes"] == 1


def test_withheld_scopes_are_missing_from_tokens_and_calls(google: GoogleCaller) -> None:
    account = google.connect()
    google.simulator.switches(withheld_scopes=["calendar.events.owned"])
    assert account.insert().status_code == 403
    assert OWNED not in google.refresh(account.tokens["refresh_token"]).json()["scope"].split()


def test_ledger_keeps_what_was_asked_for(google: GoogleCaller) -> None:
    google.connect(login_hint=PRIYA)
    (consent,) = google.simulator.ledger()["consents"]
    assert (consent["prompt"], consent["access_type"], consent["pkce"]) == ("consent", "offline", True)
    assert (consent["scope"], consent["login_hint"]) == (CALENDAR_SCOPES, PRIYA)
    assert consent["granted"] == ["openid", EMAIL, OWNED, FREEBUSY]
