"""Which of our errors each of Google's answers becomes."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from providers.base import CalendarEntry, EntryChange, Grant
from providers.errors import (
    AccessTokenRejectedError,
    DailyLimitError,
    EntryGoneError,
    HostNotAllowedError,
    ProviderError,
    RateLimitedError,
    RefusedError,
    RetryableError,
    ScopeMissingError,
)
from providers.google.provider import GmailApp, GoogleCalendarApp, GoogleSettings
from providers.google.scopes import FREE_BUSY
from providers.quoting import MAX_WORDS
from tests.providers.conftest import NOW
from tests.providers.scripted_server import ScriptedServer, answer, drop

GRANT = Grant("ACCESS-CANARY-" + "a1b2c3" * 10)
ENTRY = CalendarEntry(
    "interv1e7",
    "Data Engineer Interview",
    "Bring questions.",
    "",
    NOW + timedelta(days=7),
    NOW + timedelta(days=7, minutes=45),
    "Europe/Zurich",
    "https://hiring.example/interviews/7",
)
MAIL = b"From: a@x.example\r\nTo: b@x.example\r\n\r\nHello\r\n"


def _error(status: int, reason: str = "", message: str = "Said by Google.", **more: object) -> bytes:
    """As the Calendar API answers."""
    listed = [{"domain": "global", "reason": reason, "message": message}] if reason else []
    return json.dumps({"error": {"code": status, "message": message, "errors": listed, **more}}).encode()


def _newer(status: int, word: str, reason: str, message: str = "Said by Google.") -> bytes:
    """As newer services answer, with the reason among the details."""
    info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com"}
    body = {"code": status, "message": message, "status": word, "details": [info]}
    return json.dumps({"error": body}).encode()


def _caught(
    scripted_server: ScriptedServer, call: Callable[[], object], status: int, body: bytes
) -> ProviderError:
    scripted_server.answers(answer(status, body, headers={"X-Request-Id": "call-7"}))
    with pytest.raises(ProviderError) as caught:
        call()
    error = caught.value
    assert (error.facts.status, error.facts.tracking_id) == (status, "call-7")
    assert error.words
    assert error.words == str(error)
    return error


@pytest.mark.parametrize(
    ("status", "body", "expected", "code"),
    [
        (401, _error(401, "authError", "Invalid Credentials"), AccessTokenRejectedError, "token_rejected"),
        (
            401,
            _newer(401, "UNAUTHENTICATED", "ACCESS_TOKEN_EXPIRED"),
            AccessTokenRejectedError,
            "token_rejected",
        ),
        (401, b'{"error": {}}', AccessTokenRejectedError, "token_rejected"),
        (401, b"<html>", RetryableError, "nonsense"),
        (403, _error(403, "insufficientPermissions"), ScopeMissingError, "scope_missing"),
        (
            403,
            _newer(403, "PERMISSION_DENIED", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"),
            ScopeMissingError,
            "scope_missing",
        ),
        (403, _newer(403, "PERMISSION_DENIED", "SOMETHING_ELSE"), RefusedError, "refused"),
        (403, _error(403, "rateLimitExceeded"), RateLimitedError, "rate_limit"),
        (403, _error(403, "userRateLimitExceeded"), RateLimitedError, "rate_limit"),
        (403, _newer(403, "RESOURCE_EXHAUSTED", "RATE_LIMIT_EXCEEDED"), RateLimitedError, "rate_limit"),
        (
            403,
            _error(403, "quotaExceeded", "Calendar usage limits exceeded."),
            DailyLimitError,
            "daily_limit",
        ),
        (403, _error(403, "dailyLimitExceeded"), DailyLimitError, "daily_limit"),
        (403, _error(403, "accessNotConfigured"), RefusedError, "api_disabled"),
        (403, _newer(403, "PERMISSION_DENIED", "SERVICE_DISABLED"), RefusedError, "api_disabled"),
        (403, _error(403, "notACalendarUser"), HostNotAllowedError, "host_not_allowed"),
        (403, _error(403, "forbidden"), RefusedError, "refused"),
        (403, _error(403, "forbiddenForNonOrganizer"), RefusedError, "refused"),
        (403, b"<html>", RetryableError, "nonsense"),
        (404, _error(404, "notFound"), RefusedError, "refused"),
        (409, _error(409, "conflict"), RetryableError, "conflict"),
        (412, _error(412, "conditionNotMet"), RetryableError, "conflict"),
        (429, _error(429, "rateLimitExceeded"), RateLimitedError, "rate_limit"),
        (429, b"<html>", RateLimitedError, "rate_limit"),
        (
            400,
            _error(400, "invalid", "Invalid conference type value."),
            HostNotAllowedError,
            "host_not_allowed",
        ),
        (400, _error(400, "timeRangeEmpty"), RefusedError, "refused"),
        (400, b'{"error": {"errors": "many", "details": [7], "message": 5}}', RefusedError, "refused"),
        (400, b"[]", RetryableError, "nonsense"),
        (400, b'{"error": [1]}', RetryableError, "nonsense"),
        (500, _error(500, "backendError"), RetryableError, "unavailable"),
        (502, b"<html>", RetryableError, "unavailable"),
        (503, _newer(503, "UNAVAILABLE", "x"), RetryableError, "unavailable"),
        (504, b"", RetryableError, "unavailable"),
        (408, b"", RetryableError, "unavailable"),
        (200, b"<html>", RetryableError, "nonsense"),
        (200, b"{}", RetryableError, "nonsense"),
        (204, b"", RetryableError, "nonsense"),
    ],
)
def test_each_answer_becomes_the_error_that_says_what_to_do_next(
    status: int,
    body: bytes,
    expected: type[ProviderError],
    code: str,
    scripted_google: GoogleCalendarApp,
    scripted_server: ScriptedServer,
) -> None:
    if status == 200 and body == b"{}":
        scripted_server.answers(answer(status, body))
        with pytest.raises(RetryableError) as caught:
            scripted_google.calendar.create_entry(GRANT, ENTRY)
        error: ProviderError = caught.value
    else:
        error = _caught(
            scripted_server, lambda: scripted_google.calendar.create_entry(GRANT, ENTRY), status, body
        )
    assert (type(error), error.code) == (expected, code)
    if isinstance(error, RetryableError):
        # A refused call has done nothing; behind a gateway's error the entry may exist.
        assert error.maybe_applied is (code in ("unavailable", "nonsense"))


@pytest.mark.parametrize(
    ("status", "body", "gone"),
    [
        (404, _error(404, "notFound", "Not Found"), True),
        (404, _newer(404, "NOT_FOUND", "x"), True),
        (410, _error(410, "deleted", "Resource has been deleted"), True),
        (404, b"<html>", False),
        (404, b'{"error": {"code": 404}}', False),
    ],
)
def test_only_the_api_itself_can_say_that_an_entry_is_gone(
    status: int, body: bytes, gone: bool, scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    change = EntryChange(title="Another")
    calendar = scripted_google.calendar
    for call in (
        lambda: calendar.read_entry(GRANT, "interv1e7"),
        lambda: calendar.change_entry(GRANT, "interv1e7", change),
    ):
        error = _caught(scripted_server, call, status, body)
        assert isinstance(error, EntryGoneError) is gone
    scripted_server.answers(answer(status, body))
    if gone:
        calendar.delete_entry(GRANT, "interv1e7")
    else:
        with pytest.raises(ProviderError):
            calendar.delete_entry(GRANT, "interv1e7")


def test_a_lost_answer_says_what_may_have_happened(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    calendar = scripted_google.calendar
    for call, maybe_applied in (
        (lambda: calendar.create_entry(GRANT, ENTRY), True),
        (lambda: calendar.change_entry(GRANT, "interv1e7", EntryChange(title="T")), True),
        (lambda: calendar.delete_entry(GRANT, "interv1e7"), False),
        (lambda: calendar.read_entry(GRANT, "interv1e7"), False),
    ):
        scripted_server.answers(drop)
        with pytest.raises(RetryableError) as caught:
            call()
        assert caught.value.maybe_applied is maybe_applied


def test_a_server_that_cannot_be_reached_has_done_nothing() -> None:
    google = GoogleCalendarApp(GoogleSettings("id", "secret", calendar_url="http://127.0.0.1:9/calendar/v3"))
    with pytest.raises(RetryableError) as caught:
        google.calendar.create_entry(GRANT, ENTRY)
    assert (caught.value.code, caught.value.maybe_applied) == ("unreachable", False)
    assert caught.value.words == "Google can't be reached right now."


@pytest.mark.parametrize(
    ("status", "reason", "message", "header", "expected", "retry_at"),
    [
        (403, "rateLimitExceeded", "", None, RateLimitedError, None),
        (429, "rateLimitExceeded", "", "30", RateLimitedError, NOW + timedelta(seconds=30)),
        (503, "backendError", "", "30", RetryableError, NOW + timedelta(seconds=30)),
        (403, "quotaExceeded", "", None, DailyLimitError, NOW + timedelta(hours=3)),
        (403, "quotaExceeded", "", "30", DailyLimitError, NOW + timedelta(hours=3)),
        (
            429,
            "rateLimitExceeded",
            "User-rate limit exceeded.  Retry after 2031-03-04T15:45:00.000Z",
            None,
            RateLimitedError,
            NOW + timedelta(minutes=15),
        ),
        (
            429,
            "rateLimitExceeded",
            "User-rate limit exceeded.  Retry after 2031-03-04T20:30:00Z (Mail sending)",
            None,
            DailyLimitError,
            NOW + timedelta(hours=5),
        ),
        (
            429,
            "userRateLimitExceeded",
            "User-rate limit exceeded.  Retry after 2031-03-04T20:30:00Z",
            None,
            DailyLimitError,
            NOW + timedelta(hours=5),
        ),
        (
            429,
            "userRateLimitExceeded",
            "Retry after 2041-03-04T20:30:00Z",
            None,
            DailyLimitError,
            NOW + timedelta(days=1),
        ),
        (429, "userRateLimitExceeded", "Retry after 2011-01-01T00:00:00Z", None, RateLimitedError, None),
    ],
)
def test_a_limit_says_how_long_to_wait(
    status: int,
    reason: str,
    message: str,
    header: str | None,
    expected: type[RetryableError],
    retry_at: datetime | None,
    scripted_gmail: GmailApp,
    scripted_server: ScriptedServer,
) -> None:
    headers = {"Retry-After": header} if header else {}
    scripted_server.answers(answer(status, _error(status, reason, message), headers=headers))
    with pytest.raises(RetryableError) as caught:
        scripted_gmail.mail.send(GRANT, MAIL, ("b@x.example",))
    assert (type(caught.value), caught.value.retry_at) == (expected, retry_at)


def test_an_api_that_is_switched_off_is_the_administrators_to_enable(
    scripted_gmail: GmailApp, scripted_server: ScriptedServer
) -> None:
    message = (
        "Gmail API has not been used in project 1234 before or it is disabled. Enable it by visiting "
        "https://console.developers.google.com/apis/api/gmail.googleapis.com/overview?project=1234"
    )
    error = _caught(
        scripted_server,
        lambda: scripted_gmail.mail.send(GRANT, MAIL, ("b@x.example",)),
        403,
        _error(403, "accessNotConfigured", message),
    )
    assert error.words.startswith("The administrator has to enable the Gmail API in the Google Cloud project")


def test_missing_scopes_are_named_as_far_as_google_names_them(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    challenge = (
        f'Bearer realm="https://accounts.google.com/", error="insufficient_scope", scope="{FREE_BUSY} evil'
        '<script> https://evil.example/auth/x"'
    )
    scripted_server.answers(
        answer(403, _error(403, "insufficientPermissions"), headers={"WWW-Authenticate": challenge})
    )
    with pytest.raises(ScopeMissingError) as caught:
        scripted_google.calendar.busy(GRANT, NOW, NOW + timedelta(days=1))
    assert caught.value.scopes == (FREE_BUSY,)


def test_a_refusal_keeps_googles_words_and_its_reason(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    error = _caught(
        scripted_server,
        lambda: scripted_google.calendar.create_entry(GRANT, ENTRY),
        400,
        _error(400, "required", "Missing end time."),
    )
    assert error.words == "Google refused: Missing end time."
    assert error.facts.provider_code == "required"


def test_a_refusal_is_cut_and_repeats_no_secret(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    message = (
        f"Bad\x00 token {GRANT.access_token} for priya@northlight.example,\nsee "
        f"https://meet.example/j/1?pwd=abc and eyJhbGciOiJIUzUxMiJ9.{'x' * 60} or " + "on and " * 200
    )
    error = _caught(
        scripted_server,
        lambda: scripted_google.calendar.create_entry(GRANT, ENTRY),
        400,
        _error(400, "odd reason with ACCESS-CANARY", message),
    )
    assert error.words.startswith(
        "Google refused: Bad token […] for [address] see [link] and […] or on and on"
    )
    assert len(error.words) <= MAX_WORDS + len("Google refused: ")
    assert "CANARY" not in repr(error.facts)
