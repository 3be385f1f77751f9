"""A new provider needs only the places that the README names: a made-up one, put there, works."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Flask

from connections.app_spec import AppSpec
from extensions import db
from models import Connection, ConnectionState, Organization
from tests.accounts.mails import do_background_work
from tests.factories import PASSWORD, create_team
from tests.machines.application import MakeApp
from tests.machines.made_up_provider import MADE_UP, ROOT, SETTINGS, in_place, with_templates
from tests.machines.rows import in_rows
from tests.made_up_provider.simulator import AcmeServer
from tests.pages.visitor import Visitor
from tests.providers.contract import checks_for
from tests.providers.subject import Check, Subject
from tests.web.round_trips import APPS, card_of, stored


@pytest.fixture
def acme(monkeypatch: pytest.MonkeyPatch) -> Iterator[AppSpec]:
    with in_place(monkeypatch) as spec:
        yield spec


@pytest.fixture
def server() -> AcmeServer:
    return AcmeServer()


@pytest.fixture
def app(acme: AppSpec, server: AcmeServer, make_app: MakeApp) -> Flask:
    """The product with the made-up provider set up, and connecting open to everyone."""
    app = with_templates(make_app({**SETTINGS, "ACME_SERVER": server}))
    with in_rows(app):
        create_team()
        db.session.get_one(Organization, 1).connecting_is_open = True
        db.session.commit()
    return app


def _connect(app: Flask, email: str, server: AcmeServer) -> Visitor:
    visitor = Visitor(app).sign_in(email, PASSWORD)
    address = visitor.post("/connect/acme", status=303).headers["Location"]
    state = parse_qs(urlsplit(address).query)["state"][0]
    back = urlencode({"state": state, "code": server.consent(address)})
    answer = visitor.get(f"/connect/acme/callback?{back}", status=303)
    assert answer.headers["Location"].endswith("?acme=connected")
    return visitor


def test_its_card_connects_and_disconnects(app: Flask, server: AcmeServer) -> None:
    ada = Visitor(app).sign_in("ada@northlight.example", PASSWORD)
    page = ada.get(APPS)
    assert "Makes a room for every interview." in card_of(page, "acme")
    assert "Made up" in [title.text for title in page.tree.all("h2")]
    assert "https://acme.example" in page.headers["Content-Security-Policy"]
    ada = _connect(app, "ada@northlight.example", server)
    card = card_of(ada.get(APPS), "acme")
    assert "Connected" in card
    assert "pat@acme.example" in card
    assert "Make rooms" in card
    ada.post("/disconnect/acme", status=303)
    do_background_work(app)
    assert server.refresh_tokens == set()


def test_colleagues_may_share_an_account_whose_grants_do_not_end_each_other(
    app: Flask, server: AcmeServer
) -> None:
    _connect(app, "ada@northlight.example", server)
    ben = _connect(app, "ben@northlight.example", server)
    rows = [row for row in stored(app) if row.app == "acme"]
    assert [row.state for row in rows] == [ConnectionState.CONNECTED] * 2
    assert {row.account_id for row in rows} == {"person-1"}
    ben.post("/disconnect/acme", status=303)
    do_background_work(app)
    assert len(server.refresh_tokens) == 1
    with in_rows(app):
        living = db.session.scalars(
            db.select(Connection).where(Connection.state == ConnectionState.CONNECTED)
        ).all()
        assert [row.user.name for row in living] == ["Ada Berg"]


def test_its_help_is_in_the_words_of_its_own_files(app: Flask) -> None:
    ada = Visitor(app).sign_in("ada@northlight.example", PASSWORD)
    text = ada.get("/help/connecting-apps?app=acme").text
    assert "From then on, every interview gets a room." in text
    assert "http://localhost/connect/acme/callback at acme.example" in text
    assert "Acme Rooms" in ada.get("/help/connecting-apps").text


def test_without_its_settings_the_card_says_how_to_register_it(acme: AppSpec, make_app: MakeApp) -> None:
    app = with_templates(make_app({"ACME_CLIENT_ID": ""}))
    with in_rows(app):
        create_team()
    ada = Visitor(app).sign_in("ada@northlight.example", PASSWORD)
    assert "Sign in at acme.example" in card_of(ada.get(APPS), "acme")
    ada.post("/connect/acme", status=404)


def _checks() -> list[Check]:
    from tests.made_up_provider.connections.apps.acme import SPEC
    from tests.made_up_provider.providers.acme.provider import AcmeProvider

    assert SPEC.is_available
    acme = AcmeProvider(AcmeServer())
    from connections.app_spec import AppClients

    return list(checks_for(AppClients(oauth=acme, accounts=acme, meetings=acme, calendar=acme, mail=acme)))


@pytest.mark.parametrize("check", _checks(), ids=lambda check: check.__name__)
def test_it_keeps_to_the_contract(check: Check, acme: AppSpec, server: AcmeServer) -> None:
    assert acme.build is not None
    clients = acme.build({**SETTINGS, "ACME_SERVER": server})
    assert clients is not None
    check(Subject(acme, clients, server))


def test_the_readme_names_every_place() -> None:
    recipe = (ROOT / "README.md").read_text().partition("To add a provider")[2].partition("\n## ")[0]
    for place in (
        "providers/<provider>/",
        "connections/apps/<app>.py",
        "templates/apps/<provider>/",
        "config.py",
        "simulators/<provider>/",
        "tests/providers/subjects/<app>.py",
    ):
        assert f"`{place}`" in recipe, place
    used = {
        path.relative_to(MADE_UP).parts[0] for path in MADE_UP.rglob("*.*") if "__pycache__" not in str(path)
    }
    assert used == {"__init__.py", "connections", "providers", "simulator.py", "templates"}
