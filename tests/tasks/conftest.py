"""Fixtures for background work: an installation with the simulators around it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import timezones
from providers.google import meet
from providers.microsoft import teams
from tests.factories import create_team
from tests.machines import made_up_provider
from tests.machines.application import settings_for
from tests.machines.apps import LendApp, Seeded
from tests.machines.simulators import Simulators
from tests.made_up_provider.simulator import AcmeServer
from tests.tasks import own_mailbox
from tests.tasks.calendar_office import VARIANTS, CalendarInstallation, CalendarOffice
from tests.tasks.frozen_clock import FrozenClock
from tests.tasks.google_office import GoogleInstallation, GoogleOffice
from tests.tasks.installation import Installation, Office


@pytest.fixture
def clock(simulators: Simulators) -> Iterator[FrozenClock]:
    """The clock of this process, stopped."""
    frozen = FrozenClock(simulators)
    timezones.use_clock(frozen)
    yield frozen
    timezones.use_clock(timezones.system_clock)


_IMPATIENT = {"MAIL_TIMEOUT": "2", "PROVIDER_TIMEOUT_SECONDS": "2"}


@pytest.fixture
def installation(
    database_url: str,
    instance_path: Path,
    lend_app: LendApp,
    seeded: Seeded,
    simulators: Simulators,
    clock: FrozenClock,
) -> Installation:
    """The product with its team, once per kind of database; background work runs when the test says so."""
    app = lend_app(settings_for(database_url, instance_path, {**simulators.settings(), **_IMPATIENT}))
    return Installation(app, seeded(app, create_team), simulators, clock)


@pytest.fixture
def sqlite_installation(
    sqlite_url: str,
    instance_path: Path,
    lend_app: LendApp,
    seeded: Seeded,
    simulators: Simulators,
    clock: FrozenClock,
) -> Installation:
    """The same on SQLite alone, for what the domain decides and the database does not."""
    app = lend_app(settings_for(sqlite_url, instance_path, {**simulators.settings(), **_IMPATIENT}))
    return Installation(app, seeded(app, create_team), simulators, clock)


@pytest.fixture
def google_installation(
    database_url: str,
    instance_path: Path,
    lend_app: LendApp,
    seeded: Seeded,
    simulators: Simulators,
    clock: FrozenClock,
) -> GoogleInstallation:
    """The same with the simulated Google's apps set up, and with what tests of calendar entries ask."""
    more = {**simulators.settings(), **simulators.google.settings(), **_IMPATIENT}
    clock.take_google_along()
    app = lend_app(settings_for(database_url, instance_path, more))
    return GoogleInstallation(app, seeded(app, create_team), simulators, clock)


@pytest.fixture
def linked_installation(
    sqlite_url: str,
    instance_path: Path,
    lend_app: LendApp,
    seeded: Seeded,
    simulators: Simulators,
    clock: FrozenClock,
    monkeypatch: pytest.MonkeyPatch,
) -> Installation:
    """The same on SQLite alone, with the apps of both simulated providers whose meetings live on calendar
    entries. Links that are being made are checked without pauses."""
    monkeypatch.setattr(meet, "PAUSES", tuple(0.0 for _ in meet.PAUSES))
    monkeypatch.setattr(teams, "PAUSES", tuple(0.0 for _ in teams.PAUSES))
    clock.take_google_along()
    clock.take_microsoft_along()
    app = lend_app(settings_for(sqlite_url, instance_path, {**_with_calendars(simulators), **_IMPATIENT}))
    return Installation(app, seeded(app, create_team), simulators, clock)


@pytest.fixture
def google_office(
    database_url: str, instance_path: Path, lend_app: LendApp, seeded: Seeded, simulators: Simulators
) -> GoogleOffice:
    """The same as `office`, with Google's apps."""
    more = {**simulators.settings(), **simulators.google.settings()}
    app = lend_app(settings_for(database_url, instance_path, more))
    return GoogleOffice(app, seeded(app, create_team), simulators)


@pytest.fixture
def calendars(request: pytest.FixtureRequest) -> str:
    """Which provider keeps whose calendar in this test: one of `VARIANTS`. See `in_calendars`."""
    return str(getattr(request, "param", "both"))


@pytest.fixture
def calendar_installation(
    calendars: str,
    database_url: str,
    instance_path: Path,
    lend_app: LendApp,
    seeded: Seeded,
    simulators: Simulators,
    clock: FrozenClock,
) -> CalendarInstallation:
    """The same as `installation`, with the apps of the simulated Google and Microsoft set up, and with what
    tests of calendar entries ask."""
    clock.take_google_along()
    clock.take_microsoft_along()
    app = lend_app(settings_for(database_url, instance_path, {**_with_calendars(simulators), **_IMPATIENT}))
    made = CalendarInstallation(app, seeded(app, create_team), simulators, clock)
    made.at_outlook = VARIANTS[calendars]
    return made


@pytest.fixture
def calendar_office(
    calendars: str,
    database_url: str,
    instance_path: Path,
    lend_app: LendApp,
    seeded: Seeded,
    simulators: Simulators,
) -> CalendarOffice:
    """The same as `office`, with both providers' apps."""
    app = lend_app(settings_for(database_url, instance_path, _with_calendars(simulators)))
    made = CalendarOffice(app, seeded(app, create_team), simulators)
    made.at_outlook = VARIANTS[calendars]
    return made


def _with_calendars(simulators: Simulators) -> dict[str, str]:
    return {**simulators.settings(), **simulators.google.settings(), **simulators.microsoft.settings()}


@pytest.fixture
def office(
    database_url: str, instance_path: Path, lend_app: LendApp, seeded: Seeded, simulators: Simulators
) -> Office:
    """The team of an installation whose work is done by ``server_processes``, in real time."""
    app = lend_app(settings_for(database_url, instance_path, simulators.settings()))
    return Office(app, seeded(app, create_team), simulators)


# One for all tests, so that the apps built on it can be reused.
_ACME = AcmeServer()


@pytest.fixture
def acme(monkeypatch: pytest.MonkeyPatch) -> Iterator[AcmeServer]:
    """The made-up provider, reset since the last test."""
    _ACME.forget_everything()
    with made_up_provider.in_place(monkeypatch):
        yield _ACME


@pytest.fixture
def mail_settings() -> dict[str, str]:
    """For tests of a server with another mail server, or none."""
    return {}


@pytest.fixture
def with_mailbox(
    acme: AcmeServer,
    database_url: str,
    instance_path: Path,
    lend_app: LendApp,
    seeded: Seeded,
    simulators: Simulators,
    clock: FrozenClock,
    mail_settings: dict[str, str],
) -> Installation:
    """The same with the made-up provider: Ada has connected her mailbox there, and Ben hosts."""
    given = {**simulators.settings(), **_IMPATIENT, **made_up_provider.SETTINGS, **mail_settings}
    wanted = settings_for(database_url, instance_path, given)
    app = lend_app({**wanted, "ACME_SERVER": acme})  # type: ignore[dict-item]
    made = Installation(app, seeded(app, create_team), simulators, clock)
    made.connect(made.team.ben)
    own_mailbox.connect(made, acme)
    return made
