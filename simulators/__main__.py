"""Starts the simulators: `python -m simulators --help`."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from pathlib import Path

from simulators.mailbox import app as mailbox_app
from simulators.mailbox.faults import SWITCHES as MAILBOX_SWITCHES
from simulators.mailbox.smtp import SmtpServer
from simulators.mailbox.store import MailStore
from simulators.serving import WebServer
from simulators.switches import SwitchBoard
from simulators.zoom import app as zoom_app
from simulators.zoom.state import Zoom

SECONDS_BETWEEN_LOOKS_AT_THE_PARENT = 0.5


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m simulators", description="Local stand-ins for Zoom and for mail."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument(
        "--smtp-host",
        default="127.0.0.1",
        help="address on which the mail server listens; the app alone needs it",
    )
    parser.add_argument("--public-host", help="host name in links meant for a browser (default: --host)")
    parser.add_argument("--zoom-port", type=int, default=0, help="0: any free port")
    parser.add_argument("--mailbox-port", type=int, default=0, help="0: any free port")
    parser.add_argument("--smtp-port", type=int, default=0, help="0: any free port")
    parser.add_argument("--data", type=Path, help="folder that keeps state across restarts (default: memory)")
    parser.add_argument("--client-id", default="demo-zoom-client", help="the registered app's client id")
    parser.add_argument(
        "--client-secret", default="demo-zoom-secret", help="the registered app's client secret"
    )
    parser.add_argument("--webhook-url", default="", help="where the app hears that a user removed it")
    parser.add_argument("--webhook-secret", default="", help="what that is signed with")
    parser.add_argument("--exit-with-parent", action="store_true", help="end when the starting process ends")
    return parser.parse_args(words)


def main(words: list[str]) -> None:
    """Serves until SIGTERM or SIGINT, or the end of the parent when that was asked for."""
    parent = os.getppid()
    options = _arguments(words)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    if options.data:
        options.data.mkdir(parents=True, exist_ok=True)

    zoom_server = WebServer(options.host, options.zoom_port, options.public_host)
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
    zoom_server.start(zoom_app.build(zoom))
    mailbox_server.start(
        mailbox_app.build(store, board, smtp_server.connections, public_url=mailbox_server.public_url)
    )
    addresses = {
        "zoom": zoom_server.url,
        "mailbox": mailbox_server.url,
        "smtp": [smtp_server.reachable_host, smtp_server.port],
        "zoom_public": zoom_server.public_url,
        "mailbox_public": mailbox_server.public_url,
    }
    sys.stdout.write(json.dumps(addresses) + "\n")
    sys.stdout.flush()

    while not stopping.wait(SECONDS_BETWEEN_LOOKS_AT_THE_PARENT):
        # Watched rather than asked of the kernel, whose signal also fires when only the starting thread ends.
        if options.exit_with_parent and os.getppid() != parent:
            break
    smtp_server.stop()
    zoom_server.stop()
    mailbox_server.stop()


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except OSError as error:
        sys.exit(f"The simulators cannot start: {error}")
