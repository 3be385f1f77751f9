"""Whose a Google grant is, and the addresses that Google has."""

import json
from dataclasses import replace
from typing import Any

import pytest

from providers.base import Account, Grant
from providers.errors import AccessTokenRejectedError, ProviderError, RetryableError, ScopeMissingError
from providers.google.provider import GmailApp, GoogleSettings
from tests.providers.scripted_server import Script, ScriptedServer, answer


@pytest.mark.parametrize(
    "body",
    [
        {"sub": "1102", "email": "priya@x.example", "email_verified": True, "picture": "https://x.example/p"},
        {"id": "1102", "email": "priya@x.example", "verified_email": True},
        {"sub": "1102", "id": "another", "email": "priya@x.example"},
    ],
)
def test_an_account_is_known_by_its_number(
    body: dict[str, object], scripted_gmail: GmailApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(answer(200, json.dumps(body).encode()))
    account = scripted_gmail.accounts.account(Grant("t"))
    assert account == Account("1102", "priya@x.example", "priya@x.example", "unknown")
    [request] = scripted_server.requests
    assert request.target == "GET /v1/userinfo"
    assert request.header("Authorization") == "Bearer t"


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (
            answer(401, b'{"error": "invalid_request", "error_description": "Invalid Credentials"}'),
            AccessTokenRejectedError,
        ),
        (answer(401, b'{"error": {"code": 401, "status": "UNAUTHENTICATED"}}'), AccessTokenRejectedError),
        (answer(401, b"<html>"), RetryableError),
        (
            answer(403, b'{"error": {"details": [{"reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]}}'),
            ScopeMissingError,
        ),
        (answer(200, b'{"email": "priya@x.example"}'), RetryableError),
        (answer(200, b'{"sub": 7}'), RetryableError),
        (answer(200, b'{"sub": "  "}'), RetryableError),
    ],
)
def test_account_data_that_cannot_be_used(
    script: Script, expected: type[ProviderError], scripted_gmail: GmailApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(script)
    with pytest.raises(expected) as caught:
        scripted_gmail.accounts.account(Grant("t"))
    assert type(caught.value) is expected


@pytest.mark.parametrize("url", ["", "accounts.google.com", "ftp://google.example", "https://"])
@pytest.mark.parametrize(
    "name", ["auth_url", "token_url", "revoke_url", "userinfo_url", "calendar_url", "gmail_url"]
)
def test_an_address_that_is_not_one_is_refused_at_once(name: str, url: str) -> None:
    changed: Any = {name: url}
    with pytest.raises(ValueError, match=name):
        replace(GoogleSettings("id", "secret"), **changed)


def test_settings_do_not_show_the_secret() -> None:
    assert "hush" not in repr(GoogleSettings("id", "hush"))
