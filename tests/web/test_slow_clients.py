"""Clients that send slowly, or stop in the middle, keep no one else waiting."""

import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import pytest
import requests

from tests.machines.servers import ServerProcess, ServerProcesses
from whole_requests import BODY_SECONDS, CHUNKED_SECONDS, HEAD_SECONDS, MOST_BODY_BYTES, Arrival

# More than all threads of a server with two workers of four, three times over.
HALF_REQUESTS = 24
HALF_A_HEAD = b"GET /login HTTP/1.1\r\nHost: "
HALF_A_BODY = (
    b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 100\r\n\r\nemail=a"
)
HALF_A_CHUNK = b"POST /login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n20\r\nemail"
WHOLE = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


# How requests are received has nothing to do with the database, so once is enough.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def server(server_processes: ServerProcesses) -> ServerProcess:
    [started] = server_processes.start(1, workers=2, threads=4)
    return started


def connect(server: ServerProcess) -> socket.socket:
    parts = urlsplit(server.base_url)
    return socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10)


@contextmanager
def half_requests(server: ServerProcess, half: bytes) -> Iterator[None]:
    with ExitStack() as held:
        for _ in range(HALF_REQUESTS):
            held.enter_context(connect(server)).sendall(half)
        yield


def answers(sock: socket.socket, count: int) -> bytes:
    """Read this many whole answers, heads and bodies, or fewer if the server closes the connection first."""
    said, ends_at = b"", 0
    for _ in range(count):
        while (head_ends := said.find(b"\r\n\r\n", ends_at)) < 0:
            piece = sock.recv(65536)
            if not piece:
                return said
            said += piece
        length = re.search(rb"(?i)\r\ncontent-length: (\d+)", said[ends_at:head_ends])
        ends_at = head_ends + 4 + (int(length[1]) if length else 0)
        while len(said) < ends_at:
            piece = sock.recv(65536)
            if not piece:
                return said
            said += piece
    return said


@pytest.mark.slow
@on_sqlite
def test_half_requests_hold_no_thread(server: ServerProcess) -> None:
    with requests.Session() as http, ExitStack() as held:
        http.trust_env = False
        for half in (HALF_A_HEAD, HALF_A_BODY, HALF_A_CHUNK, b""):
            held.enter_context(half_requests(server, half))
            for _ in range(4):
                began = time.monotonic()
                assert http.get(f"{server.base_url}/healthz", timeout=10).status_code == 200
                assert time.monotonic() - began < 3
        began = time.monotonic()
        assert server.terminate() == 0
        assert time.monotonic() - began < 20


@on_sqlite
def test_request_in_pieces_is_answered_like_one_in_one_piece(server: ServerProcess) -> None:
    with connect(server) as sock:
        for piece in (WHOLE[:9], WHOLE[9:30], WHOLE[30:]):
            sock.sendall(piece)
        assert answers(sock, 1).startswith(b"HTTP/1.1 200")
        # The connection is kept, and requests may be sent ahead, even in part.
        sock.sendall(WHOLE + WHOLE + WHOLE[:20])
        assert answers(sock, 2).count(b"HTTP/1.1 200") == 2
        sock.sendall(WHOLE[20:])
        assert answers(sock, 1).startswith(b"HTTP/1.1 200")


@on_sqlite
def test_client_that_asks_before_its_body_is_told_to_go_on(server: ServerProcess) -> None:
    head = b"POST /webhooks/zoom HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
    head += b"Content-Length: 2\r\n\r\n"
    with connect(server) as sock:
        sock.sendall(head)
        assert sock.recv(4096) == b"HTTP/1.1 100 Continue\r\n\r\n"
        sock.sendall(b"{}")
        assert b"HTTP/1.1 4" in answers(sock, 2)


@on_sqlite
def test_what_is_too_long_is_refused_before_it_is_sent(server: ServerProcess) -> None:
    head = f"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: {MOST_BODY_BYTES + 1}\r\n\r\n"
    with connect(server) as sock:
        sock.sendall(head.encode())
        said = answers(sock, 9)
        assert said.startswith((b"HTTP/1.1 413", b"HTTP/1.1 400")), said[:200]
        assert said.count(b"HTTP/1.1 ") == 1
    with connect(server) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nX-Long: " + b"x" * 70_000)
        assert sock.recv(4096).startswith(b"HTTP/1.1 431")


# The limits are in seconds, and this asks a real server, which waits that long.
@pytest.mark.full
@pytest.mark.slow
@on_sqlite
def test_request_that_never_ends_is_refused_when_its_time_is_over(server: ServerProcess) -> None:
    began = time.monotonic()
    with connect(server) as head, connect(server) as body, connect(server) as silent:
        head.sendall(HALF_A_HEAD)
        body.sendall(HALF_A_BODY)
        for sock, limit in ((head, HEAD_SECONDS), (body, BODY_SECONDS)):
            sock.settimeout(limit + 10)
            assert answers(sock, 1).startswith(b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n")
            assert sock.recv(1) == b""
            assert limit <= time.monotonic() - began < limit + 5
        # Nothing was asked, so nothing is answered.
        silent.settimeout(1)
        assert silent.recv(100) == b""


@pytest.mark.parametrize(
    ("pieces", "seconds"),
    [
        ((HALF_A_HEAD,), HEAD_SECONDS),
        ((HALF_A_BODY,), BODY_SECONDS),
        ((HALF_A_CHUNK,), CHUNKED_SECONDS),
        # A line that carries 16 kB a second gets all the time it needs.
        ((b"POST / HTTP/1.1\r\nContent-Length: 1638400\r\n\r\n", b"x"), BODY_SECONDS + 100),
    ],
)
def test_time_for_a_request_depends_on_what_it_announces(pieces: tuple[bytes, ...], seconds: float) -> None:
    before = time.monotonic()
    arrival = arrived(*pieces)
    latest = time.monotonic() + seconds + 0.1
    arrival.close()
    assert before + seconds <= arrival.deadline <= latest


def arrived(*pieces: bytes) -> Arrival:
    arrival = Arrival()
    for piece in pieces:
        assert not arrival.is_ready
        arrival.take(piece)
    return arrival


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b""),
        (b"POST / HTTP/1.1\r\ncontent-length:  5\r\n\r\n", b"\r\n\r\n!"),
        (
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"3;a=b\r\n\r\n\n\r\nA\r\n0123456789\r\n0\r\nX: y\r\n\r\n",
        ),
    ],
)
def test_end_of_a_request_is_found_wherever_it_is_cut(head: bytes, body: bytes) -> None:
    whole, following = head + body, b"GET /next"
    for cut in range(1, len(whole)):
        arrival = arrived(whole[:cut], whole[cut:] + following)
        assert arrival.is_ready
        assert arrival.rest == following
        assert arrival.recv(10_000) == whole
        arrival.close()


def test_chunks_without_sense_are_handed_on_and_nothing_follows_them() -> None:
    arrival = arrived(
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"-5\r\nabc",
    )
    assert arrival.is_ready
    assert arrival.is_cut
    arrival.close()
