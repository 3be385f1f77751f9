"""Storing what a provider gave while others store and renew, and what happens to grants that are not kept."""

import threading
from datetime import timedelta

import pytest

from connections.grants import with_grant
from connections.refresh import live_grant
from connections.revocation import REVOKE_GRANT
from connections.round_trip import RoundTrip
from extensions import db
from models import Connection, ConnectionState
from providers.errors import ConnectionRevokedError
from services import services
from tests.factories import LENA, PRIYA, ZOOM, Member
from tests.machines.locks import is_waiting_for_a_lock
from tests.machines.processes import wait_until
from tests.tasks.installation import Installation
from tests.tasks.round_trips import Answer, come_back, finish, go, interrupted

# Locking and SQL that differs are their subject.
pytestmark = pytest.mark.both_databases

TOM = "tom.adeyemi@northlight.example"

# SQLite allows one writer at a time, so only PostgreSQL can get these wrong.
on_postgresql = pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)


def accounts(installation: Installation) -> dict[int, str]:
    """Whose account each person's living connection says it is; the provider has been asked and agrees."""
    with installation.reading():
        rows = db.session.scalars(
            db.select(Connection).where(Connection.state == ConnectionState.CONNECTED)
        ).all()
        said = {row.id: (row.user_id, row.account_email) for row in rows}
        db.session.rollback()
    with installation.app.app_context():
        zoom = services().connections.clients[ZOOM].accounts
        for connection_id, (_, email) in said.items():
            assert with_grant(connection_id, zoom.account).email == email
    return dict(said.values())


def states(installation: Installation) -> dict[int, ConnectionState]:
    with installation.reading():
        return {row.user_id: row.state for row in db.session.scalars(db.select(Connection))}


def living_grants(installation: Installation) -> list[str]:
    return [grant["account"] for grant in installation.simulators.ledger()["grants"] if grant["alive"]]


class Waiting(threading.Thread):
    """Comes back from the provider and has to wait for a transaction of the test's."""

    def __init__(self, installation: Installation, answer: Answer) -> None:
        super().__init__()
        self._installation = installation
        self._answer = answer
        self._trip: RoundTrip | None = None

    def run(self) -> None:
        self._trip = come_back(self._installation, self._answer)

    def wait(self) -> None:
        """Wait until it has reached the point where the test's transaction blocks it."""
        app = self._installation.app
        wait_until(lambda: is_waiting_for_a_lock(app), what="the second one waits", timeout=10)

    def trip(self) -> RoundTrip:
        self.join(20)
        assert self._trip is not None
        return self._trip


def store_both(installation: Installation, first: Answer, second: Answer) -> RoundTrip:
    """Store the second answer at the point where the first one is stored but not committed."""
    thread = Waiting(installation, second)
    with installation.writing():
        trip = finish(first)
        assert trip.result == "connected"
        thread.start()
        thread.wait()
        db.session.commit()
    return thread.trip()


@on_postgresql
def test_two_people_who_connect_one_account_at_once_take_turns(installation: Installation) -> None:
    team = installation.team
    second = store_both(installation, go(installation, team.ada), go(installation, team.ben))
    assert second.result == "connected"
    assert "Ada Berg was using this account" in second.words
    assert accounts(installation) == {team.ben.id: LENA}


@on_postgresql
def test_two_tabs_of_one_person_take_turns(installation: Installation) -> None:
    ada = installation.team.ada
    first, second = go(installation, ada), go(installation, ada)
    has_tokens, other_is_stored = threading.Event(), threading.Event()

    def let_the_other_store() -> None:
        has_tokens.set()
        assert other_is_stored.wait(10)

    thread = Waiting(installation, second)
    with interrupted(installation, "account", after=let_the_other_store):
        thread.start()
        assert has_tokens.wait(10)
        installation.clock.forward(timedelta(seconds=1))
        with installation.writing():
            assert finish(first).result == "connected"
            other_is_stored.set()
            thread.wait()
            db.session.commit()
        assert thread.trip().words.startswith("Zoom was connected in another tab in the meantime.")
    installation.run_due()
    assert accounts(installation) == {ada.id: LENA}


@on_postgresql
def test_people_who_swap_accounts_take_turns(installation: Installation) -> None:
    ada, ben = installation.team.ada, installation.team.ben
    installation.connect(ada, LENA)
    installation.connect(ben, PRIYA)
    second = store_both(installation, go(installation, ada, PRIYA), go(installation, ben, LENA))
    assert second.result == "connected"
    assert accounts(installation) == {ada.id: PRIYA, ben.id: LENA}


@on_postgresql
def test_refresh_that_begins_while_another_account_is_stored_is_ended_by_it(
    installation: Installation,
) -> None:
    ada = installation.team.ada
    connection = installation.connect(ada, LENA)
    thread = Waiting(installation, go(installation, ada, PRIYA))
    with installation.writing():
        row = db.session.get_one(Connection, connection, with_for_update=True)
        row.refresh_claim = "somebody"
        row.refresh_claimed_until = installation.clock.now + timedelta(seconds=30)
        db.session.flush()
        thread.start()
        thread.wait()
        db.session.commit()
    assert thread.trip().result == "connected"
    with installation.reading():
        row = db.session.get_one(Connection, connection)
        assert (row.refresh_claim, row.refresh_claimed_until) == (None, None)


def test_pair_that_arrives_for_the_previous_account_is_revoked(sqlite_installation: Installation) -> None:
    installation, ada = sqlite_installation, sqlite_installation.team.ada
    connection = installation.connect(ada, LENA)
    installation.clock.forward(timedelta(hours=1))
    with (
        interrupted(installation, "refresh", after=lambda: installation.connect(ada, PRIYA)),
        installation.app.app_context(),
    ):
        live_grant(connection)
    assert accounts(installation) == {ada.id: PRIYA}
    # The pair that was there when the other account was stored is used up; the one that came later is not.
    assert len(installation.tasks(REVOKE_GRANT.name)) == 2
    installation.run_due()
    assert living_grants(installation) == [PRIYA]


def test_failed_reconnect_finds_out_whether_it_has_ended_the_older_grant(
    sqlite_installation: Installation,
) -> None:
    installation, ada = sqlite_installation, sqlite_installation.team.ada
    connection = installation.connect(ada, LENA)
    answer = go(installation, ada)
    installation.simulators.zoom_switches(fail_next=1, fail_operation="account")
    trip = come_back(installation, answer)
    assert trip.words == (
        "Zoom is having problems right now. "
        f"Zoom was connected as {LENA} before; we're checking now whether that still works. "
        "Please try again in a few minutes."
    )
    installation.run_due()
    assert states(installation) == {ada.id: ConnectionState.RECONNECT_NEEDED}
    # No one holds the newer one either.
    installation.later(minutes=6)
    assert living_grants(installation) == []
    with installation.app.app_context(), pytest.raises(ConnectionRevokedError):
        live_grant(connection)


def test_failed_connect_finds_out_whose_older_grant_it_has_ended(sqlite_installation: Installation) -> None:
    installation, team = sqlite_installation, sqlite_installation.team
    installation.connect(team.ada, LENA)
    installation.connect(team.cleo, PRIYA)
    answer = go(installation, team.ben)
    installation.simulators.zoom_switches(fail_next=1, fail_operation="account")
    assert "Nothing was connected." in come_back(installation, answer).words
    installation.run_due()
    assert states(installation) == {
        team.ada.id: ConnectionState.RECONNECT_NEEDED,
        team.cleo.id: ConnectionState.CONNECTED,
    }


def test_lost_answer_to_the_exchange_is_taken_for_an_exchange(sqlite_installation: Installation) -> None:
    installation, ada = sqlite_installation, sqlite_installation.team.ada
    installation.connect(ada, LENA)
    answer = go(installation, ada)
    installation.simulators.zoom_switches(lose_next_token_answers=1)
    assert "checking now whether that still works" in come_back(installation, answer).words
    installation.run_due()
    assert states(installation) == {ada.id: ConnectionState.RECONNECT_NEEDED}


def test_grant_that_is_not_kept_is_revoked(sqlite_installation: Installation) -> None:
    installation, team = sqlite_installation, sqlite_installation.team
    lacking = come_back(installation, go(installation, team.ada, TOM))
    assert "didn't grant what's needed" in lacking.words
    not_allowed = come_back(installation, go(installation, team.ben), may_connect=False)
    assert not_allowed.words == "Your role can no longer connect apps. Nothing was connected."
    assert sorted(living_grants(installation)) == [LENA, TOM]
    installation.run_due()
    assert living_grants(installation) == []
    assert states(installation) == {}


def test_grant_that_is_not_kept_leaves_a_living_one_of_its_account_alone(
    sqlite_installation: Installation,
) -> None:
    installation, team = sqlite_installation, sqlite_installation.team
    answer = go(installation, team.ben)
    come_back(installation, answer, may_connect=False)
    installation.connect(team.ada, LENA)
    installation.run_due()
    installation.later(minutes=6)
    assert accounts(installation) == {team.ada.id: LENA}


def connect_a_moment_later(installation: Installation, member: Member) -> None:
    installation.clock.forward(timedelta(seconds=1))
    installation.connect(member)


def test_answer_that_was_exchanged_first_and_stored_last_changes_nothing(
    sqlite_installation: Installation,
) -> None:
    installation, ada = sqlite_installation, sqlite_installation.team.ada
    answer = go(installation, ada)
    with interrupted(installation, "account", after=lambda: connect_a_moment_later(installation, ada)):
        trip = come_back(installation, answer)
    assert trip.result == "connected"
    assert trip.words.startswith("Zoom was connected in another tab in the meantime.")
    installation.run_due()
    installation.later(minutes=6)
    assert accounts(installation) == {ada.id: LENA}


def test_answer_that_was_exchanged_last_after_all_shows_on_the_card(
    sqlite_installation: Installation,
) -> None:
    installation, team = sqlite_installation, sqlite_installation.team
    answer = go(installation, team.ben)
    with interrupted(
        installation, "exchange_code", before=lambda: connect_a_moment_later(installation, team.ada)
    ):
        trip = come_back(installation, answer)
    assert trip.words == (
        "Ada Berg just connected the same account. Nothing was connected. Please connect again."
    )
    installation.run_due()
    assert states(installation) == {team.ada.id: ConnectionState.RECONNECT_NEEDED}
