"""What the web tests stand on: a team, browsers for its people, and a clock that only a test moves."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache

from tests.factories import PASSWORD, Member, Team, create_team
from tests.machines.application import build_app, close_app, settings_for
from tests.machines.simulators import Simulators
from tests.web.page import Visitor
from tests.web.rows import in_rows
from timezones import system_clock, use_clock

SignIn = Callable[[Member], Visitor]


class _CompiledTemplates(BytecodeCache):
    """Keeps compiled templates for all the apps of one run; each of them is built anew and lives briefly."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key] = bucket.bytecode_to_string()


@pytest.fixture(scope="session", autouse=True)
def compiled_templates() -> Iterator[None]:
    """A third of the time of these tests would otherwise go into compiling the same templates again."""
    before = Flask.jinja_options
    Flask.jinja_options = {**before, "bytecode_cache": _CompiledTemplates()}
    yield
    Flask.jinja_options = before


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
    """The product's clock, standing at noon of a Monday in winter."""
    standing = Clock(datetime(2027, 2, 1, 12, tzinfo=UTC))
    use_clock(standing)
    yield standing
    use_clock(system_clock)


@pytest.fixture
def make_app(sqlite_url: str, instance_path: Path) -> Iterator[Callable[..., Flask]]:
    """Builds the app on one SQLite database with settings of the test's choice."""
    made: list[Flask] = []

    def make(settings: Mapping[str, str] | None = None) -> Flask:
        made.append(build_app(settings_for(sqlite_url, instance_path, settings)))
        return made[-1]

    yield make
    for app in made:
        close_app(app)


@pytest.fixture
def web(sqlite_app: Flask) -> Flask:
    """The app on SQLite."""
    return sqlite_app


@pytest.fixture
def connected(make_app: Callable[..., Flask], simulators: Simulators) -> Flask:
    """The app on SQLite with the simulated Zoom and mailbox."""
    return make_app(simulators.settings())


@pytest.fixture
def people(connected: Flask) -> Team:
    """The team where the simulated Zoom is in reach."""
    with in_rows(connected):
        return create_team()


@pytest.fixture
def team(web: Flask) -> Team:
    with in_rows(web):
        return create_team()


@pytest.fixture
def sign_in(web: Flask) -> SignIn:
    return lambda member: Visitor(web).sign_in(member.email, PASSWORD)


@pytest.fixture
def ada(team: Team, sign_in: SignIn) -> Visitor:
    """The owner's browser, signed in."""
    return sign_in(team.ada)


@pytest.fixture
def ben(team: Team, sign_in: SignIn) -> Visitor:
    """The browser of the job's hiring manager, signed in."""
    return sign_in(team.ben)
