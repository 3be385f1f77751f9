"""Encryption and signing in: nothing leaves unless both are as the settings require."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from messaging.delivery import Accepted, Deferred, Misconfigured
from tests.messaging.deliveries_for_tests import deliver_to
from tests.messaging.mail_servers import (
    HOST,
    authenticator,
    raw_server,
    real_server,
    scripted,
    self_signed,
    silent,
)


def test_a_certificate_that_vouches_for_itself_is_not_trusted_after_starttls(tmp_path: Path) -> None:
    certificate = self_signed(tmp_path, HOST)
    with real_server(tls_context=certificate.server) as mailroom:
        outcome = deliver_to(mailroom.port, MAIL_USE_TLS=True)
    assert isinstance(outcome, Misconfigured)
    assert "self-signed certificate" in outcome.words
    assert mailroom.taken == []


def test_a_certificate_that_vouches_for_itself_is_not_trusted_from_the_start(tmp_path: Path) -> None:
    certificate = self_signed(tmp_path, HOST)
    with raw_server(lambda connection: _handshake(certificate.server, connection)) as port:
        outcome = deliver_to(port, MAIL_USE_SSL=True)
    assert isinstance(outcome, Misconfigured)
    assert "self-signed certificate" in outcome.words


def _handshake(context: Any, connection: socket.socket) -> None:
    context.wrap_socket(connection, server_side=True).close()


def test_a_trusted_certificate_for_another_name_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = self_signed(tmp_path, "another.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    with real_server(tls_context=certificate.server) as mailroom:
        outcome = deliver_to(mailroom.port, MAIL_USE_TLS=True)
    assert isinstance(outcome, Misconfigured)
    assert "not valid for" in outcome.words
    assert mailroom.taken == []


def test_a_trusted_certificate_lets_the_mail_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = self_signed(tmp_path, HOST)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    with real_server(tls_context=certificate.server, require_starttls=True) as mailroom:
        outcome = deliver_to(mailroom.port, MAIL_USE_TLS=True)
    assert isinstance(outcome, Accepted)
    assert len(mailroom.taken) == 1


def test_a_missing_encryption_is_never_replaced_by_clear_text() -> None:
    with real_server() as mailroom:
        outcome = deliver_to(mailroom.port, MAIL_USE_TLS=True)
    assert isinstance(outcome, Misconfigured)
    assert "STARTTLS" in outcome.words
    assert mailroom.taken == []


def test_a_plain_server_on_the_port_for_tls_is_a_wrong_setting() -> None:
    with real_server() as mailroom:
        outcome = deliver_to(mailroom.port, MAIL_USE_SSL=True)
    assert isinstance(outcome, Misconfigured)
    assert mailroom.taken == []


def test_a_silent_handshake_is_given_up_after_the_time_out() -> None:
    with raw_server(silent) as port:
        outcome = deliver_to(port, MAIL_USE_SSL=True, MAIL_TIMEOUT=0.2)
    assert isinstance(outcome, Deferred)
    assert "didn't answer in time" in outcome.words


def test_a_wrong_password_is_a_wrong_setting_and_is_not_repeated_in_words() -> None:
    with real_server(authenticator=authenticator(b"right"), auth_require_tls=False) as mailroom:
        outcome = deliver_to(mailroom.port, MAIL_USERNAME="anna", MAIL_PASSWORD="wrong-secret")
    assert isinstance(outcome, Misconfigured)
    assert "535" in outcome.words
    assert "wrong-secret" not in outcome.words
    assert mailroom.taken == []


def test_the_right_password_lets_the_mail_pass() -> None:
    with real_server(authenticator=authenticator(b"right"), auth_require_tls=False) as mailroom:
        outcome = deliver_to(mailroom.port, MAIL_USERNAME="anna", MAIL_PASSWORD="right")
    assert isinstance(outcome, Accepted)


def test_a_passing_fault_while_signing_in_defers_the_mail() -> None:
    answers = (b"250-mail.test\r\n250 AUTH PLAIN\r\n", b"454 4.7.0 Temporary failure\r\n")
    with raw_server(scripted(*answers)) as port:
        outcome = deliver_to(port, MAIL_USERNAME="anna", MAIL_PASSWORD="right")
    assert isinstance(outcome, Deferred)
    assert outcome.code == 454


@pytest.mark.parametrize(
    ("greeting", "password"),
    [(b"250 mail.test\r\n", "x"), (b"250-mail.test\r\n250 AUTH SCRAM-X\r\n", "x"),
     (b"250-mail.test\r\n250 AUTH PLAIN\r\n", "pässword")],
)  # fmt: skip
def test_a_sign_in_that_cannot_even_be_tried_is_a_wrong_setting(greeting: bytes, password: str) -> None:
    with raw_server(scripted(greeting)) as port:
        outcome = deliver_to(port, MAIL_USERNAME="anna", MAIL_PASSWORD=password)
    assert isinstance(outcome, Misconfigured)
