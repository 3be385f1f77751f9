"""The team of the tests with their browsers, on SQLite unless a test asks for both databases."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask

from tests.factories import Member, Team, create_team
from tests.machines.apps import Seeded
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor

Rows = Callable[[], AbstractContextManager[None]]


def rows_of(app: Flask) -> Rows:
    """Blocks that read and write rows of `app`, alongside the requests that a test makes."""

    return lambda: in_rows(app)


@pytest.fixture
def rows(sqlite_app: Flask) -> Rows:
    return rows_of(sqlite_app)


@pytest.fixture
def team(sqlite_app: Flask, seeded: Seeded) -> Team:
    return seeded(sqlite_app, create_team)


@pytest.fixture
def browser(sqlite_app: Flask) -> Callable[[Member], Visitor]:
    return lambda member: Visitor(sqlite_app).enter(member)


@pytest.fixture
def ada(team: Team, browser: Callable[[Member], Visitor]) -> Visitor:
    """The owner."""
    return browser(team.ada)


@pytest.fixture
def ben(team: Team, browser: Callable[[Member], Visitor]) -> Visitor:
    """The hiring manager of Dina's job."""
    return browser(team.ben)
