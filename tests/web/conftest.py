"""What the web tests start with: a team, and browsers for its people."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
from flask import Flask

from scheduling.plans import Participant
from tests.factories import Member, Team, create_team, in_three_days
from tests.machines.application import MakeApp
from tests.machines.apps import Seeded
from tests.machines.clock import Clock
from tests.machines.simulators import Simulators
from tests.pages.visitor import Visitor
from tests.web.slot_requests import Asked, new_request

SignIn = Callable[[Member], Visitor]


@pytest.fixture
def web(sqlite_app: Flask) -> Flask:
    """The app on SQLite."""
    return sqlite_app


@pytest.fixture
def connected(make_app: MakeApp, simulators: Simulators) -> Flask:
    """The app on SQLite with the simulated Zoom and mailbox."""
    return make_app(simulators.settings())


@pytest.fixture
def people(connected: Flask, seeded: Seeded) -> Team:
    """The team in an app that reaches the simulated Zoom."""
    return seeded(connected, create_team)


@pytest.fixture
def set_up(make_app: MakeApp) -> Flask:
    """The app with credentials for a Zoom that no one ever calls."""
    return make_app({"ZOOM_API_CLIENT_ID": "an-id", "ZOOM_API_CLIENT_SECRET": "a-secret"})


@pytest.fixture
def team(web: Flask, seeded: Seeded) -> Team:
    return seeded(web, create_team)


@pytest.fixture
def sign_in(web: Flask) -> SignIn:
    return lambda member: Visitor(web).enter(member)


@pytest.fixture
def ada(team: Team, sign_in: SignIn) -> Visitor:
    """The owner's browser, signed in."""
    return sign_in(team.ada)


@pytest.fixture
def ben(team: Team, sign_in: SignIn) -> Visitor:
    """The browser of the job's hiring manager, signed in."""
    return sign_in(team.ben)


@pytest.fixture
def starts(clock: Clock) -> Sequence[datetime]:
    """Two on one day and one on the next: February 4 and 5, 2027, from nine o'clock UTC."""
    return in_three_days(), in_three_days() + timedelta(hours=3), in_three_days() + timedelta(days=1)


@pytest.fixture
def asked(web: Flask, team: Team, starts: Sequence[datetime]) -> Asked:
    return new_request(web, team, *starts, attendees=(Participant("Sam Ortiz", "sam@partner.example"),))


@pytest.fixture
def dina(web: Flask) -> Visitor:
    """The candidate's browser, in which no one is signed in."""
    return Visitor(web)
