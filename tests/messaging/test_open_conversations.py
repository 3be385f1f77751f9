"""One connection for several mails: what ends it, what it survives, and that no mail is ever sent twice."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult

from messaging import open_conversations, transport
from messaging.delivery import Accepted, Deferred, Outcome, Refused, Unknown
from messaging.facts import Person
from tests.machines.processes import wait_until
from tests.machines.simulators import Simulators
from tests.messaging.deliveries_for_tests import ENVELOPE, deliver_to
from tests.messaging.mail_servers import HOST, raw_server, real_server, self_signed

BEN = replace(ENVELOPE, recipient=Person("Ben Okafor", "ben@northwind.example"))


@pytest.fixture(autouse=True)
def _kept() -> Iterator[None]:
    transport.mail.open_conversations.begin()
    yield
    transport.mail.open_conversations.end()


@pytest.fixture
def deliver(simulators: Simulators) -> Callable[..., Outcome]:
    """Delivers to the simulated mail server."""

    def to_simulator(*args: Any, **config: Any) -> Outcome:
        return deliver_to(simulators.smtp_port, *args, **config)

    return to_simulator


def opened(simulators: Simulators) -> int:
    return simulators.mail_connections()["opened"]


def wait_until_closed(simulators: Simulators) -> None:
    wait_until(lambda: not simulators.mail_connections()["are_open"], what="no connection is open", timeout=5)


def test_several_mails_take_one_connection_which_ends_with_a_goodbye(
    simulators: Simulators, deliver: Callable[..., Outcome]
) -> None:
    assert [type(deliver()) for _ in range(3)] == [Accepted] * 3
    assert simulators.mail_connections() == {"opened": 1, "are_open": 1, "ended_with_quit": 0}
    assert len(simulators.mails()) == 3
    transport.mail.open_conversations.end()
    wait_until_closed(simulators)
    assert simulators.mail_connections()["ended_with_quit"] == 1
    # A delivery that was still on its way leaves nothing open either.
    assert isinstance(deliver(), Accepted)
    wait_until_closed(simulators)
    assert simulators.mail_connections()["ended_with_quit"] == 2


def test_a_connection_that_the_server_has_closed_is_not_used_again(
    simulators: Simulators, deliver: Callable[..., Outcome]
) -> None:
    simulators.mail_switches(idle_ms=100)
    assert isinstance(deliver(), Accepted)
    wait_until_closed(simulators)
    assert isinstance(deliver(), Accepted)
    assert opened(simulators) == 2
    assert len(simulators.mails()) == 2


def test_a_server_that_takes_only_so_many_mails_on_a_connection_is_asked_on_another(
    simulators: Simulators, deliver: Callable[..., Outcome]
) -> None:
    simulators.mail_switches(most_on_a_connection=2)
    assert [type(deliver()) for _ in range(5)] == [Accepted] * 5
    assert opened(simulators) == 3
    assert len(simulators.mails()) == 5


def test_a_server_that_goes_away_between_two_mails_defers_the_second_and_takes_it_later(
    simulators: Simulators, deliver: Callable[..., Outcome]
) -> None:
    assert isinstance(deliver(), Accepted)
    simulators.mail_switches(refuse_connections=True)
    outcome = deliver()
    assert isinstance(outcome, Deferred)
    assert outcome.code == 421
    simulators.mail_switches(refuse_connections=False)
    assert isinstance(deliver(), Accepted)
    assert len(simulators.mails()) == 2


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"reject_recipients": {"dina@mail.example": 550}}, Refused),
        ({"defer_recipients": {"dina@mail.example": 450}}, Deferred),
        ({"answer_data": "554 5.7.1 Spam"}, Refused),
        ({"answer_data": "452 4.3.1 Later"}, Deferred),
    ],
)
def test_a_mail_that_is_refused_leaves_the_connection_to_the_next(
    simulators: Simulators, deliver: Callable[..., Outcome], fault: dict[str, Any], kind: type
) -> None:
    assert isinstance(deliver(BEN), Accepted)
    simulators.mail_switches(**fault)
    assert isinstance(deliver(), kind)
    simulators.mail_switches(reject_recipients={}, defer_recipients={}, answer_data="")
    assert isinstance(deliver(BEN), Accepted)
    assert opened(simulators) == 1
    assert [mail.envelope_to for mail in simulators.mails()] == [("ben@northwind.example",)] * 2


def test_a_mail_whose_receipt_is_lost_is_never_sent_again_on_another_connection(
    simulators: Simulators, deliver: Callable[..., Outcome]
) -> None:
    assert isinstance(deliver(), Accepted)
    simulators.mail_switches(drop_after_data=1)
    assert isinstance(deliver(), Unknown)
    assert opened(simulators) == 1
    assert len(simulators.mails()) == 2
    assert isinstance(deliver(), Accepted)
    assert opened(simulators) == 2


def test_other_settings_get_another_connection(
    simulators: Simulators, deliver: Callable[..., Outcome]
) -> None:
    for config in ({}, {"MAIL_TIMEOUT": 4}, {"MAIL_DEFAULT_SENDER": "hr@other.example"}, {}):
        assert isinstance(deliver(**config), Accepted)
    assert opened(simulators) == 3


def test_a_connection_is_ended_after_a_number_of_mails_and_when_none_has_followed_for_a_while(
    simulators: Simulators, deliver: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_conversations, "MOST_MAILS", 2)
    for _ in range(3):
        assert isinstance(deliver(), Accepted)
    assert simulators.mail_connections() == {"opened": 2, "are_open": 1, "ended_with_quit": 1}
    transport.mail.open_conversations.end_idle()
    assert simulators.mail_connections()["are_open"] == 1
    monkeypatch.setattr(open_conversations, "IDLE_SECONDS", 0)
    transport.mail.open_conversations.end_idle()
    wait_until_closed(simulators)
    assert simulators.mail_connections()["ended_with_quit"] == 2


def test_a_connection_that_has_been_idle_for_too_long_is_not_used_before_anyone_has_ended_it(
    simulators: Simulators, deliver: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_conversations, "IDLE_SECONDS", 0)
    assert isinstance(deliver(), Accepted)
    assert isinstance(deliver(), Accepted)
    assert simulators.mail_connections()["ended_with_quit"] == 1
    assert opened(simulators) == 2


def test_signing_in_over_tls_happens_once_for_several_mails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = self_signed(tmp_path, HOST)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    passwords: list[bytes] = []

    def authenticator(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        passwords.append(data.password)
        return AuthResult(success=True)

    with real_server(
        tls_context=certificate.server, require_starttls=True, authenticator=authenticator
    ) as mailroom:
        for password in ("first", "first", "second"):
            outcome = deliver_to(
                mailroom.port, MAIL_USE_TLS=True, MAIL_USERNAME="anna", MAIL_PASSWORD=password
            )
            assert isinstance(outcome, Accepted)
        transport.mail.open_conversations.end()
    assert passwords == [b"first", b"second"]
    assert len(mailroom.taken) == 3


@pytest.mark.parametrize("more", [b"250 and once more\r\n", b"421 closing\r\n"])
def test_a_server_that_says_more_than_it_was_asked_is_not_asked_again(more: bytes) -> None:
    """Its extra words would be taken for the answer to the next command."""
    commands: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        connection.sendall(b"220 ready\r\n")
        incoming = connection.makefile("rb")
        while line := incoming.readline():
            commands.append(line.strip().upper())
            if commands[-1] == b"DATA":
                connection.sendall(b"354 go on\r\n")
                while incoming.readline() not in (b".\r\n", b""):
                    pass
                connection.sendall(b"250 taken\r\n" + more)
            else:
                connection.sendall(b"250 OK\r\n")

    with raw_server(talk) as port:
        assert isinstance(deliver_to(port, MAIL_TIMEOUT=0.2), Accepted)
        # This server takes no second connection.
        assert isinstance(deliver_to(port, MAIL_TIMEOUT=0.2), Deferred)
    assert [command for command in commands if command.startswith(b"MAIL")] == commands[1:2]


@pytest.mark.slow
def test_a_connection_is_left_alone_by_a_process_that_inherits_it(simulators: Simulators) -> None:
    script = """
import os, sys
from messaging import transport
from messaging.delivery import Accepted
from tests.messaging.deliveries_for_tests import deliver_to

port = int(sys.argv[1])
transport.mail.open_conversations.begin()
assert isinstance(deliver_to(port), Accepted)
child = os.fork()
assert isinstance(deliver_to(port), Accepted)
if not child:
    transport.mail.open_conversations.end()
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
assert isinstance(deliver_to(port), Accepted)
transport.mail.open_conversations.end()
"""
    command = [sys.executable, "-W", "error", "-c", script, str(simulators.smtp_port)]
    subprocess.run(command, check=True, timeout=60)
    wait_until_closed(simulators)
    assert simulators.mail_connections() == {"opened": 2, "are_open": 0, "ended_with_quit": 2}
    assert len(simulators.mails()) == 4
