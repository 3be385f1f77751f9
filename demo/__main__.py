"""`make demo`: a complete installation with made-up people, simulated providers, and a mailbox.

Everything is in `instance-demo/`, so that it never touches a real installation; to start over, remove that
folder.
"""

from __future__ import annotations

import ipaddress
import json
import os
import signal
import socket
import subprocess
import sys
import time
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

from config import ROOT, SettingError
from demo.team import ORGANIZATION, ForeignDatabaseError, seed
from instance_folder import DemoMarker, demo_password, write_demo_marker

FOLDER = ROOT / "instance-demo"
CLIENT_ID, CLIENT_SECRET, WEBHOOK_SECRET = "demo-zoom-client", "demo-zoom-secret", "demo-zoom-webhooks"
GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET = "demo-google-client", "demo-google-secret"
# Microsoft numbers its apps.
MICROSOFT_CLIENT_ID = "5f0c2c1e-6d53-4d0c-9a8b-1c2d3e4f5a6b"
MICROSOFT_CLIENT_SECRET = "demo-microsoft-secret"
ISSUER_CLIENT_ID, ISSUER_CLIENT_SECRET = "demo-issuer-client", "demo-issuer-secret"
ZOOM_PORT, MAILBOX_PORT, SMTP_PORT, GOOGLE_PORT, MICROSOFT_PORT, ISSUER_PORT = range(9100, 9106)
_START_SECONDS = 60.0


def main() -> int:
    host, port = os.environ.get("HOST") or "127.0.0.1", int(os.environ.get("PORT") or 8000)
    if not is_this_machine(host) and os.environ.get("DEMO_PUBLIC", "").strip().lower() != "yes":
        return _complain(
            f"HOST={host} would open the demo to the network: anyone there could sign in as its owner with "
            "one click and read its mailbox. If that is what you want, add DEMO_PUBLIC=yes."
        )
    FOLDER.mkdir(exist_ok=True, mode=0o700)
    if not _is_free(host, port):
        return _complain(f"Port {port} is taken. Choose another one: make demo PORT={port + 1}")
    base_url = os.environ.get("BASE_URL") or f"http://localhost:{port}"
    simulators = _start_simulators(host, port, urlsplit(base_url).hostname or "localhost")
    try:
        addresses = json.loads(simulators.stdout.readline() if simulators.stdout else b"{}")
        providers = {name: addresses[f"{name.lower()}_public"] for name in ("Zoom", "Google", "Microsoft")}
        write_demo_marker(FOLDER, DemoMarker(addresses["mailbox_public"], providers))
        os.environ.update(_settings(host, port, base_url, addresses))
        return _serve(base_url, addresses)
    finally:
        simulators.terminate()
        simulators.wait(10)


def _start_simulators(host: str, port: int, public_host: str) -> subprocess.Popen[bytes]:
    wanted = (ZOOM_PORT, MAILBOX_PORT, SMTP_PORT, GOOGLE_PORT, MICROSOFT_PORT, ISSUER_PORT)
    ports = [number if _is_free(host, number) else 0 for number in wanted]
    return subprocess.Popen(
        [
            sys.executable, "-m", "simulators", "--host", host, "--public-host", public_host,
            "--zoom-port", str(ports[0]), "--mailbox-port", str(ports[1]), "--smtp-port", str(ports[2]),
            "--google-port", str(ports[3]), "--microsoft-port", str(ports[4]), "--issuer-port", str(ports[5]),
            "--client-id", CLIENT_ID, "--client-secret", CLIENT_SECRET,
            "--google-client-id", GOOGLE_CLIENT_ID, "--google-client-secret", GOOGLE_CLIENT_SECRET,
            "--microsoft-client-id", MICROSOFT_CLIENT_ID,
            "--microsoft-client-secret", MICROSOFT_CLIENT_SECRET,
            "--issuer-client-id", ISSUER_CLIENT_ID, "--issuer-client-secret", ISSUER_CLIENT_SECRET,
            "--webhook-url", f"http://{_reachable(host)}:{port}/webhooks/zoom",
            "--webhook-secret", WEBHOOK_SECRET,
            "--data", str(FOLDER / "simulators"), "--exit-with-parent",
        ],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        # Ctrl-C reaches the whole group; the simulators end after the server, whose last mails they take.
        start_new_session=True,
    )  # fmt: skip


def _settings(host: str, port: int, base_url: str, addresses: dict[str, Any]) -> dict[str, str]:
    smtp_host, smtp_port = addresses["smtp"]
    return {
        "HOST": host,
        "PORT": str(port),
        "BASE_URL": base_url,
        "INSTANCE_PATH": str(FOLDER),
        # A database named by the environment belongs to someone; the demo has its own.
        "DATABASE_URL": f"sqlite:///{FOLDER / 'smoothhiring.sqlite3'}",
        "SECRET_KEY": "",
        "TOKEN_ENCRYPTION_KEYS": "",
        "ZOOM_API_CLIENT_ID": CLIENT_ID,
        "ZOOM_API_CLIENT_SECRET": CLIENT_SECRET,
        "ZOOM_WEBHOOK_SECRET_TOKEN": WEBHOOK_SECRET,
        # People are sent to this address, so it is the one their browser can reach.
        "ZOOM_OAUTH_URL": str(addresses["zoom_public"]),
        "ZOOM_API_URL": f"{addresses['zoom']}/v2",
        "GOOGLE_CLIENT_ID": GOOGLE_CLIENT_ID,
        "GOOGLE_CLIENT_SECRET": GOOGLE_CLIENT_SECRET,
        "GOOGLE_AUTH_URL": f"{addresses['google_public']}/o/oauth2/v2/auth",
        "GOOGLE_TOKEN_URL": f"{addresses['google']}/token",
        "GOOGLE_REVOKE_URL": f"{addresses['google']}/revoke",
        "GOOGLE_USERINFO_URL": f"{addresses['google']}/v1/userinfo",
        "GOOGLE_CALENDAR_URL": f"{addresses['google']}/calendar/v3",
        "GOOGLE_GMAIL_URL": f"{addresses['google']}/gmail/v1",
        "MICROSOFT_CLIENT_ID": MICROSOFT_CLIENT_ID,
        "MICROSOFT_CLIENT_SECRET": MICROSOFT_CLIENT_SECRET,
        "MICROSOFT_TENANT": "common",
        # One address for people's browsers and for this server, because it is part of the issuer's name. The
        # simulator listens on this machine, so the server reaches it there as well.
        "MICROSOFT_LOGIN_URL": str(addresses["microsoft_public"]),
        "MICROSOFT_GRAPH_URL": f"{addresses['microsoft']}/v1.0",
        # The same holds for its address.
        "OIDC_ISSUER": str(addresses["issuer_public"]),
        "OIDC_CLIENT_ID": ISSUER_CLIENT_ID,
        "OIDC_CLIENT_SECRET": ISSUER_CLIENT_SECRET,
        "OIDC_LABEL": "Northlight ID",
        "MAIL_SERVER": str(smtp_host),
        "MAIL_PORT": str(smtp_port),
        "MAIL_USE_TLS": "false",
        "MAIL_USE_SSL": "false",
        "MAIL_USERNAME": "",
        "MAIL_PASSWORD": "",
        "MAIL_AUTH": "password",
        "MAIL_OAUTH_TENANT": "",
        "MAIL_OAUTH_TOKEN_URL": "",
        "MAIL_OAUTH_CLIENT_ID": "",
        "MAIL_OAUTH_CLIENT_SECRET": "",
        "MAIL_OAUTH_SCOPE": "",
        "MAIL_DEFAULT_SENDER": "interviews@northlight.example",
        "SCHEDULER_ENABLED": "true",
    }


def _serve(base_url: str, addresses: dict[str, Any]) -> int:
    # Imported here: the application reads its settings when it is made, and they are set only now.
    from app import create_app
    from demo.online import connect_some_and_schedule
    from schema import migrate_database
    from services import services

    try:
        app = create_app()
        migrate_database(app)
        with app.app_context():
            password = demo_password(FOLDER)
            rules = services(app).rules
            if seed(app.config["INSTALLATION_ID"], rules, password):
                connect_some_and_schedule(addresses, rules)
    except ForeignDatabaseError:
        return _complain(f"{FOLDER.name}/ holds a database that is not the demo's; move it away first.")
    except SettingError as error:
        return _complain(f"A setting is wrong. {error}")
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "--log-level", "warning",
         "--access-logfile", str(FOLDER / "access.log"), "app:create_app()"],
        cwd=ROOT,
        start_new_session=True,
    )  # fmt: skip
    signal.signal(signal.SIGTERM, _as_interrupt)
    try:
        if not _answers(server, int(os.environ["PORT"])):
            return _complain("The server did not start; its messages are above.")
        sys.stdout.write(_welcome(base_url, addresses, password))
        sys.stdout.flush()
        return server.wait()
    except KeyboardInterrupt:
        sys.stdout.write("\nStopping …\n")
        return 0
    finally:
        server.terminate()
        server.wait(60)


def _welcome(base_url: str, addresses: dict[str, Any], password: str) -> str:
    return (
        f"\n  The demo of {ORGANIZATION} is ready.\n\n"
        f"    SmoothHiring         {base_url}   (sign in with one click, as Lena Vogel for a start)\n"
        f"    Password             {password}   (everyone's; one click needs none)\n"
        f"    Mailbox              {addresses['mailbox_public']}\n"
        f"    Simulated Zoom       {addresses['zoom_public']}\n"
        f"    Simulated Google     {addresses['google_public']}\n"
        f"    Simulated Microsoft  {addresses['microsoft_public']}\n"
        f"    Simulated Sign-in    {addresses['issuer_public']}\n\n"
        f"  It keeps its data in {FOLDER.name}/. Ctrl-C stops it.\n\n"
    )


def _as_interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _answers(server: subprocess.Popen[bytes], port: int) -> bool:
    host = os.environ["HOST"]
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex((_reachable(host), port)) == 0:
                return True
        time.sleep(0.1)
    return False


def is_this_machine(host: str) -> bool:
    """Whether only this machine can reach what listens on `host`."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _reachable(host: str) -> str:
    """An address by which this machine reaches what listens on `host`."""
    return "127.0.0.1" if host in ("", "0.0.0.0") else host


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _complain(words: str) -> int:
    sys.stderr.write(words + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
