"""The mails that arrived, one row per envelope recipient."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from pathlib import Path
from typing import Any

from simulators.storage import Storage

SCHEMA = """
CREATE TABLE IF NOT EXISTS mails (
    id INTEGER PRIMARY KEY AUTOINCREMENT, envelope_from TEXT NOT NULL, envelope_to TEXT NOT NULL,
    sender TEXT NOT NULL, subject TEXT NOT NULL, message_id TEXT NOT NULL, received_at TEXT NOT NULL,
    raw BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS mails_by_recipient ON mails (envelope_to, id);
"""
SUMMARY = "id, envelope_from, envelope_to, sender, subject, message_id, received_at"


@dataclass(frozen=True)
class Mail:
    """One delivered copy. `sender` is the From header; `received_at` is UTC in ISO form."""

    id: int
    envelope_from: str
    envelope_to: str
    sender: str
    subject: str
    message_id: str
    received_at: str

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "envelope_from": self.envelope_from,
            "envelope_to": self.envelope_to,
            "subject": self.subject,
            "message_id": self.message_id,
            "received_at": self.received_at,
        }


class MailStore:
    """All mails of one simulated mailbox."""

    def __init__(self, data: Path | None) -> None:
        self._storage = Storage(data / "mailbox.sqlite3" if data else None, SCHEMA)

    def add(self, envelope_from: str, recipients: list[str], raw: bytes) -> None:
        """Delivers one message to every envelope recipient."""
        message = parsed(raw)
        received_at = datetime.now(UTC).isoformat(timespec="milliseconds")
        headers = [str(message.get(name, "")) for name in ("From", "Subject", "Message-ID")]
        with self._storage.transaction() as rows:
            rows.executemany(
                "INSERT INTO mails VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)",
                [(envelope_from, recipient, *headers, received_at, raw) for recipient in recipients],
            )

    def all(self, to: str | None = None) -> list[Mail]:
        """Oldest first; with `to`, only those delivered to that address, ignoring case."""
        with self._storage.transaction() as rows:
            found = rows.execute(
                f"SELECT {SUMMARY} FROM mails"
                " WHERE :to IS NULL OR lower(envelope_to) = lower(:to) ORDER BY id",
                {"to": to},
            ).fetchall()
        return [Mail(**row) for row in found]

    def get(self, mail_id: int) -> tuple[Mail, bytes] | None:
        """The email and its bytes as they arrived."""
        with self._storage.transaction() as rows:
            row = rows.execute(f"SELECT {SUMMARY}, raw FROM mails WHERE id = ?", (mail_id,)).fetchone()
        if row is None:
            return None
        columns = dict(row)
        raw: bytes = columns.pop("raw")
        return Mail(**columns), raw

    def recipients(self) -> list[str]:
        """Every address that has received mail, in alphabetical order."""
        with self._storage.transaction() as rows:
            found = rows.execute("SELECT DISTINCT envelope_to FROM mails ORDER BY envelope_to").fetchall()
        return [row["envelope_to"] for row in found]

    def clear(self) -> None:
        with self._storage.transaction() as rows:
            rows.execute("DELETE FROM mails")


def parsed(raw: bytes) -> EmailMessage:
    """The message with decoded headers and parts."""
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def part_bytes(part: MIMEPart) -> bytes:
    """The decoded content of one part; empty for a container of parts."""
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""
