"""Connections end when their owner leaves the team: here at once, at the provider by a task."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from connections import refresh
from connections.grants import with_grant
from connections.revocation import REVOKE_GRANT, end_connection
from connections.rows import read_tokens
from connections.service import Connections
from extensions import db
from models import AuditEntry, Connection, ConnectionState, Task, TaskState
from providers.errors import ConnectionRevokedError, NotRevocableError, RetryableError
from providers.protocols import OAuthProvider
from services import services
from tests.accounts.mails import do_background_work
from tests.factories import LENA, ZOOM, Team, connect_zoom, schedule, with_provider
from tests.machines.application import MakeApp, use_services
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.visitor import Visitor
from timezones import utc_now


@pytest.fixture
def connection_id(web: Flask, team: Team, simulators: Simulators) -> int:
    """Ben's Zoom account, connected."""
    with in_rows(web):
        return connect_zoom(team.ben, simulators)


def grants(simulators: Simulators) -> list[bool]:
    return [bool(grant["alive"]) for grant in simulators.ledger()["grants"]]


def revocation(app: Flask) -> Task:
    task = db.session.scalars(db.select(Task).where(Task.kind == REVOKE_GRANT.name)).one()
    db.session.expunge(task)
    return task


def test_deactivating_makes_the_grant_unusable_before_the_provider_is_told(
    web: Flask, team: Team, ada: Visitor, connection_id: int, simulators: Simulators
) -> None:
    ada.post(f"/settings/team/{team.ben.id}/deactivate", status=303)
    assert grants(simulators) == [True]
    with in_rows(web):
        row = db.session.get_one(Connection, connection_id)
        assert (row.state, row.ciphertext) == (ConnectionState.ENDED, "")
        db.session.rollback()
        with pytest.raises(ConnectionRevokedError):
            with_grant(connection_id, lambda grant: grant.access_token)
    assert "Ben Frei was deactivated. Ended: Zoom." in ada.get("/settings/system-log").words


def test_task_gives_the_grant_back_and_wipes_the_tokens(
    web: Flask, team: Team, ada: Visitor, connection_id: int, simulators: Simulators
) -> None:
    ada.post(f"/settings/team/{team.ben.id}/deactivate", status=303)
    with in_rows(web):
        assert "sealed" in revocation(web).payload
    do_background_work(web)
    assert grants(simulators) == [False]
    with in_rows(web):
        task = revocation(web)
        assert task.state is TaskState.DONE
        assert "sealed" not in task.payload


def test_tokens_wait_encrypted(web: Flask, team: Team, ada: Visitor, connection_id: int) -> None:
    tokens: list[str] = []
    with in_rows(web):
        with_grant(connection_id, lambda grant: tokens.append(grant.access_token))
    ada.post(f"/settings/team/{team.ben.id}/deactivate", status=303)
    with in_rows(web):
        everything = " ".join(
            str(row) for table in db.metadata.sorted_tables for row in db.session.execute(db.select(table))
        )
    assert tokens
    assert tokens[0] not in everything


def test_provider_that_is_away_is_told_later(
    web: Flask,
    clock: Clock,
    team: Team,
    ada: Visitor,
    connection_id: int,
    make_app: MakeApp,
    simulators: Simulators,
) -> None:
    away = make_app({**simulators.settings(), "ZOOM_OAUTH_URL": "http://127.0.0.1:9"})
    ada.post(f"/settings/team/{team.ben.id}/deactivate", status=303)
    do_background_work(away)
    with in_rows(web):
        task = revocation(web)
        assert (task.state, task.failures) == (TaskState.READY, 1)
        assert "sealed" in task.payload
        assert task.run_at > utc_now()
    clock.move(timedelta(minutes=1))
    do_background_work(web)
    assert grants(simulators) == [False]


def test_expired_access_token_is_renewed_so_that_the_whole_grant_ends(
    web: Flask, clock: Clock, team: Team, ada: Visitor, connection_id: int, simulators: Simulators
) -> None:
    end_with_a_token_that_ran_out(web, connection_id)
    before = simulators.ledger()["token_calls"]
    do_background_work(web)
    assert grants(simulators) == [False]
    assert simulators.ledger()["token_calls"] == before + 1


def end_with_a_token_that_ran_out(web: Flask, connection_id: int) -> None:
    with in_rows(web):
        end_connection(db.session.get_one(Connection, connection_id))
        task = db.session.scalars(db.select(Task).where(Task.kind == REVOKE_GRANT.name)).one()
        task.payload = {**task.payload, "expires_at": (utc_now() - timedelta(minutes=1)).isoformat()}
        db.session.commit()


def failed_revocations(app: Flask) -> list[str]:
    with in_rows(app):
        return list(
            db.session.scalars(db.select(AuditEntry.words).where(AuditEntry.event == "revocation_failed"))
        )


class RefreshesOnly:
    """A provider that goes away after it has renewed a grant."""

    def __init__(self, provider: OAuthProvider) -> None:
        self._provider = provider

    def __getattr__(self, name: str) -> Any:
        return getattr(self._provider, name)

    def revoke(self, access_token: str) -> None:
        raise RetryableError("Zoom cannot be reached.")


class NeverRevokes(RefreshesOnly):
    """A provider that doesn't let apps end a grant."""

    def revoke(self, access_token: str) -> None:
        raise NotRevocableError("Only the owner of the account can end this.")


def test_provider_that_cannot_be_told_is_not_asked_again_and_the_user_is_told_at_once(
    web: Flask, team: Team, ada: Visitor, connection_id: int
) -> None:
    reached: Connections = services(web).connections
    never: Any = NeverRevokes(reached.clients[ZOOM].oauth)
    use_services(web, connections=with_provider(reached, never))
    ada.post(f"/settings/team/{team.ben.id}/deactivate", status=303)
    do_background_work(web)
    [words] = failed_revocations(web)
    assert "remove the app in that account's own settings" in words
    with in_rows(web):
        assert (revocation(web).state, "sealed" in revocation(web).payload) == (TaskState.DONE, False)


def test_renewed_pair_is_kept_until_the_provider_has_been_told(
    web: Flask, clock: Clock, connection_id: int, simulators: Simulators
) -> None:
    end_with_a_token_that_ran_out(web, connection_id)
    before = simulators.ledger()["token_calls"]
    reached: Connections = services(web).connections
    half_away: Any = RefreshesOnly(reached.clients[ZOOM].oauth)
    use_services(web, connections=with_provider(reached, half_away))
    do_background_work(web)
    use_services(web, connections=reached)
    assert grants(simulators) == [True]
    clock.move(timedelta(minutes=1))
    do_background_work(web)
    assert grants(simulators) == [False]
    assert simulators.ledger()["token_calls"] == before + 1
    assert failed_revocations(web) == []


def test_user_is_told_what_to_do_about_a_grant_whose_renewed_pair_never_arrived(
    web: Flask, clock: Clock, connection_id: int, simulators: Simulators
) -> None:
    end_with_a_token_that_ran_out(web, connection_id)
    simulators.zoom_switches(lose_next_token_answers=1)
    do_background_work(web)
    # A fault in between must not hide what the first one may have cost.
    simulators.zoom_switches(token_endpoint="invalid_client")
    clock.move(timedelta(minutes=1))
    do_background_work(web)
    simulators.zoom_switches(token_endpoint="")
    assert failed_revocations(web) == []
    clock.move(timedelta(minutes=5))
    do_background_work(web)
    [words] = failed_revocations(web)
    assert "Zoom could not be told that Ben Frei disconnected." in words
    with in_rows(web):
        assert (revocation(web).state, "sealed" in revocation(web).payload) == (TaskState.DONE, False)


def test_grant_that_the_provider_ended_on_its_own_is_not_a_failure(
    web: Flask, clock: Clock, connection_id: int, simulators: Simulators
) -> None:
    end_with_a_token_that_ran_out(web, connection_id)
    simulators.zoom_switches(token_endpoint="invalid_client")
    do_background_work(web)
    simulators.zoom_switches(token_endpoint="")
    simulators.revoke(LENA)
    clock.move(timedelta(minutes=5))
    do_background_work(web)
    assert failed_revocations(web) == []
    with in_rows(web):
        assert revocation(web).state is TaskState.DONE


def test_user_is_told_what_to_do_about_a_provider_that_stays_away(
    web: Flask, team: Team, ada: Visitor, connection_id: int, make_app: MakeApp, simulators: Simulators
) -> None:
    away = make_app({**simulators.settings(), "ZOOM_OAUTH_URL": "http://127.0.0.1:9"})
    ada.post(f"/settings/team/{team.ben.id}/deactivate", status=303)
    with in_rows(web):
        db.session.scalars(db.select(Task).where(Task.kind == REVOKE_GRANT.name)).one().failures = 39
        db.session.commit()
    do_background_work(away)
    with in_rows(web):
        assert "sealed" not in revocation(web).payload
        words = db.session.scalars(
            db.select(AuditEntry.words).where(AuditEntry.event == "revocation_failed")
        ).one()
    assert "Zoom could not be told that Ben Frei disconnected." in words


def test_account_that_was_connected_again_meanwhile_is_not_revoked(
    web: Flask, team: Team, ada: Visitor, connection_id: int, make_app: MakeApp, simulators: Simulators
) -> None:
    away = make_app({**simulators.settings(), "ZOOM_OAUTH_URL": "http://127.0.0.1:9"})
    ada.post(f"/settings/team/{team.ben.id}/deactivate", status=303)
    with in_rows(web):
        connect_zoom(team.cleo, simulators, LENA)
    # Done although the provider cannot be reached: it was not asked.
    do_background_work(away)
    with in_rows(web):
        task = revocation(web)
        assert task.state is TaskState.DONE
        assert "sealed" not in task.payload
    assert grants(simulators)[-1]


def test_someone_who_comes_back_connects_again_on_the_same_row(
    web: Flask, team: Team, ada: Visitor, connection_id: int, simulators: Simulators
) -> None:
    ada.post(f"/settings/team/{team.ben.id}/deactivate", status=303)
    do_background_work(web)
    ada.post(f"/settings/team/{team.ben.id}/reactivate", status=303)
    ben = Visitor(web).enter(team.ben)
    page = ben.get("/settings/account/connected-apps").html
    assert "/connect/zoom" in page
    assert "Reconnect" not in page
    with in_rows(web):
        assert connect_zoom(team.ben, simulators) == connection_id
        assert with_grant(connection_id, lambda grant: grant.access_token)


def test_meeting_of_someone_who_left_keeps_its_link(
    web: Flask, team: Team, ada: Visitor, connection_id: int, simulators: Simulators
) -> None:
    with in_rows(web):
        interview_id = schedule(team.ada, team.dina)
    do_background_work(web)
    ada.post(f"/settings/team/{team.ben.id}/deactivate", status=303)
    do_background_work(web)
    words = ada.get(f"/interviews/{interview_id}").words
    assert "Join Zoom Meeting" in words
    assert "Ben Frei's Zoom account" in words


def test_pair_that_arrives_after_the_end_is_revoked_too(
    web: Flask, team: Team, connection_id: int, simulators: Simulators
) -> None:
    """Someone is deactivated while another process renews their tokens."""
    with in_rows(web):
        row = db.session.get_one(Connection, connection_id)
        tokens = read_tokens(row)
        assert tokens is not None
        version, refresh_token = row.token_version, tokens[1]
        db.session.rollback()
        claim = refresh._claim(connection_id, version)
        assert claim is not None
        end_connection(db.session.get_one(Connection, connection_id))
        db.session.commit()
        refresh._refresh(claim, refresh_token, None)
        row = db.session.get_one(Connection, connection_id)
        assert (row.state, row.ciphertext) == (ConnectionState.ENDED, "")
        assert len(db.session.scalars(db.select(Task).where(Task.kind == REVOKE_GRANT.name)).all()) == 2
    do_background_work(web)
    assert grants(simulators) == [False]
