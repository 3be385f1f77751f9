"""Sending with Outlook, byte for byte, and what its refusals mean."""

import base64
import threading
from datetime import timedelta

import pytest

from providers.base import Grant
from providers.errors import (
    AccessTokenRejectedError,
    DailyLimitError,
    HostNotAllowedError,
    ProviderError,
    RateLimitedError,
    RefusedError,
    RetryableError,
    ScopeMissingError,
)
from providers.microsoft.provider import MicrosoftSettings, OutlookMailApp, microsoft_settings
from providers.microsoft.turns import AT_ONCE, Turns
from tests.providers.conftest import NOW
from tests.providers.microsoft_answers import refused
from tests.providers.scripted_server import Script, ScriptedServer, answer, drop

GRANT = Grant("TOKEN-OF-PRIYA")
MESSAGE = (
    b"From: Priya <priya@northlight.example>\r\nTo: Dina <dina@mail.example>\r\n"
    b"Cc: ben@northlight.example\r\nMessage-ID:\r\n <one@northlight.example>\r\n"
    b"Subject: Interview\r\n\r\nHello\xc3\xa9\r\n"
)
RECIPIENTS = ("Dina@mail.example", "ben@northlight.example")


def test_a_message_is_sent_as_it_is(
    scripted_outlook_mail: OutlookMailApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(answer(202))
    assert scripted_outlook_mail.mail.send(GRANT, MESSAGE, RECIPIENTS) == "<one@northlight.example>"
    [request] = scripted_server.requests
    assert request.target == "POST /v1.0/me/sendMail"
    assert request.header("Content-Type") == "text/plain"
    assert request.header("Authorization") == "Bearer TOKEN-OF-PRIYA"
    assert base64.b64decode(request.body, validate=True) == MESSAGE


def test_a_message_without_a_name_has_none(
    scripted_outlook_mail: OutlookMailApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(answer(202))
    message = b"To: dina@mail.example\r\n\r\nHello\r\n"
    assert scripted_outlook_mail.mail.send(GRANT, message, ("dina@mail.example",)) == ""


@pytest.mark.parametrize(
    "recipients", [(), ("dina@mail.example",), (*RECIPIENTS, "eve@mail.example"), ("eve@mail.example",)]
)
def test_a_message_that_would_reach_others_is_not_sent(
    recipients: tuple[str, ...], scripted_outlook_mail: OutlookMailApp, scripted_server: ScriptedServer
) -> None:
    with pytest.raises(ValueError, match="exactly its recipients"):
        scripted_outlook_mail.mail.send(GRANT, MESSAGE, recipients)
    assert scripted_server.requests == []


@pytest.mark.parametrize(
    ("script", "expected", "code", "maybe_applied"),
    [
        (refused(400, "ErrorInvalidRecipients"), RefusedError, "address_refused", None),
        (refused(413, "RequestBodyTooLarge"), RefusedError, "too_large", None),
        (answer(413, b"<html>"), RefusedError, "too_large", None),
        (refused(400, "ErrorMessageSizeExceeded"), RefusedError, "too_large", None),
        (refused(400, "ErrorMimeContentInvalidBase64String"), RefusedError, "refused", None),
        (refused(403, "ErrorAccessDenied"), ScopeMissingError, "scope_missing", None),
        (refused(403, "ErrorSendAsDenied"), HostNotAllowedError, "host_not_allowed", None),
        (refused(403, "ErrorMessageSubmissionBlocked"), HostNotAllowedError, "host_not_allowed", None),
        (refused(404, "MailboxNotEnabledForRESTAPI"), HostNotAllowedError, "host_not_allowed", None),
        (refused(401, "InvalidAuthenticationToken"), AccessTokenRejectedError, "token_rejected", None),
        (refused(429, "ErrorExceededMessageLimit"), DailyLimitError, "daily_limit", False),
        (refused(400, "ErrorExceededMessageLimit"), DailyLimitError, "daily_limit", False),
        (refused(429, "TooManyRequests"), RateLimitedError, "rate_limit", False),
        (refused(500, "ErrorInternalServerError"), RetryableError, "unavailable", True),
        (answer(502, b"<html>"), RetryableError, "unavailable", True),
        (answer(200, b"{}"), RetryableError, "nonsense", True),
        (drop, RetryableError, "dropped", True),
    ],
)
def test_a_refusal_says_what_helps_and_a_lost_answer_that_it_may_have_left(
    script: Script,
    expected: type[ProviderError],
    code: str,
    maybe_applied: bool | None,
    scripted_outlook_mail: OutlookMailApp,
    scripted_server: ScriptedServer,
) -> None:
    scripted_server.answers(script)
    with pytest.raises(ProviderError) as caught:
        scripted_outlook_mail.mail.send(GRANT, MESSAGE, RECIPIENTS)
    error = caught.value
    assert (type(error), error.code) == (expected, code)
    assert (error.maybe_applied if isinstance(error, RetryableError) else None) is maybe_applied
    assert "TOKEN-OF-PRIYA" not in f"{vars(error)} {error!r}"
    if isinstance(error, DailyLimitError):
        assert error.retry_at == NOW + timedelta(hours=3)


def test_a_message_that_is_too_large_for_a_call_is_not_tried(
    scripted_outlook_mail: OutlookMailApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(answer(202))
    largest = MESSAGE + b"x" * (3 * 1024 * 1024 - len(MESSAGE))
    scripted_outlook_mail.mail.send(GRANT, largest, RECIPIENTS)
    with pytest.raises(RefusedError) as caught:
        scripted_outlook_mail.mail.send(GRANT, largest + b"x", RECIPIENTS)
    assert caught.value.code == "too_large"
    [request] = scripted_server.requests
    assert len(request.body) == 4 * 1024 * 1024


def test_codes_are_read_without_case_and_as_deep_as_they_are_nested(
    scripted_outlook_mail: OutlookMailApp, scripted_server: ScriptedServer
) -> None:
    inner = {"code": "Outer", "innererror": {"code": "errorInvalidRecipients"}}
    scripted_server.answers(refused(400, "BadRequest", innerError=inner))
    with pytest.raises(RefusedError) as caught:
        scripted_outlook_mail.mail.send(GRANT, MESSAGE, RECIPIENTS)
    assert caught.value.code == "address_refused"
    assert caught.value.facts.provider_code == "BadRequest"


def test_what_microsoft_says_is_repeated_without_secrets(
    scripted_outlook_mail: OutlookMailApp, scripted_server: ScriptedServer
) -> None:
    said = "No TOKEN-OF-PRIYA for priya@northlight.example at https://x.example/y"
    scripted_server.answers(refused(400, "BadRequest", said))
    with pytest.raises(RefusedError) as caught:
        scripted_outlook_mail.mail.send(GRANT, MESSAGE, RECIPIENTS)
    assert caught.value.words == "Microsoft refused: No […] for [address] at [link]"


def test_a_mailbox_is_called_by_four_at_a_time() -> None:
    turns, inside, release = Turns(), threading.Semaphore(0), threading.Event()

    def take() -> None:
        with turns.one("token", seconds=10) as has_turn:
            assert has_turn
            inside.release()
            release.wait(10)

    threads = [threading.Thread(target=take) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert inside.acquire(timeout=10)
    with turns.one("token", seconds=0.01) as has_turn:
        assert not has_turn
    with turns.one("another", seconds=0.01) as has_turn:
        assert has_turn
    release.set()
    for thread in threads:
        thread.join()
    with turns.one("token", seconds=10) as has_turn:
        assert has_turn


@pytest.mark.parametrize("url", ["", "login.microsoftonline.com", "ftp://microsoft.example", "https://"])
@pytest.mark.parametrize("name", ["login_url", "graph_url"])
def test_an_address_that_is_not_one_is_refused_at_once(name: str, url: str) -> None:
    with pytest.raises(ValueError, match=name):
        MicrosoftSettings("id", "secret", **{name: url})  # type: ignore[arg-type]


@pytest.mark.parametrize("tenant", ["", "everyone", "a/b", "../x", "firm example.com"])
def test_a_tenant_that_is_not_one_is_refused_at_once(tenant: str) -> None:
    with pytest.raises(ValueError, match="tenant"):
        MicrosoftSettings("id", "secret", tenant=tenant)


def test_settings_do_not_show_the_secret() -> None:
    assert "hush" not in repr(MicrosoftSettings("id", "hush"))


def test_the_operators_settings_are_taken_over() -> None:
    config = {
        "MICROSOFT_CLIENT_ID": "id",
        "MICROSOFT_CLIENT_SECRET": "secret",
        "MICROSOFT_TENANT": "organizations",
        "MICROSOFT_LOGIN_URL": "https://login.example",
        "MICROSOFT_GRAPH_URL": "https://graph.example/v1.0",
        "PROVIDER_TIMEOUT_SECONDS": 7.0,
    }
    assert microsoft_settings(config) == MicrosoftSettings(
        "id", "secret", "organizations", "https://login.example", "https://graph.example/v1.0", 7.0
    )
    assert microsoft_settings({**config, "MICROSOFT_CLIENT_SECRET": ""}) is None
