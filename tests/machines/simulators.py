"""The simulated Zoom and mailbox as a process of their own, and a remote control for the tests."""

import json
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import requests

from tests.machines.processes import MachineError, end_group, start, tail

CLIENT_ID = "demo-zoom-client"
CLIENT_SECRET = "demo-zoom-secret"


@dataclass(frozen=True)
class ReceivedMail:
    """One message as the simulated mail server took it for one or more recipients."""

    id: str
    envelope_from: str
    envelope_to: tuple[str, ...]
    message: EmailMessage


class Simulators:
    """Addresses of the running simulators, and calls that change or read their state."""

    def __init__(self, zoom_url: str, mailbox_url: str, smtp_host: str, smtp_port: int) -> None:
        self.zoom_url = zoom_url
        self.mailbox_url = mailbox_url
        self.smtp_host = smtp_host
        self.smtp_port = smtp_port
        self._http = requests.Session()
        self._http.trust_env = False

    def settings(self) -> dict[str, str]:
        """Return the product's settings that make it use these simulators."""
        return {
            "ZOOM_API_CLIENT_ID": CLIENT_ID,
            "ZOOM_API_CLIENT_SECRET": CLIENT_SECRET,
            "ZOOM_OAUTH_URL": self.zoom_url,
            "ZOOM_API_URL": f"{self.zoom_url}/v2",
            "MAIL_SERVER": self.smtp_host,
            "MAIL_PORT": str(self.smtp_port),
            "MAIL_USE_TLS": "false",
            "MAIL_USE_SSL": "false",
            "MAIL_DEFAULT_SENDER": "interviews@smoothhiring.example",
        }

    def reset(self) -> None:
        """Forget every grant, meeting, mail and switch."""
        self._post(f"{self.zoom_url}/_control/reset")
        self._post(f"{self.mailbox_url}/api/reset")

    def zoom_switches(self, **switches: object) -> dict[str, Any]:
        """Set the named switches of the simulated Zoom and return all of them."""
        self._post(f"{self.zoom_url}/_control/switches", switches)
        return cast(dict[str, Any], self._get(f"{self.zoom_url}/_control/switches").json())

    def mail_switches(self, **switches: object) -> dict[str, Any]:
        """Set the named switches of the simulated mail server and return all of them."""
        self._post(f"{self.mailbox_url}/api/switches", switches)
        return cast(dict[str, Any], self._get(f"{self.mailbox_url}/api/switches").json())

    def ledger(self) -> dict[str, Any]:
        """Return what the simulated Zoom was asked and holds: calls, meetings, token calls, grants."""
        return cast(dict[str, Any], self._get(f"{self.zoom_url}/_control/ledger").json())

    def revoke(self, account: str) -> None:
        """Revoke the grants of an account, as its owner would on Zoom's own pages."""
        self._post(f"{self.zoom_url}/_control/revoke", {"account": account})

    def delete_meeting(self, meeting_id: str) -> None:
        """Delete a meeting as its host would in Zoom."""
        self._post(f"{self.zoom_url}/_control/meetings/{meeting_id}/delete")

    def change_meeting(self, meeting_id: str, **changes: object) -> None:
        """What a meeting's host does on Zoom's own pages."""
        self._post(f"{self.zoom_url}/_control/meetings/{meeting_id}/change", changes)

    def mails(self, to: str | None = None) -> list[ReceivedMail]:
        """Return the mails taken so far, oldest first, or only those for one envelope recipient."""
        listed = self._get(f"{self.mailbox_url}/api/mails", {"to": to} if to else None).json()
        listed.sort(key=lambda entry: entry["received_at"])
        return [self._mail(entry) for entry in listed]

    def message_ids(self) -> list[str]:
        """Return the Message-IDs of the mails taken so far, oldest first, one for each copy."""
        return [entry["message_id"] for entry in self._get(f"{self.mailbox_url}/api/mails").json()]

    def mail_connections(self) -> dict[str, int]:
        """Return how many connections to the mail server were `opened`, `are_open`, `ended_with_quit`."""
        return cast(dict[str, int], self._get(f"{self.mailbox_url}/api/connections").json())

    def wait_for_mails(self, count: int, to: str | None = None, timeout: float = 20) -> list[ReceivedMail]:
        """Return the mails once there are ``count`` or more; MachineError after ``timeout`` seconds."""
        deadline = time.monotonic() + timeout
        while True:
            mails = self.mails(to)
            if len(mails) >= count:
                return mails
            if time.monotonic() > deadline:
                subjects = [str(mail.message["Subject"]) for mail in mails]
                raise MachineError(
                    f"Waited {timeout:g} s for {count} mails to {to or 'anybody'}; there are {subjects}."
                )
            time.sleep(0.05)

    def close(self) -> None:
        """Let go of the connections to the simulators."""
        self._http.close()

    def _mail(self, entry: Mapping[str, Any]) -> ReceivedMail:
        raw = self._get(f"{self.mailbox_url}/api/mails/{entry['id']}/raw").content
        recipients = entry["envelope_to"]
        return ReceivedMail(
            id=str(entry["id"]),
            envelope_from=entry["envelope_from"],
            envelope_to=(recipients,) if isinstance(recipients, str) else tuple(recipients),
            message=message_from_bytes(raw, policy=policy.default),
        )

    def _get(self, url: str, parameters: Mapping[str, str] | None = None) -> requests.Response:
        answer = self._http.get(url, params=parameters, timeout=10)
        answer.raise_for_status()
        return answer

    def _post(self, url: str, body: Mapping[str, object] | None = None) -> None:
        self._http.post(url, json=dict(body or {}), timeout=10).raise_for_status()


@contextmanager
def running_simulators(folder: Path) -> Iterator[Simulators]:
    """Run the simulators on free ports for as long as the block lasts; their log goes into ``folder``."""
    log = folder / "simulators.log"
    process = start(
        [
            sys.executable,
            "-m",
            "simulators",
            *("--host", "127.0.0.1"),
            *("--zoom-port", "0", "--mailbox-port", "0", "--smtp-port", "0"),
            "--exit-with-parent",
        ],
        log=log,
        stdout=subprocess.PIPE,
        death_signal=signal.SIGTERM,
    )
    try:
        addresses = _announced_addresses(process, log)
        simulators = Simulators(addresses["zoom"], addresses["mailbox"], *addresses["smtp"])
        try:
            yield simulators
        finally:
            simulators.close()
    finally:
        end_group(process, how=signal.SIGTERM, timeout=5)
        if process.stdout:
            process.stdout.close()


def _announced_addresses(process: subprocess.Popen[bytes], log: Path) -> dict[str, Any]:
    """Read the one line of JSON that the simulators print once all of them listen."""
    assert process.stdout is not None
    readable, _, _ = select.select([process.stdout], [], [], 30)
    line = process.stdout.readline() if readable else b""
    if not line:
        raise MachineError(f"The simulators did not say where they listen:\n{tail(log)}")
    return cast(dict[str, Any], json.loads(line))
