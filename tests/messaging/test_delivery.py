"""What happens to a mail at real servers, stubborn ones, and broken ones."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes, policy

import pytest
from flask import Flask

from config import flask_settings, load_settings
from messaging import smtp, transport
from messaging.delivery import (
    Accepted,
    Deferred,
    Misconfigured,
    Refused,
    Unknown,
    deliver,
    is_configured,
    sender_address,
)
from messaging.facts import Person
from messaging.mime import FilePart
from messaging.smtp import text_seconds
from scheduling.drafts.attachments import MOST_BYTES_TOGETHER
from tests.machines.resolver import silent_resolver
from tests.messaging.deliveries_for_tests import ENVELOPE, LETTER, deliver_to, settings
from tests.messaging.facts_for_tests import SENDER
from tests.messaging.mail_servers import HOST, raw_server, real_server, scripted, silent

EHLO = b"250 mail.test\r\n"
OK = b"250 OK\r\n"
GO_ON = b"354 go on\r\n"


def test_an_accepted_mail_reaches_one_recipient_and_shows_everyone() -> None:
    with real_server() as mailroom:
        outcome = deliver_to(mailroom.port)
    assert outcome == Accepted(250, "The mail server took it: “250 2.0.0 Queued as 4F1”")
    [transaction] = mailroom.taken
    assert transaction.recipients == ["dina@mail.example"]
    assert transaction.sender == SENDER
    message = message_from_bytes(transaction.content, policy=policy.default)
    assert message["To"] == "Dina Park <dina@mail.example>"
    assert message["Cc"] == "Ben Okafor <ben@northwind.example>, Kiran Rao <kiran@northwind.example>"
    assert message["From"] == f"Anna Berg via Northwind <{SENDER}>"
    assert message["Reply-To"] == "Anna Berg <anna@northwind.example>"
    assert message["Message-ID"] == "<i1.r0.7f3a@northwind.example>"
    assert message["In-Reply-To"] is None


def test_a_later_mail_refers_to_the_first_one() -> None:
    with real_server() as mailroom:
        deliver_to(mailroom.port, replace(ENVELOPE, references="<first@northwind.example>"))
    message = message_from_bytes(mailroom.taken[0].content, policy=policy.default)
    assert message["References"] == message["In-Reply-To"] == "<first@northwind.example>"


def test_lines_that_begin_with_a_period_arrive_as_written() -> None:
    letter = replace(LETTER, text=".\n..\n.hidden\n")
    with real_server() as mailroom, settings(mailroom.port):
        deliver(letter, ENVELOPE)
    message = message_from_bytes(mailroom.taken[0].content, policy=policy.default)
    text = message.get_body(("plain",))
    assert text is not None
    assert text.get_content().splitlines() == [".", "..", ".hidden"]


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(
    "reply", ["421 4.7.0 Too many", "450 4.2.0 Graylisted", "451 4.3.0 Later", "452 4.2.2 Full"]
)
def test_an_answer_of_the_four_hundreds_defers_the_mail(step: str, reply: str) -> None:
    with real_server() as mailroom:
        mailroom.replies[step] = reply
        outcome = deliver_to(mailroom.port)
    assert isinstance(outcome, Deferred)
    assert outcome.code == int(reply[:3])
    assert reply in outcome.words


def test_a_greeting_that_asks_to_come_back_defers_the_mail() -> None:
    with raw_server(scripted(greeting=b"421 4.3.2 Shutting down\r\n")) as port:
        outcome = deliver_to(port)
    assert isinstance(outcome, Deferred)
    assert outcome.code == 421


def test_an_unknown_recipient_is_refused_with_the_servers_words() -> None:
    with real_server() as mailroom:
        mailroom.replies["RCPT"] = "550 5.1.1 No such user here"
        outcome = deliver_to(mailroom.port)
    assert outcome == Refused(
        550,
        "The mail server refused the email to dina@mail.example: “550 5.1.1 No such user here”",
        concerns_address=True,
    )


@pytest.mark.parametrize(("step", "reply"), [("DATA", "554 5.7.1 Spam"), ("MAIL", "552 5.3.4 Too large")])
def test_a_refused_text_is_refused_for_good(step: str, reply: str) -> None:
    with real_server() as mailroom:
        mailroom.replies[step] = reply
        outcome = deliver_to(mailroom.port)
    assert isinstance(outcome, Refused)
    assert reply in outcome.words


@pytest.mark.parametrize(
    ("step", "reply", "is_too_large"),
    [
        ("MAIL", "552 Message size exceeds fixed maximum message size", True),
        ("DATA", "552 5.3.4 Too large", True),
        ("DATA", "554 5.2.3 Message too large for this recipient", True),
        ("RCPT", "552 5.2.2 Mailbox full", False),
        ("DATA", "554 5.7.1 Spam", False),
    ],
)
def test_only_a_mail_that_is_too_large_is_worth_trying_with_less(
    step: str, reply: str, is_too_large: bool
) -> None:
    with real_server() as mailroom:
        mailroom.replies[step] = reply
        outcome = deliver_to(mailroom.port)
    assert isinstance(outcome, Refused)
    assert outcome.is_too_large is is_too_large


@pytest.mark.parametrize(
    ("step", "reply"),
    [
        ("MAIL", "553 5.7.1 Sender address rejected: not owned by user"),
        ("MAIL", "530 5.7.0 Must issue a STARTTLS command first"),
        ("RCPT", "530 5.7.57 Client not authenticated"),
        ("DATA", "550 5.7.30 Basic authentication is not supported"),
    ],
)
def test_an_answer_about_the_settings_is_distinguished_from_one_about_the_mail(step: str, reply: str) -> None:
    with real_server() as mailroom:
        mailroom.replies[step] = reply
        outcome = deliver_to(mailroom.port)
    assert isinstance(outcome, Misconfigured)
    assert reply in outcome.words


def test_a_server_that_wants_nothing_from_us_is_a_wrong_setting() -> None:
    with raw_server(scripted(greeting=b"554 5.7.1 No service for you\r\n")) as port:
        outcome = deliver_to(port)
    assert isinstance(outcome, Misconfigured)
    assert "No service for you" in outcome.words


def trickle(connection: socket.socket) -> None:
    """Sends a byte often enough that no single wait is ever long."""
    for _ in range(200):
        connection.sendall(b"2")
        time.sleep(0.02)


def endless(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"220-still here\r\n" * 1000)


def test_a_silent_server_is_given_up_after_the_time_out() -> None:
    with raw_server(silent) as port:
        began = time.monotonic()
        outcome = deliver_to(port, MAIL_TIMEOUT=0.2)
        assert time.monotonic() - began < 3
    words = f"The mail server {HOST}:{port} didn't answer in time."
    assert outcome == Deferred(None, words, concerns_all=True)


def test_a_server_that_falls_silent_before_the_text_defers_the_mail() -> None:
    with raw_server(scripted(EHLO, OK)) as port:
        assert isinstance(deliver_to(port, MAIL_TIMEOUT=0.2), Deferred)


def test_a_server_that_falls_silent_after_the_text_leaves_the_outcome_open() -> None:
    with raw_server(scripted(EHLO, OK, OK, GO_ON)) as port:
        outcome = deliver_to(port, MAIL_TIMEOUT=0.2)
    assert isinstance(outcome, Unknown)
    assert outcome.is_too_slow


def slow_reader(connection: socket.socket) -> None:
    """Accepts every message, at five megabits a second."""
    connection.sendall(b"220 ready\r\n")
    incoming = connection.makefile("rb")
    for answer in (EHLO, OK, OK, GO_ON):
        incoming.readline()
        connection.sendall(answer)
    end = b""
    while not end.endswith(b"\r\n.\r\n"):
        piece = incoming.read1(65536)
        end = (end + piece)[-5:]
        time.sleep(len(piece) / 625_000)
    connection.sendall(b"250 taken\r\n")
    incoming.readline()
    connection.sendall(b"221 bye\r\n")


def a_file(size: int) -> tuple[FilePart, ...]:
    return (FilePart("Task.pdf", "application/pdf", bytes(size)),)


def test_a_long_text_is_given_the_time_that_a_slow_line_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "TOTAL_SECONDS", 0.5)
    with raw_server(slow_reader) as port, settings(port, MAIL_TIMEOUT=0.3):
        assert isinstance(deliver(LETTER, ENVELOPE, a_file(300_000)), Accepted)


def test_a_line_that_stalls_during_a_long_text_is_given_up_and_reported_as_slow() -> None:
    def stall(connection: socket.socket) -> None:
        connection.sendall(b"220 ready\r\n")
        for answer in (EHLO, OK, OK, GO_ON):
            connection.recv(1000)
            connection.sendall(answer)

    with raw_server(stall) as port, settings(port, MAIL_TIMEOUT=0.2):
        began = time.monotonic()
        outcome = deliver(LETTER, ENVELOPE, a_file(12_000_000))
        # A line that makes progress would get more than two minutes for a message of this length.
        assert time.monotonic() - began < 30
    assert isinstance(outcome, Deferred)
    assert outcome.is_too_slow


def test_the_longest_delivery_is_over_before_its_task_is_given_to_someone_else() -> None:
    # In base64, lines of 76 characters plus line ends: 78 bytes for 57.
    longest = MOST_BYTES_TOGETHER * 78 / 57
    lease = flask_settings(load_settings({}))["TASK_LONGEST_SECONDS"]
    # Two open connections may have to be closed before it, and its own after it.
    assert smtp.TOTAL_SECONDS + 3 * smtp.GOODBYE_SECONDS + text_seconds(int(longest)) < lease - 30


def test_a_trickling_server_is_given_up_after_the_total_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "TOTAL_SECONDS", 0.5)
    with raw_server(trickle) as port:
        began = time.monotonic()
        outcome = deliver_to(port)
        assert time.monotonic() - began < 3
    assert isinstance(outcome, Deferred)
    assert "didn't answer in time" in outcome.words


def test_a_resolver_that_hangs_does_not_extend_the_time_of_a_delivery() -> None:
    with silent_resolver(), settings(25, MAIL_SERVER="silent-mail-resolver.invalid", MAIL_TIMEOUT=0.3):
        began = time.monotonic()
        outcome = deliver(LETTER, ENVELOPE)
        assert time.monotonic() - began < 3
    assert isinstance(outcome, Deferred)
    assert "looking up its name took too long" in outcome.words
    assert outcome.concerns_all


@pytest.mark.parametrize("talk", [endless, scripted(b"\x00\xff\xfe\r\n", greeting=b"SSH-2.0-OpenSSH\r\n")])
def test_a_server_that_does_not_speak_the_protocol_defers_the_mail(
    talk: Callable[[socket.socket], None],
) -> None:
    with raw_server(talk) as port:
        outcome = deliver_to(port)
    assert isinstance(outcome, Deferred)
    assert outcome.code is None


def test_a_drop_after_the_closing_dot_leaves_the_outcome_open() -> None:
    with raw_server(scripted(EHLO, OK, OK, GO_ON, then_close=True)) as port:
        outcome = deliver_to(port)
    assert outcome == Unknown("The connection ended before the mail server said whether it took the email.")


@pytest.mark.parametrize("answered", range(4))
def test_a_drop_before_the_text_defers_the_mail(answered: int) -> None:
    answers = (EHLO, OK, OK)[:answered]
    with raw_server(scripted(*answers, then_close=True)) as port:
        assert isinstance(deliver_to(port), Deferred)


def test_an_accepted_mail_stays_accepted_when_the_goodbye_fails() -> None:
    def talk(connection: socket.socket) -> None:
        scripted(EHLO, OK, OK, GO_ON)(connection)
        connection.sendall(b"250 taken\r\n")
        connection.shutdown(socket.SHUT_RDWR)

    with raw_server(talk) as port:
        assert isinstance(deliver_to(port), Accepted)


def test_no_one_listening_defers_the_mail() -> None:
    with socket.socket() as unused:
        unused.bind((HOST, 0))
        outcome = deliver_to(unused.getsockname()[1])
    assert isinstance(outcome, Deferred)
    assert "refused" in outcome.words


def test_a_domain_with_umlauts_is_written_the_way_servers_know_it() -> None:
    with real_server() as mailroom:
        outcome = deliver_to(
            mailroom.port, replace(ENVELOPE, recipient=Person("Dina", "dina@straße.example"))
        )
    assert isinstance(outcome, Accepted)
    assert mailroom.taken[0].recipients == ["dina@xn--strae-oqa.example"]


def test_letters_beyond_ascii_before_the_at_need_a_server_that_takes_them() -> None:
    jürgen = Person("Jürgen", "jürgen@exämple.example")
    envelope = replace(ENVELOPE, recipient=jürgen, to=(jürgen,))
    with real_server(enable_SMTPUTF8=False) as mailroom:
        refused = deliver_to(mailroom.port, envelope)
    with real_server(enable_SMTPUTF8=True) as able:
        accepted = deliver_to(able.port, envelope)
    assert isinstance(refused, Refused)
    assert "jürgen@exämple.example" in refused.words
    assert mailroom.taken == []
    assert isinstance(accepted, Accepted)
    assert able.taken[0].recipients == ["jürgen@xn--exmple-cua.example"]
    assert "SMTPUTF8" in able.taken[0].options
    assert "jürgen@xn--exmple-cua.example".encode() in able.taken[0].content


def test_an_address_that_headers_cannot_carry_keeps_no_one_elses_mail() -> None:
    with real_server() as mailroom:
        outcome = deliver_to(
            mailroom.port,
            replace(
                ENVELOPE, cc=(Person("Jürgen", "jürgen@b.example"), Person("Eve", "e@b\r\nBcc: x@y.example"))
            ),
        )
    assert isinstance(outcome, Accepted)
    message = message_from_bytes(mailroom.taken[0].content, policy=policy.default)
    assert message["Cc"] == "Jürgen:;, Eve:;"
    assert message["Bcc"] is None


@pytest.mark.parametrize(
    "address",
    ["", "dina", "dina@", "@b.example", "a@b@c", "dina@b.example\r\nRCPT TO:<x@y.example>", "<a>@b.example"],
)
def test_an_address_no_one_can_send_to_is_refused_before_any_connection(address: str) -> None:
    with settings(port=1):
        outcome = deliver(LETTER, replace(ENVELOPE, recipient=Person("Dina", address)))
    assert isinstance(outcome, Refused)


def test_a_mail_that_cannot_be_written_is_our_own_fault() -> None:
    with settings(port=1):
        outcome = deliver(LETTER, replace(ENVELOPE, message_id="no message id"))
    # Anything wrong there is wrong with what we made, and the recipient can't do anything about it.
    assert outcome == Misconfigured("The email could not be written: a Message-ID has the form <left@right>.")


def test_long_and_odd_server_answers_become_one_short_line() -> None:
    with real_server() as mailroom:
        mailroom.replies["RCPT"] = "550 " + "no " * 400
        outcome = deliver_to(mailroom.port)
    assert isinstance(outcome, Refused)
    assert len(outcome.words) <= 480
    assert "\n" not in outcome.words


def test_without_a_server_or_a_sender_nothing_is_tried() -> None:
    with settings(port=1):
        assert is_configured()
        assert sender_address() == SENDER
    for missing in ({"MAIL_SERVER": None}, {"MAIL_DEFAULT_SENDER": None}, {"MAIL_DEFAULT_SENDER": "nobody"}):
        app = Flask("mail")
        app.config.update({"MAIL_SERVER": HOST, "MAIL_DEFAULT_SENDER": SENDER} | missing)
        transport.mail.init_app(app)
        with app.app_context():
            assert not is_configured()
            assert isinstance(deliver(LETTER, ENVELOPE), Misconfigured)
