"""What Gmail and Outlook have sent: how it is kept, listed, and shown."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from typing import Any

from simulators.service import Service

RECIPIENT_HEADERS = ("To", "Cc", "Bcc")
ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")


@dataclass(frozen=True)
class Sent:
    """One message that was sent. `undelivered` are the recipients whose servers refused it, with the servers'
    words."""

    id: str
    account: str
    subject: str
    message_id: str
    recipients: tuple[str, ...]
    undelivered: dict[str, str]
    sent_at: str
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)

    @property
    def text(self) -> str:
        part = self.message.get_body(preferencelist=("plain", "html"))
        return str(part.get_content()) if part else ""

    @property
    def attachments(self) -> list[str]:
        """The names of what is attached."""
        return [name for each in self.message.iter_attachments() if (name := each.get_filename())]

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What else its page shows, by name."""
        return []

    def entry(self) -> dict[str, Any]:
        """The message as an entry of the ledger."""
        return {
            "id": self.id,
            "account": self.account,
            "from": str(self.message["From"]),
            "subject": self.subject,
            "message_id": self.message_id,
            "recipients": self.recipients,
            "undelivered": self.undelivered,
            "sent_at": self.sent_at,
            "raw": self.raw.decode("utf-8", "replace"),
        }


def keep(service: Service, sent: Sent, **more: object) -> None:
    """Keep a message; `more` are columns that only one of the two providers has."""
    columns = {
        "id": sent.id,
        "account": sent.account,
        "subject": sent.subject,
        "message_id": sent.message_id,
        "recipients": json.dumps(sent.recipients),
        "undelivered": json.dumps(sent.undelivered),
        "sent_at": sent.sent_at,
        "raw": sent.raw,
        **more,
    }
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    with service.storage.transaction() as rows:
        rows.execute(f"INSERT INTO sent ({names}) VALUES ({marks})", tuple(columns.values()))


def rows_of(service: Service) -> list[sqlite3.Row]:
    """Everything that was sent, oldest first."""
    with service.storage.transaction() as rows:
        return rows.execute("SELECT * FROM sent ORDER BY number").fetchall()


def columns_of(row: sqlite3.Row) -> dict[str, Any]:
    """The fields of a `Sent` from the row in which it is kept."""
    plain = ("id", "account", "subject", "message_id", "sent_at", "raw")
    return {
        **{name: row[name] for name in plain},
        "recipients": tuple(json.loads(row["recipients"])),
        "undelivered": json.loads(row["undelivered"]),
    }


def addressed(message: EmailMessage) -> Iterator[tuple[str, str]]:
    """The recipients in a message's headers, as pairs of header and address."""
    for header in RECIPIENT_HEADERS:
        values = [str(value) for value in message.get_all(header, [])]
        for _, address in getaddresses(values):
            yield header, address
        if any(value.strip() for value in values) and not getaddresses(values):
            yield header, ""
