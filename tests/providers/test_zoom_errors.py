"""Which of our errors each of Zoom's answers becomes."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from providers.base import Grant, MeetingRequest
from providers.errors import (
    AccessTokenRejectedError,
    DailyLimitError,
    HostNotAllowedError,
    MeetingGoneError,
    PasscodeRefusedError,
    ProviderError,
    RateLimitedError,
    RefusedError,
    RetryableError,
    ScopeMissingError,
)
from providers.quoting import MAX_WORDS
from providers.zoom.provider import ZoomProvider
from tests.providers.conftest import NOW
from tests.providers.scripted_server import ScriptedServer, answer

GRANT = Grant("ACCESS-CANARY-" + "a1b2c3" * 10)
MIDNIGHT = datetime(2031, 3, 5, tzinfo=UTC)
PER_DAY = (
    "You have exceeded the daily rate limit (100) of Meeting Create/Update API requests permitted for this "
    "particular user. You may resume these requests at GMT 00:00:00."
)
PER_SECOND = "You have reached the maximum per-second rate limit for this API. Try again later."


def _error(code: int, message: str = "Said by Zoom.", **more: Any) -> bytes:
    return json.dumps({"code": code, "message": message, **more}).encode()


@pytest.fixture
def request_with_passcode() -> MeetingRequest:
    return MeetingRequest("T Interview", "A", NOW + timedelta(days=1), 30, "UTC", passcode="Pass-1234")


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        pytest.param(401, _error(124, "Invalid access token."), AccessTokenRejectedError, id="401/124"),
        pytest.param(401, _error(124, "Access token is expired."), AccessTokenRejectedError, id="expired"),
        pytest.param(400, _error(124, "Invalid access token."), AccessTokenRejectedError, id="400/124"),
        pytest.param(401, b'{"reason": "x", "error": "invalid_token"}', AccessTokenRejectedError, id="401/-"),
        pytest.param(400, _error(4711), ScopeMissingError, id="400/4711"),
        pytest.param(401, _error(4700), ScopeMissingError, id="401/4700"),
        pytest.param(400, _error(104), ScopeMissingError, id="400/104"),
        pytest.param(400, _error(200, "Only available for Paid account"), HostNotAllowedError, id="400/200"),
        pytest.param(400, _error(3161), HostNotAllowedError, id="400/3161"),
        pytest.param(404, _error(1001), HostNotAllowedError, id="404/1001"),
        pytest.param(404, _error(1010), HostNotAllowedError, id="404/1010"),
        pytest.param(400, _error(1120), HostNotAllowedError, id="400/1120"),
        pytest.param(404, _error(3001), MeetingGoneError, id="404/3001"),
        pytest.param(400, _error(3001), RefusedError, id="400/3001 is not gone"),
        pytest.param(404, _error(2300, "This API endpoint is not recognized."), RefusedError, id="404/2300"),
        pytest.param(404, b"{}", RefusedError, id="404/- is not gone"),
        pytest.param(400, _error(300), RefusedError, id="400/300"),
        pytest.param(400, _error(3000, "You cannot schedule a meeting for x"), RefusedError, id="400/3000"),
        pytest.param(409, _error(999_999), RefusedError, id="unknown code"),
        pytest.param(400, b'{"code": "300", "message": 5, "errors": {"a": 1}}', RefusedError, id="odd types"),
        pytest.param(400, b'{"code": 300, "errors": [1, {"field": 2}]}', RefusedError, id="odd field errors"),
        pytest.param(429, _error(429, PER_SECOND), RateLimitedError, id="429 per second"),
        pytest.param(429, b"<html>", RateLimitedError, id="429 of a gateway"),
        pytest.param(429, _error(429, PER_DAY), DailyLimitError, id="429 per day"),
        pytest.param(
            300,
            _error(300, "A maximum of 100 meetings can be created/updated for a single user in one day."),
            DailyLimitError,
            id="300 per day",
        ),
        *[pytest.param(status, b"<html>", RetryableError, id=str(status)) for status in (500, 502, 503, 504)],
        pytest.param(500, _error(500), RetryableError, id="500 with a body"),
        pytest.param(408, b"", RetryableError, id="408"),
    ],
)
def test_each_answer_becomes_the_error_that_says_what_to_do_next(
    status: int,
    body: bytes,
    expected: type[ProviderError],
    scripted_zoom: ZoomProvider,
    scripted_server: ScriptedServer,
    meeting_request: MeetingRequest,
) -> None:
    scripted_server.answers(answer(status, body, headers={"x-zm-trackingid": "rid=WEB_7"}))
    with pytest.raises(ProviderError) as caught:
        scripted_zoom.create_meeting(GRANT, meeting_request)
    error = caught.value
    assert type(error) is expected
    assert (error.facts.status, error.facts.tracking_id) == (status, "rid=WEB_7")
    assert error.words
    assert error.words == str(error)
    if isinstance(error, RetryableError):
        # A refused call has done nothing; behind a gateway's error the meeting may exist.
        assert error.maybe_applied is (expected is RetryableError)


def test_trouble_at_zoom_leaves_nothing_to_look_up_after_a_read(
    scripted_zoom: ZoomProvider, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(answer(503, b"<html>", headers={"Retry-After": "30"}))
    with pytest.raises(RetryableError) as caught:
        scripted_zoom.read_meeting(GRANT, "1")
    assert (caught.value.code, caught.value.maybe_applied) == ("unavailable", False)
    assert caught.value.retry_at == NOW + timedelta(seconds=30)


def test_the_daily_limit_ends_at_midnight_utc_despite_its_headers(
    scripted_zoom: ZoomProvider, scripted_server: ScriptedServer, meeting_request: MeetingRequest
) -> None:
    headers = {"X-RateLimit-Type": "QPS", "Retry-After": "1"}
    scripted_server.answers(answer(429, _error(429, PER_DAY), headers=headers))
    with pytest.raises(DailyLimitError) as caught:
        scripted_zoom.create_meeting(GRANT, meeting_request)
    assert caught.value.retry_at == MIDNIGHT


def test_a_daily_limit_that_only_the_headers_name_counts_too(
    scripted_zoom: ZoomProvider, scripted_server: ScriptedServer, meeting_request: MeetingRequest
) -> None:
    scripted_server.answers(answer(429, b"{}", headers={"X-RateLimit-Type": "Daily-limit"}))
    with pytest.raises(DailyLimitError) as caught:
        scripted_zoom.create_meeting(GRANT, meeting_request)
    assert caught.value.retry_at == MIDNIGHT


def test_a_rate_limit_says_when_to_try_again_if_zoom_does(
    scripted_zoom: ZoomProvider, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(
        answer(429, _error(429, PER_SECOND), headers={"Retry-After": "2031-03-04T15:30:02Z"}),
        answer(429, _error(429, PER_SECOND)),
    )
    moments = []
    for _ in range(2):
        with pytest.raises(RateLimitedError) as caught:
            scripted_zoom.account(GRANT)
        moments.append(caught.value.retry_at)
    assert moments == [NOW + timedelta(seconds=2), None]


def test_missing_scopes_are_named_without_the_forms_only_an_administrator_can_grant(
    scripted_zoom: ZoomProvider, scripted_server: ScriptedServer
) -> None:
    message = (
        "Invalid access token, does not contain scopes:[meeting:delete:meeting:admin, meeting:delete:meeting]"
    )
    scripted_server.answers(answer(400, _error(4711, message)))
    with pytest.raises(ScopeMissingError) as caught:
        scripted_zoom.delete_meeting(GRANT, "1")
    assert caught.value.scopes == ("meeting:delete:meeting",)


@pytest.mark.parametrize(
    "body",
    [
        _error(300, "Validation Failed.", errors=[{"field": "password", "message": "Too weak."}]),
        _error(300, "The passcode does not meet the requirements."),
        _error(3000, "Password must have 8 characters."),
    ],
)
def test_a_passcode_against_the_accounts_rules_is_told_apart(
    body: bytes,
    scripted_zoom: ZoomProvider,
    scripted_server: ScriptedServer,
    request_with_passcode: MeetingRequest,
) -> None:
    scripted_server.answers(answer(400, body))
    with pytest.raises(PasscodeRefusedError):
        scripted_zoom.create_meeting(GRANT, request_with_passcode)


def test_without_a_passcode_of_ours_it_cannot_be_the_passcode(
    scripted_zoom: ZoomProvider, scripted_server: ScriptedServer, meeting_request: MeetingRequest
) -> None:
    scripted_server.answers(answer(400, _error(300, "Password is required.")))
    with pytest.raises(RefusedError):
        scripted_zoom.create_meeting(GRANT, meeting_request)


def test_a_refusal_keeps_zooms_words_and_the_fields(
    scripted_zoom: ZoomProvider, scripted_server: ScriptedServer, meeting_request: MeetingRequest
) -> None:
    fields = [{"field": "settings.jbh_time", "message": "Invalid field."}]
    scripted_server.answers(answer(400, _error(300, "Validation Failed.", errors=fields)))
    with pytest.raises(RefusedError) as caught:
        scripted_zoom.create_meeting(GRANT, meeting_request)
    assert caught.value.words == "Zoom refused: Validation Failed. settings.jbh_time: Invalid field."
    assert caught.value.facts.provider_code == "300"


def test_a_refusal_is_cut_and_repeats_no_secret(
    scripted_zoom: ZoomProvider, scripted_server: ScriptedServer, request_with_passcode: MeetingRequest
) -> None:
    message = (
        f"Bad\x00 token {GRANT.access_token} for priya@northlight.example, code Pass-1234,\nsee "
        f"https://zoom.example/j/1?pwd=abc and eyJhbGciOiJIUzUxMiJ9.{'x' * 60} or " + "on and " * 200
    )
    scripted_server.answers(answer(400, _error(77, message)))
    with pytest.raises(RefusedError) as caught:
        scripted_zoom.create_meeting(GRANT, request_with_passcode)
    words = caught.value.words
    assert words.startswith(
        "Zoom refused: Bad token […] for [address] code […], see [link] and […] or on and on and"
    )
    assert len(words) <= MAX_WORDS + len("Zoom refused: ")
