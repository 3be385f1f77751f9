"""Fixtures for background work: an installation with the simulators around it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import timezones
from tests.factories import create_team
from tests.machines.application import settings_for
from tests.machines.apps import LendApp, Seeded
from tests.machines.simulators import Simulators
from tests.tasks.frozen_clock import FrozenClock
from tests.tasks.installation import Installation, Office


@pytest.fixture
def clock(simulators: Simulators) -> Iterator[FrozenClock]:
    """The clock of this process, standing still."""
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
def office(
    database_url: str, instance_path: Path, lend_app: LendApp, seeded: Seeded, simulators: Simulators
) -> Office:
    """The team of an installation whose work is done by ``server_processes``, in real time."""
    app = lend_app(settings_for(database_url, instance_path, simulators.settings()))
    return Office(app, seeded(app, create_team), simulators)
