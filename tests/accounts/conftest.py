"""What these tests stand on: a team, browsers for its people, a clock that only a test moves, the mailbox."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from tests.accounts.browser import Browser, in_rows
from tests.factories import Team, create_team
from tests.machines.application import build_app, close_app, settings_for
from tests.machines.simulators import Simulators
from timezones import system_clock, use_clock

MakeApp = Callable[..., Flask]


class Clock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, by: timedelta) -> None:
        self.now += by


@pytest.fixture
def clock() -> Iterator[Clock]:
    standing = Clock(datetime(2027, 2, 1, 12, tzinfo=UTC))
    use_clock(standing)
    yield standing
    use_clock(system_clock)


@pytest.fixture
def make_app(sqlite_url: str, instance_path: object) -> Iterator[MakeApp]:
    """Builds apps on one SQLite database, with settings of the test's choice."""
    made: list[Flask] = []

    def make(settings: dict[str, str] | None = None) -> Flask:
        made.append(build_app(settings_for(sqlite_url, instance_path, settings)))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for app in made:
        close_app(app)


@pytest.fixture
def web(make_app: MakeApp, simulators: Simulators) -> Flask:
    """The app with the simulated Zoom and mailbox."""
    return make_app(simulators.settings())


@pytest.fixture
def team(web: Flask) -> Team:
    with in_rows(web):
        return create_team()


@pytest.fixture
def ada(web: Flask, team: Team) -> Browser:
    """The owner's browser, signed in."""
    return Browser(web).sign_in(team.ada.email)


@pytest.fixture
def ben(web: Flask, team: Team) -> Browser:
    """A hiring manager's browser, signed in."""
    return Browser(web).sign_in(team.ben.email)
