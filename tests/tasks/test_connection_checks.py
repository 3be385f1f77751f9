"""Every connection is checked once a day, and the result is stored in its row."""

from datetime import timedelta

import pytest

import background
from connections import wording
from connections.checks import check_now
from connections.refresh import live_grant
from extensions import db
from models import Connection, ConnectionState, TaskState
from tasks.connection_checks import ASK_FOR_CHECKS
from tests.factories import LENA, PRIYA, ZOOM
from tests.machines.application import build_app, close_app, settings_for
from tests.tasks.installation import Installation

CHECK = "check_connection"


def tick(installation: Installation) -> None:
    with installation.app.app_context():
        ASK_FOR_CHECKS.run()
    installation.run_due()


def a_day_later(installation: Installation) -> None:
    """Let the day pass, and the time over which checks are spread."""
    installation.clock.forward(timedelta(days=1, seconds=1))
    tick(installation)
    installation.later(minutes=30)


def looks(installation: Installation) -> int:
    return len(installation.calls("account"))


def row_of(installation: Installation, connection: int) -> Connection:
    with installation.reading():
        row = db.session.get_one(Connection, connection)
        db.session.expunge(row)
        return row


def test_connection_is_looked_at_once_a_day(installation: Installation) -> None:
    connection = installation.connect(installation.team.ben)
    at_first = looks(installation)
    tick(installation)
    installation.clock.forward(timedelta(hours=23))
    tick(installation)
    assert installation.tasks(CHECK) == []
    for day in (1, 2):
        a_day_later(installation)
        tick(installation)
        assert looks(installation) == at_first + day
        assert len(installation.tasks(CHECK)) == day
    row = row_of(installation, connection)
    assert (row.state, row.trouble) == (ConnectionState.CONNECTED, None)


def test_looks_that_fall_due_together_are_spread(sqlite_installation: Installation) -> None:
    installation, team = sqlite_installation, sqlite_installation.team
    for member, account in ((team.ben, LENA), (team.cleo, PRIYA)):
        installation.connect(member, account)
    installation.clock.forward(timedelta(days=2))
    tick(installation)
    tick(installation)
    first, second = installation.tasks(CHECK)
    assert abs(first.run_at - second.run_at) > timedelta(minutes=5)
    for task in (first, second):
        assert timedelta() <= task.run_at - installation.clock.now <= timedelta(minutes=30)


def test_look_brings_address_name_and_plan_up_to_date(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    connection = installation.connect(installation.team.ben)
    with installation.writing():
        row = db.session.get_one(Connection, connection)
        row.account_email, row.account_name, row.plan = "old@northlight.example", "Lena Old", "basic"
        db.session.commit()
    a_day_later(installation)
    row = row_of(installation, connection)
    assert (row.account_email, row.account_name, row.plan) == (LENA, "Lena Vogel", "licensed")


def test_grant_that_died_unnoticed_is_found_out(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    connection = installation.connect(installation.team.ben)
    installation.simulators.revoke(LENA)
    a_day_later(installation)
    row = row_of(installation, connection)
    assert (row.state, row.problem) == (
        ConnectionState.RECONNECT_NEEDED,
        wording.ended_by_provider(ZOOM),
    )
    a_day_later(installation)
    assert len(installation.tasks(CHECK)) == 1


def test_provider_that_is_away_is_asked_again_and_the_card_says_so(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    connection = installation.connect(installation.team.ben)
    installation.simulators.zoom_switches(fail_next=2, fail_operation="account")
    a_day_later(installation)
    row = row_of(installation, connection)
    assert row.state is ConnectionState.CONNECTED
    assert row.trouble is not None
    assert "try again automatically within the hour" in row.trouble
    since = row.trouble_since
    [task] = installation.tasks(CHECK)
    assert (task.state, task.failures) == (TaskState.READY, 1)
    installation.later(minutes=2)
    assert row_of(installation, connection).trouble_since == since
    tick(installation)
    installation.later(minutes=10)
    row = row_of(installation, connection)
    assert (row.trouble, row.trouble_since) == (None, None)
    assert [task.state for task in installation.tasks(CHECK)] == [TaskState.DONE]


def test_call_that_works_does_not_hide_that_the_token_cannot_be_renewed(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    connection = installation.connect(installation.team.ben)
    with installation.writing():
        # Renewed a moment ago, so that the day ends in the last minutes of a token.
        row = db.session.get_one(Connection, connection)
        row.checked_at = installation.clock.now - timedelta(days=1)
        db.session.commit()
    installation.clock.forward(timedelta(seconds=3599 - 1830))
    tick(installation)
    installation.simulators.zoom_switches(token_endpoint="invalid_client")
    before = looks(installation)
    installation.later(seconds=1800 - 200)
    assert looks(installation) == before + 1
    assert row_of(installation, connection).trouble == wording.credentials_refused(ZOOM)


def test_refused_credentials_are_not_hidden_by_what_else_goes_wrong(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    connection = installation.connect(installation.team.ben)
    installation.simulators.zoom_switches(token_endpoint="invalid_client")
    installation.clock.forward(timedelta(seconds=3599 - 200))

    def renew() -> None:
        with installation.app.app_context():
            live_grant(connection)

    def is_refused() -> bool:
        row = row_of(installation, connection)
        assert row.credentials_refused == (row.trouble == wording.credentials_refused(ZOOM))
        return row.credentials_refused

    renew()
    assert is_refused()
    with installation.writing():
        check_now(connection)
        db.session.commit()
    installation.simulators.zoom_switches(fail_next=1, fail_operation="account")
    installation.run_due()
    assert is_refused()
    installation.simulators.zoom_switches(token_endpoint="server_error")
    installation.clock.forward(timedelta(seconds=10))
    renew()
    assert is_refused()
    installation.simulators.zoom_switches(token_endpoint="")
    installation.clock.forward(timedelta(seconds=30))
    renew()
    assert not is_refused()


def test_server_without_credentials_says_so_and_ends_nothing(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    connection = installation.connect(installation.team.ben)
    installation.clock.forward(timedelta(days=1, seconds=1))
    config = installation.app.config
    settings = {**installation.simulators.settings(), "ZOOM_API_CLIENT_ID": "", "ZOOM_API_CLIENT_SECRET": ""}
    app = build_app(settings_for(config["DATABASE_URL"], config["INSTANCE_PATH"], settings))
    with app.app_context():
        ASK_FOR_CHECKS.run()
    installation.clock.forward(timedelta(minutes=30))
    background.make_runner(app).run_due()
    close_app(app)
    row = row_of(installation, connection)
    assert (row.state, row.trouble) == (ConnectionState.CONNECTED, wording.not_set_up(ZOOM))
    assert [task.state for task in installation.tasks(CHECK)] == [TaskState.DONE]


@pytest.mark.parametrize("state", [ConnectionState.ENDED, ConnectionState.RECONNECT_NEEDED])
def test_connection_that_is_not_alive_is_left_alone(
    sqlite_installation: Installation, state: ConnectionState
) -> None:
    installation = sqlite_installation
    connection = installation.connect(installation.team.ben)
    installation.clock.forward(timedelta(days=1, seconds=1))
    with installation.app.app_context():
        ASK_FOR_CHECKS.run()
    with installation.writing():
        db.session.get_one(Connection, connection).state = state
        db.session.commit()
    before = looks(installation)
    installation.later(minutes=31)
    assert looks(installation) == before
    assert [task.state for task in installation.tasks(CHECK)] == [TaskState.DONE]
