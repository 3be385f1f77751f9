"""Gmail's API: sending (discovery document `gmail.v1.json`), and what happened to what was sent.

The sentences of errors are those quoted in public issue threads.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, parseaddr
from typing import Any

from simulators import delivery
from simulators.google.call import Call
from simulators.google.discovery import decoded
from simulators.google.errors import GoogleError, wrong_request
from simulators.google.people import Account
from simulators.google.state import Google, stamp
from simulators.message_headers import with_header, without
from simulators.office.mail import ADDRESS, Sent, addressed, columns_of, keep, rows_of

REPORTER = "mailer-daemon@googlemail.example"
RE = re.compile(r"^(re|aw|fwd?):\s*", re.IGNORECASE)


@dataclass(frozen=True)
class SentByGmail(Sent):
    """A message sent by Gmail. `thread`: the conversation in which Gmail shows it."""

    thread: str

    def entry(self) -> dict[str, Any]:
        return {**super().entry(), "threadId": self.thread}


def send(call: Call) -> dict[str, Any]:
    """Send and keep a message; one that is sent a second time can't be told from a new one."""
    google, account = call.google, call.account
    if call.parameters["userId"].lower() not in ("me", account.email):
        raise GoogleError("forbidden", f"Delegation denied for {account.email}")
    _may_send(google, account)
    raw = decoded(call.body["raw"])
    if not raw:
        raise wrong_request(
            "'raw' RFC822 payload message string or uploading message via /upload/* URL required",
            where="raw",
            reason="invalidArgument",
        )
    if len(raw) > google.board["largest_message"]:
        raise GoogleError("uploadTooLarge")
    message = message_from_bytes(raw, policy=policy.default)
    recipients = _recipients(message, google.board["refused_recipients"])
    raw, message_id = _as_sent(google, account, raw, message)
    message_number, subject = secrets.token_hex(8), str(message["Subject"] or "")
    thread = _thread(google, account, call.body.get("threadId"), message, subject) or message_number
    undelivered = delivery.deliver(
        google.mail_server, account.email, recipients, without(raw, ("Bcc",)), reporter=REPORTER
    )
    sent = Sent(
        message_number,
        account.email,
        subject,
        message_id,
        tuple(recipients),
        undelivered,
        stamp(google.now()),
        raw,
    )
    keep(google, sent, thread=thread)
    return {"id": message_number, "threadId": thread, "labelIds": ["SENT"]}


def all_sent(google: Google) -> list[SentByGmail]:
    """Everything that was sent, oldest first."""
    return [SentByGmail(**columns_of(row), thread=row["thread"]) for row in rows_of(google)]


def _may_send(google: Google, account: Account) -> None:
    if not account.has_gmail or account.email in google.board["no_gmail"]:
        raise GoogleError(
            "failedPrecondition", "Mail service not enabled", status=400, word="FAILED_PRECONDITION"
        )
    if account.email in google.board["send_limit_reached"]:
        until = stamp(google.now() + timedelta(hours=24))
        raise GoogleError(
            "userRateLimitExceeded",
            f"User-rate limit exceeded.  Retry after {until} (Mail sending)",
            status=429,
        )


def _recipients(message: EmailMessage, refused: list[str]) -> list[str]:
    """The envelope's recipients, from the headers. Raises GoogleError."""
    found: list[str] = []
    for header, address in addressed(message):
        if not ADDRESS.fullmatch(address):
            raise _wrong_argument(f"Invalid {header} header")
        if address in refused:
            raise GoogleError("invalidArgument", f"Invalid {header} header", status=400)
        if address not in found:
            found.append(address)
    if not found:
        raise _wrong_argument("Recipient address required")
    return found


def _wrong_argument(message: str) -> GoogleError:
    return wrong_request(message, reason="invalidArgument")


def _as_sent(google: Google, account: Account, raw: bytes, message: EmailMessage) -> tuple[bytes, str]:
    """The message with Gmail's changes, and its Message-ID. Gmail lets no one send in someone else's name."""
    name, address = parseaddr(str(message["From"] or ""))
    if address.lower() != account.email:
        raw = with_header(raw, "From", formataddr((name or account.name, account.email)))
    message_id = str(message["Message-ID"] or "").strip()
    if not message_id or google.board["replace_message_ids"]:
        message_id = f"<CA{secrets.token_urlsafe(24)}@mail.gmail.com>"
        raw = with_header(raw, "Message-ID", message_id)
    if message["Date"] is None:
        raw = with_header(raw, "Date", format_datetime(google.now()))
    return raw, message_id


def _thread(
    google: Google, account: Account, wanted: str | None, message: EmailMessage, subject: str
) -> str | None:
    """The thread that the message joins: one it refers to, with the same subject. Raises GoogleError."""
    referred = f"{message['References'] or ''} {message['In-Reply-To'] or ''}".split()
    with google.storage.transaction() as rows:
        known = rows.execute(
            "SELECT 1 FROM sent WHERE account = ? AND thread = ?", (account.email, wanted)
        ).fetchone()
        if wanted is not None and known is None:
            raise GoogleError("notFound", "Requested entity was not found.", our_fault=True)
        for message_id in reversed(referred):
            found = rows.execute(
                "SELECT thread, subject FROM sent WHERE account = ? AND message_id = ? ORDER BY number DESC",
                (account.email, message_id),
            ).fetchall()
            for row in found:
                same_subject = RE.sub("", row["subject"]) == RE.sub("", subject)
                if same_subject and wanted in (None, row["thread"]):
                    return str(row["thread"])
    return None
