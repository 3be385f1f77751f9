"""Messages from Zoom: which are believed, how they are answered, and that a removal is verified, never just
trusted."""

import hashlib
import hmac
import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import make_url
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

import background
from connections import wording
from extensions import db
from models import Connection, ConnectionState, Meeting, MeetingState, Task, WebhookEvent
from providers.zoom.webhooks import ZoomWebhooks
from tests.factories import LENA, ZOOM, Team, connect_zoom, create_team, schedule
from tests.machines.apps import Seeded
from tests.machines.rows import in_rows
from tests.machines.simulators import CLIENT_ID, Simulators
from timezones import system_clock, use_clock, utc_now

SECRET = "test-secret-token"
CHECK = "check_connection"


@pytest.fixture
def app(make_app: Callable[..., Flask], simulators: Simulators) -> Flask:
    """The product with the simulated Zoom and a webhook secret."""
    return make_app({**simulators.settings(), "ZOOM_WEBHOOK_SECRET_TOKEN": SECRET})


@pytest.fixture
def people(app: Flask, seeded: Seeded) -> Team:
    return seeded(app, create_team)


@pytest.fixture
def connection(app: Flask, people: Team, simulators: Simulators) -> int:
    """Ben's Zoom account, connected."""
    with in_rows(app):
        return connect_zoom(people.ben, simulators)


@contextmanager
def later(by: timedelta) -> Iterator[None]:
    use_clock(lambda: system_clock() + by)
    yield
    use_clock(system_clock)


def signed(body: bytes, *, secret: str = SECRET, at: datetime | None = None, unit: int = 1) -> dict[str, str]:
    """Sign a message; written from Zoom's guide and not from our own code."""
    timestamp = str(int((at or utc_now()).timestamp() * unit))
    code = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"x-zm-request-timestamp": timestamp, "x-zm-signature": f"v0={code}"}


def send(app: Flask, body: bytes, headers: dict[str, str] | None = None) -> TestResponse:
    return app.test_client().post(
        "/webhooks/zoom", data=body, headers=headers, content_type="application/json; charset=utf-8"
    )


def message(event: str, **payload: Any) -> bytes:
    return json.dumps({"event": event, "payload": payload}).encode()


def removal(app: Flask, connection: int, *, at: datetime | None = None, **changes: Any) -> bytes:
    """`app_deauthorized` about the user of a connection."""
    at = at or utc_now()
    payload = {
        "account_id": "N0rthl1ghtSimAccount00",
        "user_id": row_of(app, connection).account_id,
        "client_id": CLIENT_ID,
        "deauthorization_time": f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z",
        "signature": "827edc3452044f0bc86bdd5684afb7d1",
        **changes,
    }
    return message("app_deauthorized", **payload)


def row_of(app: Flask, connection: int) -> Connection:
    with in_rows(app):
        row = db.session.get_one(Connection, connection)
        db.session.expunge(row)
        return row


def checks(app: Flask) -> list[str]:
    with in_rows(app):
        return [state.value for state in db.session.scalars(db.select(Task.state).where(Task.kind == CHECK))]


def work(app: Flask) -> None:
    background.make_runner(app).run_due()


def test_without_a_secret_there_is_nothing_here(make_app: Callable[..., Flask]) -> None:
    app = make_app({})
    body = message("endpoint.url_validation", plainToken="x")
    assert send(app, body, signed(body, secret="")).status_code == 404
    assert app.test_client().get("/webhooks/zoom").status_code == 404


def test_challenge_is_answered_with_its_code(app: Flask) -> None:
    body = message("endpoint.url_validation", plainToken="plain-token-123")
    answer = send(app, body, signed(body))
    assert answer.status_code == 200
    assert answer.get_json() == {
        "plainToken": "plain-token-123",
        "encryptedToken": "27bcbafb57cd8db07613ceddeda1d444aafdb3192d0e1d6ec0ea8aeee8325c2a",
    }
    assert send(app, body).status_code == 401


def test_signature_is_that_of_the_bytes_as_they_came() -> None:
    body = (
        '{"event":"meeting.deleted","event_ts":1626230691572,"payload":{"account_id":"A","object":'
        '{"id":92674392836,"uuid":"u==","topic":"Interview é"}}}'
    ).encode()
    zoom, now = ZoomWebhooks(SECRET, CLIENT_ID), datetime.fromtimestamp(1626230691, UTC)
    signature = "v0=20e4d590ebf8252d89f7cb30f149a81f5df918d7ac77f5853443b3379e75b524"
    headers = {"x-zm-request-timestamp": "1626230691", "x-zm-signature": signature}
    assert zoom.is_genuine(body, headers, now)
    assert not zoom.is_genuine(body + b" ", headers, now)
    assert not zoom.is_genuine(body, {**headers, "x-zm-request-timestamp": "1626230692"}, now)


@pytest.mark.parametrize(
    ("seconds", "unit", "status"),
    [
        (0, 1, 204),
        (-299, 1, 204),
        (299, 1, 204),
        (-301, 1, 401),
        (302, 1, 401),
        (0, 1000, 204),
        (-301, 1000, 401),
    ],
)
def test_time_of_a_message_counts(app: Flask, seconds: int, unit: int, status: int) -> None:
    body = message("meeting.deleted", object={"id": 1})
    at = utc_now() + timedelta(seconds=seconds)
    assert send(app, body, signed(body, at=at, unit=unit)).status_code == status


def test_unproven_messages_are_refused(app: Flask) -> None:
    body = message("meeting.deleted", object={"id": 1})
    sound = signed(body)
    for headers in (
        {},
        {"x-zm-signature": sound["x-zm-signature"]},
        {"x-zm-request-timestamp": sound["x-zm-request-timestamp"]},
        {**sound, "x-zm-signature": sound["x-zm-signature"].removeprefix("v0=")},
        {**sound, "x-zm-signature": "v0=" + "0" * 64},
        {**sound, "x-zm-signature": "é"},
        {**sound, "x-zm-request-timestamp": "soon"},
        {**sound, "x-zm-request-timestamp": "9" * 400},
        {**sound, "x-zm-request-timestamp": "-1"},
        signed(body, secret="another"),
    ):
        answer = send(app, body, headers)
        assert (answer.status_code, answer.data) == (401, b""), headers
    assert send(app, b"no json").status_code == 401


def test_signed_nonsense_is_refused_and_too_much_is_not_read(app: Flask) -> None:
    for body in (b"", b"no json", b"[]", b'{"event":"x"}', b"[" * 50_000, message("endpoint.url_validation")):
        assert send(app, body, signed(body)).status_code == 400, body[:20]
    large = message("meeting.deleted", object={"topic": "x" * 70_000})
    assert send(app, large, signed(large)).status_code == 413


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"user_id": ""},
        {"user_id": ["a"]},
        {"user_id": "\ud800"},
        {"user_id": "a\0b"},
        {"user_id": "a b"},
        {"user_id": "é"},
        {"user_id": "a" * 129},
        {"user_id": "a", "deauthorization_time": "0001-01-01T00:00:00+14:00"},
        {"user_id": "a", "deauthorization_time": "9999-12-31T23:59:59-14:00"},
    ],
)
def test_removal_that_no_one_can_have_made_is_refused(app: Flask, payload: dict[str, Any]) -> None:
    body = message("app_deauthorized", client_id=CLIENT_ID, **payload)
    assert send(app, body, signed(body)).status_code == 400
    assert send(app, body).status_code == 401


def test_clocks_may_differ_by_minutes(app: Flask, connection: int) -> None:
    for at in (utc_now() - timedelta(minutes=4), datetime(9999, 12, 31, 23, 59, tzinfo=UTC)):
        body = removal(app, connection, at=at)
        assert send(app, body, signed(body)).status_code == 204
        work(app)
    assert checks(app) == ["done", "done"]


def test_hint_that_leads_to_nothing_waits_for_no_writer(app: Flask, connection: int) -> None:
    unknown = removal(app, connection, user_id="nobody")
    seen_already = removal(app, connection)
    path = make_url(app.config["DATABASE_URL"]).database or ""
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        for body in (unknown, seen_already):
            assert send(app, body).status_code == 204
        writer.execute("ROLLBACK")


def test_removal_at_zoom_ends_the_connection(app: Flask, connection: int, simulators: Simulators) -> None:
    simulators.revoke(LENA)
    body = removal(app, connection)
    assert send(app, body, signed(body)).status_code == 204
    assert row_of(app, connection).state is ConnectionState.CONNECTED
    work(app)
    row = row_of(app, connection)
    assert (row.state, row.problem) == (
        ConnectionState.RECONNECT_NEEDED,
        wording.removed_by_user(ZOOM, "SmoothHiring"),
    )
    assert (row.ciphertext, row.account_email) == ("", "")


def test_removal_that_is_not_true_changes_nothing(app: Flask, connection: int) -> None:
    body = removal(app, connection)
    send(app, body, signed(body))
    work(app)
    row = row_of(app, connection)
    assert (row.state, row.account_email, row.trouble) == (ConnectionState.CONNECTED, LENA, None)
    assert checks(app) == ["done"]


def test_removal_is_looked_into_again_when_zoom_is_away(
    app: Flask, connection: int, simulators: Simulators
) -> None:
    simulators.revoke(LENA)
    simulators.zoom_switches(fail_next=1)
    body = removal(app, connection)
    send(app, body, signed(body))
    work(app)
    assert (row_of(app, connection).state, checks(app)) == (ConnectionState.CONNECTED, ["ready"])
    with later(timedelta(minutes=2)):
        work(app)
    assert row_of(app, connection).problem == wording.removed_by_user(ZOOM, "SmoothHiring")


def test_removal_from_before_the_connection_is_left_alone(app: Flask, connection: int) -> None:
    body = removal(app, connection, at=utc_now() - timedelta(hours=1))
    assert send(app, body, signed(body)).status_code == 204
    assert checks(app) == []


def test_removal_that_is_about_others_is_left_alone(app: Flask, connection: int) -> None:
    for body in (
        removal(app, connection, client_id="another-app"),
        removal(app, connection, user_id="somebody-else"),
    ):
        assert send(app, body, signed(body)).status_code == 204
    assert checks(app) == []


def test_copy_of_a_message_is_answered_and_left_alone(app: Flask, connection: int) -> None:
    body = removal(app, connection)
    headers = signed(body)
    for _ in range(3):
        assert send(app, body, headers).status_code == 204
        work(app)
    assert checks(app) == ["done"]


def test_messages_are_forgotten_after_a_week(app: Flask, connection: int) -> None:
    first = removal(app, connection)
    send(app, first, signed(first))
    with later(timedelta(days=8)):
        second = removal(app, connection)
        send(app, second, signed(second))
    with in_rows(app):
        assert db.session.scalar(db.select(db.func.count()).select_from(WebhookEvent)) == 1


def test_unsigned_removal_is_a_hint_and_one_an_hour(
    app: Flask, connection: int, simulators: Simulators
) -> None:
    body = removal(app, connection, at=utc_now() + timedelta(hours=4))
    assert send(app, body).status_code == 204
    assert checks(app) == []  # It was connected a moment ago, which counts as a check.
    for hours in (1.1, 1.2, 2.3):
        with later(timedelta(hours=hours)):
            for _ in range(3):
                send(app, body)
            work(app)
            send(app, body)
    assert checks(app) == ["done", "done"]
    assert row_of(app, connection).state is ConnectionState.CONNECTED
    simulators.revoke(LENA)
    with later(timedelta(hours=3.5)):
        send(app, body)
        work(app)
    row = row_of(app, connection)
    assert (row.state, row.problem) == (
        ConnectionState.RECONNECT_NEEDED,
        wording.ended_by_provider(ZOOM),
    )


@pytest.mark.parametrize("secret", [SECRET, ""])
def test_removing_the_app_at_the_simulated_zoom_arrives(
    app: Flask, connection: int, simulators: Simulators, secret: str
) -> None:
    with in_rows(app):
        db.session.get_one(Connection, connection).checked_at = utc_now() - timedelta(hours=2)
        db.session.commit()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        url = f"http://127.0.0.1:{server.port}/webhooks/zoom"
        simulators.zoom_switches(webhook_url=url, webhook_secret_token=secret)
        simulators.revoke(LENA)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert len(checks(app)) == 1
    work(app)
    assert row_of(app, connection).state is ConnectionState.RECONNECT_NEEDED


def looks_due(app: Flask) -> int:
    with in_rows(app):
        due = db.select(db.func.count(Task.id)).where(
            Task.kind == "look_at_meeting", Task.run_at <= utc_now()
        )
        return db.session.scalar(due.where(Task.state == "ready")) or 0


@pytest.fixture
def meeting_number(app: Flask, people: Team, connection: int) -> str:
    """The Zoom number of an interview's meeting."""
    with in_rows(app):
        schedule(people.ada, people.dina)
    work(app)
    with in_rows(app):
        return str(db.session.scalars(db.select(Meeting.provider_meeting_id)).one())


@pytest.mark.parametrize("event", ["meeting.deleted", "meeting.updated"])
@pytest.mark.parametrize("kind", [int, str])
def test_meeting_that_zoom_says_was_touched_is_looked_at_and_not_believed(
    app: Flask, meeting_number: str, event: str, kind: type
) -> None:
    body = message(event, account_id="A", object={"id": kind(meeting_number), "uuid": "u=="})
    assert send(app, body).status_code == 401
    assert looks_due(app) == 0
    assert send(app, body, signed(body)).status_code == 204
    assert looks_due(app) == 1
    assert send(app, body, signed(body)).status_code == 204
    assert looks_due(app) == 1
    work(app)
    with in_rows(app):
        row = db.session.scalars(db.select(Meeting)).one()
        assert (row.state, row.provider_meeting_id) == (MeetingState.READY, meeting_number)


@pytest.mark.parametrize("about", [{"id": 1}, {"id": "87654321098"}])
def test_message_about_a_meeting_of_someone_else_is_taken_and_ignored(
    app: Flask, meeting_number: str, about: dict[str, Any]
) -> None:
    body = message("meeting.deleted", account_id="A", object=about)
    assert send(app, body, signed(body)).status_code == 204
    assert looks_due(app) == 0


@pytest.mark.parametrize("about", [None, {}, [], {"id": None}, {"id": "../1"}, {"id": True}])
def test_message_about_no_meeting_at_all_is_refused(app: Flask, people: Team, about: object) -> None:
    body = message("meeting.updated", object=about)
    assert send(app, body, signed(body)).status_code == 400
