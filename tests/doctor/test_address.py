"""The certificate of BASE_URL, at a server on this machine that speaks TLS."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Protocol

import pytest

from database import read_only
from doctor import address
from doctor.results import Level, Result
from instance_folder import fingerprint
from tests.machines.application import MakeApp
from tests.messaging.mail_servers import self_signed

CERTIFICATE, PUBLIC = "Certificate", "Public address"


class _Healthz(BaseHTTPRequestHandler):
    installation = ""

    def do_GET(self) -> None:
        body = f'{{"installation": "{self.installation}", "forwarded_by": 0}}'.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Tests print nothing."""


class _Server(HTTPServer):
    def handle_error(self, *_: object) -> None:
        """A client that refuses the certificate hangs up."""


@contextmanager
def https_server(context: ssl.SSLContext) -> Iterator[int]:
    server = _Server(("127.0.0.1", 0), _Healthz)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


class LookAt(Protocol):
    def __call__(self, name: str, lasts: timedelta, *, is_known: bool = True) -> dict[str, Result]: ...


@pytest.fixture
def look_at(make_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LookAt:
    """What the doctor says about a server at `localhost` whose certificate is for `name`, from an authority
    that this machine trusts unless told otherwise."""

    def look(name: str, lasts: timedelta, *, is_known: bool = True) -> dict[str, Result]:
        certificate = self_signed(tmp_path, name, lasts=lasts)
        if is_known:
            monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
        with https_server(certificate.server) as port:
            app = make_app({"BASE_URL": f"https://localhost:{port}"})
            _Healthz.installation = fingerprint(app.config["INSTALLATION_ID"])
            with app.app_context(), read_only():
                return {result.name: result for result in address.check(10)}

    return look


def test_certificate_that_lasts_is_sound(look_at: LookAt) -> None:
    found = look_at("localhost", timedelta(days=60, hours=1))
    assert found[CERTIFICATE].level is Level.OK
    assert "for 60 more days" in found[CERTIFICATE].what
    # The rest of the address is checked as well.
    assert found[PUBLIC].level is Level.OK


def test_certificate_that_expires_within_two_weeks_is_worth_a_look(look_at: LookAt) -> None:
    assert look_at("localhost", timedelta(days=14, hours=1))[CERTIFICATE].level is Level.OK
    soon = look_at("localhost", timedelta(days=13, hours=23))[CERTIFICATE]
    assert soon.level is Level.LOOK
    assert "for 13 more days" in soon.what
    assert soon.cure.startswith("Renew it")


@pytest.mark.parametrize(
    ("name", "lasts", "is_known", "says", "cure"),
    [
        ("localhost", timedelta(days=-1), True, "has expired", "Renew it"),
        ("elsewhere.example", timedelta(days=60), True, "is for another name", "for localhost"),
        ("localhost", timedelta(days=60), False, "isn't valid", "from an authority that browsers know"),
    ],
)
def test_certificate_that_browsers_refuse_is_broken(
    look_at: LookAt, name: str, lasts: timedelta, is_known: bool, says: str, cure: str
) -> None:
    found = look_at(name, lasts, is_known=is_known)
    assert found[CERTIFICATE].level is Level.BROKEN
    assert says in found[CERTIFICATE].what
    assert cure in found[CERTIFICATE].cure
    # Nothing more can be known then.
    assert found[PUBLIC].level is not Level.OK
