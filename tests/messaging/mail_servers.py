"""Mail servers on loopback: a real one that can be told to refuse, and a raw one that misbehaves."""

from __future__ import annotations

import base64
import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"


@dataclass
class Transaction:
    sender: str
    recipients: list[str]
    content: bytes
    options: list[str]


@dataclass
class Mailroom:
    """What the real server has accepted, and what it answers instead if a reply is set."""

    taken: list[Transaction] = field(default_factory=list)
    replies: dict[str, str] = field(default_factory=dict)
    port: int = 0

    async def handle_MAIL(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if "MAIL" in self.replies:
            return self.replies["MAIL"]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if "RCPT" in self.replies:
            return self.replies["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if "DATA" in self.replies:
            return self.replies["DATA"]
        self.taken.append(
            Transaction(envelope.mail_from, envelope.rcpt_tos, envelope.content, envelope.mail_options)
        )
        return "250 2.0.0 Queued as 4F1"


@dataclass
class TokenMailroom(Mailroom):
    """Lets in everyone who has a token, by XOAUTH2. `refusals` are what the next sign-ins get instead, one
    each; `explains`: it says why in a challenge first. `tried` is who signed in, with which token."""

    refusals: list[str] = field(default_factory=list)
    explains: bool = False
    tried: list[tuple[str, str]] = field(default_factory=list)

    async def auth_XOAUTH2(self, server: Any, args: list[str]) -> AuthResult:
        user, bearer, *rest = base64.b64decode(args[1], validate=True).decode().split("\x01")
        assert rest == ["", ""]
        self.tried.append((user.removeprefix("user="), bearer.removeprefix("auth=Bearer ")))
        if not self.refusals:
            return AuthResult(success=True, handled=False)
        if self.explains:
            assert await server.challenge_auth('{"status":"400","schemes":"Bearer"}') == b""
        return AuthResult(success=False, handled=False, message=self.refusals.pop(0))


class _PatientSMTP(SMTP):
    """Takes the longest line with which people sign in (RFC 4954, section 4)."""

    line_length_limit = 12_288

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.command_size_limits["AUTH"] = self.line_length_limit


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _PatientSMTP(self.handler, **self.SMTP_kwargs)


@contextmanager
def real_server(mailroom: Mailroom | None = None, **settings: Any) -> Iterator[Mailroom]:
    """aiosmtpd on a free port; `settings` are those of its SMTP class."""
    mailroom = mailroom or Mailroom()
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        mailroom.port = probe.getsockname()[1]
    controller = _Controller(mailroom, hostname=HOST, port=mailroom.port, **settings)
    controller.start()
    try:
        yield mailroom
    finally:
        controller.stop()


def authenticator(password: bytes) -> Callable[..., AuthResult]:
    """Lets in anyone who knows the password."""

    def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password == password, handled=False)

    return check


@contextmanager
def raw_server(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """A listening socket whose only connection is handled by `talk`; yields its port."""
    done = threading.Event()
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen()

        def serve() -> None:
            with suppress(OSError):
                connection, _ = listener.accept()
                with connection:
                    connection.settimeout(10)
                    with suppress(OSError):
                        talk(connection)
                    done.wait(10)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            done.set()
            # Ends a server that no one ever called.
            with suppress(OSError):
                socket.create_connection(listener.getsockname(), timeout=1).close()
            thread.join(10)
            assert not thread.is_alive()


def silent(_connection: socket.socket) -> None:
    """Accepts, and never says anything."""


def scripted(
    *answers: bytes, greeting: bytes = b"220 ready\r\n", then_close: bool = False
) -> Callable[[socket.socket], None]:
    """A conversation that answers each command with the next answer, and the message with the last one."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(greeting)
        incoming = connection.makefile("rb")
        for answer in answers:
            if not incoming.readline():
                return
            connection.sendall(answer)
            if answer.startswith(b"354"):
                while incoming.readline() not in (b".\r\n", b""):
                    pass
                break
        else:
            incoming.readline()
        if then_close:
            connection.shutdown(socket.SHUT_RDWR)

    return talk


@dataclass(frozen=True)
class Certificate:
    file: Path
    server: ssl.SSLContext


def self_signed(
    folder: Path, name: str, *, lasts: datetime.timedelta = datetime.timedelta(days=1)
) -> Certificate:
    """A self-signed certificate for `name` and nothing else. `lasts` is negative for one that has expired."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    try:
        alternative: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        alternative = x509.DNSName(name)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(now, now + lasts) - datetime.timedelta(days=1))
        .not_valid_after(now + lasts)
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / "server.pem", folder / "server.key"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate_file, key_file)
    return Certificate(certificate_file, context)
