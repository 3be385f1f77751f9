"""Starts the simulators: `python -m simulators --help`."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from pathlib import Path

from simulators.google import app as google_app
from simulators.google.state import Google
from simulators.issuer import app as issuer_app
from simulators.issuer.state import Issuer
from simulators.mailbox import app as mailbox_app
from simulators.mailbox.faults import SWITCHES as MAILBOX_SWITCHES
from simulators.mailbox.smtp import SmtpServer
from simulators.mailbox.store import MailStore
from simulators.microsoft import app as microsoft_app
from simulators.microsoft.state import Microsoft
from simulators.serving import WebServer
from simulators.switches import SwitchBoard
from simulators.wire import answer_on
from simulators.zoom import app as zoom_app
from simulators.zoom.state import Zoom

SECONDS_BETWEEN_LOOKS_AT_THE_PARENT = 0.5
# Microsoft numbers its apps.
MICROSOFT_CLIENT_ID = "5f0c2c1e-6d53-4d0c-9a8b-1c2d3e4f5a6b"


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m simulators",
        description="Local stand-ins for Zoom, Google, Microsoft, sign-in and mail.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument(
        "--smtp-host",
        default="127.0.0.1",
        help="address on which the mail server listens; the app alone needs it",
    )
    parser.add_argument("--public-host", help="host name in links meant for a browser (default: --host)")
    parser.add_argument("--zoom-port", type=int, default=0, help="0: any free port")
    parser.add_argument("--google-port", type=int, default=0, help="0: any free port")
    parser.add_argument("--microsoft-port", type=int, default=0, help="0: any free port")
    parser.add_argument("--issuer-port", type=int, default=0, help="0: any free port")
    parser.add_argument("--mailbox-port", type=int, default=0, help="0: any free port")
    parser.add_argument("--smtp-port", type=int, default=0, help="0: any free port")
    parser.add_argument("--data", type=Path, help="folder that keeps state across restarts (default: memory)")
    parser.add_argument("--client-id", default="demo-zoom-client", help="the registered Zoom app's client id")
    parser.add_argument(
        "--client-secret", default="demo-zoom-secret", help="the registered Zoom app's client secret"
    )
    parser.add_argument(
        "--google-client-id", default="demo-google-client", help="the registered Google app's client id"
    )
    parser.add_argument(
        "--google-client-secret",
        default="demo-google-secret",
        help="the registered Google app's client secret",
    )
    parser.add_argument(
        "--microsoft-client-id", default=MICROSOFT_CLIENT_ID, help="the registered Microsoft app's id"
    )
    parser.add_argument(
        "--microsoft-client-secret",
        default="demo-microsoft-secret",
        help="the registered Microsoft app's client secret",
    )
    parser.add_argument("--issuer-client-id", default="demo-issuer-client", help="the app's id at the issuer")
    parser.add_argument("--issuer-client-secret", default="demo-issuer-secret", help="and its client secret")
    parser.add_argument("--webhook-url", default="", help="where the app hears that a user removed it")
    parser.add_argument("--webhook-secret", default="", help="what that is signed with")
    parser.add_argument("--wire", type=int, help="number of an inherited socket for control, see wire.py")
    parser.add_argument("--exit-with-parent", action="store_true", help="end when the starting process ends")
    return parser.parse_args(words)


def main(words: list[str]) -> None:
    """Serve until SIGTERM or SIGINT, or until the parent ends if that was asked for."""
    parent = os.getppid()
    options = _arguments(words)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    if options.data:
        options.data.mkdir(parents=True, exist_ok=True)

    zoom_server = WebServer(options.host, options.zoom_port, options.public_host)
    google_server = WebServer(options.host, options.google_port, options.public_host)
    microsoft_server = WebServer(options.host, options.microsoft_port, options.public_host)
    issuer_server = WebServer(options.host, options.issuer_port, options.public_host)
    mailbox_server = WebServer(options.host, options.mailbox_port, options.public_host)
    zoom = Zoom(
        data=options.data,
        url=zoom_server.url,
        public_url=zoom_server.public_url,
        client_id=options.client_id,
        client_secret=options.client_secret,
        webhook_url=options.webhook_url,
        webhook_secret_token=options.webhook_secret,
    )
    store, board = MailStore(options.data), SwitchBoard(MAILBOX_SWITCHES)
    smtp_server = SmtpServer(options.smtp_host, options.smtp_port, store, board)
    google = Google(
        data=options.data,
        url=google_server.url,
        public_url=google_server.public_url,
        client_id=options.google_client_id,
        client_secret=options.google_client_secret,
        mail_server=(smtp_server.reachable_host, smtp_server.port),
    )
    microsoft = Microsoft(
        data=options.data,
        url=microsoft_server.url,
        public_url=microsoft_server.public_url,
        client_id=options.microsoft_client_id,
        client_secret=options.microsoft_client_secret,
        mail_server=(smtp_server.reachable_host, smtp_server.port),
    )
    issuer = Issuer(
        data=options.data,
        url=issuer_server.url,
        public_url=issuer_server.public_url,
        client_id=options.issuer_client_id,
        client_secret=options.issuer_client_secret,
    )
    parts = [
        (zoom_server, zoom_app.build(zoom)),
        (google_server, google_app.build(google)),
        (microsoft_server, microsoft_app.build(microsoft)),
        (issuer_server, issuer_app.build(issuer)),
        (
            mailbox_server,
            mailbox_app.build(store, board, smtp_server.connections, public_url=mailbox_server.public_url),
        ),
    ]
    for server, app in parts:
        server.start(app)
    if options.wire is not None:
        answer_on(options.wire, {server.url: app for server, app in parts})
    addresses = {
        "zoom": zoom_server.url,
        "google": google_server.url,
        "microsoft": microsoft_server.url,
        "issuer": issuer_server.url,
        "mailbox": mailbox_server.url,
        "smtp": [smtp_server.reachable_host, smtp_server.port],
        "zoom_public": zoom_server.public_url,
        "google_public": google_server.public_url,
        "microsoft_public": microsoft_server.public_url,
        "issuer_public": issuer_server.public_url,
        "mailbox_public": mailbox_server.public_url,
    }
    sys.stdout.write(json.dumps(addresses) + "\n")
    sys.stdout.flush()

    while not stopping.wait(SECONDS_BETWEEN_LOOKS_AT_THE_PARENT):
        # Watched rather than asked of the kernel, whose signal also fires when only the starting thread ends.
        if options.exit_with_parent and os.getppid() != parent:
            break
    google_server.stop()
    microsoft_server.stop()
    issuer_server.stop()
    smtp_server.stop()
    zoom_server.stop()
    mailbox_server.stop()


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except OSError as error:
        sys.exit(f"The simulators cannot start: {error}")
