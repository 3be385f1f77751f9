"""Fixtures for background work: an installation with the simulators around it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import timezones
from tests.machines.application import build_app, close_app, settings_for
from tests.machines.simulators import Simulators
from tests.tasks.installation import FrozenClock, Installation, Office


@pytest.fixture
def clock(simulators: Simulators) -> Iterator[FrozenClock]:
    """The clock of this process, standing still."""
    frozen = FrozenClock(timezones.system_clock(), simulators)
    timezones.use_clock(frozen)
    yield frozen
    timezones.use_clock(timezones.system_clock)


def _installation(
    database_url: str, instance_path: Path, simulators: Simulators, clock: FrozenClock
) -> Iterator[Installation]:
    settings = {**simulators.settings(), "MAIL_TIMEOUT": "2", "PROVIDER_TIMEOUT_SECONDS": "2"}
    app = build_app(settings_for(database_url, instance_path, settings))
    yield Installation(app, simulators, clock)
    close_app(app)


@pytest.fixture
def installation(
    database_url: str, instance_path: Path, simulators: Simulators, clock: FrozenClock
) -> Iterator[Installation]:
    """The product with its team, once per kind of database; background work runs when the test says so."""
    yield from _installation(database_url, instance_path, simulators, clock)


@pytest.fixture
def sqlite_installation(
    sqlite_url: str, instance_path: Path, simulators: Simulators, clock: FrozenClock
) -> Iterator[Installation]:
    """The same on SQLite alone, for what the domain decides and the database does not."""
    yield from _installation(sqlite_url, instance_path, simulators, clock)


@pytest.fixture
def office(database_url: str, instance_path: Path, simulators: Simulators) -> Iterator[Office]:
    """The team of an installation whose work is done by ``server_processes``, in real time."""
    app = build_app(settings_for(database_url, instance_path, simulators.settings()))
    yield Office(app, simulators)
    close_app(app)
