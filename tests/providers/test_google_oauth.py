"""Google's OAuth: what is asked for, what is proved, and which answers cost a connection."""

import base64
import json
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from providers.base import Account, TokenSet
from providers.errors import (
    ConnectionRevokedError,
    InvalidClientError,
    ProviderError,
    RateLimitedError,
    RefusedError,
    RetryableError,
)
from providers.google.provider import GmailApp, GoogleCalendarApp, GoogleSettings
from providers.google.scopes import CALENDAR_APP, EMAIL, EVENTS, FREE_BUSY, GMAIL_APP, SEND, missing_scopes
from providers.id_tokens import nonce_of
from tests.providers.conftest import CODE_VERIFIER, NOW
from tests.providers.scripted_server import Script, ScriptedServer, answer, drop

REDIRECT_URI = "http://localhost:8000/connect/google/callback"
CLAIMS: dict[str, object] = {
    "iss": "https://accounts.google.com",
    "azp": "id-of-the-app",
    "aud": "id-of-the-app",
    "sub": "110248495921238986420",
    "email": "priya.raman@northlight.example",
    "email_verified": True,
    "nonce": nonce_of(CODE_VERIFIER),
    "iat": int(NOW.timestamp()) - 2,
    "exp": int(NOW.timestamp()) + 3598,
}
TOKENS: dict[str, object] = {
    "access_token": "ACCESS-CANARY",
    "token_type": "Bearer",
    "refresh_token": "1//REFRESH-CANARY",
    "expires_in": 3599,
    "scope": f"openid {EVENTS} {FREE_BUSY} {EMAIL}",
}


def _part(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def _id_token(**changes: object) -> str:
    claims = {name: value for name, value in {**CLAIMS, **changes}.items() if value is not ...}
    return f"{_part({'alg': 'RS256', 'kid': 'k', 'typ': 'JWT'})}.{_part(claims)}.c2ln"


def _tokens(**changes: object) -> Script:
    fields: Mapping[str, object] = {**TOKENS, "id_token": _id_token(), **changes}
    return answer(200, json.dumps({k: v for k, v in fields.items() if v is not ...}).encode())


def _error(error: str, description: str | None = None, status: int = 400, subtype: str = "") -> Script:
    body = {"error": error, "error_description": description, "error_subtype": subtype}
    body = {name: value for name, value in body.items() if value}
    return answer(status, json.dumps(body).encode())


def _exchange(google: GoogleCalendarApp) -> TokenSet:
    return google.oauth.exchange_code(code="4/CODE", redirect_uri=REDIRECT_URI, code_verifier=CODE_VERIFIER)


@pytest.mark.parametrize(
    ("app", "scope"),
    [
        ("scripted_google", f"openid {EVENTS} {FREE_BUSY} email"),
        ("scripted_gmail", f"openid {SEND} email"),
    ],
)
def test_the_consent_address_asks_for_a_lasting_grant_of_this_app_alone(
    app: str, scope: str, request: pytest.FixtureRequest, scripted_server: ScriptedServer
) -> None:
    google: GoogleCalendarApp | GmailApp = request.getfixturevalue(app)
    url = google.oauth.authorize_url(redirect_uri=REDIRECT_URI, state="st-1", code_verifier=CODE_VERIFIER)
    assert url.startswith(f"{scripted_server.url}/o/oauth2/v2/auth?")
    query = dict(parse_qsl(urlsplit(url).query))
    assert len(query.pop("code_challenge")) == 43
    assert query == {
        "response_type": "code",
        "client_id": "id-of-the-app",
        "redirect_uri": REDIRECT_URI,
        "scope": scope,
        "state": "st-1",
        "code_challenge_method": "S256",
        "nonce": nonce_of(CODE_VERIFIER),
        "access_type": "offline",
        "prompt": "consent",
    }
    assert CODE_VERIFIER not in url


def test_a_nonce_belongs_to_one_trip_and_is_not_the_challenge(scripted_google: GoogleCalendarApp) -> None:
    url = scripted_google.oauth.authorize_url(
        redirect_uri=REDIRECT_URI, state="s", code_verifier=CODE_VERIFIER
    )
    query = dict(parse_qsl(urlsplit(url).query))
    assert query["nonce"] != query["code_challenge"]
    assert nonce_of(CODE_VERIFIER) != nonce_of(CODE_VERIFIER + "x")


def test_without_configured_addresses_people_are_sent_to_google_itself() -> None:
    google = GoogleCalendarApp(GoogleSettings("my-app", "secret"), clock=lambda: NOW)
    url = google.oauth.authorize_url(redirect_uri=REDIRECT_URI, state="s", code_verifier="v" * 43)
    assert urlsplit(url).netloc == "accounts.google.com"


def test_an_exchange_gives_tokens_and_proves_whose_they_are(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(_tokens())
    tokens = _exchange(scripted_google)
    assert tokens == TokenSet(
        "ACCESS-CANARY",
        "1//REFRESH-CANARY",
        NOW + timedelta(seconds=3599),
        frozenset({"openid", EVENTS, FREE_BUSY, EMAIL}),
        None,
        Account(
            "110248495921238986420",
            "priya.raman@northlight.example",
            "priya.raman@northlight.example",
            "unknown",
        ),
    )
    [request] = scripted_server.requests
    assert request.target == "POST /token"
    assert parse_qs(request.body.decode()) == {
        "grant_type": ["authorization_code"],
        "code": ["4/CODE"],
        "redirect_uri": [REDIRECT_URI],
        "code_verifier": [CODE_VERIFIER],
        "client_id": ["id-of-the-app"],
        "client_secret": ["SECRET-OF-THE-APP"],
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "accounts.google.com"},
        {"aud": ["id-of-the-app"], "azp": ...},
        {"aud": ["id-of-the-app", "another"], "azp": "id-of-the-app"},
        {"exp": int(NOW.timestamp()) - 200},
        {"iat": int(NOW.timestamp()) + 200},
        {"email": ..., "email_verified": ...},
    ],
)
def test_an_id_token_may_have_these_forms(
    changes: dict[str, object], scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(_tokens(id_token=_id_token(**changes)))
    account = _exchange(scripted_google).account
    assert isinstance(account, Account)
    assert account.id == CLAIMS["sub"]


@pytest.mark.parametrize(
    "id_token",
    [
        _id_token(iss="https://accounts.google.com.evil.example"),
        _id_token(iss=...),
        _id_token(aud="another-app"),
        _id_token(aud=["another-app", "id-of-the-app"], azp="another-app"),
        _id_token(aud=...),
        _id_token(exp=int(NOW.timestamp()) - 3600),
        _id_token(exp=...),
        _id_token(exp="soon"),
        _id_token(nonce="another"),
        _id_token(nonce=...),
        _id_token(sub=...),
        _id_token(sub=""),
        _id_token(sub=7),
        _id_token(sub="9" * 129),
        "a.b.c",
        "a.b",
        "ü.ü.ü",
        f"{_part({'alg': 'none'})}.{_part([1])}.",
        "",
        None,
        ...,
    ],
)
def test_an_id_token_that_proves_nothing_connects_no_one(
    id_token: object, scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(_tokens(id_token=id_token))
    account = _exchange(scripted_google).account
    assert isinstance(account, RefusedError)
    assert account.code == "account_unproven"


def test_without_openid_there_is_no_proof_and_only_a_missing_scope_is_reported(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(_tokens(id_token=..., scope=EVENTS))
    tokens = _exchange(scripted_google)
    assert tokens.account is None
    assert scripted_google.oauth.missing_scopes(tokens.scopes) == [FREE_BUSY, EMAIL]


@pytest.mark.parametrize("stated", [..., None, ""])
def test_without_a_refresh_token_nothing_is_connected(
    stated: object, scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(_tokens(refresh_token=stated))
    with pytest.raises(RefusedError) as caught:
        _exchange(scripted_google)
    assert caught.value.code == "no_refresh_token"
    assert "no lasting permission" in caught.value.words


def test_a_scope_may_be_called_either_name_and_order_is_that_of_the_app() -> None:
    assert missing_scopes(CALENDAR_APP, frozenset({EVENTS, FREE_BUSY, "email"})) == []
    assert missing_scopes(CALENDAR_APP, frozenset({EVENTS, FREE_BUSY, EMAIL, "openid"})) == []
    assert missing_scopes(CALENDAR_APP, frozenset()) == [EVENTS, FREE_BUSY, EMAIL]
    assert missing_scopes(GMAIL_APP, frozenset({EMAIL, EVENTS})) == [SEND]


def test_a_refresh_keeps_the_token_and_may_be_repeated(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(_tokens(refresh_token=..., id_token=...), drop, _tokens(refresh_token="1//NEW"))
    assert scripted_google.oauth.refresh("1//OLD").refresh_token == "1//OLD"
    with pytest.raises(RetryableError) as caught:
        scripted_google.oauth.refresh("1//OLD")
    assert (caught.value.code, caught.value.maybe_applied) == ("dropped", False)
    assert scripted_google.oauth.refresh("1//OLD").refresh_token == "1//NEW"
    assert parse_qs(scripted_server.requests[0].body.decode()) == {
        "grant_type": ["refresh_token"],
        "refresh_token": ["1//OLD"],
        "client_id": ["id-of-the-app"],
        "client_secret": ["SECRET-OF-THE-APP"],
    }


@pytest.mark.parametrize("lifetime", [..., None, "3600", 0, 3600.5, True, []])
def test_an_odd_lifetime_costs_no_one_the_connection(
    lifetime: object, scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(_tokens(expires_in=lifetime))
    assert scripted_google.oauth.refresh("old").expires_at == NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("script", "expected", "code"),
    [
        (_error("invalid_grant", "Token has been expired or revoked."), ConnectionRevokedError, "revoked"),
        (_error("invalid_grant", "Bad Request"), ConnectionRevokedError, "revoked"),
        (_error("invalid_grant", status=401), ConnectionRevokedError, "revoked"),
        (
            _error("invalid_client", "The OAuth client was not found.", 401),
            InvalidClientError,
            "invalid_client",
        ),
        (_error("deleted_client", status=401), InvalidClientError, "invalid_client"),
        (_error("unauthorized_client", "Unauthorized", 401), InvalidClientError, "invalid_client"),
        (_error("invalid_scope"), RefusedError, "refused"),
        (_error("admin_policy_enforced"), RefusedError, "refused"),
        (answer(401, b"{}"), RefusedError, "refused"),
        (answer(429, b"{}"), RateLimitedError, "rate_limit"),
        (answer(400, b"<html>"), RetryableError, "nonsense"),
        (answer(400, b""), RetryableError, "nonsense"),
        (answer(200, b"<html>"), RetryableError, "nonsense"),
        (answer(200, b"{}"), RetryableError, "nonsense"),
        (_tokens(access_token=7), RetryableError, "nonsense"),
        (_tokens(access_token="two\r\nlines"), RetryableError, "nonsense"),
        (answer(302, headers={"Location": "/login"}), RetryableError, "nonsense"),
        (answer(500, b"<html>"), RetryableError, "unavailable"),
        (answer(503, b'{"error": "invalid_grant"}'), RetryableError, "unavailable"),
        (drop, RetryableError, "dropped"),
    ],
)
def test_only_a_dead_grant_counts_as_revoked_on_refresh(
    script: Script,
    expected: type[ProviderError],
    code: str,
    scripted_google: GoogleCalendarApp,
    scripted_server: ScriptedServer,
) -> None:
    scripted_server.answers(script)
    with pytest.raises(ProviderError) as caught:
        scripted_google.oauth.refresh("REFRESH-CANARY")
    assert (type(caught.value), caught.value.code) == (expected, code)


@pytest.mark.parametrize(
    ("description", "subtype"),
    [
        ("reauth related error (invalid_rapt)", "invalid_rapt"),
        ("reauth related error (invalid_rapt)", ""),
        (None, "invalid_rapt"),
    ],
)
def test_an_organizations_limit_on_sign_ins_is_named(
    description: str | None, subtype: str, scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(_error("invalid_grant", description, subtype=subtype))
    with pytest.raises(ConnectionRevokedError, match="organization limits"):
        scripted_google.oauth.refresh("old")


@pytest.mark.parametrize(
    "script", [_error("invalid_grant", "Malformed auth code 4/CODE."), _error("invalid_grant", "Bad Request")]
)
def test_a_refused_code_is_never_repeated(
    script: Script, scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(script)
    with pytest.raises(RefusedError) as caught:
        _exchange(scripted_google)
    assert caught.value.code == "code_refused"
    assert "4/CODE" not in f"{vars(caught.value)} {caught.value!r}"


def test_a_lost_exchange_may_have_been_one(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(drop)
    with pytest.raises(RetryableError) as caught:
        _exchange(scripted_google)
    assert caught.value.maybe_applied


@pytest.mark.parametrize(
    "script",
    [
        answer(200, b"{}"),
        answer(200, b""),
        _error("invalid_token", "Token expired or revoked"),
        _error("invalid_grant"),
    ],
)
def test_revoking_what_is_dead_succeeds(
    script: Script, scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(script)
    scripted_google.oauth.revoke("access-1")
    [request] = scripted_server.requests
    assert request.target == "POST /revoke"
    assert request.body == b"token=access-1"
    assert request.header("Authorization") is None


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (_error("invalid_request", "access-1 is no token"), RefusedError),
        (answer(200, b"<html>"), RetryableError),
        (answer(502, b"<html>"), RetryableError),
    ],
)
def test_revoking_fails_where_it_may_not_have_happened(
    script: Script,
    expected: type[ProviderError],
    scripted_google: GoogleCalendarApp,
    scripted_server: ScriptedServer,
) -> None:
    scripted_server.answers(script)
    with pytest.raises(expected) as caught:
        scripted_google.oauth.revoke("access-1")
    assert "access-1" not in caught.value.words
