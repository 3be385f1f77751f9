"""Gmail byte for byte: everyone whom the headers name gets the message, and no one else."""

import base64
import json

import pytest

from providers.base import Grant
from providers.errors import (
    AccessTokenRejectedError,
    DailyLimitError,
    HostNotAllowedError,
    ProviderError,
    RefusedError,
    RetryableError,
)
from providers.google.provider import GmailApp
from tests.providers.google_answers import refused, said, sent
from tests.providers.scripted_server import Script, ScriptedServer, answer, drop

GRANT = Grant("TOKEN-OF-PRIYA")
MESSAGE = (
    b"From: Priya Raman <priya.raman@northlight.example>\r\n"
    b"To: Dina Kaur <dina@mail.example>\r\n"
    b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n"
    b"Message-ID: <1@northlight.example>\r\n\r\n"
    b"Hello >>> ???\r\nTo: someone@else.example\r\n"
)
RECIPIENTS = ("dina@mail.example",)


def test_a_message_leaves_byte_for_byte(scripted_gmail: GmailApp, scripted_server: ScriptedServer) -> None:
    scripted_server.answers(said({"id": "18f2", "threadId": "18f2", "labelIds": ["SENT"]}))
    assert scripted_gmail.mail.send(GRANT, MESSAGE, RECIPIENTS) == "18f2"
    method, path, query, body = sent(scripted_server.requests[0])
    assert (method, path, query) == ("POST", "/gmail/v1/users/me/messages/send", {})
    assert list(body) == ["raw"]
    assert "+" not in body["raw"]
    assert "/" not in body["raw"]
    assert base64.urlsafe_b64decode(body["raw"]) == MESSAGE


@pytest.mark.parametrize(
    ("headers", "recipients"),
    [
        ("To: a@x.example, B <b@x.example>", ("b@x.example", "a@x.example")),
        ("To: A <A@X.example>", ("a@x.EXAMPLE",)),
        (
            "To: a@x.example\r\nCc: b@x.example\r\nBcc: c@x.example",
            ("a@x.example", "b@x.example", "c@x.example"),
        ),
        (
            'To: "Müller, J." <a@x.example>,\r\n =?utf-8?b?w7w=?= <b@x.example>',
            ("a@x.example", "b@x.example"),
        ),
        ("To: jörg@x.example", ("jörg@x.example",)),
    ],
)
def test_headers_that_name_exactly_the_recipients_are_sent(
    headers: str, recipients: tuple[str, ...], scripted_gmail: GmailApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said({"id": "1"}))
    message = f"From: p@x.example\r\n{headers}\r\n\r\nHello\r\n".encode()
    assert scripted_gmail.mail.send(GRANT, message, recipients) == "1"


@pytest.mark.parametrize(
    ("headers", "recipients"),
    [
        ("To: a@x.example, b@x.example", ("a@x.example",)),
        ("To: a@x.example\r\nCc: b@x.example", ("a@x.example",)),
        ("To: a@x.example\r\nBcc: b@x.example", ("a@x.example",)),
        ("To: a@x.example\r\nTo: b@x.example", ("a@x.example",)),
        ("To: a@x.example", ("a@x.example", "b@x.example")),
        ("To: group: a@x.example, b@x.example;", ("a@x.example",)),
        ("To: a@x.example, Max Muster", ("a@x.example",)),
        ("To: a@x.example, =?utf-8?q?b=40x=2Eexample?=", ("a@x.example",)),
        ("Subject: no one", ("a@x.example",)),
        ("Subject: no one", ()),
    ],
)
def test_a_message_that_would_reach_anyone_else_never_leaves(
    headers: str, recipients: tuple[str, ...], scripted_gmail: GmailApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said({"id": "1"}))
    message = f"From: p@x.example\r\n{headers}\r\n\r\nHello\r\n".encode()
    with pytest.raises(ValueError, match="exactly its recipients"):
        scripted_gmail.mail.send(GRANT, message, recipients)
    assert scripted_server.requests == []


def _rpc(status: int, word: str, message: str) -> Script:
    error = {
        "code": status,
        "message": message,
        "errors": [{"message": message, "domain": "global", "reason": word}],
        "status": word.upper(),
    }
    return answer(status, json.dumps({"error": error}).encode())


@pytest.mark.parametrize(
    ("script", "expected", "code", "maybe_applied"),
    [
        (_rpc(400, "invalidArgument", "Invalid To header"), RefusedError, "address_refused", None),
        (_rpc(400, "invalidArgument", "Recipient address required"), RefusedError, "address_refused", None),
        (_rpc(400, "invalidArgument", "Invalid value at 'message.raw'"), RefusedError, "refused", None),
        (
            _rpc(400, "failedPrecondition", "Mail service not enabled"),
            HostNotAllowedError,
            "host_not_allowed",
            None,
        ),
        (_rpc(400, "failedPrecondition", "Precondition check failed."), RefusedError, "refused", None),
        (_rpc(400, "invalidArgument", "Message too large"), RefusedError, "too_large", None),
        (answer(413, b"<html>Request Entity Too Large</html>"), RefusedError, "too_large", None),
        (refused(413, "uploadTooLarge"), RefusedError, "too_large", None),
        (refused(401, "authError"), AccessTokenRejectedError, "token_rejected", None),
        (refused(403, "domainPolicy"), HostNotAllowedError, "host_not_allowed", None),
        (refused(429, "userRateLimitExceeded", "(Mail sending)"), DailyLimitError, "daily_limit", False),
        (refused(429, "rateLimitExceeded"), RetryableError, "rate_limit", False),
        (refused(500, "backendError"), RetryableError, "unavailable", False),
        (answer(502, b"<html>"), RetryableError, "unavailable", True),
        (answer(200, b"<html>"), RetryableError, "nonsense", True),
        (answer(200, b"{}"), RetryableError, "nonsense", True),
        (answer(200, b'{"id": 7}'), RetryableError, "nonsense", True),
        (drop, RetryableError, "dropped", True),
    ],
)
def test_each_answer_says_whether_the_message_may_have_left(
    script: Script,
    expected: type[ProviderError],
    code: str,
    maybe_applied: bool | None,
    scripted_gmail: GmailApp,
    scripted_server: ScriptedServer,
) -> None:
    scripted_server.answers(script)
    with pytest.raises(expected) as caught:
        scripted_gmail.mail.send(GRANT, MESSAGE, RECIPIENTS)
    assert caught.value.code == code
    assert getattr(caught.value, "maybe_applied", None) is maybe_applied
    assert "dina" not in caught.value.words
