"""A server that was started with the wrong keys can use no grant, destroys none, and works again with the
right ones."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from flask import Flask

from connections import round_trip, wording
from connections.grants import with_grant
from connections.revocation import end_connections
from database import writing
from extensions import db
from models import Connection, ConnectionState, MeetingState, User, UserSession
from providers.errors import ConnectionRevokedError
from tasks.chores import checking_keys
from tests.factories import LENA, PRIYA, ZOOM, consent
from tests.machines.application import build_app, close_app, settings_for
from tests.tasks.installation import Installation


@contextmanager
def server_with_another_key(installation: Installation) -> Iterator[Flask]:
    """The same installation, started with a key unrelated to the previous one."""
    config = installation.app.config
    settings = {
        **installation.simulators.settings(),
        "TOKEN_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
    }
    app = build_app(settings_for(config["DATABASE_URL"], config["INSTANCE_PATH"], settings))
    yield app
    close_app(app)


def look_at_the_keys(app: Flask) -> None:
    """Do what every server process does first."""
    with app.app_context():
        checking_keys().run()


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
            wording.unreadable(ZOOM),
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
        assert row_of(installation, connection).problem == wording.unreadable(ZOOM)


def rotate(installation: Installation) -> str:
    """Do what the command does, in its own process beside the running server."""
    config = installation.app.config
    settings = settings_for(
        config["DATABASE_URL"], config["INSTANCE_PATH"], installation.simulators.settings()
    )
    app = build_app(settings)
    with writing():
        output: str = app.test_cli_runner().invoke(args=["keys", "rotate"]).output
    close_app(app)
    return output


def test_server_that_goes_on_running_while_keys_are_rotated_notices_nothing(
    installation: Installation,
) -> None:
    team = installation.team
    connection = installation.connect(team.ben)
    # The key that the server began with is gone after the second time.
    for _ in range(2):
        assert "1 connections are encrypted with the newest key" in rotate(installation)
    theirs = installation.connect(team.cleo, PRIYA)
    assert "2 connections are encrypted with the newest key" in rotate(installation)
    for number in (connection, theirs):
        with installation.app.app_context():
            assert with_grant(number, lambda grant: grant.access_token)
        assert row_of(installation, number).state is ConnectionState.CONNECTED
    assert installation.tasks("nudge_to_reconnect") == []


def test_keys_are_rotated_for_all_that_waits_too(sqlite_installation: Installation) -> None:
    installation, team = sqlite_installation, sqlite_installation.team
    connection = installation.connect(team.ben)
    with installation.writing():
        user = db.session.get_one(User, team.ben.id)
        row = UserSession(user_id=user.id, token_hash="x" * 64)
        db.session.add(row)
        db.session.flush()
        address = round_trip.begin(user, row, ZOOM)
        end_connections(user)
        session_id = row.id
        db.session.commit()
    for _ in range(2):
        rotate(installation)
    # To seal this, the server loads the newer keys; the one with which everything else was sealed is gone.
    installation.connect(team.cleo, PRIYA)
    installation.run_due()
    grants = {grant["account"]: grant["alive"] for grant in installation.simulators.ledger()["grants"]}
    assert grants == {LENA: False, PRIYA: True}
    assert row_of(installation, connection).state is ConnectionState.ENDED
    answer = consent(address, LENA)
    with installation.writing():
        trip = round_trip.finish(
            team.ben.id,
            session_id,
            "zoom",
            state=answer["state"],
            code=answer["code"],
            error=None,
            may_connect=lambda user: True,
        )
        db.session.commit()
    assert trip.result == "connected", trip


def test_key_file_that_holds_something_else_now_disturbs_no_running_server(
    sqlite_installation: Installation, instance_path: Path
) -> None:
    installation = sqlite_installation
    connection = installation.connect(installation.team.ben)
    for content in ("no key at all", ""):
        (instance_path / "token_encryption_keys").write_text(content)
        installation.connect(installation.team.cleo, PRIYA)
        with installation.app.app_context():
            assert with_grant(connection, lambda grant: grant.access_token)
    (instance_path / "token_encryption_keys").unlink()
    installation.connect(installation.team.cleo, PRIYA)


def test_meeting_that_waited_for_the_right_key_is_made_when_it_is_back(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    installation.connect(installation.team.ben)
    with server_with_another_key(installation) as other:
        look_at_the_keys(other)
        interview = installation.schedule()
        installation.run_due()
        installation.later(minutes=5)
    assert installation.meeting(interview).state is MeetingState.FAILED
    look_at_the_keys(installation.app)
    installation.run_due()
    assert installation.meeting(interview).state is MeetingState.READY
