"""Conversations with an SMTP server that always end, no matter what the server does, and that record how far
they got.

The standard library's time-out starts again with each byte and with each address of a host, so a server
that trickles, or a name with eight dead addresses, can hold a thread for hours. Flask-Mail checks no TLS
certificate, waits forever for a silent server and loses the answer of a refused recipient.
"""

from __future__ import annotations

import io
import re
import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from host_names import addresses_of

# How long a mail may take in total, apart from the time that its text is given (`text_seconds`); and how long
# a server may take to answer our goodbye, when the outcome is already known. Both in seconds.
TOTAL_SECONDS = 60.0
GOODBYE_SECONDS = 2.0

# No honest server says more than this in one conversation; an endless greeting would otherwise fill the
# memory.
_LONGEST_CONVERSATION = 256 * 1024
# A text is given the time that it takes at about one megabit a second, sent in pieces of this size.
_SLOWEST_BYTES_PER_SECOND = 125_000
_PIECE_BYTES = 64 * 1024
_LEADING_PERIOD = re.compile(rb"(?m)^\.")


def text_seconds(length: int) -> float:
    """The seconds that a text of that many bytes is given, on top of what every conversation is given."""
    return length / _SLOWEST_BYTES_PER_SECOND


class BoundedSMTP(smtplib.SMTP):
    """One conversation: `answer_seconds` for each step, looking up the server's name included, and
    `total_seconds` for everything but the text of the mail, whose time grows with its length.

    Running out of time raises `TimeoutError`, or `smtplib.SMTPServerDisconnected` with that as its context.
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
        for family, kind, protocol, _, address in addresses_of(host, port, seconds=self._patience()):
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
        """Send the text of the mail, no matter how long, unless the connection stalls.

        The answer may take longer after a long text: much of it may still be in this machine's buffers, and
        the server scans it before it answers.
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
    """The server's side of a connection; each read is given the time that is left."""

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


class Stage(IntEnum):
    """How far a delivery has come. The same fault means different things at different stages."""

    CONNECTING = 1
    SIGNING_IN = 2
    SENDER = 3
    RECIPIENT = 4
    TEXT = 5
    # The closing dot has been sent: from here on the server may have accepted the mail.
    TEXT_HANDED_OVER = 6


@dataclass(frozen=True)
class Reply:
    """What the server answered: the code and its own words, as bytes."""

    code: int
    text: bytes


@dataclass(frozen=True)
class Server:
    """Where to connect and how. `ehlo_name` is how we introduce ourselves, `answer_seconds` how long one
    answer may take. Clear text is used only where neither kind of TLS is asked for."""

    host: str
    port: int
    use_ssl: bool
    use_starttls: bool
    username: str | None
    password: str | None
    ehlo_name: str
    answer_seconds: float


class Conversation:
    """One conversation with one server. `stage` and `reply` tell afterwards how it went."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._host: BoundedSMTP | None = None
        self.stage = Stage.CONNECTING
        self.reply: Reply | None = None

    def open(self) -> BoundedSMTP:
        """Connect, start TLS and sign in.

        Raises `smtplib.SMTPException`, `ssl.SSLError`, `OSError` or `UnicodeError`; the connection is closed
        then.
        """
        server = self._server
        # Made each time, so that renewed root certificates take effect without a restart.
        tls = ssl.create_default_context() if server.use_ssl or server.use_starttls else None
        host = BoundedSMTP(
            server.host,
            server.port,
            ehlo_name=server.ehlo_name,
            answer_seconds=server.answer_seconds,
            total_seconds=TOTAL_SECONDS,
            implicit_tls=tls if server.use_ssl else None,
        )
        try:
            if server.use_starttls and not server.use_ssl:
                host.starttls(context=tls)
            if server.username and server.password:
                self.stage = Stage.SIGNING_IN
                host.login(server.username, server.password)
        except BaseException:
            host.close()
            raise
        self._host = host
        return host

    def send(self, text: bytes, *, sender: str, recipient: str, needs_smtputf8: bool) -> None:
        """Send one mail from one bare address to another and keep the server's answer in `reply`.

        Raises `smtplib.SMTPResponseException` for each answer that is not an acceptance,
        `smtplib.SMTPServerDisconnected` or `OSError` when the connection ends, and
        `smtplib.SMTPNotSupportedError` for an address that this server cannot take.
        """
        host = self._host
        if host is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        self.stage = Stage.SENDER
        host.ehlo_or_helo_if_needed()
        options = [f"SIZE={len(text)}"] if host.has_extn("size") else []
        if needs_smtputf8:
            options += ["SMTPUTF8", "BODY=8BITMIME"]
        _expect(host.mail(sender, options), 250)
        self.stage = Stage.RECIPIENT
        _expect(host.rcpt(recipient), 250, 251, 252)
        self.stage = Stage.TEXT
        _expect(host.docmd("DATA"), 354)
        # A failure inside `send_text` means that the closing dot was not sent, so the server cannot have
        # accepted anything.
        host.send_text(_LEADING_PERIOD.sub(b"..", text) + b".\r\n")
        self.stage = Stage.TEXT_HANDED_OVER
        self.reply = _expect(host.getreply(), 250)

    def close(self) -> None:
        """Say goodbye, briefly. Raises nothing: what counts is the outcome of the mail, and that is known."""
        host, self._host = self._host, None
        if host is None:
            return
        try:
            host.hurry(GOODBYE_SECONDS)
            host.quit()
        except (smtplib.SMTPException, OSError):
            host.close()


def _expect(answer: tuple[int, bytes], *codes: int) -> Reply:
    code, text = answer
    if code not in codes:
        raise smtplib.SMTPResponseException(code, text)
    return Reply(code, text)
