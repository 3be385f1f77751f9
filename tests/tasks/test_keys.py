"""A server that was started with other keys can use no grant, destroys none, and is well again with the right
ones."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from cryptography.fernet import Fernet
from flask import Flask

from connections import reasons
from connections.grants import with_grant
from connections.keys import check_keys
from extensions import db
from models import App, Connection, ConnectionState
from providers.errors import ConnectionRevokedError
from tests.factories import LENA, PRIYA
from tests.machines.application import build_app, close_app, settings_for
from tests.tasks.installation import Installation


@contextmanager
def server_with_another_key(installation: Installation) -> Iterator[Flask]:
    """The same installation, started with a key that has nothing to do with the one before."""
    config = installation.app.config
    settings = {
        **installation.simulators.settings(),
        "TOKEN_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
    }
    app = build_app(settings_for(config["DATABASE_URL"], config["INSTANCE_PATH"], settings))
    yield app
    close_app(app)


def look_at_the_keys(app: Flask) -> None:
    """What every server process does first."""
    with app.app_context():
        check_keys()


def row_of(installation: Installation, connection: int) -> Connection:
    with installation.reading():
        row = db.session.get_one(Connection, connection)
        db.session.expunge(row)
        return row


def test_wrong_key_ends_in_reconnect_needed_and_the_right_one_brings_all_back(
    installation: Installation,
) -> None:
    connection = installation.connect(installation.team.ben)
    before = row_of(installation, connection)
    look_at_the_keys(installation.app)
    assert row_of(installation, connection).state is ConnectionState.CONNECTED
    with server_with_another_key(installation) as other:
        look_at_the_keys(other)
        look_at_the_keys(other)
        locked = row_of(installation, connection)
        assert (locked.state, locked.problem) == (
            ConnectionState.RECONNECT_NEEDED,
            reasons.unreadable(App.ZOOM),
        )
        assert (locked.ciphertext, locked.account_email) == (before.ciphertext, LENA)
    assert len(installation.tasks("nudge_to_reconnect")) == 1
    look_at_the_keys(installation.app)
    after = row_of(installation, connection)
    assert (after.state, after.problem, after.problem_since) == (ConnectionState.CONNECTED, None, None)
    with installation.app.app_context():
        assert with_grant(connection, lambda grant: grant.access_token)


def test_account_that_a_colleague_connected_meanwhile_stays_theirs(
    sqlite_installation: Installation,
) -> None:
    installation, team = sqlite_installation, sqlite_installation.team
    connection = installation.connect(team.ben)
    with server_with_another_key(installation) as other:
        look_at_the_keys(other)
    theirs = installation.connect(team.cleo)
    look_at_the_keys(installation.app)
    assert row_of(installation, connection).state is ConnectionState.RECONNECT_NEEDED
    assert row_of(installation, theirs).state is ConnectionState.CONNECTED


def test_grant_of_another_row_does_not_open(sqlite_installation: Installation) -> None:
    installation, team = sqlite_installation, sqlite_installation.team
    mine, theirs = installation.connect(team.ben), installation.connect(team.cleo, PRIYA)
    with installation.writing():
        one, other = db.session.get_one(Connection, mine), db.session.get_one(Connection, theirs)
        one.ciphertext, other.ciphertext = other.ciphertext, one.ciphertext
        db.session.commit()
    for connection in (mine, theirs):
        with installation.app.app_context(), pytest.raises(ConnectionRevokedError):
            with_grant(connection, lambda grant: grant.access_token)
        assert row_of(installation, connection).problem == reasons.unreadable(App.ZOOM)
