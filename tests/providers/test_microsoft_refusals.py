"""What Microsoft's sign-in refuses, and what that means for a connection."""

import json
from datetime import timedelta
from urllib.parse import parse_qs

import pytest

from providers.base import Account, Grant
from providers.errors import (
    AccessTokenRejectedError,
    ConnectionRevokedError,
    HostNotAllowedError,
    InvalidClientError,
    NotRevocableError,
    ProviderError,
    RateLimitedError,
    RefusedError,
    RetryableError,
    ScopeMissingError,
)
from providers.microsoft.identity import PERSONAL
from providers.microsoft.provider import OutlookCalendarApp, OutlookMailApp
from providers.microsoft.scopes import CALENDARS, PROFILE
from tests.providers.conftest import NOW
from tests.providers.microsoft_answers import refused
from tests.providers.microsoft_tokens import (
    PERSON,
    SIGN_IN,
    TENANT,
    exchange,
    refused_with,
    tokens_with,
)
from tests.providers.scripted_server import Script, ScriptedServer, answer, drop


def test_a_refresh_brings_a_new_token_and_may_be_repeated(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(drop, tokens_with(refresh_token="0.NEW"), tokens_with(refresh_token=...))
    with pytest.raises(RetryableError) as caught:
        scripted_outlook.oauth.refresh("0.OLD")
    assert (caught.value.code, caught.value.maybe_applied) == ("dropped", False)
    assert scripted_outlook.oauth.refresh("0.OLD").refresh_token == "0.NEW"
    assert scripted_outlook.oauth.refresh("0.OLD").refresh_token == "0.OLD"
    assert parse_qs(scripted_server.requests[0].body.decode()) == {
        "grant_type": ["refresh_token"],
        "refresh_token": ["0.OLD"],
        "scope": [f"{SIGN_IN} {CALENDARS} {PROFILE}"],
        "client_id": ["id-of-the-app"],
        "client_secret": ["SECRET-OF-THE-APP"],
    }


@pytest.mark.parametrize("lifetime", [..., None, "3600", 0, 3600.5, True, []])
def test_an_odd_lifetime_costs_no_one_the_connection(
    lifetime: object, scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(tokens_with(expires_in=lifetime))
    assert scripted_outlook.oauth.refresh("old").expires_at == NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("script", "expected", "code", "words"),
    [
        (refused_with("invalid_grant", 70000), ConnectionRevokedError, "revoked", "no longer accepts"),
        (refused_with("invalid_grant", 700082), ConnectionRevokedError, "unused", "too long"),
        (refused_with("invalid_grant", 50173), ConnectionRevokedError, "signed_out", "password was changed"),
        (
            refused_with("invalid_grant", 50076, suberror="basic_action"),
            ConnectionRevokedError,
            "sign_in_again",
            "sign in",
        ),
        (
            refused_with("interaction_required", 50079),
            ConnectionRevokedError,
            "sign_in_again",
            "sign in again",
        ),
        (
            refused_with("interaction_required", 53003, claims="{}"),
            ConnectionRevokedError,
            "sign_in_again",
            "sign in",
        ),
        (
            refused_with("invalid_grant", 65001, suberror="consent_required"),
            ConnectionRevokedError,
            "admin_consent_needed",
            "administrator",
        ),
        (refused_with("consent_required"), ConnectionRevokedError, "admin_consent_needed", "administrator"),
        (refused_with("invalid_client", 7000222, 401), InvalidClientError, "secret_expired", "has expired"),
        (refused_with("invalid_client", 7000215, 401), InvalidClientError, "wrong_secret", "client secret"),
        (
            refused_with("unauthorized_client", 700016),
            InvalidClientError,
            "unknown_app",
            "MICROSOFT_TENANT",
        ),
        (refused_with("invalid_request", 9002332), InvalidClientError, "wrong_tenant", "MICROSOFT_TENANT"),
        (refused_with("invalid_request", 50194), InvalidClientError, "wrong_tenant", "MICROSOFT_TENANT"),
        (refused_with("invalid_scope", 70011), RefusedError, "refused", "Said by Microsoft"),
        (refused_with("temporarily_unavailable", 90033), RetryableError, "unavailable", "problems"),
        (refused_with("invalid_request", 90024), RetryableError, "unavailable", "problems"),
        (refused_with("invalid_grant", 50196), RateLimitedError, "rate_limit", "too many"),
        (answer(401, b"{}"), RefusedError, "refused", "refused the sign-in"),
        (answer(429, b"{}"), RateLimitedError, "rate_limit", "too many"),
        (answer(400, b"<html>"), RetryableError, "nonsense", "can't be used"),
        (answer(400, b""), RetryableError, "nonsense", "can't be used"),
        (answer(200, b"<html>"), RetryableError, "nonsense", "can't be used"),
        (answer(200, b"{}"), RetryableError, "nonsense", "can't be used"),
        (tokens_with(access_token=7), RetryableError, "nonsense", "can't be used"),
        (tokens_with(access_token="two\r\nlines"), RetryableError, "nonsense", "can't be used"),
        (answer(302, headers={"Location": "/login"}), RetryableError, "nonsense", "can't be used"),
        (answer(500, b"<html>"), RetryableError, "unavailable", "problems"),
        (answer(503, b'{"error": "invalid_grant"}'), RetryableError, "unavailable", "problems"),
        (drop, RetryableError, "dropped", "closed the connection"),
    ],
)
def test_only_a_dead_grant_counts_as_revoked_on_refresh(
    script: Script,
    expected: type[ProviderError],
    code: str,
    words: str,
    scripted_outlook: OutlookCalendarApp,
    scripted_server: ScriptedServer,
) -> None:
    scripted_server.answers(script)
    with pytest.raises(ProviderError, match=words) as caught:
        scripted_outlook.oauth.refresh("REFRESH-CANARY")
    assert (type(caught.value), caught.value.code) == (expected, code)
    assert "Trace ID" not in caught.value.words


@pytest.mark.parametrize(
    ("script", "code"),
    [
        (refused_with("invalid_grant", 70008), "code_refused"),
        (refused_with("invalid_grant", 54005), "code_refused"),
        (refused_with("invalid_grant", 65001), "admin_consent_needed"),
        (refused_with("access_denied", 90094), "admin_consent_needed"),
        (refused_with("consent_required"), "admin_consent_needed"),
        (refused_with("interaction_required", 50076), "refused"),
        (refused_with("invalid_grant", 50105), "refused"),
    ],
)
def test_a_refused_code_says_what_is_missing_and_is_never_repeated(
    script: Script, code: str, scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(script)
    with pytest.raises(RefusedError) as caught:
        exchange(scripted_outlook)
    assert caught.value.code == code
    assert "0.CODE" not in f"{vars(caught.value)} {caught.value!r}"


def test_numbers_are_kept_for_support(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(refused_with("invalid_grant", 700082))
    with pytest.raises(ConnectionRevokedError) as caught:
        scripted_outlook.oauth.refresh("old")
    assert caught.value.facts.provider_code == "invalid_grant AADSTS700082"


@pytest.mark.parametrize(
    ("error", "description", "subcode", "expected", "code"),
    [
        ("access_denied", "AADSTS65004: User declined.", "cancel", RefusedError, "declined"),
        ("access_denied", "", "", RefusedError, "declined"),
        ("access_denied", "AADSTS90094: The grant requires admin.", "", RefusedError, "admin_consent_needed"),
        ("access_denied", "AADSTS90095: Ask for access.", "", RefusedError, "admin_consent_needed"),
        ("access_denied", "AADSTS65001: No consent.", "", RefusedError, "admin_consent_needed"),
        ("consent_required", "", "", RefusedError, "admin_consent_needed"),
        ("access_denied", "AADSTS50105: Not assigned.", "", RefusedError, "refused"),
        ("unauthorized_client", "AADSTS700016: Not found.", "", InvalidClientError, "unknown_app"),
        ("invalid_request", "AADSTS50194: Not multi-tenant.", "", InvalidClientError, "wrong_tenant"),
        ("temporarily_unavailable", "", "", RetryableError, "unavailable"),
        ("invalid_resource", "AADSTS500011: priya@x.example", "", RefusedError, "account_not_allowed"),
        ("login_required", "Sign in, priya@x.example. Trace ID: 7", "", RefusedError, "refused"),
    ],
)
def test_what_people_are_sent_back_with_is_told_apart(
    error: str,
    description: str,
    subcode: str,
    expected: type[ProviderError],
    code: str,
    scripted_outlook: OutlookCalendarApp,
) -> None:
    problem = scripted_outlook.oauth.redirect_error(error, description, subcode)
    assert (type(problem), problem.code) == (expected, code)
    assert "@" not in problem.words


@pytest.mark.parametrize(
    ("answer", "code", "directory"),
    [
        ({"admin_consent": "True", "tenant": TENANT.upper()}, None, TENANT),
        ({"admin_consent": "true", "tenant": "no directory"}, None, ""),
        ({"admin_consent": "True", "tenant": PERSONAL}, None, ""),
        ({"error": "access_denied", "error_subcode": "cancel"}, "declined", ""),
        ({"error": "permission_denied"}, "declined", ""),
        # Microsoft's own example of an administrator who declined names both.
        (
            {"error": "consent_required", "error_description": "AADSTS65004: No.", "admin_consent": "True"},
            "declined",
            "",
        ),
        (
            {"error": "access_denied", "error_description": "AADSTS90093: Not you."},
            "admin_consent_needed",
            "",
        ),
        ({"error": "temporarily_unavailable"}, "unavailable", ""),
        ({"admin_consent": "False"}, "refused", ""),
        ({}, "refused", ""),
    ],
)
def test_what_an_administrator_comes_back_with_is_told_apart(
    answer: dict[str, str], code: str | None, directory: str, scripted_outlook: OutlookCalendarApp
) -> None:
    read = scripted_outlook.oauth.admin_answer(answer)
    assert (read.refusal.code if read.refusal is not None else None, read.directory) == (code, directory)


def test_directory_of_an_account_is_in_its_id(scripted_outlook: OutlookCalendarApp) -> None:
    assert scripted_outlook.oauth.directory_of(f"{TENANT}.{PERSON}") == TENANT
    assert scripted_outlook.oauth.directory_of(f"{PERSONAL}.{PERSON}") == ""
    assert scripted_outlook.oauth.directory_of(PERSON.replace("-", "")) == ""


def test_a_lost_exchange_may_have_been_one(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(drop)
    with pytest.raises(RetryableError) as caught:
        exchange(scripted_outlook)
    assert caught.value.maybe_applied


def test_revoking_says_that_it_cannot_be_done_and_asks_no_one(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    with pytest.raises(NotRevocableError, match=r"myapps\.microsoft\.com") as caught:
        scripted_outlook.oauth.revoke("access-1")
    assert caught.value.code == "not_revocable"
    assert scripted_server.requests == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            {"id": PERSON, "displayName": "Priya", "mail": "p@x.example", "userPrincipalName": "q@x.example"},
            Account(PERSON, "p@x.example", "Priya", "licensed", id_is_part=True),
        ),
        (
            {"id": PERSON, "displayName": None, "mail": None, "userPrincipalName": "q@x.example"},
            Account(PERSON, "q@x.example", "q@x.example", "licensed", id_is_part=True),
        ),
        (
            {"id": "48d31887-5fad-4d73-a9f5-3c356e68a038", "userPrincipalName": "a_b.example#EXT#@x.example"},
            Account("48d31887-5fad-4d73-a9f5-3c356e68a038", "", "", "licensed", id_is_part=True),
        ),
        (
            {"id": "ba0c21f9e3f35c9d", "mail": "p@o.example"},
            Account(
                "00000000-0000-0000-ba0c-21f9e3f35c9d",
                "p@o.example",
                "p@o.example",
                "basic",
                id_is_part=True,
            ),
        ),
    ],
)
def test_an_account_is_asked_for(
    body: dict[str, object],
    expected: Account,
    scripted_outlook_mail: OutlookMailApp,
    scripted_server: ScriptedServer,
) -> None:
    scripted_server.answers(answer(200, json.dumps(body).encode()))
    assert scripted_outlook_mail.accounts.account(Grant("t")) == expected
    [request] = scripted_server.requests
    assert request.target == "GET /v1.0/me?$select=id,displayName,mail,userPrincipalName"
    assert request.header("Authorization") == "Bearer t"
    assert request.header("Prefer") == 'IdType="ImmutableId", outlook.timezone="UTC"'
    assert len(request.header("client-request-id") or "") == 36


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (refused(401, "InvalidAuthenticationToken"), AccessTokenRejectedError),
        (answer(401, b"<html>"), RetryableError),
        (answer(401, b"", headers={"WWW-Authenticate": 'Bearer realm=""'}), AccessTokenRejectedError),
        (
            answer(
                401,
                b"",
                headers={"WWW-Authenticate": 'Bearer error="insufficient_claims", claims="eyJhIjoxfQ=="'},
            ),
            AccessTokenRejectedError,
        ),
        (refused(403, "insufficient_claims"), AccessTokenRejectedError),
        (refused(403, "Authorization_RequestDenied"), ScopeMissingError),
        (refused(404, "MailboxNotEnabledForRESTAPI"), HostNotAllowedError),
        (answer(200, b'{"mail": "priya@x.example"}'), RetryableError),
        (answer(200, b'{"id": 7}'), RetryableError),
    ],
)
def test_account_data_that_cannot_be_used(
    script: Script,
    expected: type[ProviderError],
    scripted_outlook_mail: OutlookMailApp,
    scripted_server: ScriptedServer,
) -> None:
    scripted_server.answers(script)
    with pytest.raises(expected) as caught:
        scripted_outlook_mail.accounts.account(Grant("t"))
    assert type(caught.value) is expected
