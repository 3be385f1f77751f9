"""The simulated Zoom, Google, Microsoft and mailbox in a process of their own, with a remote control."""

import json
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

from tests.machines.google import NO_GOOGLE, SimulatedGoogle
from tests.machines.issuer import SimulatedIssuer
from tests.machines.microsoft import NO_MICROSOFT, SimulatedMicrosoft
from tests.machines.office import NOWHERE
from tests.machines.processes import MachineError, end_group, start, tail
from tests.machines.remote import OverHttp, OverWire, Remote

CLIENT_ID = "demo-zoom-client"
CLIENT_SECRET = "demo-zoom-secret"


@dataclass(frozen=True)
class ReceivedMail:
    """One message as the simulated mail server accepted it for one or more recipients."""

    id: str
    envelope_from: str
    envelope_to: tuple[str, ...]
    message: EmailMessage


class Simulators:
    """Addresses of the running simulators, and calls that change or read their state."""

    def __init__(
        self,
        zoom_url: str,
        mailbox_url: str,
        smtp_host: str,
        smtp_port: int,
        google_url: str = NO_GOOGLE,
        microsoft_url: str = NO_MICROSOFT,
        remote: Remote | None = None,
        issuer_url: str = NOWHERE,
    ) -> None:
        self.zoom_url = zoom_url
        self.google_url = google_url
        self.mailbox_url = mailbox_url
        self.smtp_host = smtp_host
        self.smtp_port = smtp_port
        self._remote = remote or OverHttp()
        self.google = SimulatedGoogle(google_url, self._remote)
        self.microsoft = SimulatedMicrosoft(microsoft_url, self._remote)
        self.issuer = SimulatedIssuer(issuer_url, self._remote)

    def settings(self) -> dict[str, str]:
        """Return the product's settings that make it use these simulators.

        Zoom's apps are set up by them; for the others', add `google.settings()` and
        `microsoft.settings()`.
        """
        return {
            "ZOOM_API_CLIENT_ID": CLIENT_ID,
            "ZOOM_API_CLIENT_SECRET": CLIENT_SECRET,
            "ZOOM_OAUTH_URL": self.zoom_url,
            "ZOOM_API_URL": f"{self.zoom_url}/v2",
            **self.google.addresses(),
            **self.microsoft.addresses(),
            "MAIL_SERVER": self.smtp_host,
            "MAIL_PORT": str(self.smtp_port),
            "MAIL_USE_TLS": "false",
            "MAIL_USE_SSL": "false",
            "MAIL_DEFAULT_SENDER": "interviews@smoothhiring.example",
        }

    def reset(self) -> None:
        """Forget every grant, meeting, mail and switch."""
        resets = (
            f"{self.zoom_url}/_control/reset",
            *self.google.reset_addresses,
            *self.microsoft.reset_addresses,
            *self.issuer.reset_addresses,
            f"{self.mailbox_url}/api/reset",
        )
        self._remote.ask([("POST", address, {}) for address in resets])

    def assert_no_violation(self) -> None:
        """Fail if a request or an answer so far does not follow the provider's documents."""
        self.issuer.assert_no_violation()
        self.google.assert_no_violation()
        self.microsoft.assert_no_violation()

    def zoom_switches(self, **switches: object) -> dict[str, Any]:
        """Set the named switches of the simulated Zoom and return all of them."""
        return self._post(f"{self.zoom_url}/_control/switches", switches)

    def mail_switches(self, **switches: object) -> dict[str, Any]:
        """Set the named switches of the simulated mail server and return all of them."""
        return self._post(f"{self.mailbox_url}/api/switches", switches)

    def ledger(self) -> dict[str, Any]:
        """Return what the simulated Zoom was asked and what is in it: calls, meetings, token calls,
        grants."""
        return cast(dict[str, Any], self._get(f"{self.zoom_url}/_control/ledger"))

    def revoke(self, account: str) -> None:
        """Revoke the grants of an account, as its owner would on Zoom's own pages."""
        self._post(f"{self.zoom_url}/_control/revoke", {"account": account})

    def delete_meeting(self, meeting_id: str) -> None:
        """Delete a meeting as its host would in Zoom."""
        self._post(f"{self.zoom_url}/_control/meetings/{meeting_id}/delete")

    def change_meeting(self, meeting_id: str, **changes: object) -> None:
        """Change a meeting as its host does on Zoom's own pages."""
        self._post(f"{self.zoom_url}/_control/meetings/{meeting_id}/change", changes)

    def mails(self, to: str | None = None) -> list[ReceivedMail]:
        """Return the mails accepted so far, oldest first, or only those for one envelope recipient."""
        return self._read(self._listed(to))

    def message_ids(self) -> list[str]:
        """Return the Message-IDs of the mails accepted so far, oldest first, one for each copy."""
        return [entry["message_id"] for entry in self._get(f"{self.mailbox_url}/api/mails")]

    def mail_connections(self) -> dict[str, int]:
        """Return how many connections to the mail server were `opened`, `are_open`, `ended_with_quit`."""
        return cast(dict[str, int], self._get(f"{self.mailbox_url}/api/connections"))

    def wait_for_mails(self, count: int, to: str | None = None, timeout: float = 20) -> list[ReceivedMail]:
        """Return the mails once there are at least ``count``; raise MachineError after ``timeout``
        seconds."""
        deadline = time.monotonic() + timeout
        while True:
            listed = self._listed(to)
            if len(listed) >= count:
                return self._read(listed)
            if time.monotonic() > deadline:
                subjects = [str(mail.message["Subject"]) for mail in self._read(listed)]
                raise MachineError(
                    f"Waited {timeout:g} s for {count} mails to {to or 'anyone'}; there are {subjects}."
                )
            time.sleep(0.05)

    def close(self) -> None:
        """Close the connections to the simulators."""
        self._remote.close()

    def _listed(self, to: str | None) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = self._get(f"{self.mailbox_url}/api/mails", {"to": to} if to else None)
        return sorted(listed, key=lambda entry: entry["received_at"])

    def _read(self, listed: Sequence[Mapping[str, Any]]) -> list[ReceivedMail]:
        if not listed:
            return []
        addresses = [f"{self.mailbox_url}/api/mails/{entry['id']}/raw" for entry in listed]
        answers = self._remote.ask([("GET", address, None) for address in addresses])
        return [_mail(entry, answer.content) for entry, answer in zip(listed, answers, strict=True)]

    def _get(self, url: str, parameters: Mapping[str, str] | None = None) -> Any:
        query = f"?{urlencode(parameters)}" if parameters else ""
        [answer] = self._remote.ask([("GET", f"{url}{query}", None)])
        return answer.json()

    def _post(self, url: str, body: Mapping[str, object] | None = None) -> dict[str, Any]:
        [answer] = self._remote.ask([("POST", url, dict(body or {}))])
        return cast(dict[str, Any], answer.json())


def _mail(entry: Mapping[str, Any], raw: bytes) -> ReceivedMail:
    recipients = entry["envelope_to"]
    return ReceivedMail(
        id=str(entry["id"]),
        envelope_from=entry["envelope_from"],
        envelope_to=(recipients,) if isinstance(recipients, str) else tuple(recipients),
        message=message_from_bytes(raw, policy=policy.default),
    )


@contextmanager
def running_simulators(folder: Path) -> Iterator[Simulators]:
    """Run the simulators on free ports for as long as the block lasts; their log goes into ``folder``."""
    log = folder / "simulators.log"
    ours, its = socket.socketpair()
    process = start(
        [
            sys.executable,
            "-m",
            "simulators",
            *("--host", "127.0.0.1"),
            *("--zoom-port", "0", "--google-port", "0", "--microsoft-port", "0"),
            *("--issuer-port", "0"),
            *("--mailbox-port", "0", "--smtp-port", "0"),
            *("--wire", str(its.fileno())),
            "--exit-with-parent",
        ],
        log=log,
        stdout=subprocess.PIPE,
        death_signal=signal.SIGTERM,
        pass_fds=[its.fileno()],
    )
    its.close()
    remote = OverWire(ours)
    try:
        addresses = _announced_addresses(process, log)
        host, port = addresses["smtp"]
        simulators = Simulators(
            addresses["zoom"],
            addresses["mailbox"],
            host,
            port,
            addresses["google"],
            addresses["microsoft"],
            remote,
            addresses["issuer"],
        )
        yield simulators
    finally:
        remote.close()
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
