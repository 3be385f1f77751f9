"""The outgoing webhook: what it sends where, how messages are signed and repeated, and when it gives up."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from jsonschema import Draft202012Validator

import background
from database import writing
from extensions import db
from models import AuditEntry, DeliveryState, Interview, OutgoingWebhook, WebhookDelivery
from public_address import is_public_number
from scheduling import webhook_deliveries
from tasks.outgoing_webhook import announcing
from tests.accounts.mails import do_background_work, the_mail_to
from tests.factories import Team, create_team, schedule
from tests.machines.application import MakeApp
from tests.machines.apps import Seeded
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.visitor import Visitor
from tests.web.test_api import DESCRIPTION
from timezones import utc_now
from work.retry import WEBHOOK

PAGE = "/settings/organization/api"


class Receiver:
    """A program that receives messages; `status` is what it answers."""

    def __init__(self) -> None:
        self.status = 204
        self.got: list[tuple[dict[str, str], bytes]] = []
        outer = self

        class Taking(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(outer.status)
                self.send_header("Location", "http://127.0.0.1:9/")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                """Quiet."""

        self._server = HTTPServer(("127.0.0.1", 0), Taking)
        self.url = f"http://127.0.0.1:{self._server.server_port}/interviews"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The messages that arrived, which have to be as docs/openapi.yaml says."""
        found = [json.loads(body) for _, body in self.got]
        schema = {"$ref": "#/components/schemas/WebhookMessage", "components": DESCRIPTION["components"]}
        for message in found:
            Draft202012Validator(schema).validate(message)
        return found


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    taking = Receiver()
    yield taking
    taking.end()


@pytest.fixture
def web(make_app: MakeApp, simulators: Simulators) -> Flask:
    """The app, which may send to programs on this machine."""
    return make_app({**simulators.settings(), "WEBHOOK_PRIVATE_ADDRESSES": "true"})


@pytest.fixture
def team(web: Flask, seeded: Seeded, clock: Clock) -> Team:
    """The clock is stopped before anyone signs in."""
    return seeded(web, create_team)


@pytest.fixture
def secret(ada: Visitor, receiver: Receiver) -> str:
    """Turn on the webhook, and return the secret with which it signs."""
    page = ada.submit(ada.get(PAGE), "Save", url=receiver.url)
    [shown] = {button["data-copy"] for button in page.tree.all("button") if button.get("data-copy")}
    assert shown not in ada.get(PAGE).html
    return str(shown)


def work(app: Flask) -> None:
    """Run a tick, and do what is due then."""
    with app.app_context():
        announcing().run()
    do_background_work(app)


def tell_what_is_due(app: Flask) -> None:
    with writing():
        while background.make_runner(app).run_due():
            pass


def test_new_and_changed_interviews_are_reported_once_each(
    web: Flask, clock: Clock, team: Team, receiver: Receiver, secret: str
) -> None:
    with in_rows(web):
        number = schedule(team.ada, team.dina)
    work(web)
    work(web)
    [message] = receiver.messages
    assert (message["type"], message["data"]["id"]) == ("interview.created", number)
    assert set(message["data"]) == set(DESCRIPTION["components"]["schemas"]["Interview"]["properties"])
    clock.move(timedelta(seconds=30))
    with in_rows(web):
        # This is for internal use: no program reads it.
        db.session.get_one(Interview, number).checked_problems = "link"
        db.session.commit()
    work(web)
    assert len(receiver.got) == 1
    clock.move(timedelta(seconds=30))
    with in_rows(web):
        db.session.get_one(Interview, number).title = "Another title"
        db.session.commit()
    work(web)
    assert [each["type"] for each in receiver.messages] == ["interview.created", "interview.updated"]
    assert receiver.messages[1]["data"]["title"] == "Another title"


def test_what_can_still_be_undone_waits(
    web: Flask, clock: Clock, team: Team, receiver: Receiver, secret: str
) -> None:
    with in_rows(web):
        row = db.session.get_one(Interview, schedule(team.ada, team.dina))
        row.undo_until = clock() + timedelta(seconds=10)
        db.session.commit()
    work(web)
    assert receiver.got == []
    clock.move(timedelta(seconds=11))
    work(web)
    assert len(receiver.got) == 1


def test_message_is_signed_with_its_time(
    web: Flask, clock: Clock, ada: Visitor, receiver: Receiver, secret: str
) -> None:
    ada.submit(ada.get(PAGE), "Send test message", leads_to=PAGE)
    work(web)
    [(headers, body)] = receiver.got
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert int(headers["webhook-timestamp"]) == int(clock().timestamp())
    [message] = receiver.messages
    assert (message["type"], message["data"]) == ("test", {})
    assert "Delivered" in ada.get(PAGE).words
    assert "Answered 204." in ada.get(PAGE).words


def test_message_is_repeated_under_its_id_until_it_arrives(
    web: Flask, clock: Clock, team: Team, ada: Visitor, receiver: Receiver, secret: str
) -> None:
    receiver.status = 500
    with in_rows(web):
        schedule(team.ada, team.dina)
    work(web)
    tell_what_is_due(web)
    assert len(receiver.got) == 1
    assert "Messages don't arrive." in ada.get(PAGE).words
    clock.move(timedelta(seconds=WEBHOOK.seconds[0] * 1.3))
    tell_what_is_due(web)
    receiver.status = 200
    clock.move(timedelta(seconds=WEBHOOK.seconds[1] * 1.3))
    tell_what_is_due(web)
    assert [headers["webhook-id"] for headers, _ in receiver.got] == [receiver.got[0][0]["webhook-id"]] * 3
    page = ada.get(PAGE)
    assert "Delivered" in page.words
    assert "tried 3 times" in page.words
    assert "Messages don't arrive." not in page.words


@pytest.mark.parametrize("status", [301, 404, 503])
def test_only_a_success_status_counts_as_success(
    web: Flask, clock: Clock, team: Team, receiver: Receiver, secret: str, status: int
) -> None:
    receiver.status = status
    with in_rows(web):
        schedule(team.ada, team.dina)
    work(web)
    with in_rows(web):
        row = db.session.scalars(sa.select(WebhookDelivery)).one()
        assert (row.state, row.tries, row.code) == (DeliveryState.WAITING, 1, status)
    assert len(receiver.got) == 1


def test_address_that_fails_for_a_day_is_turned_off_and_the_owner_is_told(
    web: Flask,
    clock: Clock,
    team: Team,
    ada: Visitor,
    receiver: Receiver,
    secret: str,
    simulators: Simulators,
) -> None:
    receiver.status = 500
    with in_rows(web):
        schedule(team.ada, team.dina)
    work(web)
    with in_rows(web):
        hook = db.session.get_one(OutgoingWebhook, 1)
        assert hook.failing_since is not None
        hook.failing_since -= timedelta(hours=24)
        db.session.commit()
    clock.move(timedelta(seconds=WEBHOOK.seconds[0] * 1.3))
    do_background_work(web)
    mail = the_mail_to(simulators, team.ada.email, "webhook")
    assert "was turned off" in str(mail["Subject"])
    assert "Its last answer was 500." in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    page = ada.get(PAGE)
    assert "It was turned off" in page.words
    with in_rows(web):
        assert not db.session.get_one(OutgoingWebhook, 1).is_on
        words = db.session.scalars(sa.select(AuditEntry.words)).all()
        assert "The webhook was turned off. Nothing arrived for a day. Its last answer was 500." in words
    receiver.status = 204
    ada.submit(page, "Turn on", leads_to=PAGE)
    # Programs get what changed meanwhile from the API.
    work(web)
    assert len(receiver.got) == 2


def test_status_410_turns_the_webhook_off(
    web: Flask, clock: Clock, team: Team, ada: Visitor, receiver: Receiver, secret: str
) -> None:
    receiver.status = 410
    with in_rows(web):
        schedule(team.ada, team.dina)
    work(web)
    assert "It was turned off. It answered 410, which means gone." in ada.get(PAGE).words


def test_outage_is_over_once_no_message_waits_for_it(
    web: Flask, clock: Clock, team: Team, receiver: Receiver, secret: str
) -> None:
    receiver.status = 500
    with in_rows(web):
        schedule(team.ada, team.dina)
    work(web)
    for seconds in WEBHOOK.seconds:
        with in_rows(web):
            # This many tries fit into less than a day.
            db.session.get_one(OutgoingWebhook, 1).failing_since = clock.now
            db.session.commit()
        clock.move(timedelta(seconds=seconds * 1.3))
        do_background_work(web)
    with in_rows(web):
        assert db.session.scalars(sa.select(WebhookDelivery)).one().state is DeliveryState.FAILED
        hook = db.session.get_one(OutgoingWebhook, 1)
        assert (hook.is_on, hook.failing_since) == (True, None)


def test_another_host_gets_another_secret(ada: Visitor, team: Team, receiver: Receiver, secret: str) -> None:
    same = ada.submit(ada.get(PAGE), "Save", leads_to=PAGE, url=f"{receiver.url}/more")
    assert not [button for button in same.tree.all("button") if button.get("data-copy")]
    other = ada.submit(ada.get(PAGE), "Save", url=receiver.url.replace("127.0.0.1", "localhost"))
    [shown] = {button["data-copy"] for button in other.tree.all("button") if button.get("data-copy")}
    assert shown.startswith("whsec_")
    assert shown != secret


def test_webhook_that_is_turned_off_sends_nothing(
    web: Flask, clock: Clock, team: Team, ada: Visitor, receiver: Receiver, secret: str
) -> None:
    with in_rows(web):
        schedule(team.ada, team.dina)
    with web.app_context():
        announcing().run()
    ada.submit(ada.get(PAGE), "Turn off", leads_to=PAGE)
    do_background_work(web)
    assert receiver.got == []
    assert "Not sent" in ada.get(PAGE).words


def test_renewed_secret_is_another_one(ada: Visitor, team: Team, receiver: Receiver, secret: str) -> None:
    page = ada.submit(ada.get(PAGE), "Renew secret")
    shown = {button["data-copy"] for button in page.tree.all("button") if button.get("data-copy")}
    assert len(shown) == 1
    assert secret not in shown


@pytest.fixture
def strict(make_app: MakeApp, simulators: Simulators, team: Team) -> Flask:
    """The app as it is by default."""
    return make_app(simulators.settings())


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://hooks.example.com/", "has to begin with https://"),
        ("hooks.example.com", "full address"),
        ("javascript:alert(1)", "full address"),
        ("https://user:pass@hooks.example.com/", "Leave out the user name"),
        ("https://hooks.example.com/#part", "Leave out the user name"),
        ("https://hooks.example.com/" + "a" * 500, "At most 500"),
    ],
)
def test_addresses_that_cannot_get_messages(strict: Flask, team: Team, url: str, words: str) -> None:
    ada = Visitor(strict).enter(team.ada)
    page = ada.submit(ada.get(PAGE), "Save", status=422, url=url)
    assert words in page.error_at("url")
    assert page.value_of("Save", "url") == url


def test_private_addresses_are_not_connected_to(
    strict: Flask, clock: Clock, team: Team, receiver: Receiver
) -> None:
    ada = Visitor(strict).enter(team.ada)
    url = receiver.url.replace("http://127.0.0.1", "https://localhost")
    ada.submit(ada.get(PAGE), "Save", url=url)
    ada.submit(ada.get(PAGE), "Send test message", leads_to=PAGE)
    do_background_work(strict)
    page = ada.get(PAGE)
    assert "localhost is not on the public internet." in page.words
    assert "Failed" in page.words
    assert receiver.got == []


@pytest.mark.parametrize(
    ("number", "is_public"),
    [
        *[(each, True) for each in ("93.184.216.34", "2606:4700::1111", "::ffff:93.184.216.34")],
        *[(each, False) for each in ("127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "100.64.0.1")],
        *[(each, False) for each in ("169.254.169.254", "0.0.0.0", "224.0.0.1", "255.255.255.255")],
        *[(each, False) for each in ("::1", "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1", "ff02::1")],
        *[(each, False) for each in ("64:ff9b::10.0.0.1", "2002:0a00:0001::", "2001:0:1::1", "name")],
    ],
)
def test_numbers_of_the_public_internet(number: str, is_public: bool) -> None:
    assert is_public_number(number) is is_public


def test_deliveries_are_requested_once_on_both_databases(app: Flask) -> None:
    with in_rows(app):
        team = create_team()
        db.session.add(OutgoingWebhook(id=1, url="https://hooks.example.com/", sealed_secret=""))
        db.session.commit()
        number = schedule(team.ada, team.dina)
        assert webhook_deliveries.changed(utc_now()) == [number]
        webhook_deliveries.announce([number])
        db.session.commit()
        webhook_deliveries.announce([number])
        db.session.commit()
        assert webhook_deliveries.changed(utc_now()) == []
        [row] = db.session.scalars(sa.select(WebhookDelivery))
        assert (row.event, row.interview_id) == ("interview.created", number)
        row.state = DeliveryState.DELIVERED
        row.created_at -= timedelta(days=31)
        db.session.commit()
        assert webhook_deliveries.forget_old(utc_now() - webhook_deliveries.KEPT_FOR) == 1


def test_only_an_owner_names_it(web: Flask, team: Team, ben: Visitor) -> None:
    for path in ("webhook", "webhook/secret", "webhook/switch", "webhook/test"):
        ben.post(f"{PAGE}/{path}", {}, status=403)


@pytest.fixture
def ada(web: Flask, team: Team) -> Visitor:
    return Visitor(web).enter(team.ada)


@pytest.fixture
def ben(web: Flask, team: Team) -> Visitor:
    return Visitor(web).enter(team.ben)
