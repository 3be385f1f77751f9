"""Whose account gets connected: a hint if it may be a colleague's, and the demo's guess."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from instance_folder import DemoMarker, write_demo_marker
from tests.factories import LENA, Team, create_connection, create_team
from tests.machines.application import MakeApp
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.visitor import Visitor
from tests.web.round_trips import APPS, leave


def test_account_with_another_address_than_ones_own_is_pointed_out(web: Flask, team: Team) -> None:
    hint = "If this account isn't yours, disconnect it and connect your own."
    with in_rows(web):
        create_connection(team.ben.id, account_email=team.ben.email.upper())
        create_connection(team.ada.id, account_email=LENA)
    assert hint not in Visitor(web).enter(team.ben).get(APPS).text
    page = Visitor(web).enter(team.ada).get(APPS)
    assert f"You sign in here as {team.ada.email}. {hint}" in page.text


@pytest.mark.parametrize("is_demo", [True, False])
def test_only_the_demo_tells_the_provider_who_is_there(
    make_app: MakeApp, instance_path: Path, simulators: Simulators, is_demo: bool
) -> None:
    if is_demo:
        write_demo_marker(instance_path, DemoMarker(simulators.mailbox_url, {"Zoom": simulators.zoom_url}))
    # A unique name, so that no other test gets the app that was the demo.
    app = make_app({**simulators.settings(), "APP_NAME": "Demo" if is_demo else "SmoothHiring"})
    with in_rows(app):
        team = create_team()
    hints = parse_qs(urlsplit(leave(Visitor(app).enter(team.ben))).query).get("login_hint")
    assert hints == ([team.ben.email] if is_demo else None)
