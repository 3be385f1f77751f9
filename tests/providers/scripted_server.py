"""A server that answers byte for byte as a test tells it, whether that is valid HTTP or not."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

Script = Callable[[socket.socket], None]


@dataclass(frozen=True)
class ReceivedRequest:
    """One request as it came over the wire."""

    head: str
    body: bytes

    @property
    def target(self) -> str:
        """The request line without its protocol: "GET /v2/users/me"."""
        return self.head.splitlines()[0].rpartition(" ")[0]

    def header(self, name: str) -> str | None:
        """The value of a header, None if it was not sent."""
        for line in self.head.splitlines()[1:]:
            key, _, value = line.partition(":")
            if key.lower() == name.lower():
                return value.strip()
        return None


class ScriptedServer:
    """Listens on loopback. Each request runs the next script in line; the last one answers all later
    requests."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[ReceivedRequest] = []
        self.connections = 0
        self._tls = tls
        self._scripts: list[Script] = []
        self._closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()

    @property
    def url(self) -> str:
        """Its origin."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self._listener.getsockname()[1]}"

    def answers(self, *scripts: Script) -> None:
        """Set what the coming requests get, one script each."""
        self._scripts = list(scripts)

    def wait(self, seconds: float) -> None:
        """Pause a script, but not beyond the life of the server."""
        self._closing.wait(seconds)

    def close(self) -> None:
        """End everything and wait for the threads."""
        self._closing.set()
        # Closing alone leaves a blocked accept() waiting; shutting down wakes it.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._accepting.join()
        self._listener.close()
        for connection in self._open:
            # A client that is already gone is no reason to fail.
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            if self._tls:
                # Wrapping moves the connection into a new socket, which close() has to know.
                connection = self._tls.wrap_socket(connection, server_side=True)
                self._open.append(connection)
        except OSError:
            # A client that does not trust the certificate hangs up.
            return
        with connection, connection.makefile("rb") as stream:
            try:
                while (request := _read_request(stream)) is not None:
                    self.requests.append(request)
                    script = self._scripts.pop(0) if len(self._scripts) > 1 else self._scripts[0]
                    script(connection)
            except OSError:
                return


def _read_request(stream: BinaryIO) -> ReceivedRequest | None:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        line = stream.readline()
        if not line:
            return None
        head += line
    request = ReceivedRequest(head.decode("latin-1"), b"")
    return ReceivedRequest(request.head, stream.read(int(request.header("Content-Length") or 0)))


def answer(
    status: int,
    body: bytes = b"",
    *,
    headers: dict[str, str] | None = None,
    content_type: str = "application/json",
) -> Script:
    """Return a script that gives one well-formed answer and keeps the connection."""
    fields = {"Content-Type": content_type, "Content-Length": str(len(body)), **(headers or {})}
    return raw(_head(status, fields) + body)


def raw(data: bytes, *, then_close: bool = False) -> Script:
    """Return a script that sends these bytes, and closes the connection if told."""

    def send(connection: socket.socket) -> None:
        connection.sendall(data)
        if then_close:
            connection.shutdown(socket.SHUT_RDWR)

    return send


def drop(connection: socket.socket) -> None:
    """Close the connection without a word."""
    connection.shutdown(socket.SHUT_RDWR)


def drip(server: ScriptedServer, data: bytes, seconds_per_byte: float) -> Script:
    """Return a script that sends one byte at a time."""

    def send(connection: socket.socket) -> None:
        for position in range(len(data)):
            connection.sendall(data[position : position + 1])
            server.wait(seconds_per_byte)

    return send


def _head(status: int, fields: dict[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} Scripted", *(f"{name}: {value}" for name, value in fields.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
