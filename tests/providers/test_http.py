"""Outbound HTTP against a server that misbehaves: always one of our errors, in time and in bounds."""

import gzip
import json
import logging
import socket
import time
import tracemalloc
import zlib
from typing import Any

import pytest
import requests

from providers.base import Grant, MeetingRequest
from providers.errors import RefusedError, RetryableError
from providers.http import BoundedSession, Bounds, Operation, Peer
from providers.zoom.provider import ZoomProvider
from providers.zoom.settings import ZoomSettings
from tests.machines.resolver import silent_resolver
from tests.providers.scripted_server import Script, ScriptedServer, answer, drip, drop, raw

GRANT = Grant("ACCESS-CANARY-1")
MEETING = {
    "id": 98765432101,
    "join_url": "https://zoom.example/j/98765432101?pwd=JOIN-CANARY-2",
    "start_time": "2031-03-10T09:30:00Z",
    "password": "PASS-CANARY",
    "start_url": "https://zoom.example/s/1?zak=ZAK-CANARY-3",
}
MEETING_BODY = json.dumps(MEETING).encode()


def _failure(zoom: ZoomProvider, request: MeetingRequest) -> RetryableError:
    with pytest.raises(RetryableError) as caught:
        zoom.create_meeting(GRANT, request)
    return caught.value


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(answer(201, b"<html>maintenance</html>", content_type="text/html"), id="html"),
        pytest.param(answer(201, b""), id="empty"),
        pytest.param(answer(201, b"null"), id="null"),
        pytest.param(answer(201, b"[]"), id="list"),
        pytest.param(answer(201, b'"text"'), id="text"),
        pytest.param(answer(201, MEETING_BODY[:-20]), id="cut short but well-formed HTTP"),
        pytest.param(
            raw(b"HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n{", then_close=True), id="truncated"
        ),
        pytest.param(
            raw(b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", then_close=True),
            id="broken chunk",
        ),
        pytest.param(answer(201, b'{"id": 1, "topic": "' + b"x" * 70_000 + b'"}'), id="huge"),
        pytest.param(answer(201, b"[" * 60_000), id="deeply nested"),
        pytest.param(answer(201, b'{"id": ' + b"9" * 5_000 + b"}"), id="enormous number"),
        pytest.param(answer(201, b"\xff\xfe{}"), id="broken UTF-8"),
        pytest.param(
            answer(201, gzip.compress(b" " * 50_000_000), headers={"Content-Encoding": "gzip"}),
            id="gzip bomb",
        ),
        pytest.param(
            answer(
                201,
                zlib.compress(gzip.compress(b" " * 5_000_000)),
                headers={"Content-Encoding": "gzip, deflate"},
            ),
            id="bomb in a bomb",
        ),
        pytest.param(answer(201, b"not gzip", headers={"Content-Encoding": "gzip"}), id="false gzip"),
        pytest.param(answer(200, MEETING_BODY), id="another success than documented"),
        pytest.param(answer(204), id="no content"),
        pytest.param(answer(302, headers={"Location": "https://elsewhere.invalid/"}), id="redirect"),
        pytest.param(answer(304), id="not modified"),
        pytest.param(answer(404, b"<html>", content_type="text/html"), id="a gateway's 404"),
        pytest.param(answer(401, b"<html>", content_type="text/html"), id="a gateway's 401"),
        pytest.param(answer(403, b""), id="an empty 403"),
        *[
            pytest.param(
                answer(201, json.dumps({**MEETING, name: value}).encode()), id=f"{name}={value!r:.30}"
            )
            for name, value in [
                ("id", None),
                ("id", True),
                ("id", 1.5),
                ("id", -5),
                ("id", "../users/me"),
                ("id", "9" * 21),
                ("join_url", None),
                ("join_url", ""),
                ("join_url", 7),
                ("join_url", "javascript:alert(1)"),
                ("join_url", "https://"),
                ("join_url", "https://[bad/j/1"),
                ("join_url", "https://a.example/j/1\r\nBcc: x@y.example"),
                ("join_url", "https://user@a.example/j/1"),
                ("join_url", "https://a.example/" + "x" * 3000),
                ("start_time", None),
                ("start_time", "tomorrow"),
                ("start_time", "2031-03-10T09:30:00"),
                ("start_time", "0001-01-01T00:00:00+14:00"),
            ]
        ],
    ],
)
def test_an_unusable_answer_to_a_create_is_retryable_and_may_have_been_applied(
    script: Script,
    scripted_zoom: ZoomProvider,
    scripted_server: ScriptedServer,
    meeting_request: MeetingRequest,
) -> None:
    scripted_server.answers(script)
    error = _failure(scripted_zoom, meeting_request)
    assert (error.code, error.maybe_applied) == ("nonsense", True)
    assert len(scripted_server.requests) == 1


def test_the_gzip_bomb_is_not_unpacked_beyond_the_limit(
    scripted_zoom: ZoomProvider, scripted_server: ScriptedServer, meeting_request: MeetingRequest
) -> None:
    bomb = gzip.compress(b" " * 100_000_000)
    scripted_server.answers(answer(201, bomb, headers={"Content-Encoding": "gzip"}))
    tracemalloc.start()
    try:
        _failure(scripted_zoom, meeting_request)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4_000_000


def test_an_unusable_answer_to_a_read_leaves_nothing_to_look_up(
    scripted_zoom: ZoomProvider, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(answer(200, b"<html>"))
    with pytest.raises(RetryableError) as caught:
        scripted_zoom.account(GRANT)
    assert (caught.value.code, caught.value.maybe_applied) == ("nonsense", False)


def test_silence_ends_in_a_time_out(
    impatient_zoom: ZoomProvider, scripted_server: ScriptedServer, meeting_request: MeetingRequest
) -> None:
    scripted_server.answers(lambda _connection: scripted_server.wait(10))
    error = _failure(impatient_zoom, meeting_request)
    assert (error.code, error.maybe_applied) == ("timeout", True)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"HTTP/1.1 201 Created\r\nContent-Length: 400\r\n\r\n" + b" " * 400, id="body"),
        pytest.param(b"HTTP/1.1 201 Created\r\nX-Long: " + b"x" * 400, id="headers"),
        pytest.param(
            b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\n \r\n" * 70, id="chunks"
        ),
    ],
)
def test_bytes_that_drip_do_not_extend_the_deadline(
    data: bytes,
    impatient_zoom: ZoomProvider,
    scripted_server: ScriptedServer,
    meeting_request: MeetingRequest,
) -> None:
    scripted_server.answers(drip(scripted_server, data, seconds_per_byte=0.02))
    started = time.monotonic()
    error = _failure(impatient_zoom, meeting_request)
    assert (error.code, error.maybe_applied) == ("timeout", True)
    assert time.monotonic() - started < 4


def test_a_connection_dropped_without_an_answer_may_hide_a_create(
    scripted_zoom: ZoomProvider, scripted_server: ScriptedServer, meeting_request: MeetingRequest
) -> None:
    scripted_server.answers(drop)
    error = _failure(scripted_zoom, meeting_request)
    assert (error.code, error.maybe_applied) == ("dropped", True)
    assert len(scripted_server.requests) == 1


def test_something_that_does_not_speak_http_may_hide_a_create(
    scripted_zoom: ZoomProvider, scripted_server: ScriptedServer, meeting_request: MeetingRequest
) -> None:
    scripted_server.answers(raw(b"220 mail.example ESMTP\r\n", then_close=True))
    error = _failure(scripted_zoom, meeting_request)
    assert error.maybe_applied


def _unreachable(api_url: str) -> ZoomProvider:
    settings = ZoomSettings("id", "secret", api_url=api_url, api_url_is_configured=True)
    return ZoomProvider(settings, bounds=Bounds(timeout_seconds=0.5, deadline_seconds=1))


def test_a_refused_connection_has_created_nothing(meeting_request: MeetingRequest) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    error = _failure(_unreachable(f"http://127.0.0.1:{port}/v2"), meeting_request)
    assert (error.code, error.maybe_applied) == ("unreachable", False)


def test_a_host_name_that_is_not_found_has_created_nothing(meeting_request: MeetingRequest) -> None:
    error = _failure(_unreachable("https://no-such-host.invalid/v2"), meeting_request)
    assert (error.code, error.maybe_applied) == ("unreachable", False)


def test_a_resolver_that_hangs_does_not_extend_the_time_of_a_call(meeting_request: MeetingRequest) -> None:
    zoom = _unreachable("https://silent-resolver.invalid/v2")
    with silent_resolver() as resolver:
        for _ in range(3):
            started = time.monotonic()
            error = _failure(zoom, meeting_request)
            assert time.monotonic() - started < 3
            assert (error.code, error.maybe_applied) == ("unreachable", False)
        # Successive tries wait for the same lookup instead of leaving one thread each.
        assert resolver.asked == 1


def test_a_create_that_is_only_slow_is_waited_for_longer_than_a_read(
    impatient_zoom: ZoomProvider, scripted_server: ScriptedServer, meeting_request: MeetingRequest
) -> None:
    def slowly(script: Script) -> Script:
        def answer_later(connection: socket.socket) -> None:
            scripted_server.wait(0.8)
            script(connection)

        return answer_later

    scripted_server.answers(slowly(answer(201, MEETING_BODY)), slowly(answer(200, b'{"id": "u1"}')))
    assert impatient_zoom.create_meeting(GRANT, meeting_request).id == "98765432101"
    with pytest.raises(RetryableError) as caught:
        impatient_zoom.account(GRANT)
    assert caught.value.code == "timeout"


def test_a_server_that_does_not_speak_tls_has_created_nothing(
    scripted_server: ScriptedServer, meeting_request: MeetingRequest
) -> None:
    scripted_server.answers(drop)
    error = _failure(_unreachable(scripted_server.url.replace("http:", "https:") + "/v2"), meeting_request)
    assert (error.code, error.maybe_applied) == ("unreachable", False)


def test_a_redirect_never_carries_the_token_to_another_host(
    scripted_zoom: ZoomProvider, scripted_server: ScriptedServer
) -> None:
    other = ScriptedServer()
    try:
        other.answers(answer(200, b"{}"))
        scripted_server.answers(answer(307, headers={"Location": f"{other.url}/v2/users/me"}))
        with pytest.raises(RetryableError):
            scripted_zoom.account(GRANT)
        assert other.connections == 0
    finally:
        other.close()


def test_the_body_of_a_redirect_is_not_read(
    scripted_zoom: ZoomProvider, scripted_server: ScriptedServer
) -> None:
    endless = b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 999999999\r\n\r\n"
    scripted_server.answers(raw(endless))
    with pytest.raises(RetryableError) as caught:
        scripted_zoom.account(GRANT)
    # Waiting for the body would end in "timeout".
    assert caught.value.code == "nonsense"


def test_the_environment_has_no_say(
    scripted_zoom: ZoomProvider,
    scripted_server: ScriptedServer,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Any,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    scripted_server.answers(answer(200, b'{"id": "u1"}'))
    scripted_zoom.account(GRANT)
    assert scripted_server.requests[0].header("Authorization") == "Bearer ACCESS-CANARY-1"


def test_cookies_of_one_account_do_not_reach_the_next_call(
    scripted_zoom: ZoomProvider, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(answer(200, b'{"id": "u1"}', headers={"Set-Cookie": "who=first; Path=/"}))
    scripted_zoom.account(GRANT)
    scripted_zoom.account(Grant("another"))
    assert [request.header("Cookie") for request in scripted_server.requests] == [None, None]


def test_connections_are_kept_for_the_next_call(
    scripted_zoom: ZoomProvider, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(answer(200, b'{"id": "u1"}'))
    for _ in range(3):
        scripted_zoom.account(GRANT)
    assert (len(scripted_server.requests), scripted_server.connections) == (3, 1)


def test_a_connection_that_failed_is_not_kept(
    scripted_zoom: ZoomProvider, scripted_server: ScriptedServer, meeting_request: MeetingRequest
) -> None:
    scripted_server.answers(answer(201, b"x" * 900_000), answer(200, b'{"id": "u1"}'))
    _failure(scripted_zoom, meeting_request)
    assert scripted_zoom.account(GRANT).id == "u1"
    assert scripted_server.connections == 2


@pytest.mark.parametrize("token", ["two\r\nlines", "token\u20ac"])
def test_a_token_that_does_not_fit_a_header_is_refused_without_being_shown(
    token: str, scripted_zoom: ZoomProvider, scripted_server: ScriptedServer
) -> None:
    with pytest.raises(RefusedError) as caught:
        scripted_zoom.account(Grant(token))
    assert caught.value.code == "not_sendable"
    assert token not in str(caught.value)
    assert caught.value.__context__ is None
    assert scripted_server.requests == []


def test_plain_http_is_refused_unless_it_was_configured() -> None:
    peer = Peer("zoom", "Zoom", "x-zm-trackingid", frozenset({"http://127.0.0.1:9100"}))
    with BoundedSession(peer, Bounds()) as session, pytest.raises(RefusedError) as caught:
        session.call(Operation("get_user"), "GET", "http://127.0.0.1:9101/v2/users/me", bearer="t")
    assert caught.value.code == "not_sendable"


def test_one_line_is_logged_and_it_holds_no_secret(
    scripted_zoom: ZoomProvider,
    scripted_server: ScriptedServer,
    meeting_request: MeetingRequest,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    tracking = {"x-zm-trackingid": "v=2.0;rid=WEB_1 forged\tline"}
    scripted_server.answers(answer(201, MEETING_BODY, headers=tracking))
    scripted_zoom.create_meeting(GRANT, meeting_request)
    [record] = caplog.records
    assert record.name == "providers"
    assert record.levelno == logging.INFO
    assert record.getMessage().startswith("zoom create_meeting status=201 outcome=ok ms=")
    assert record.getMessage().endswith("tracking=v=2.0rid=WEB_1forgedline")
    assert "CANARY" not in caplog.text


def test_a_failed_call_is_logged_in_one_line_too(
    scripted_zoom: ZoomProvider,
    scripted_server: ScriptedServer,
    meeting_request: MeetingRequest,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    scripted_server.answers(drop)
    _failure(scripted_zoom, meeting_request)
    [record] = caplog.records
    assert record.getMessage().startswith("zoom create_meeting status=- outcome=dropped ms=")


def test_errors_do_not_drag_the_libraries_exceptions_along(
    scripted_zoom: ZoomProvider, scripted_server: ScriptedServer, meeting_request: MeetingRequest
) -> None:
    scripted_server.answers(drop)
    error = _failure(scripted_zoom, meeting_request)
    assert error.__cause__ is None
    assert error.__context__ is None
    assert not isinstance(error, requests.RequestException)
