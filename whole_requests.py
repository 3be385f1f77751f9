"""A gunicorn worker whose threads only see requests that have arrived completely.

Gunicorn's own threaded worker gives a connection a thread with its first byte. A client that then sends
nothing holds the thread for as long as it likes, and a handful of them stop the server. Here one loop
receives every request, head and body, while its connection costs only a socket; a thread gets the request
when it is complete and never waits for the client to send more. How long a request may take to arrive, and an
answer to leave, is limited.

Gunicorn reads the request anyway: this module only finds out where it ends. If the two ever disagree
about that, the connection is closed after the answer, so that no byte is read as a part of another request.
"""

from __future__ import annotations

import socket
import time
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ
from tempfile import SpooledTemporaryFile
from typing import Any

from gunicorn.http import get_parser
from gunicorn.workers.gthread import TConn, ThreadWorker

# A head is a few kilobytes, and every honest client sends it in one piece.
HEAD_SECONDS = 15.0
# A body may come over a slow connection: this long, and one more second for each so many announced bytes.
BODY_SECONDS, BYTES_A_SECOND = 20.0, 16 * 1024
# A chunked body does not announce its length.
CHUNKED_SECONDS = 60.0
# For each piece of an answer: how long a client may take to accept it.
ANSWER_SECONDS = 30.0
# How long a worker that is stopping waits for requests that are still arriving.
STOP_SECONDS = 3.0
MOST_HEAD_BYTES = 64 * 1024
# Longer than any form may be. A longer request reaches the application without its body and is refused.
MOST_BODY_BYTES = 40 * 1024 * 1024
# Bodies up to this size are kept in memory and longer ones in files; this is the limit for all of them
# together.
_IN_MEMORY, _MOST_ON_THE_WAY = 256 * 1024, 512 * 1024 * 1024
_AT_ONCE = 256 * 1024

_END_OF_HEAD = b"\r\n\r\n"
_GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"
_REFUSAL = "HTTP/1.1 {}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
TOO_SLOW, TOO_LONG_A_HEAD, TOO_MUCH = (
    _REFUSAL.format(status).encode()
    for status in (
        "408 Request Timeout",
        "431 Request Header Fields Too Large",
        "503 Service Unavailable",
    )
)
_NO_ROOM_PAGE = (
    b"<!doctype html><html lang=en><title>Not possible right now</title><h1>Not possible right now</h1>"
    b"<p>This server's disk is full. Nothing was saved. The person who looks after the server has to make "
    b"room; then go back and try again.</p></html>"
)
NO_ROOM = (
    b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 60\r\n"
    b"Content-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n%s"
    % (len(_NO_ROOM_PAGE), _NO_ROOM_PAGE)
)


class _Counted:
    """A body of known length. `take` says how many of the bytes belong to it and whether that was all."""

    def __init__(self, length: int) -> None:
        self._missing = length

    def take(self, data: bytes) -> tuple[int, bool]:
        taken = min(len(data), self._missing)
        self._missing -= taken
        return taken, self._missing == 0


class _Chunked:
    """A body in chunks, each after a line with its size; the same `take`. Raises ValueError for anything
    else.
    """

    def __init__(self) -> None:
        self._line = bytearray()
        self._missing = 0
        self._in_trailers = False

    def take(self, data: bytes) -> tuple[int, bool]:
        place = 0
        while place < len(data):
            if self._missing:
                step = min(self._missing, len(data) - place)
                self._missing -= step
                place += step
                continue
            end = data.find(b"\n", place)
            self._line += data[place : len(data) if end < 0 else end + 1]
            if len(self._line) > MOST_HEAD_BYTES:
                raise ValueError("a line without an end")
            if end < 0:
                return len(data), False
            place = end + 1
            if self._ends_with(bytes(self._line).strip()):
                return place, True
            self._line.clear()
        return place, False

    def _ends_with(self, line: bytes) -> bool:
        if self._in_trailers:
            return not line
        size = line.partition(b";")[0].strip()
        if not size.isalnum():
            raise ValueError(size)
        length = int(size, 16)
        self._in_trailers = length == 0
        # The line break that follows the chunk is counted as a part of it.
        self._missing = length + 2 if length else 0
        return False


class Arrival:
    """One request on its way in. Gunicorn's parser reads it through `recv` once `is_ready`.

    `rest` is what came behind it: the beginning of the next one. `is_cut`: it was handed on without an end,
    so that nothing may follow on its connection. `awaits_go_on`: the client asks before it sends the body.
    """

    def __init__(self) -> None:
        self.deadline = time.monotonic() + HEAD_SECONDS
        self.is_ready = self.is_cut = self.awaits_go_on = False
        self.rest = b""
        self.size = 0
        self._head = bytearray()
        self._body: _Counted | _Chunked | None = None
        self._spool = SpooledTemporaryFile[bytes](max_size=_IN_MEMORY)

    @property
    def has_begun(self) -> bool:
        return bool(self._head)

    def take(self, data: bytes) -> None:
        """Add what was received. Raises OSError when it is long and the disk has no room for it."""
        if self._body is None:
            looked_at = max(len(self._head) - len(_END_OF_HEAD), 0)
            self._head += data
            end = self._head.find(_END_OF_HEAD, looked_at)
            if end < 0:
                return
            end += len(_END_OF_HEAD)
            data = bytes(self._head[end:])
            del self._head[end:]
            self._spool.write(self._head)
            self._begin_body(bytes(self._head))
        self._take_body(data)

    @property
    def head_is_too_long(self) -> bool:
        return self._body is None and len(self._head) > MOST_HEAD_BYTES

    def _begin_body(self, head: bytes) -> None:
        length, is_chunked = b"0", False
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            match name.strip().lower():
                case b"content-length":
                    length = value.strip()
                case b"transfer-encoding":
                    is_chunked = True
                case b"expect":
                    self.awaits_go_on = True
        now = time.monotonic()
        if is_chunked:
            self._body, self.deadline = _Chunked(), now + CHUNKED_SECONDS
            return
        # Gunicorn refuses what is not a number.
        number = int(length) if length.isdigit() and len(length) < 16 else 0
        self.is_cut = number > MOST_BODY_BYTES
        self._body = _Counted(0 if self.is_cut else number)
        self.deadline = now + BODY_SECONDS + number / BYTES_A_SECOND

    def _take_body(self, data: bytes) -> None:
        assert self._body is not None
        try:
            taken, is_whole = self._body.take(data)
        except ValueError:
            # Gunicorn says what is wrong with it.
            taken, is_whole, self.is_cut = len(data), True, True
        self._spool.write(data[:taken])
        self.size += taken
        if not is_whole and self.size > MOST_BODY_BYTES:
            is_whole = self.is_cut = True
        if is_whole:
            self.is_ready, self.rest = True, data[taken:]
            self._spool.seek(0)

    def recv(self, size: int) -> bytes:
        """The next bytes, nothing at the end."""
        return self._spool.read(size)

    def is_used_up(self, parser: Any) -> bool:
        """Whether gunicorn has read it to the same end; another request may follow then."""
        return not self.is_cut and not parser.unreader.buf.getvalue() and not self._spool.read(1)

    def close(self) -> None:
        # What did not fit on the disk is tried once more at the end.
        with suppress(OSError):
            self._spool.close()


class Connection(TConn):
    """A connection with the request that arrives on it, or that a thread answers."""

    def __init__(self, cfg: Any, sock: socket.socket, client: Any, server: Any) -> None:
        super().__init__(cfg, sock, client, server)
        # What gunicorn does in a thread before the first request, TLS and HTTP/2, is not for us.
        self.initialized = True
        self.arrival = Arrival()
        self.is_polled = False

    def expect_request(self) -> None:
        self.arrival = Arrival()


class _Outlet:
    """A socket that sends the head of an answer together with the beginning of its body: one packet and one
    turn of the system for nearly every page, instead of two."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._head: bytes | None = None
        self._is_open = False

    def sendall(self, data: bytes) -> None:
        if self._is_open:
            self._sock.sendall(data)
        elif self._head is None:
            self._head = data
        else:
            head, self._head, self._is_open = self._head, None, True
            self._sock.sendall(head + data)

    def flush(self) -> None:
        """Send what is held: the head of an answer without a body."""
        if self._head is not None:
            head, self._head, self._is_open = self._head, None, True
            self._sock.sendall(head)

    def sendfile(self, *what: Any, **span: Any) -> int:
        self.flush()
        return self._sock.sendfile(*what, **span)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


class WholeRequestWorker(ThreadWorker):
    """See the module. The methods with gunicorn's names take and return what they do there."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._arriving: set[Connection] = set()

    def accept(self, listener: socket.socket) -> None:
        try:
            sock, client = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        self.nr_conns += 1
        conn = Connection(self.cfg, sock, client, listener.getsockname())
        self._arriving.add(conn)
        self._receive(conn)

    def on_client_socket_readable(self, conn: Connection, client: socket.socket) -> None:
        """The next request begins on a connection that was kept."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        conn.expect_request()
        self._arriving.add(conn)
        self._receive(conn)

    def _receive(self, conn: Connection, _sock: object = None) -> None:
        try:
            data = conn.sock.recv(_AT_ONCE)
        except (BlockingIOError, InterruptedError):
            self._wait(conn)
            return
        except OSError:
            data = b""
        if data:
            self._take(conn, data)
        else:
            self._drop(conn)

    def _take(self, conn: Connection, data: bytes) -> None:
        arrival = conn.arrival
        try:
            arrival.take(data)
        except OSError as error:
            self.log.error("A request could not be received: %s", error)
            self._drop(conn, NO_ROOM)
            return
        if arrival.is_ready:
            self._forget(conn)
            conn.parser = get_parser(self.cfg, arrival, conn.client)
            self.enqueue_req(conn)
        elif arrival.head_is_too_long:
            self._drop(conn, TOO_LONG_A_HEAD)
        elif arrival.size > _IN_MEMORY and self._bytes_on_the_way() > _MOST_ON_THE_WAY:
            self._drop(conn, TOO_MUCH)
        else:
            if arrival.awaits_go_on:
                arrival.awaits_go_on = False
                _say(conn, _GO_ON)
            self._wait(conn)

    def _bytes_on_the_way(self) -> int:
        return sum(each.arrival.size for each in self._arriving)

    def _wait(self, conn: Connection) -> None:
        if not conn.is_polled:
            self.poller.register(conn.sock, EVENT_READ, partial(self._receive, conn))
            conn.is_polled = True

    def _forget(self, conn: Connection) -> None:
        self._arriving.discard(conn)
        if conn.is_polled:
            self.poller.unregister(conn.sock)
            conn.is_polled = False

    def _drop(self, conn: Connection, last_words: bytes = b"") -> None:
        self._forget(conn)
        if last_words:
            _say(conn, last_words)
        conn.arrival.close()
        self.nr_conns -= 1
        conn.close()

    def murder_pending(self) -> None:
        """Close connections that take too long; gunicorn's loop calls this about once a second."""
        super().murder_pending()
        now = time.monotonic()
        for conn in list(self._arriving):
            if not self.alive:
                # Nothing was sent yet: a browser that connected in advance.
                latest = now + STOP_SECONDS if conn.arrival.has_begun else now
                conn.arrival.deadline = min(conn.arrival.deadline, latest)
            if conn.arrival.deadline <= now:
                self._drop(conn, TOO_SLOW if conn.arrival.has_begun else b"")

    def handle(self, conn: Connection) -> bool:
        try:
            is_kept = bool(super().handle(conn))
            return is_kept and conn.arrival.is_used_up(conn.parser)
        finally:
            conn.arrival.close()

    def handle_request(self, req: Any, conn: Connection) -> bool:
        conn.sock.settimeout(ANSWER_SECONDS)
        sock, conn.sock = conn.sock, _Outlet(conn.sock)
        try:
            is_kept = bool(super().handle_request(req, conn))
            conn.sock.flush()
            return is_kept
        except TimeoutError:
            self.log.debug("A client did not accept its answer in time.")
            return False
        finally:
            conn.sock = sock

    def finish_request(self, conn: Connection, fs: Future[bool]) -> None:
        rest = conn.arrival.rest
        if rest and self.alive and not fs.cancelled() and fs.exception() is None and fs.result():
            conn.sock.setblocking(False)
            conn.expect_request()
            self._arriving.add(conn)
            self._take(conn, rest)
            return
        super().finish_request(conn, fs)


def _say(conn: Connection, words: bytes) -> None:
    # Do not wait for a client that does not read either.
    with suppress(OSError):
        conn.sock.send(words)
