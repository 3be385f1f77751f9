"""Zoom's OAuth: the round trip against the simulated Zoom, and answers that only a script can give."""

import json
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from providers.base import Grant, TokenSet
from providers.errors import (
    AccessTokenRejectedError,
    ConnectionRevokedError,
    InvalidClientError,
    ProviderError,
    RateLimitedError,
    RefusedError,
    RetryableError,
)
from providers.zoom.provider import ZoomProvider
from providers.zoom.scopes import REQUIRED
from tests.machines.simulators import Simulators
from tests.providers.conftest import CODE_VERIFIER, NOW, REDIRECT_URI, consent
from tests.providers.scripted_server import Script, ScriptedServer, answer, drop

PRIYA = "priya.raman@northlight.example"
TOKENS = {
    "access_token": "ACCESS-CANARY",
    "token_type": "bearer",
    "refresh_token": "REFRESH-CANARY",
    "expires_in": 3599,
    "scope": "user:read:user meeting:write:meeting",
    "api_url": "https://api-eu.zoom.us",
}


def _tokens(**changes: object) -> Script:
    fields = {name: value for name, value in {**TOKENS, **changes}.items() if value is not ...}
    return answer(200, json.dumps(fields).encode())


def _error(error: str, reason: str | None = None, status: int = 400) -> Script:
    body = {"error": error} if reason is None else {"reason": reason, "error": error}
    return answer(status, json.dumps(body).encode())


def test_the_consent_address_has_pkce_and_no_scope(zoom: ZoomProvider, simulators: Simulators) -> None:
    url = zoom.authorize_url(redirect_uri=REDIRECT_URI, state="st-1", code_verifier=CODE_VERIFIER)
    assert url.startswith(f"{simulators.zoom_url}/oauth/authorize?")
    query = dict(parse_qsl(urlsplit(url).query))
    assert sorted(query) == [
        "client_id",
        "code_challenge",
        "code_challenge_method",
        "redirect_uri",
        "response_type",
        "state",
    ]
    assert (query["redirect_uri"], query["state"]) == (REDIRECT_URI, "st-1")
    assert query["code_challenge_method"] == "S256"
    assert CODE_VERIFIER not in url


def test_a_whole_round_trip_gives_tokens_that_work(
    zoom: ZoomProvider, connect: Callable[[str], TokenSet]
) -> None:
    tokens = connect(PRIYA)
    assert set(REQUIRED) <= tokens.scopes
    assert zoom.missing_scopes(tokens.scopes) == []
    account = zoom.account(Grant(tokens.access_token, tokens.api_url))
    assert (account.email, account.display_name) == (PRIYA, "Priya Raman")
    assert (account.plan, account.timezone) == ("licensed", "Europe/London")


def test_a_missing_scope_is_named_after_connecting(
    zoom: ZoomProvider, connect: Callable[[str], TokenSet]
) -> None:
    tokens = connect("tom.adeyemi@northlight.example")
    assert zoom.missing_scopes(tokens.scopes) == ["meeting:delete:meeting"]


def test_the_classic_scopes_of_older_apps_are_enough(
    zoom: ZoomProvider, connect: Callable[[str], TokenSet]
) -> None:
    tokens = connect("chloe.martin@northlight.example")
    assert "meeting:write" in tokens.scopes
    assert zoom.missing_scopes(tokens.scopes) == []


def test_a_code_works_once(zoom: ZoomProvider) -> None:
    url = zoom.authorize_url(redirect_uri=REDIRECT_URI, state="s", code_verifier=CODE_VERIFIER)
    code = consent(url, PRIYA)["code"]
    zoom.exchange_code(code=code, redirect_uri=REDIRECT_URI, code_verifier=CODE_VERIFIER)
    with pytest.raises(RefusedError) as caught:
        zoom.exchange_code(code=code, redirect_uri=REDIRECT_URI, code_verifier=CODE_VERIFIER)
    assert caught.value.code == "code_refused"
    assert code not in caught.value.words


def test_a_code_is_worthless_without_its_verifier(zoom: ZoomProvider) -> None:
    url = zoom.authorize_url(redirect_uri=REDIRECT_URI, state="s", code_verifier=CODE_VERIFIER)
    code = consent(url, PRIYA)["code"]
    with pytest.raises(RefusedError) as caught:
        zoom.exchange_code(code=code, redirect_uri=REDIRECT_URI, code_verifier="x" * 64)
    assert caught.value.code == "code_refused"


def test_a_refresh_rotates_and_the_old_token_is_dead(
    zoom: ZoomProvider, connect: Callable[[str], TokenSet]
) -> None:
    first = connect(PRIYA)
    second = zoom.refresh(first.refresh_token)
    assert second.refresh_token != first.refresh_token
    assert zoom.account(Grant(second.access_token)).email == PRIYA
    with pytest.raises(ConnectionRevokedError):
        zoom.refresh(first.refresh_token)


def test_a_grant_that_its_owner_revoked_is_told_apart_from_an_expired_token(
    zoom: ZoomProvider, connect: Callable[[str], TokenSet], simulators: Simulators
) -> None:
    tokens = connect(PRIYA)
    simulators.revoke(PRIYA)
    with pytest.raises(AccessTokenRejectedError):
        zoom.account(Grant(tokens.access_token))
    with pytest.raises(ConnectionRevokedError) as caught:
        zoom.refresh(tokens.refresh_token)
    assert "reconnect" in caught.value.words


def test_a_revoked_grant_is_dead_and_revoking_again_is_no_error(
    zoom: ZoomProvider, connect: Callable[[str], TokenSet]
) -> None:
    tokens = connect(PRIYA)
    zoom.revoke(tokens.access_token)
    zoom.revoke(tokens.access_token)
    with pytest.raises(AccessTokenRejectedError):
        zoom.account(Grant(tokens.access_token))


def test_a_lost_answer_to_a_refresh_may_have_rotated_the_token(
    zoom: ZoomProvider, connect: Callable[[str], TokenSet], simulators: Simulators
) -> None:
    tokens = connect(PRIYA)
    simulators.zoom_switches(lose_next_token_answers=1)
    with pytest.raises(RetryableError) as caught:
        zoom.refresh(tokens.refresh_token)
    assert caught.value.maybe_applied


def test_token_calls_carry_everything_in_the_body_and_the_client_in_the_header(
    scripted_zoom: ZoomProvider, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(_tokens())
    scripted_zoom.exchange_code(code="c+/=&1", redirect_uri=REDIRECT_URI, code_verifier=CODE_VERIFIER)
    scripted_zoom.refresh("r+/=&2")
    exchange, refresh = scripted_server.requests
    for request in (exchange, refresh):
        assert request.target == "POST /oauth/token"
        assert request.header("Authorization") == "Basic aWQtb2YtdGhlLWFwcDpTRUNSRVQtT0YtVEhFLUFQUA=="
        assert (request.header("Content-Type") or "").startswith("application/x-www-form-urlencoded")
    assert parse_qs(exchange.body.decode()) == {
        "grant_type": ["authorization_code"],
        "code": ["c+/=&1"],
        "redirect_uri": [REDIRECT_URI],
        "code_verifier": [CODE_VERIFIER],
    }
    assert parse_qs(refresh.body.decode()) == {"grant_type": ["refresh_token"], "refresh_token": ["r+/=&2"]}


def test_revoking_sends_the_token_in_the_body(
    scripted_zoom: ZoomProvider, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(answer(200, b'{"status": "success"}'))
    scripted_zoom.revoke("access-1")
    [request] = scripted_server.requests
    assert request.target == "POST /oauth/revoke"
    assert parse_qs(request.body.decode())["token"] == ["access-1"]
    assert (request.header("Authorization") or "").startswith("Basic ")


def test_a_tokens_life_is_counted_from_before_the_request(
    scripted_zoom: ZoomProvider, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(_tokens())
    tokens = scripted_zoom.refresh("old")
    assert tokens == TokenSet(
        "ACCESS-CANARY",
        "REFRESH-CANARY",
        NOW + timedelta(seconds=3599),
        frozenset({"user:read:user", "meeting:write:meeting"}),
        "https://api-eu.zoom.us/v2",
    )


@pytest.mark.parametrize("lifetime", [..., None, "3600", 0, 3600.5, True, []])
def test_an_odd_lifetime_costs_no_one_the_connection(
    lifetime: object, scripted_zoom: ZoomProvider, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(_tokens(expires_in=lifetime))
    assert scripted_zoom.refresh("old").expires_at == NOW + timedelta(hours=1)


def test_an_endless_lifetime_is_not_believed(
    scripted_zoom: ZoomProvider, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(_tokens(expires_in=10**30))
    assert scripted_zoom.refresh("old").expires_at == NOW + timedelta(days=1)


@pytest.mark.parametrize("stated", [..., None, ""])
def test_an_answer_without_a_new_refresh_token_keeps_the_old_one(
    stated: object, scripted_zoom: ZoomProvider, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(_tokens(refresh_token=stated))
    assert scripted_zoom.refresh("old").refresh_token == "old"


def test_an_answer_without_scopes_means_those_asked_for(
    scripted_zoom: ZoomProvider, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(_tokens(scope=...))
    assert scripted_zoom.refresh("old").scopes == frozenset(REQUIRED)


def test_only_regions_of_zoom_are_taken_from_an_answer(
    scripted_zoom: ZoomProvider, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(_tokens(api_url="https://api.zoom.us.evil.example"))
    assert scripted_zoom.refresh("old").api_url is None


@pytest.mark.parametrize(
    ("script", "expected", "code"),
    [
        (_error("invalid_grant", "Invalid Token!"), ConnectionRevokedError, "revoked"),
        (_error("invalid_grant"), ConnectionRevokedError, "revoked"),
        (_error("invalid_grant", status=401), ConnectionRevokedError, "revoked"),
        (_error("invalid_grant", status=200), ConnectionRevokedError, "revoked"),
        (_error("invalid_request", "Invalid Token!"), ConnectionRevokedError, "revoked"),
        (_error("invalid_request", "Missing field"), RefusedError, "refused"),
        (_error("unsupported_grant_type", "unsupported grant type"), RefusedError, "refused"),
        (
            _error("invalid_client", "Invalid client_id or client_secret"),
            InvalidClientError,
            "invalid_client",
        ),
        (_error("invalid_client", status=401), InvalidClientError, "invalid_client"),
        (answer(401, b"{}"), RefusedError, "refused"),
        (answer(400, b'{"status":false,"errorMessage":"Invalid redirect url"}'), RefusedError, "refused"),
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
    scripted_zoom: ZoomProvider,
    scripted_server: ScriptedServer,
) -> None:
    scripted_server.answers(script)
    with pytest.raises(ProviderError) as caught:
        scripted_zoom.refresh("REFRESH-CANARY")
    assert (type(caught.value), caught.value.code) == (expected, code)


@pytest.mark.parametrize(
    "script",
    [
        _error("invalid_grant", "Invalid authorization code CODE-CANARY"),
        _error("invalid_request", "Invalid authorization code CODE-CANARY"),
        _error("CODE-CANARY", "The code CODE-CANARY is bad"),
    ],
)
def test_a_refused_code_is_never_repeated(
    script: Script, scripted_zoom: ZoomProvider, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(script)
    with pytest.raises(RefusedError) as caught:
        scripted_zoom.exchange_code(
            code="CODE-CANARY", redirect_uri=REDIRECT_URI, code_verifier=CODE_VERIFIER
        )
    assert "CANARY" not in f"{vars(caught.value)} {caught.value!r}"


def test_a_first_exchange_without_refresh_token_is_unusable(
    scripted_zoom: ZoomProvider, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(_tokens(refresh_token=...))
    with pytest.raises(RetryableError) as caught:
        scripted_zoom.exchange_code(code="c", redirect_uri=REDIRECT_URI, code_verifier=CODE_VERIFIER)
    assert caught.value.code == "nonsense"


@pytest.mark.parametrize(
    "script",
    [
        answer(200, b'{"status": "success"}'),
        answer(200, b""),
        _error("invalid_token"),
        _error("invalid_grant"),
        _error("invalid_request", "Invalid Token!"),
    ],
)
def test_revoking_what_is_dead_succeeds(
    script: Script, scripted_zoom: ZoomProvider, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(script)
    scripted_zoom.revoke("access-1")


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (_error("invalid_client"), InvalidClientError),
        (answer(200, b"<html>"), RetryableError),
        (answer(502, b"<html>"), RetryableError),
        (_error("server_busy"), RefusedError),
    ],
)
def test_revoking_fails_where_it_may_not_have_happened(
    script: Script,
    expected: type[ProviderError],
    scripted_zoom: ZoomProvider,
    scripted_server: ScriptedServer,
) -> None:
    scripted_server.answers(script)
    with pytest.raises(expected):
        scripted_zoom.revoke("access-1")
