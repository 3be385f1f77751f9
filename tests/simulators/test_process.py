"""The simulators as a program: what they print, what they keep, how they end."""

from __future__ import annotations

import json
import os
import signal
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.machines.simulators import Simulators
from tests.simulators.conftest import ZoomCaller
from tests.simulators.test_mailbox import invitation

ROOT = Path(__file__).parents[2]


@contextmanager
def program(*options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """The running program and the addresses it printed; warnings count as output."""
    process = subprocess.Popen(
        [sys.executable, "-W", "default", "-m", "simulators", "--exit-with-parent", *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process, json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.communicate(timeout=5)


def test_app_that_is_registered_with_a_webhook_keeps_it_over_a_reset() -> None:
    webhook = ("--webhook-url", "http://127.0.0.1:9/webhooks/zoom", "--webhook-secret", "a-secret")
    with program(*webhook) as (_, addresses):
        simulators = Simulators(addresses["zoom"], addresses["mailbox"], *addresses["smtp"])
        simulators.zoom_switches(webhook_url="")
        requests.post(f"{simulators.zoom_url}/_control/reset", timeout=5)
        switches = requests.get(f"{simulators.zoom_url}/_control/switches", timeout=5).json()
        assert (switches["webhook_url"], switches["webhook_secret_token"]) == (webhook[1], webhook[3])
        simulators.close()


def test_state_survives_a_restart_and_nothing_else_is_said(tmp_path: Path) -> None:
    with program("--data", str(tmp_path / "kept")) as (process, addresses):
        simulators = Simulators(addresses["zoom"], addresses["mailbox"], *addresses["smtp"])
        account = ZoomCaller(simulators).connect()
        meeting_id = account.created()["id"]
        with smtplib.SMTP(simulators.smtp_host, simulators.smtp_port, timeout=5) as server:
            server.send_message(invitation(), "ada@mail.example", ["dina@mail.example"])
        simulators.mail_switches(drop_after_data=1)
        try:
            with smtplib.SMTP(simulators.smtp_host, simulators.smtp_port, timeout=5) as server:
                server.send_message(invitation(), "ada@mail.example", ["ben@mail.example"])
        except (smtplib.SMTPException, ConnectionError):
            pass
        simulators.close()
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=5)
        assert (process.returncode, out, err) == (0, "", "")

    with program("--data", str(tmp_path / "kept"), "--public-host", "localhost") as (_, addresses):
        assert addresses["zoom_public"].startswith("http://localhost:")
        account.origin = addresses["zoom"]
        meeting = account.call("GET", f"/meetings/{meeting_id}").json()
        assert meeting["join_url"].startswith(f"{addresses['zoom_public']}/j/")
        mails = requests.get(f"{addresses['mailbox']}/api/mails", timeout=5).json()
        assert [mail["envelope_to"] for mail in mails] == ["dina@mail.example", "ben@mail.example"]


def test_other_names_for_this_machine_are_refused() -> None:
    with program("--public-host", "demo.example") as (_, addresses):
        for simulator in ("zoom", "mailbox"):
            for host, status in (
                ("evil.example", 421),
                ("evil.example:80", 421),
                ("localhost.evil.example", 421),
                ("localhost", 200),
                ("127.0.0.1:1", 200),
                ("[::1]:1", 200),
                ("demo.example:9100", 200),
            ):
                answer = requests.get(f"{addresses[simulator]}/", headers={"Host": host}, timeout=5)
                assert answer.status_code == status, (simulator, host)
        assert addresses["smtp"][0] == "127.0.0.1"


def test_it_ends_with_the_process_that_started_it() -> None:
    starter = (
        "import subprocess, sys; command = [sys.executable, '-m', 'simulators', '--exit-with-parent'];"
        "started = subprocess.Popen(command, stdout=subprocess.PIPE); started.stdout.readline();"
        "sys.stdout.write(str(started.pid))"
    )
    pid = int(
        subprocess.run([sys.executable, "-c", starter], cwd=ROOT, capture_output=True, check=True).stdout
    )
    deadline = time.monotonic() + 5
    while _is_running(pid):
        assert time.monotonic() < deadline, "it is still there"
        time.sleep(0.05)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # In a container no one may collect the orphan; a zombie has ended anyway.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
