"""Sign-in, consent, an administrator's consent and tokens at the simulated Microsoft."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import KeySet

from simulators.microsoft.people import BY_EMAIL, HARBORVIEW, NORTHLIGHT, PERSONAL_TENANT
from tests.machines.microsoft import CLIENT_ID
from tests.simulators.asking import PRIYA, claims_of
from tests.simulators.microsoft_client import (
    ADA,
    CALENDAR_SCOPES,
    MAIL_SCOPES,
    OWEN,
    PERSONAL,
    MicrosoftCaller,
    query_of,
)


def test_consent_leads_to_tokens_that_say_who_gave_it(microsoft: MicrosoftCaller) -> None:
    back = microsoft.came_back()
    assert back["state"] == "a-state"
    tokens = microsoft.exchange(back["code"]).json()
    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 3599
    assert "https://graph.microsoft.com/Calendars.ReadWrite" in tokens["scope"].split()
    assert "offline_access" not in tokens["scope"].split()
    claims, account = claims_of(tokens["id_token"]), BY_EMAIL[PRIYA]
    assert claims["iss"] == f"{microsoft.origin}/{NORTHLIGHT.id}/v2.0"
    assert (claims["aud"], claims["tid"], claims["oid"]) == (CLIENT_ID, NORTHLIGHT.id, account.oid)
    assert (claims["preferred_username"], claims["nonce"]) == (PRIYA, "a-nonce")
    assert microsoft.simulator.ledger()["consents"][0]["granted"] == CALENDAR_SCOPES.split()


def test_id_token_is_signed_with_a_published_key(microsoft: MicrosoftCaller) -> None:
    described = requests.get(f"{microsoft.origin}/common/v2.0/.well-known/openid-configuration", timeout=5)
    assert described.json()["issuer"] == f"{microsoft.origin}/{{tenantid}}/v2.0"
    keys = KeySet.import_key_set(requests.get(described.json()["jwks_uri"], timeout=5).json())
    id_token = microsoft.connect().tokens["id_token"]
    assert jwt.decode(id_token, keys, algorithms=["RS256"]).claims["tid"] == NORTHLIGHT.id


def test_personal_accounts_share_a_directory_and_short_scopes(microsoft: MicrosoftCaller) -> None:
    account = microsoft.connect(PERSONAL, tenant="consumers")
    assert claims_of(account.tokens["id_token"])["tid"] == PERSONAL_TENANT
    assert "Calendars.ReadWrite" in account.tokens["scope"].split()
    user = account.call("GET", "/me").json()
    assert (user["mail"], user["userPrincipalName"]) == (None, PERSONAL)


@pytest.mark.parametrize(
    ("tenant", "account", "fits"),
    [
        ("common", PERSONAL, True),
        ("organizations", PRIYA, True),
        ("organizations", PERSONAL, False),
        ("consumers", PRIYA, False),
        (NORTHLIGHT.id, PRIYA, True),
        ("northlight.example", PRIYA, True),
        (HARBORVIEW.id, PRIYA, False),
    ],
)
def test_address_says_whose_accounts_may_sign_in(
    microsoft: MicrosoftCaller, tenant: str, account: str, fits: bool
) -> None:
    assert (account in microsoft.consent_page(tenant).text) is fits
    answer = microsoft.authorize(account, tenant=tenant)
    assert answer.status_code == (302 if fits else 400)
    assert fits or "AADSTS50020" in answer.text


@pytest.mark.parametrize(
    ("audience", "tenant", "number"),
    [
        ("one_organization", "common", "50194"),
        ("organizations", "consumers", "9002332"),
        ("personal", "common", "9002331"),
        ("everyone", "nowhere.example", "90002"),
    ],
)
def test_address_has_to_fit_the_registration(
    microsoft: MicrosoftCaller, audience: str, tenant: str, number: str
) -> None:
    microsoft.simulator.switches(audience=audience)
    page = microsoft.consent_page(tenant)
    assert page.status_code == 400
    assert f"AADSTS{number}" in page.text


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"client_id": "another"}, "700016"),
        ({"redirect_uri": "http://localhost:8000/elsewhere"}, "50011"),
        ({"redirect_uri": "http://localhost:8000/connect/microsoft/callback?a=1"}, "50011"),
        ({"redirect_uri": "http://[::1:x/connect/microsoft/callback"}, "50011"),
        ({"response_type": "token"}, "900144"),
        ({"scope": None}, "900144"),
        ({"scope": "openid Calendars.Everything"}, "70011"),
        ({"prompt": "consent login"}, "90023"),
        ({"access_type": "offline"}, "9002313"),
        ({"code_challenge_method": "plain"}, "501491"),
        ({"code_challenge": None}, "900144"),
        ({"response_mode": "form_post"}, "900144"),
    ],
)
def test_wrong_request_gets_a_page_and_is_noted(
    microsoft: MicrosoftCaller, changes: dict[str, Any], number: str
) -> None:
    page = microsoft.consent_page(**changes)
    assert page.status_code == 400
    assert f"AADSTS{number}" in page.text
    assert [wrong["where"] for wrong in microsoft.simulator.ledger()["violations"]] == [number]


def test_person_who_cancels_is_sent_back(microsoft: MicrosoftCaller) -> None:
    back = microsoft.came_back(decision="cancel")
    assert (back["error"], back["error_subcode"]) == ("access_denied", "cancel")
    assert "AADSTS65004" in back["error_description"]


@pytest.mark.parametrize(
    ("how", "error", "number"),
    [
        ("consent_required", "consent_required", "90094"),
        ("90094", "access_denied", "90094"),
        ("65001", "access_denied", "65001"),
        ("cancel", "access_denied", "65004"),
    ],
)
def test_calendar_needs_an_administrator_where_people_may_not_allow_it(
    microsoft: MicrosoftCaller, how: str, error: str, number: str
) -> None:
    microsoft.simulator.switches(approval_error=how)
    page = microsoft.authorize(ADA)
    assert page.status_code == 200
    assert "Need admin approval" in page.text
    back = microsoft.came_back(ADA, decision="leave")
    assert back["error"] == error
    assert f"AADSTS{number}" in back["error_description"]


def test_administrator_allows_the_app_for_everyone(microsoft: MicrosoftCaller) -> None:
    assert "code" in microsoft.came_back(ADA, scope=MAIL_SCOPES)
    address = f"{microsoft.origin}/organizations/v2.0/adminconsent"
    fields = {"client_id": CLIENT_ID, "redirect_uri": microsoft.consent_fields()["redirect_uri"]}
    page = requests.get(address, params={**fields, "scope": CALENDAR_SCOPES, "state": "s"}, timeout=5)
    assert "Review for your organization" in unescape(page.text)
    assert microsoft.admin_consent(PRIYA).status_code == 400
    assert query_of(microsoft.admin_consent(decision="cancel"))["error"] == "access_denied"
    back = query_of(microsoft.admin_consent())
    assert (back["admin_consent"], back["tenant"], back["state"]) == ("True", HARBORVIEW.id, "a-state")
    assert microsoft.connect(ADA).listed()["value"] == []
    # People who are asked again each time have to have it approved each time.
    assert "Need admin approval" in microsoft.authorize(ADA, prompt="consent").text


def test_older_address_of_admin_consent_works_too(microsoft: MicrosoftCaller) -> None:
    form = {
        "client_id": CLIENT_ID,
        "redirect_uri": microsoft.consent_fields()["redirect_uri"],
        "account": OWEN,
        "decision": "allow",
    }
    answer = requests.post(
        f"{microsoft.origin}/{HARBORVIEW.id}/adminconsent", data=form, allow_redirects=False, timeout=5
    )
    assert query_of(answer)["admin_consent"] == "True"
    assert "code" in microsoft.came_back(ADA)


def test_approval_can_be_needed_for_anyone_and_be_taken_back(microsoft: MicrosoftCaller) -> None:
    microsoft.simulator.switches(needs_approval=[PRIYA])
    assert microsoft.authorize().status_code == 200
    microsoft.simulator.allow_for_all("northlight.example", "Calendars.ReadWrite")
    tokens = microsoft.connect().tokens
    microsoft.simulator.disallow_for_all("northlight.example")
    refused = microsoft.refresh(tokens["refresh_token"]).json()
    assert (refused["error"], refused["error_codes"], refused["suberror"]) == (
        "invalid_grant",
        [65001],
        "consent_required",
    )


def test_refresh_brings_a_new_token_and_the_old_one_lives(microsoft: MicrosoftCaller) -> None:
    first = microsoft.connect().tokens["refresh_token"]
    second = microsoft.refresh(first).json()["refresh_token"]
    assert second != first
    assert microsoft.refresh(first).status_code == microsoft.refresh(second).status_code == 200
    microsoft.simulator.switches(clock_offset_seconds=91 * 86400)
    assert microsoft.refresh(second).json()["error_codes"] == [700082]


def test_consent_adds_up(microsoft: MicrosoftCaller) -> None:
    calendar = microsoft.connect().tokens
    mail = microsoft.connect(scope=MAIL_SCOPES).tokens
    assert "Calendars.ReadWrite" in mail["scope"]
    refreshed = microsoft.refresh(calendar["refresh_token"], scope=MAIL_SCOPES).json()
    assert "Mail.Send" in refreshed["scope"]
    refused = microsoft.refresh(calendar["refresh_token"], scope="MailboxSettings.Read").json()
    assert refused["error_codes"] == [65001]


def test_no_refresh_token_without_offline_access_and_no_id_token_without_openid(
    microsoft: MicrosoftCaller,
) -> None:
    tokens = microsoft.connect(scope="User.Read").tokens
    assert "refresh_token" not in tokens
    assert "id_token" not in tokens
    microsoft.simulator.switches(no_refresh_token=1)
    assert "refresh_token" not in microsoft.connect().tokens


def test_code_is_good_for_one_exchange_with_its_verifier(microsoft: MicrosoftCaller) -> None:
    code = microsoft.came_back()["code"]
    assert microsoft.exchange(code, verifier="wrong").json()["error_codes"] == [501481]
    assert microsoft.exchange(code, redirect_uri="http://a.example/").json()["error_codes"] == [500112]
    assert microsoft.exchange(code).status_code == 200
    assert microsoft.exchange(code).json()["error_codes"] == [54005]
    late = microsoft.came_back()["code"]
    microsoft.simulator.switches(clock_offset_seconds=700)
    assert microsoft.exchange(late).json()["error_codes"] == [70008]


def test_sessions_end_and_passwords_do_not_matter(microsoft: MicrosoftCaller) -> None:
    tokens = microsoft.connect().tokens
    requests.post(f"{microsoft.origin}/_control/accounts/{PRIYA}/password", timeout=5)
    assert microsoft.refresh(tokens["refresh_token"]).status_code == 200
    assert microsoft.simulator.sign_out_everywhere(PRIYA) == 1
    assert microsoft.refresh(tokens["refresh_token"]).json()["error_codes"] == [50173]
    removed = microsoft.connect().tokens
    microsoft.simulator.revoke(PRIYA)
    assert microsoft.refresh(removed["refresh_token"]).json()["error_codes"] == [65001]


def test_client_has_to_know_its_secret(microsoft: MicrosoftCaller) -> None:
    tokens = microsoft.connect().tokens
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    wrong = microsoft.token_call(secret="wrong", **form)
    assert (wrong.status_code, wrong.json()["error_codes"]) == (401, [7000215])
    assert microsoft.token_call(basic=True, **form).status_code == 200
    assert microsoft.token_call(query="?a=1", **form).json()["error"] == "invalid_request"
    assert microsoft.token_call(grant_type="password").json()["error"] == "unsupported_grant_type"
    assert microsoft.token_call().json()["error"] == "invalid_request"


@pytest.mark.parametrize(
    ("failure", "status", "error"),
    [
        ("invalid_client", 401, "invalid_client"),
        ("expired_secret", 401, "invalid_client"),
        ("invalid_grant", 400, "invalid_grant"),
        ("interaction_required", 400, "interaction_required"),
        ("temporarily_unavailable", 503, "temporarily_unavailable"),
        ("throttled", 429, "temporarily_unavailable"),
    ],
)
def test_token_endpoint_fails(microsoft: MicrosoftCaller, failure: str, status: int, error: str) -> None:
    microsoft.simulator.switches(token_endpoint=failure)
    answer = microsoft.refresh("any")
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert ("7000222" in answer.text) is (failure == "expired_secret")


def test_token_answers_are_lost(microsoft: MicrosoftCaller) -> None:
    first = microsoft.connect().tokens["refresh_token"]
    microsoft.simulator.switches(lose_next_token_answers=1)
    with pytest.raises(requests.ConnectionError):
        microsoft.refresh(first)
    assert microsoft.refresh(first).status_code == 200
    assert microsoft.simulator.ledger()["token_log"][-2]["status"] is None


@pytest.mark.parametrize(
    ("spoiled", "claim", "expected"),
    [
        ("wrong_audience", "aud", "another-client"),
        ("wrong_issuer", "iss", "https://accounts.example/v2.0"),
        ("wrong_nonce", "nonce", "another-nonce"),
        ("no_nonce", "nonce", None),
        ("no_tid", "tid", None),
        ("no_oid", "oid", None),
        ("no_email", "email", None),
    ],
)
def test_id_tokens_are_spoiled(
    microsoft: MicrosoftCaller, spoiled: str, claim: str, expected: str | None
) -> None:
    microsoft.simulator.switches(id_token=spoiled)
    assert claims_of(microsoft.connect().tokens["id_token"]).get(claim) == expected


def test_nothing_can_be_revoked(microsoft: MicrosoftCaller) -> None:
    tokens = microsoft.connect().tokens
    answer = requests.post(
        f"{microsoft.origin}/common/oauth2/v2.0/revoke", data={"token": tokens["refresh_token"]}, timeout=5
    )
    assert answer.status_code == 404
    assert microsoft.refresh(tokens["refresh_token"]).status_code == 200
