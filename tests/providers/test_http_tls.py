"""Outbound HTTPS, which is what real providers speak: the same guarantees on an encrypted connection."""

import ipaddress
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from providers.base import Grant, MeetingRequest
from providers.errors import RetryableError
from providers.http import Bounds
from providers.zoom.provider import ZoomProvider
from providers.zoom.settings import ZoomSettings
from tests.providers.scripted_server import ScriptedServer, answer, drip

GRANT = Grant("access-1")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a key and a self-signed certificate for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    key_text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(key_text + signed.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def secure_server(certificate: Path) -> Iterator[ScriptedServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = ScriptedServer(tls=context)
    yield server
    server.close()


@pytest.fixture
def secure_zoom(secure_server: ScriptedServer) -> ZoomProvider:
    settings = ZoomSettings("id", "secret", api_url=f"{secure_server.url}/v2", api_url_is_configured=True)
    return ZoomProvider(settings, bounds=Bounds(timeout_seconds=2, deadline_seconds=2))


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace the authorities that come with requests by the certificate."""
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(certificate))


@pytest.mark.usefixtures("trusted")
def test_a_trusted_server_is_talked_to_on_one_connection(
    secure_zoom: ZoomProvider, secure_server: ScriptedServer
) -> None:
    secure_server.answers(answer(200, b'{"id": "u1"}'))
    assert [secure_zoom.account(GRANT).id for _ in range(2)] == ["u1", "u1"]
    assert secure_server.connections == 1


@pytest.mark.usefixtures("trusted")
@pytest.mark.slow
def test_bytes_that_drip_do_not_extend_the_deadline(
    secure_zoom: ZoomProvider, secure_server: ScriptedServer, meeting_request: MeetingRequest
) -> None:
    data = b"HTTP/1.1 201 Created\r\nContent-Length: 400\r\n\r\n" + b" " * 400
    secure_server.answers(drip(secure_server, data, seconds_per_byte=0.02))
    started = time.monotonic()
    with pytest.raises(RetryableError) as caught:
        secure_zoom.create_meeting(GRANT, meeting_request)
    assert (caught.value.code, caught.value.maybe_applied) == ("timeout", True)
    assert time.monotonic() - started < 5


def test_an_untrusted_certificate_is_not_accepted(
    secure_zoom: ZoomProvider, secure_server: ScriptedServer, meeting_request: MeetingRequest
) -> None:
    secure_server.answers(answer(200, b"{}"))
    with pytest.raises(RetryableError) as caught:
        secure_zoom.create_meeting(GRANT, meeting_request)
    assert (caught.value.code, caught.value.maybe_applied) == ("unreachable", False)
    assert secure_server.requests == []
