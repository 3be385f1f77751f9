"""What the catalogue says about Microsoft's apps, and how their clients are built."""

import pytest

from config import load_settings
from connections.app_spec import AppClients, AppSpec
from connections.apps import outlook_calendar, outlook_mail
from scheduling.software import softwares_of

APPS = [outlook_calendar.SPEC, outlook_mail.SPEC]
SET_UP = {"MICROSOFT_CLIENT_ID": "id-of-the-app", "MICROSOFT_CLIENT_SECRET": "secret"}


def _clients(spec: AppSpec, settings: dict[str, str]) -> AppClients | None:
    assert spec.build is not None
    return spec.build(load_settings({}, settings))


@pytest.mark.parametrize("spec", APPS, ids=["calendar", "mail"])
def test_what_people_are_told_is_what_is_asked_for(spec: AppSpec) -> None:
    clients = _clients(spec, SET_UP)
    assert clients is not None
    asked_for = [permission.scope for permission in spec.permissions]
    assert clients.oauth.missing_scopes(frozenset()) == asked_for
    assert (clients.calendar is not None) is spec.keeps_entries
    assert (clients.meetings is not None) is bool(softwares_of(spec.key)) is bool(spec.meetings)
    assert (clients.mail is not None) is spec.sends_mail
    assert spec.consent_url is not None
    address = clients.oauth.authorize_url(
        redirect_uri="http://localhost/x", state="s", code_verifier="v" * 43
    )
    assert address.startswith(f"{spec.consent_url(load_settings({}, SET_UP))}/common/")


@pytest.mark.parametrize("spec", APPS, ids=["calendar", "mail"])
def test_without_credentials_nothing_is_made(spec: AppSpec) -> None:
    assert _clients(spec, {}) is None


def test_the_operators_directory_is_the_one_that_people_are_sent_to() -> None:
    clients = _clients(outlook_calendar.SPEC, {**SET_UP, "MICROSOFT_TENANT": "northlight.example"})
    assert clients is not None
    address = clients.oauth.authorize_url(
        redirect_uri="http://localhost/x", state="s", code_verifier="v" * 43
    )
    assert address.startswith("https://login.microsoftonline.com/northlight.example/oauth2/v2.0/authorize?")
