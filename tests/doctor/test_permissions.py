"""Which issuer people may sign in with, and what their connected accounts have allowed."""

import pytest
from flask import Flask

from database import read_only
from doctor import grants, sign_in
from doctor.results import Level, Result
from extensions import db
from models import Connection, ConnectionState
from tests.factories import Team, connect_zoom, create_team
from tests.machines.application import MakeApp
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators

ISSUER, ACCOUNTS = "Northlight ID", "Zoom: accounts"


@pytest.fixture
def web(make_app: MakeApp, simulators: Simulators) -> Flask:
    return make_app({**simulators.settings(), **simulators.issuer.settings()})


def signing_in(app: Flask) -> dict[str, Result]:
    with app.app_context(), read_only():
        return {result.name: result for result in sign_in.check(10)}


def accounts(app: Flask) -> dict[str, Result]:
    with app.app_context(), read_only():
        return {result.name: result for result in grants.check()}


def test_issuer_that_answers_under_its_name_is_sound(web: Flask, simulators: Simulators) -> None:
    found = signing_in(web)
    assert found[ISSUER].level is Level.OK
    assert simulators.issuer.url in found[ISSUER].what
    address = found[f"{ISSUER}: redirect address"].copy
    assert address == "http://localhost/login/single-sign-on/callback"


def test_without_an_issuer_there_is_nothing_to_look_at(make_app: MakeApp) -> None:
    [result] = signing_in(make_app()).values()
    assert result.level is Level.OK


@pytest.mark.parametrize(
    ("switches", "level", "says"),
    [
        ({"discovery": "another_issuer"}, Level.BROKEN, "OIDC_ISSUER"),
        ({"discovery": "html"}, Level.LOOK, "try again"),
        ({"discovery": "server_error"}, Level.LOOK, "try again"),
        ({"token_endpoint": "drop"}, Level.LOOK, "try again"),
        ({"token_endpoint": "invalid_client"}, Level.BROKEN, "OIDC_CLIENT_SECRET"),
    ],
)
def test_issuer_that_no_one_could_sign_in_with_is_named_with_what_to_do(
    web: Flask, simulators: Simulators, switches: dict[str, str], level: Level, says: str
) -> None:
    simulators.issuer.switches(**switches)
    found = signing_in(web)
    assert found[ISSUER].level is level
    assert says in found[ISSUER].cure
    assert "Passwords go on working." in found[ISSUER].why
    if switches.get("discovery") == "another_issuer":
        assert found[ISSUER].copy == f"{simulators.issuer.url}/.well-known/openid-configuration"
    # The address to register is there in any case.
    assert found[f"{ISSUER}: redirect address"].copy


@pytest.fixture
def team(web: Flask, simulators: Simulators) -> Team:
    with in_rows(web):
        team = create_team()
        connect_zoom(team.ben, simulators)
        return team


def change(app: Flask, **values: object) -> None:
    with in_rows(app):
        for name, value in values.items():
            setattr(db.session.scalars(db.select(Connection)).one(), name, value)
        db.session.commit()


def test_accounts_that_have_allowed_everything_are_counted(web: Flask, team: Team) -> None:
    result = accounts(web)[ACCOUNTS]
    assert result.level is Level.OK
    assert result.what.startswith("1 account connected")


def test_permission_that_is_missing_is_named_with_whose(web: Flask, team: Team) -> None:
    """As after an upgrade that needs more than people were asked for."""
    change(web, scopes="user:read:user meeting:write:meeting meeting:read:meeting meeting:read:list_meetings")
    result = accounts(web)[ACCOUNTS]
    assert (result.level, result.copy) == (Level.LOOK, "meeting:delete:meeting meeting:update:meeting")
    assert result.what == "Ben Frei has not allowed all that is needed."
    assert "Connected Apps" in result.cure


def test_account_that_has_to_be_connected_again_is_named(web: Flask, team: Team) -> None:
    change(web, state=ConnectionState.RECONNECT_NEEDED, problem="It was revoked.")
    result = accounts(web)[ACCOUNTS]
    assert (result.level, result.what) == (Level.LOOK, "Ben Frei has to reconnect their account.")
