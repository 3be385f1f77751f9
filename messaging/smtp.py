"""Conversations with an SMTP server that always end, no matter what the server does, and that record how far
they got.

The standard library's time-out starts again with each byte and with each address of a host, so a server
that trickles, or a name with eight dead addresses, can hold a thread for hours. Flask-Mail checks no TLS
certificate, waits forever for a silent server and loses the answer of a refused recipient.
"""

from __future__ import annotations

import io
import re
import select
import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from host_names import addresses_of
from messaging.signing_in import NOT_SIGNED_IN, Tokens, forms_of, sign_in, without_secrets

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
# RFC 5321, 3.8: what a server answers to any command before it closes the connection.
_CLOSING = 421
_LEADING_PERIOD = re.compile(rb"(?m)^\.")


def text_seconds(length: int) -> float:
    """The seconds that a text of that many bytes is given, on top of what every conversation is given."""
    return length / _SLOWEST_BYTES_PER_SECOND


class BoundedSMTP(smtplib.SMTP):
    """One conversation: `answer_seconds` for each step, looking up the server's name included, and
    `total_seconds` for everything but the text of the mail, whose time grows with its length. For each
    further mail, `begin_again` allows as much.

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
        self._answer_seconds = self._allowed_answer_seconds = answer_seconds
        self._incoming: _Incoming | None = None
        self._implicit_tls = implicit_tls
        self.greeting = b""
        super().__init__(host, port, local_hostname=ehlo_name, timeout=answer_seconds)

    def connect(self, *where: Any, **options: Any) -> tuple[int, bytes]:
        """Connect, and keep what the server says first."""
        code, self.greeting = super().connect(*where, **options)
        return code, self.greeting

    def begin_again(self, total_seconds: float) -> None:
        """Allow for the next mail what was allowed for the first."""
        # The library leaves it as the last address needed it.
        self.command_encoding = "ascii"
        self._ends_at = time.monotonic() + total_seconds
        self._answer_seconds = self._allowed_answer_seconds
        if self._incoming is not None:
            self._incoming.left = _LONGEST_CONVERSATION

    def is_silent(self) -> bool:
        """Whether the connection is open and the server has said nothing since its last answer, as far as
        this side knows: a server that is about to close, or has closed, has something to read."""
        if self.sock is None or self.file is None or self._incoming is None:
            return False
        # `select.select` takes no socket with a number above 1,023.
        poll = select.poll()
        poll.register(self.sock, select.POLLIN)
        if poll.poll(0):
            return False
        self._incoming.may_wait = False
        has_said_more = bool(self.file.peek(1))
        self._incoming.may_wait = True
        return not has_said_more

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
            self._incoming = _Incoming(self.sock, self._patience)
            self.file = io.BufferedReader(self._incoming)
        return super().getreply()


class _Incoming(io.RawIOBase):
    """The server's side of a connection; each read is given the time that is left."""

    def __init__(self, connection: socket.socket, patience: Callable[[], float]) -> None:
        super().__init__()
        self._connection = connection
        self._patience = patience
        self.left = _LONGEST_CONVERSATION
        # False: a read finds only what has been received, and is in the buffer.
        self.may_wait = True

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if not self.may_wait:
            return None
        if self.left <= 0:
            raise OSError("the server talks without end")
        self._connection.settimeout(self._patience())
        count = self._connection.recv_into(buffer)
        self.left -= count
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
    answer may take. Clear text is used only where neither kind of TLS is asked for, and never with `tokens`:
    anyone who reads one can send emails as us."""

    host: str
    port: int
    use_ssl: bool
    use_starttls: bool
    username: str | None
    password: str | None = field(repr=False)
    ehlo_name: str
    answer_seconds: float
    tokens: Tokens | None = None


class Conversation:
    """A conversation with one server, about one mail or several. `stage` and `reply` tell afterwards how far
    the last of them came; `is_further`: the server has been asked to take another one before it.
    """

    def __init__(self, server: Server) -> None:
        self.server = server
        self.stage = Stage.CONNECTING
        self.reply: Reply | None = None
        self.is_further = False
        self.mails = 0
        self._host: BoundedSMTP | None = None

    @property
    def host(self) -> BoundedSMTP:
        """The connection. Raises `smtplib.SMTPServerDisconnected` while there is none."""
        if self._host is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        return self._host

    def open(self, total_seconds: float) -> BoundedSMTP:
        """Connect, start TLS and sign in. Everything up to the answer to the first mail may take this long.

        Raises `smtplib.SMTPException`, `ssl.SSLError`, `OSError` or `UnicodeError`, and what the server's
        `tokens` raise; the connection is closed then.
        """
        tokens = self.server.tokens
        if tokens is None:
            return self._open(total_seconds, None)
        token, ends_at = tokens.token(), time.monotonic() + total_seconds
        try:
            return self._open(total_seconds, token)
        except smtplib.SMTPAuthenticationError as refusal:
            # In a conversation of its own: a server may end one after a sign-in that it has refused.
            newer = tokens.newer_than(token) if refusal.smtp_code == NOT_SIGNED_IN else None
            if newer is None:
                raise
        self.stage = Stage.CONNECTING
        return self._open(ends_at - time.monotonic(), newer)

    def _open(self, total_seconds: float, token: str | None) -> BoundedSMTP:
        server = self.server
        use_starttls = not server.use_ssl and (server.use_starttls or token is not None)
        # Made each time, so that renewed root certificates take effect without a restart.
        tls = ssl.create_default_context() if server.use_ssl or use_starttls else None
        host = BoundedSMTP(
            server.host,
            server.port,
            ehlo_name=server.ehlo_name,
            answer_seconds=server.answer_seconds,
            total_seconds=total_seconds,
            implicit_tls=tls if server.use_ssl else None,
        )
        try:
            if use_starttls:
                host.starttls(context=tls)
            if token is not None:
                self.stage = Stage.SIGNING_IN
                sign_in(host, server.username or "", token)
            elif server.username and server.password:
                self.stage = Stage.SIGNING_IN
                _log_in(host, server.username, server.password)
        except BaseException:
            host.close()
            raise
        self._host = host
        return host

    def begin_again(self, total_seconds: float) -> bool:
        """Turn to another mail, which may take this long. False if the server has ended the conversation, or
        is about to."""
        if self._host is None or not self._host.is_silent():
            return False
        self._host.begin_again(total_seconds)
        self.stage, self.reply, self.is_further = Stage.SENDER, None, True
        return True

    def send(self, text: bytes, *, sender: str, recipient: str, needs_smtputf8: bool) -> None:
        """Send one mail from one bare address to another and keep the server's answer in `reply`.

        Raises `smtplib.SMTPResponseException` for each answer that is not an acceptance,
        `smtplib.SMTPServerDisconnected` or `OSError` when the connection ends, and
        `smtplib.SMTPNotSupportedError` for an address that this server cannot take.
        """
        host = self.host
        self.mails += 1
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

    def has_worn_out(self, error: Exception) -> bool:
        """Whether a fault may only be about this conversation having gone on for too long, so that the same
        mail can be offered once more in a new one: the text was not even announced.

        Servers end a conversation after a number of mails or a time that they do not tell, and not all of
        them with 421: some only refuse the next sender.
        """
        if not self.is_further or self.stage > Stage.RECIPIENT:
            return False
        if isinstance(error, smtplib.SMTPNotSupportedError):
            return False
        is_answer = isinstance(error, smtplib.SMTPResponseException)
        return not is_answer or self.stage is Stage.SENDER or _says_goodbye(error)

    def end_mail(self, error: BaseException | None) -> bool:
        """Reset after a mail, no matter what happened to it; returns whether the conversation can go on."""
        host = self._host
        if host is None or error is None:
            return host is not None
        if not isinstance(error, smtplib.SMTPResponseException) or _says_goodbye(error):
            return False
        try:
            # The outcome of the mail is known. This is about the next one.
            host.hurry(GOODBYE_SECONDS)
            return 400 <= error.smtp_code <= 599 and host.rset()[0] == 250
        except (smtplib.SMTPException, OSError):
            return False

    def close(self) -> None:
        """Say goodbye, briefly. Raises nothing: only the outcome of the mail counts, and that is known."""
        host, self._host = self._host, None
        if host is None:
            return
        try:
            host.hurry(GOODBYE_SECONDS)
            host.quit()
        except (smtplib.SMTPException, OSError):
            host.close()

    def drop(self) -> None:
        """Close the connection without a word."""
        host, self._host = self._host, None
        if host is not None:
            host.close()


def _log_in(host: BoundedSMTP, username: str, password: str) -> None:
    try:
        host.login(username, password)
    except smtplib.SMTPResponseException as refusal:
        said = without_secrets(_bytes(refusal.smtp_error), *forms_of(username, password))
        raise smtplib.SMTPAuthenticationError(refusal.smtp_code, said) from None


def _bytes(said: bytes | str) -> bytes:
    return said.encode() if isinstance(said, str) else said


def _says_goodbye(error: BaseException) -> bool:
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code == _CLOSING


def _expect(answer: tuple[int, bytes], *codes: int) -> Reply:
    code, text = answer
    if code not in codes:
        raise smtplib.SMTPResponseException(code, text)
    return Reply(code, text)
