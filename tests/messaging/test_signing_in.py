"""Signing in to the mail server with a token: where it comes from, and what is said when there is none."""

from __future__ import annotations

import logging
import smtplib
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from config import load_settings
from messaging import transport
from messaging.delivery import Accepted, Deferred, Misconfigured, deliver
from messaging.signing_in import OwnTokens
from messaging.smtp import Conversation, Server
from providers.client_credentials import ClientCredentials, OwnToken
from tests.machines.microsoft import CLIENT_ID, CLIENT_SECRET
from tests.machines.simulators import Simulators
from tests.messaging.deliveries_for_tests import ENVELOPE, LETTER, settings
from tests.messaging.mail_servers import (
    HOST,
    Certificate,
    TokenMailroom,
    raw_server,
    real_server,
    self_signed,
)

MAILBOX = "interviews@northlight.example"
NOT_ALLOWED = "535 5.7.3 Authentication unsuccessful [AM0PR01CA0123.eurprd01.prod.example]"
TURNED_OFF = (
    "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox. Visit"
    " https://aka.ms/smtp_auth_disabled for more information."
)


@pytest.fixture(autouse=True)
def no_token_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test begins like a new process."""
    monkeypatch.setattr(transport.mail, "_tokens", OwnTokens())


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return self_signed(tmp_path_factory.mktemp("certificate"), HOST)


@pytest.fixture
def mailroom(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> Iterator[TokenMailroom]:
    """A mail server that offers to sign in only after STARTTLS, with a trusted certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    mailroom = TokenMailroom()
    with real_server(mailroom, tls_context=certificate.server, auth_required=True):
        yield mailroom


def with_token(simulators: Simulators, port: int, **changes: str) -> dict[str, Any]:
    """The settings as an operator writes them, read as the server reads them."""
    values = load_settings(
        {
            **simulators.microsoft.addresses(),
            "MAIL_SERVER": HOST,
            "MAIL_PORT": str(port),
            "MAIL_USE_TLS": "true",
            "MAIL_USERNAME": MAILBOX,
            "MAIL_AUTH": "oauth",
            "MAIL_OAUTH_TENANT": "northlight.example",
            "MAIL_OAUTH_CLIENT_ID": CLIENT_ID,
            "MAIL_OAUTH_CLIENT_SECRET": CLIENT_SECRET,
            **changes,
        }
    )
    named = ("MAIL_", "PROVIDER_")
    return {name: value for name, value in values.items() if name.startswith(named) and name != "MAIL_PORT"}


def token_calls(simulators: Simulators) -> list[dict[str, Any]]:
    return list(simulators.microsoft.ledger()["token_log"])


def test_one_token_signs_in_for_all_emails(mailroom: TokenMailroom, simulators: Simulators) -> None:
    with settings(mailroom.port, **with_token(simulators, mailroom.port)):
        outcomes = [deliver(LETTER, ENVELOPE) for _ in range(2)]
    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    assert len(mailroom.taken) == 2
    assert {user for user, _ in mailroom.tried} == {MAILBOX}
    [token] = {token for _, token in mailroom.tried}
    assert token.startswith("MPT-CANARY-")
    [call] = token_calls(simulators)
    assert (call["grant_type"], call["tenant"], call["status"]) == (
        "client_credentials", "northlight.example", 200
    )  # fmt: skip
    simulators.microsoft.assert_no_violation()


def test_token_signs_in_where_tls_comes_first(
    certificate: Certificate, simulators: Simulators, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    mailroom = TokenMailroom()
    with real_server(mailroom, ssl_context=certificate.server, auth_require_tls=False):
        values = with_token(simulators, mailroom.port, MAIL_USE_TLS="false", MAIL_USE_SSL="true")
        with settings(mailroom.port, **values):
            outcome = deliver(LETTER, ENVELOPE)
    assert isinstance(outcome, Accepted)
    assert len(mailroom.tried) == 1


@pytest.mark.parametrize("asks_for_it", [True, False])
def test_token_is_not_sent_without_encryption(simulators: Simulators, asks_for_it: bool) -> None:
    mailroom = TokenMailroom()
    with real_server(mailroom, auth_require_tls=False):
        values = {**with_token(simulators, mailroom.port), "MAIL_USE_TLS": asks_for_it}
        with settings(mailroom.port, **values):
            outcome = deliver(LETTER, ENVELOPE)
    assert isinstance(outcome, Misconfigured)
    assert "doesn't offer STARTTLS" in outcome.words
    assert (mailroom.tried, mailroom.taken) == ([], [])


@pytest.mark.parametrize("explains", [False, True])
@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (NOT_ALLOWED, f"didn't let this server's app sign in as {MAILBOX} (MAIL_USERNAME)"),
        (TURNED_OFF, f"has authenticated SMTP turned off for {MAILBOX} (MAIL_USERNAME)"),
    ],
)
def test_refused_token_is_a_wrong_setting_in_words(
    mailroom: TokenMailroom, simulators: Simulators, refusal: str, words: str, explains: bool
) -> None:
    mailroom.refusals, mailroom.explains = [refusal], explains
    with settings(mailroom.port, **with_token(simulators, mailroom.port)):
        outcome = deliver(LETTER, ENVELOPE)
    assert isinstance(outcome, Misconfigured)
    assert outcome.code == 535
    assert words in outcome.words
    assert refusal[:9] in outcome.words
    # A token that is new has not been refused for its age.
    assert len(mailroom.tried) == len(token_calls(simulators)) == 1
    assert mailroom.tried[0][1] not in outcome.words


def test_token_that_says_too_little_is_replaced_once(mailroom: TokenMailroom, simulators: Simulators) -> None:
    now = [datetime(2026, 11, 23, 9, 0, tzinfo=UTC)]
    token = OwnToken(_credentials(simulators), clock=lambda: now[0])
    first = token.token()
    server = Server(HOST, mailroom.port, False, True, MAILBOX, None, "northlight.example", 5, token)
    # The app was allowed to send only after it got this token.
    now[0] += timedelta(minutes=2)
    mailroom.refusals = [NOT_ALLOWED]
    conversation = Conversation(server)
    conversation.open(20)
    conversation.close()
    second = token.token()
    assert first != second
    assert [tried for _, tried in mailroom.tried] == [first, second]
    # Still not allowed: the newest token is young, and the refusal counts.
    mailroom.refusals = [NOT_ALLOWED]
    with pytest.raises(smtplib.SMTPAuthenticationError):
        Conversation(server).open(20)
    assert len(mailroom.tried) == 3
    assert len(token_calls(simulators)) == 2


def test_token_is_replaced_before_it_ends(simulators: Simulators) -> None:
    now = [datetime(2026, 11, 23, 9, 0, tzinfo=UTC)]
    token = OwnToken(_credentials(simulators), clock=lambda: now[0])
    first = token.token()
    now[0] += timedelta(minutes=54)
    assert token.token() == first
    now[0] += timedelta(minutes=1)
    assert token.token() != first


def _credentials(simulators: Simulators) -> ClientCredentials:
    return ClientCredentials(
        f"{simulators.microsoft.url}/northlight.example/oauth2/v2.0/token",
        CLIENT_ID,
        CLIENT_SECRET,
        "https://outlook.office365.com/.default",
    )


def test_mail_server_that_takes_no_tokens_is_a_wrong_setting(
    certificate: Certificate, simulators: Simulators, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    with (
        real_server(tls_context=certificate.server) as mailroom,
        settings(mailroom.port, **with_token(simulators, mailroom.port)),
    ):
        outcome = deliver(LETTER, ENVELOPE)
    assert isinstance(outcome, Misconfigured)
    assert "can't be signed in to with a token" in outcome.words


WRONG_SETTINGS = [
    ({"token_endpoint": "invalid_client"}, {}, "didn't accept MAIL_OAUTH_CLIENT_ID and MAIL_OAUTH_CLIENT"),
    ({"token_endpoint": "expired_secret"}, {}, "The secret in MAIL_OAUTH_CLIENT_SECRET has expired"),
    ({}, {"MAIL_OAUTH_CLIENT_SECRET": "another"}, "AADSTS7000215"),
    ({}, {"MAIL_OAUTH_TENANT": "elsewhere.example"}, "doesn't know this app; check MAIL_OAUTH_TENANT"),
    ({}, {"MAIL_OAUTH_SCOPE": "https://mail.example/send"}, "CLIENT_ID and MAIL_OAUTH_SCOPE"),
]  # fmt: skip


@pytest.mark.parametrize(("switches", "changes", "words"), WRONG_SETTINGS)
def test_refused_app_is_a_wrong_setting_and_the_mail_server_is_left_alone(
    simulators: Simulators,
    switches: dict[str, object],
    changes: dict[str, str],
    words: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    simulators.microsoft.switches(**switches)
    with raw_server(_is_not_called) as port, settings(port, **with_token(simulators, port, **changes)):
        outcome = deliver(LETTER, ENVELOPE)
    assert isinstance(outcome, Misconfigured)
    assert words in outcome.words
    assert "Trace ID" not in outcome.words
    for secret in (CLIENT_SECRET, "another"):
        assert secret not in caplog.text
        assert f"“{secret}" not in outcome.words
    assert "get_token" in caplog.text


@pytest.mark.parametrize("fault", ["throttled", "temporarily_unavailable", "server_error", "html", "drop"])
def test_passing_fault_of_the_token_endpoint_lets_emails_wait(simulators: Simulators, fault: str) -> None:
    simulators.microsoft.switches(token_endpoint=fault, retry_after="40")
    with raw_server(_is_not_called) as port, settings(port, **with_token(simulators, port)):
        outcome = deliver(LETTER, ENVELOPE)
    assert isinstance(outcome, Deferred)
    assert outcome.concerns_all
    assert outcome.words.startswith("There is no token to sign in to the mail server with: 127.0.0.1 ")
    assert (outcome.retry_at is not None) == (fault == "throttled")


def test_token_endpoint_that_is_away_lets_emails_wait(simulators: Simulators) -> None:
    with socket.socket() as silent, raw_server(_is_not_called) as port:
        silent.bind((HOST, 0))
        away = f"http://{HOST}:{silent.getsockname()[1]}/token"
        values = with_token(simulators, port, MAIL_OAUTH_TENANT="", MAIL_OAUTH_TOKEN_URL=away)
        with settings(port, **values):
            outcome = deliver(LETTER, ENVELOPE)
    assert isinstance(outcome, Deferred)
    assert "can't be reached right now" in outcome.words


def _is_not_called(connection: socket.socket) -> None:
    # The server's own end of the test connects too, and says nothing.
    assert connection.recv(1) == b""


def test_conversation_stays_open_for_the_next_email(mailroom: TokenMailroom, simulators: Simulators) -> None:
    transport.mail.open_conversations.begin()
    try:
        with settings(mailroom.port, **with_token(simulators, mailroom.port)):
            outcomes = [deliver(LETTER, replace(ENVELOPE, references="")) for _ in range(2)]
    finally:
        transport.mail.open_conversations.end()
    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    assert len(mailroom.taken) == 2
    assert len(mailroom.tried) == 1


def test_token_is_in_no_log_and_in_no_picture_of_an_object(
    mailroom: TokenMailroom, simulators: Simulators, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="providers")
    caplog.set_level(logging.DEBUG, logger="urllib3")
    caplog.set_level(logging.DEBUG, logger="authlib")
    token = OwnToken(_credentials(simulators))
    given = token.token()
    server = Server(HOST, mailroom.port, False, True, MAILBOX, "hunter2", "northlight.example", 5, token)
    shown = f"{server!r} {token!r} {token._kept!r} {token._credentials!r} {caplog.text}"
    for secret in (given, CLIENT_SECRET, "hunter2"):
        assert secret not in shown
    assert "get_token" in caplog.text


@pytest.mark.parametrize("password", ["", "hunter2-hunter2"])
def test_what_a_server_repeats_of_a_sign_in_is_not_passed_on(
    certificate: Certificate, simulators: Simulators, monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    mailroom = _Echoing()
    with real_server(mailroom, tls_context=certificate.server, auth_exclude_mechanism=["LOGIN"]):
        values = with_token(simulators, mailroom.port)
        if password:
            values |= {"MAIL_AUTH": "password", "MAIL_PASSWORD": password}
        with settings(mailroom.port, **values):
            outcome = deliver(LETTER, ENVELOPE)
    assert isinstance(outcome, Misconfigured)
    assert "5.5.2 Not understood: " in outcome.words
    assert mailroom.told
    assert not any(told[:60] in outcome.words for told in mailroom.told if len(told) > 8)


class _Echoing(TokenMailroom):
    """Understands no sign-in, and says the line that it did not understand."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    async def handle_AUTH(self, _server: Any, _session: Any, _envelope: Any, args: list[str]) -> str:
        self.told += args
        return f"500 5.5.2 Not understood: {' '.join(args)}"[:200]
