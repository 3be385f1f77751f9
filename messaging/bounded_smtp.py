"""An SMTP client whose conversations end, whatever the server does.

The standard library's time-out starts again with each byte and with each address of a host, so a server
that trickles, or a name with eight dead addresses, can hold a thread for hours.
"""

from __future__ import annotations

import io
import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from typing import Any

# No honest server says more in one conversation; an endless greeting would otherwise fill the memory.
_LONGEST_CONVERSATION = 256 * 1024
# A text is given the time that it takes at about one megabit a second, handed over in pieces of this size.
_SLOWEST_BYTES_PER_SECOND = 125_000
_PIECE_BYTES = 64 * 1024


def text_seconds(length: int) -> float:
    """What a text of that many bytes is given on top of what every conversation is given."""
    return length / _SLOWEST_BYTES_PER_SECOND


class BoundedSMTP(smtplib.SMTP):
    """One conversation: `answer_seconds` for each step, `total_seconds` for everything but the text of the
    mail, whose time grows with its length.

    The one thing outside its reach is the name look-up, which the resolver's own settings limit. Running
    out of time raises `TimeoutError`, or `smtplib.SMTPServerDisconnected` with that as its context.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        ehlo_name: str,
        answer_seconds: float,
        total_seconds: float,
        implicit_tls: ssl.SSLContext | None,
    ) -> None:
        self._ends_at = time.monotonic() + total_seconds
        self._answer_seconds = answer_seconds
        self._implicit_tls = implicit_tls
        super().__init__(host, port, local_hostname=ehlo_name, timeout=answer_seconds)

    def hurry(self, seconds: float) -> None:
        """Leave at most this long for the rest of the conversation."""
        self._ends_at = min(self._ends_at, time.monotonic() + seconds)

    def _patience(self) -> float:
        """Seconds that the next step may take."""
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        return min(left, self._answer_seconds)

    # The standard library's own TLS variant of this class replaces the same method.
    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        failure: OSError | None = None
        for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            plain = socket.socket(family, kind, protocol)
            try:
                plain.settimeout(self._patience())
                plain.connect(address)
            except OSError as error:
                plain.close()
                failure = error
                continue
            if self._implicit_tls is None:
                return plain
            return self._implicit_tls.wrap_socket(plain, server_hostname=host)
        raise failure or OSError("the name has no address")

    def send(self, s: Any) -> None:
        if self.sock is not None:
            self.sock.settimeout(self._patience())
        super().send(s)

    def send_text(self, text: bytes) -> None:
        """Hand over the text of the mail, however long it is, as long as the line does not stall.

        The answer may take longer after a long text: much of it still lies in this machine's buffers by then,
        and a server looks through it before it answers.
        """
        extra = text_seconds(len(text))
        self._ends_at += extra
        for begin in range(0, len(text), _PIECE_BYTES):
            self.send(text[begin : begin + _PIECE_BYTES])
        self._answer_seconds += extra

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self.file = io.BufferedReader(_Incoming(self.sock, self._patience))
        return super().getreply()


class _Incoming(io.RawIOBase):
    """The server's side of a connection, read with what patience is left before each read."""

    def __init__(self, connection: socket.socket, patience: Callable[[], float]) -> None:
        super().__init__()
        self._connection = connection
        self._patience = patience
        self._left = _LONGEST_CONVERSATION

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._left <= 0:
            raise OSError("the server talks without end")
        self._connection.settimeout(self._patience())
        count = self._connection.recv_into(buffer)
        self._left -= count
        return count
