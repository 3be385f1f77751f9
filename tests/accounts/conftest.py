"""What these tests start with: a team, browsers for its people, and the mailbox."""

import pytest
from flask import Flask

from tests.accounts.phones import Phone, set_up
from tests.factories import Team, create_team
from tests.machines.application import MakeApp
from tests.machines.apps import Seeded
from tests.machines.clock import Clock
from tests.machines.simulators import Simulators
from tests.pages.visitor import Visitor


@pytest.fixture
def web(make_app: MakeApp, simulators: Simulators) -> Flask:
    """The app with the simulated Zoom and mailbox."""
    return make_app(simulators.settings())


@pytest.fixture
def team(web: Flask, seeded: Seeded) -> Team:
    return seeded(web, create_team)


@pytest.fixture
def ada(web: Flask, team: Team) -> Visitor:
    """The owner's browser, signed in."""
    return Visitor(web).enter(team.ada)


@pytest.fixture
def ben(web: Flask, team: Team) -> Visitor:
    """A hiring manager's browser, signed in."""
    return Visitor(web).enter(team.ben)


@pytest.fixture
def phone(web: Flask, clock: Clock, team: Team) -> Phone:
    """Ben's phone, with which he has turned on two-step verification; his browser is closed."""
    visitor = Visitor(web).enter(team.ben)
    made = set_up(visitor, clock)
    visitor.post("/logout", status=303)
    return made
