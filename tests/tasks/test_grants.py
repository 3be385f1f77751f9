"""Tokens are renewed in time and once, and a grant that has ended says so in words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

import background
from connections import wording
from connections.grants import with_grant
from connections.refresh import live_grant
from connections.service import Connections
from database import SealedText
from extensions import db
from models import Connection, ConnectionState, FailureReason, MeetingState, TaskState
from providers.base import Grant, TokenSet
from providers.errors import (
    AccessTokenRejectedError,
    ConnectionRevokedError,
    InvalidClientError,
    ProviderError,
    RetryableError,
)
from providers.protocols import OAuthProvider
from services import services
from tasks.grants import ASK_FOR_REFRESHES
from tests.factories import LENA, ZOOM, with_provider
from tests.machines.application import build_app, close_app, settings_for, use_services
from tests.tasks.installation import Installation

REFRESH = "refresh_connection"


@dataclass(frozen=True)
class ConnectionSeen:
    state: ConnectionState
    problem: str | None
    trouble: str | None
    expires_at: datetime
    token_version: int
    refresh_after: datetime | None


def seen(installation: Installation, connection_id: int) -> ConnectionSeen:
    with installation.reading():
        row = db.session.get_one(Connection, connection_id)
        return ConnectionSeen(
            row.state, row.problem, row.trouble, row.expires_at, row.token_version, row.refresh_after
        )


def refreshes(installation: Installation) -> list[dict[str, Any]]:
    log = installation.simulators.ledger()["token_log"]
    return [entry for entry in log if entry["grant_type"] == "refresh_token"]


def tick(installation: Installation) -> None:
    with installation.app.app_context():
        ASK_FOR_REFRESHES.run()
    installation.run_due()


def test_metronome_renews_a_token_with_less_than_five_minutes_left(installation: Installation) -> None:
    connection = installation.connect(installation.team.ben)
    before = seen(installation, connection)
    tick(installation)
    installation.clock.forward(timedelta(seconds=3599 - 301))
    tick(installation)
    assert refreshes(installation) == []
    assert installation.tasks(REFRESH) == []
    installation.clock.forward(timedelta(seconds=2))
    tick(installation)
    assert len(refreshes(installation)) == 1
    after = seen(installation, connection)
    assert after.token_version == before.token_version + 1
    assert after.expires_at - installation.clock.now > timedelta(minutes=55)
    tick(installation)
    assert len(refreshes(installation)) == 1


def test_token_that_ran_out_is_renewed_on_demand(installation: Installation) -> None:
    installation.connect(installation.team.ben)
    installation.clock.forward(timedelta(hours=5))
    interview = installation.schedule()
    installation.run_due()
    assert installation.meeting(interview).state is MeetingState.READY
    assert len(refreshes(installation)) == 1


def test_outage_of_the_token_endpoint_costs_nothing_while_the_token_lives(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    connection = installation.connect(installation.team.ben)
    installation.clock.forward(timedelta(seconds=3599 - 200))
    installation.simulators.zoom_switches(token_endpoint="server_error")
    interview = installation.schedule()
    installation.run_due()
    assert installation.meeting(interview).state is MeetingState.READY
    for _ in range(5):
        tick(installation)
    assert len(refreshes(installation)) == 1
    during = seen(installation, connection)
    assert during.refresh_after is not None
    assert during.trouble is not None
    assert "having problems" in during.trouble
    assert "try again automatically within 15 minutes" in during.trouble
    installation.simulators.zoom_switches(token_endpoint="")
    installation.clock.forward(timedelta(seconds=30))
    tick(installation)
    after = seen(installation, connection)
    assert after.expires_at > installation.clock.now + timedelta(minutes=50)
    assert after.trouble is None


@pytest.mark.parametrize(
    ("answer", "error"), [("invalid_client", InvalidClientError), ("server_error", RetryableError)]
)
def test_token_endpoint_in_trouble_is_left_alone_until_its_time(
    sqlite_installation: Installation, answer: str, error: type[ProviderError]
) -> None:
    installation = sqlite_installation
    connection = installation.connect(installation.team.ben)
    installation.clock.forward(timedelta(hours=1))
    installation.simulators.zoom_switches(token_endpoint=answer)

    def use() -> ProviderError:
        with installation.app.app_context(), pytest.raises(error) as raised:
            live_grant(connection)
        return raised.value

    use()
    for _ in range(10):
        problem = use()
    assert len(refreshes(installation)) == 1
    row = seen(installation, connection)
    assert problem.words == row.trouble
    if isinstance(problem, RetryableError):
        assert problem.retry_at == row.refresh_after
    # The next try is never so far away that a fix goes unnoticed.
    for _ in range(8):
        assert row.refresh_after is not None
        installation.clock.forward(row.refresh_after - installation.clock.now)
        use()
        row = seen(installation, connection)
    assert row.refresh_after is not None
    limit = timedelta(minutes=1) if error is InvalidClientError else timedelta(minutes=15)
    assert row.refresh_after - installation.clock.now == limit
    installation.simulators.zoom_switches(token_endpoint="")
    installation.clock.forward(limit)
    with installation.app.app_context():
        live_grant(connection)


def test_server_that_lost_its_zoom_credentials_does_not_ask_at_every_tick(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    connection = installation.connect(installation.team.ben)
    installation.clock.forward(timedelta(hours=1))
    config = installation.app.config
    settings = {**installation.simulators.settings(), "ZOOM_API_CLIENT_ID": "", "ZOOM_API_CLIENT_SECRET": ""}
    app = build_app(settings_for(config["DATABASE_URL"], config["INSTANCE_PATH"], settings))
    for _ in range(5):
        with app.app_context():
            ASK_FOR_REFRESHES.run()
        background.make_runner(app).run_due()
        installation.clock.forward(timedelta(seconds=1))
    close_app(app)
    assert len(installation.tasks(REFRESH)) == 1
    row = seen(installation, connection)
    assert (row.state, row.trouble) == (ConnectionState.CONNECTED, wording.not_set_up(ZOOM))


def test_rejected_token_is_renewed_once_and_the_call_repeated_once(installation: Installation) -> None:
    installation.connect(installation.team.ben)
    installation.simulators.zoom_switches(reject_next_tokens=1)
    interview = installation.schedule()
    installation.run_due()
    assert installation.meeting(interview).state is MeetingState.READY
    assert len(refreshes(installation)) == 1
    assert [call["status"] for call in installation.calls("create")] == [401, 201]


def test_token_that_is_rejected_again_means_reconnect(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    connection = installation.connect(installation.team.ben)
    installation.simulators.zoom_switches(reject_next_tokens=2)
    interview = installation.schedule()
    installation.run_due()
    assert installation.meeting(interview).failure is FailureReason.RECONNECT_NEEDED
    assert seen(installation, connection).state is ConnectionState.RECONNECT_NEEDED
    assert len(installation.calls("create")) == 2


def test_reconnect_during_a_rejected_call_is_kept(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    connection = installation.connect(installation.team.ben)
    calls: list[Grant] = []

    def rejected(grant: Grant) -> None:
        calls.append(grant)
        if len(calls) == 2:
            installation.connect(installation.team.ben)
        raise AccessTokenRejectedError("no")

    with installation.app.app_context(), pytest.raises(ConnectionRevokedError):
        with_grant(connection, rejected)
    assert seen(installation, connection).state is ConnectionState.CONNECTED


def test_reconnect_during_a_refresh_that_is_refused_is_used(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    connection = installation.connect(installation.team.ben)
    installation.clock.forward(timedelta(hours=1))
    alive: Connections = services(installation.app).connections
    overtaken: Any = Overtaken(alive.clients[ZOOM].oauth, lambda: installation.connect(installation.team.ben))
    use_services(installation.app, connections=with_provider(alive, overtaken))
    with installation.app.app_context():
        grant, _ = live_grant(connection)
    use_services(installation.app, connections=alive)
    row = seen(installation, connection)
    assert (row.state, row.problem) == (ConnectionState.CONNECTED, None)
    with installation.app.app_context():
        assert live_grant(connection)[0] == grant


class Overtaken:
    """A provider that refuses a refresh while something else happens."""

    def __init__(self, provider: OAuthProvider, meanwhile: Callable[[], object]) -> None:
        self._provider = provider
        self._meanwhile = meanwhile

    def __getattr__(self, name: str) -> Any:
        return getattr(self._provider, name)

    def refresh(self, refresh_token: str) -> TokenSet:
        self._meanwhile()
        raise ConnectionRevokedError("no")


def test_revoked_grant_needs_a_reconnect_and_says_so(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    connection = installation.connect(installation.team.ben)
    installation.simulators.revoke(LENA)
    installation.clock.forward(timedelta(hours=1))
    tick(installation)
    ended = seen(installation, connection)
    assert (ended.state, ended.problem) == (
        ConnectionState.RECONNECT_NEEDED,
        wording.ended_by_provider(ZOOM),
    )
    interview = installation.schedule()
    installation.run_due()
    assert installation.meeting(interview).failure is FailureReason.RECONNECT_NEEDED
    tick(installation)
    assert len(refreshes(installation)) == 1


class PowerCut(BaseException):
    """Ends everything on the spot, as a power cut would; no handler of ours can catch it."""


class DiesAfterRefresh:
    """A provider whose process dies after the answer to a refresh has come and before anyone has seen it."""

    def __init__(self, provider: OAuthProvider) -> None:
        self._provider = provider

    def __getattr__(self, name: str) -> Any:
        return getattr(self._provider, name)

    def refresh(self, refresh_token: str) -> TokenSet:
        self._provider.refresh(refresh_token)
        raise PowerCut


def test_death_between_the_answer_and_storing_it_is_reported_as_having_ended_the_connection(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    connection = installation.connect(installation.team.ben)
    installation.clock.forward(timedelta(hours=1))
    alive: Connections = services(installation.app).connections
    dies: Any = DiesAfterRefresh(alive.clients[ZOOM].oauth)
    use_services(installation.app, connections=with_provider(alive, dies))
    with installation.app.app_context(), pytest.raises(PowerCut):
        live_grant(connection)
    use_services(installation.app, connections=alive)
    installation.clock.forward(timedelta(seconds=31))
    interview = installation.schedule()
    installation.run_due()
    lost = seen(installation, connection)
    assert (lost.state, lost.problem) == (ConnectionState.RECONNECT_NEEDED, wording.lost_in_renewal(ZOOM))
    assert "lost while it was being renewed" in installation.progress(interview)
    installation.connect(installation.team.ben)
    installation.run_due()
    assert installation.meeting(interview).state is MeetingState.READY


@pytest.mark.parametrize("answer", ["html", "drop", "server_error", "invalid_client"])
def test_passing_fault_of_the_token_endpoint_ends_no_connection(
    sqlite_installation: Installation, answer: str
) -> None:
    installation = sqlite_installation
    connection = installation.connect(installation.team.ben)
    installation.clock.forward(timedelta(hours=1))
    installation.simulators.zoom_switches(token_endpoint=answer)
    for _ in range(3):
        tick(installation)
        installation.clock.forward(timedelta(minutes=2))
    assert seen(installation, connection).state is ConnectionState.CONNECTED
    installation.simulators.zoom_switches(token_endpoint="")
    tick(installation)
    row = seen(installation, connection)
    assert (row.state, row.trouble) == (ConnectionState.CONNECTED, None)
    assert row.expires_at > installation.clock.now


def test_only_the_name_of_the_account_is_left_of_an_ended_grant(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    connection = installation.connect(installation.team.ben)
    with installation.reading():
        account_id = db.session.get_one(Connection, connection).account_id
    installation.simulators.revoke(LENA)
    installation.clock.forward(timedelta(hours=1))
    tick(installation)
    with installation.reading():
        row = db.session.get_one(Connection, connection)
        kept = (row.ciphertext, row.account_email, row.account_name, row.plan, row.scopes, row.api_url)
        assert kept == ("", "", "", "", "", None)
        assert row.account_id == account_id


def test_grant_that_no_key_opens_needs_a_reconnect_and_is_not_overwritten(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    connection = installation.connect(installation.team.ben)
    with installation.writing():
        row = db.session.get_one(Connection, connection)
        row.ciphertext = SealedText(row.ciphertext[:-8] + "AAAAAAA=")
        spoiled = row.ciphertext
        db.session.commit()
    interview = installation.schedule()
    installation.run_due()
    assert installation.meeting(interview).failure is FailureReason.RECONNECT_NEEDED
    assert seen(installation, connection).problem == wording.unreadable(ZOOM)
    with installation.reading():
        assert db.session.get_one(Connection, connection).ciphertext == spoiled


def test_refresh_that_fails_leaves_no_task_behind(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    installation.connect(installation.team.ben)
    installation.clock.forward(timedelta(hours=1))
    installation.simulators.zoom_switches(token_endpoint="drop")
    tick(installation)
    assert [task.state for task in installation.tasks(REFRESH)] == [TaskState.DONE]
