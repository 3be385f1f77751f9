"""Microsoft's OAuth: what is asked for, what is proved, and which answers cost a connection."""

from datetime import timedelta
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from providers.base import Account, TokenSet
from providers.errors import (
    RefusedError,
)
from providers.id_tokens import nonce_of
from providers.microsoft.identity import PERSONAL
from providers.microsoft.provider import MicrosoftSettings, OutlookCalendarApp, OutlookMailApp
from providers.microsoft.scopes import CALENDAR_APP, CALENDARS, MAIL_APP, PROFILE, SEND, missing_scopes
from tests.providers.conftest import CODE_VERIFIER, NOW, microsoft_settings_on
from tests.providers.microsoft_tokens import (
    PERSON,
    REDIRECT_URI,
    SIGN_IN,
    TENANT,
    exchange,
    id_token_of,
    part,
    tokens_with,
)
from tests.providers.scripted_server import ScriptedServer


@pytest.mark.parametrize(
    ("app", "scope"),
    [
        ("scripted_outlook", f"{SIGN_IN} {CALENDARS} {PROFILE}"),
        ("scripted_outlook_mail", f"{SIGN_IN} {SEND} {PROFILE}"),
    ],
)
def test_the_consent_address_asks_for_a_lasting_grant_of_this_app_alone(
    app: str, scope: str, request: pytest.FixtureRequest, scripted_server: ScriptedServer
) -> None:
    outlook: OutlookCalendarApp | OutlookMailApp = request.getfixturevalue(app)
    url = outlook.oauth.authorize_url(redirect_uri=REDIRECT_URI, state="st-1", code_verifier=CODE_VERIFIER)
    assert url.startswith(f"{scripted_server.url}/common/oauth2/v2.0/authorize?")
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
        "response_mode": "query",
        "prompt": "select_account",
    }
    assert CODE_VERIFIER not in url


@pytest.mark.parametrize(
    ("tenant", "asked"),
    [
        ("common", "organizations"),
        ("organizations", "organizations"),
        ("consumers", "organizations"),
        ("northlight.example", "northlight.example"),
        (TENANT, TENANT),
    ],
)
def test_an_administrator_is_asked_for_the_same_scopes_where_there_are_administrators(
    tenant: str, asked: str, scripted_server: ScriptedServer
) -> None:
    app = OutlookCalendarApp(microsoft_settings_on(scripted_server, tenant))
    url = app.oauth.admin_consent_url(redirect_uri=REDIRECT_URI, state="st-1")
    assert url.startswith(f"{scripted_server.url}/{asked}/v2.0/adminconsent?")
    assert dict(parse_qsl(urlsplit(url).query)) == {
        "client_id": "id-of-the-app",
        "redirect_uri": REDIRECT_URI,
        "state": "st-1",
        "scope": f"{SIGN_IN} {CALENDARS} {PROFILE}",
    }


def test_without_configured_addresses_people_are_sent_to_microsoft_itself() -> None:
    app = OutlookCalendarApp(MicrosoftSettings("my-app", "secret", tenant="organizations"))
    url = app.oauth.authorize_url(redirect_uri=REDIRECT_URI, state="s", code_verifier="v" * 43)
    assert url.startswith("https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize?")


def test_an_exchange_gives_tokens_and_proves_whose_they_are(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(tokens_with(id_token=id_token_of(scripted_server)))
    assert exchange(scripted_outlook) == TokenSet(
        "ACCESS-CANARY",
        "0.REFRESH-CANARY",
        NOW + timedelta(seconds=3599),
        frozenset({CALENDARS, PROFILE, "profile", "openid", "email"}),
        None,
        Account(f"{TENANT}.{PERSON}", "priya.raman@northlight.example", "Priya Raman", "licensed"),
    )
    [request] = scripted_server.requests
    assert request.target == "POST /common/oauth2/v2.0/token"
    assert parse_qs(request.body.decode()) == {
        "grant_type": ["authorization_code"],
        "code": ["0.CODE"],
        "redirect_uri": [REDIRECT_URI],
        "code_verifier": [CODE_VERIFIER],
        "scope": [f"{SIGN_IN} {CALENDARS} {PROFILE}"],
        "client_id": ["id-of-the-app"],
        "client_secret": ["SECRET-OF-THE-APP"],
    }


def test_a_personal_account_is_told_apart(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(
        tokens_with(id_token=id_token_of(scripted_server, tid=PERSONAL, email="priya@outlook.example"))
    )
    account = exchange(scripted_outlook).account
    assert isinstance(account, Account)
    assert (account.id, account.email, account.plan) == (
        f"{PERSONAL}.{PERSON}",
        "priya@outlook.example",
        "basic",
    )


@pytest.mark.parametrize(
    ("claims", "email", "name"),
    [
        ({"email": "x", "preferred_username": "p@x.example"}, "", "Priya Raman"),
        ({"preferred_username": ..., "name": ...}, "", ""),
        ({"preferred_username": "priya_mail.example#EXT#@x.example"}, "", "Priya Raman"),
        ({"name": " "}, "priya.raman@northlight.example", "priya.raman@northlight.example"),
        ({"name": "n" * 500}, "priya.raman@northlight.example", "n" * 160),
        ({"tid": TENANT.upper()}, "priya.raman@northlight.example", "Priya Raman"),
    ],
)
def test_addresses_and_names_are_shown_as_far_as_they_are_some(
    claims: dict[str, object],
    email: str,
    name: str,
    scripted_outlook: OutlookCalendarApp,
    scripted_server: ScriptedServer,
) -> None:
    issuer = f"{scripted_server.url}/{TENANT}/v2.0"
    scripted_server.answers(tokens_with(id_token=id_token_of(scripted_server, iss=issuer, **claims)))
    account = exchange(scripted_outlook).account
    assert isinstance(account, Account)
    assert (account.id, account.email, account.display_name) == (f"{TENANT}.{PERSON}", email, name)


OTHER = "11111111-2222-3333-4444-555555555555"


@pytest.mark.parametrize(
    "changes",
    [
        # The issuer belongs to another directory than the token, is the pattern itself, or is anyone.
        {"iss": f"https://login.microsoftonline.com/{OTHER}/v2.0"},
        {"iss": "https://login.microsoftonline.com/{tenantid}/v2.0"},
        {"iss": f"https://evil.example/{TENANT}/v2.0"},
        {"iss": ...},
        {"tid": ...},
        {"tid": "common"},
        {"tid": 7},
        {"oid": ...},
        {"oid": "priya"},
        {"aud": "another-app"},
        {"aud": ["id-of-the-app", "another-app"]},
        {"aud": ...},
        {"exp": int(NOW.timestamp()) - 3600},
        {"exp": ...},
        {"exp": "soon"},
        {"nonce": "another"},
        {"nonce": ...},
    ],
)
def test_an_id_token_that_proves_nothing_connects_no_one(
    changes: dict[str, object], scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(tokens_with(id_token=id_token_of(scripted_server, **changes)))
    account = exchange(scripted_outlook).account
    assert isinstance(account, RefusedError)
    assert account.code == "account_unproven"


@pytest.mark.parametrize("id_token", ["a.b.c", "a.b", "ü.ü.ü", f"{part({})}.{part([1])}.", "", None, ...])
def test_what_is_not_an_id_token_connects_no_one(
    id_token: object, scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(tokens_with(id_token=id_token))
    account = exchange(scripted_outlook).account
    assert isinstance(account, RefusedError)
    assert account.code == "account_unproven"


@pytest.mark.parametrize(
    ("tenant", "directory", "may"),
    [
        ("common", PERSONAL, True),
        ("common", TENANT, True),
        ("organizations", TENANT, True),
        ("organizations", PERSONAL, False),
        ("consumers", PERSONAL, True),
        ("consumers", TENANT, False),
        (TENANT, TENANT, True),
        (TENANT, OTHER, False),
        (TENANT, PERSONAL, False),
        ("northlight.example", TENANT, True),
    ],
)
def test_only_accounts_that_the_operator_lets_in_can_connect(
    tenant: str, directory: str, may: bool, scripted_server: ScriptedServer
) -> None:
    app = OutlookCalendarApp(microsoft_settings_on(scripted_server, tenant), clock=lambda: NOW)
    scripted_server.answers(tokens_with(id_token=id_token_of(scripted_server, tid=directory)))
    account = exchange(app).account
    if may:
        assert isinstance(account, Account)
        return
    assert isinstance(account, RefusedError)
    assert account.code == "account_not_allowed"


@pytest.mark.parametrize("stated", [..., None, ""])
def test_without_a_refresh_token_nothing_is_connected(
    stated: object, scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(tokens_with(refresh_token=stated, id_token=id_token_of(scripted_server)))
    with pytest.raises(RefusedError) as caught:
        exchange(scripted_outlook)
    assert caught.value.code == "no_refresh_token"


def test_scopes_may_have_the_service_in_front_and_any_case() -> None:
    graph = "https://graph.microsoft.com/"
    assert missing_scopes(CALENDAR_APP, frozenset({f"{graph}Calendars.ReadWrite", "user.read"})) == []
    assert missing_scopes(CALENDAR_APP, frozenset({"Mail.Send"})) == [CALENDARS, PROFILE]
    assert missing_scopes(MAIL_APP, frozenset({CALENDARS, PROFILE})) == [SEND]


def test_scopes_of_an_answer_are_stored_without_the_service(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scope = "https://graph.microsoft.com/Calendars.ReadWrite https://graph.microsoft.com/User.Read"
    scripted_server.answers(
        tokens_with(scope=scope), tokens_with(scope=...), tokens_with(scope="User.Read openid")
    )
    assert scripted_outlook.oauth.refresh("old").scopes == {CALENDARS, PROFILE}
    assert scripted_outlook.oauth.refresh("old").scopes == {CALENDARS, PROFILE}
    scopes = scripted_outlook.oauth.refresh("old").scopes
    assert scripted_outlook.oauth.missing_scopes(scopes) == [CALENDARS]
