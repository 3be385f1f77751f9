"""Sending mail through Graph, and what happened to what was sent.

Sources: "user: sendMail", "Use MIME format to send a message". The call is answered before anything is
delivered, and with an empty answer: no id, and no word about recipients whose servers refuse.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, parseaddr
from typing import Any

from simulators import delivery
from simulators.message_headers import with_header, without
from simulators.microsoft.call import Call
from simulators.microsoft.errors import GraphError, wrong_request
from simulators.microsoft.people import Account
from simulators.microsoft.state import Microsoft, stamp
from simulators.office.mail import ADDRESS, Sent, addressed, columns_of, keep, rows_of

REPORTER = "postmaster@outlook.example"


@dataclass(frozen=True)
class SentByOutlook(Sent):
    """A message sent by Outlook. `kept`: it is in "Sent Items"."""

    kept: bool

    @property
    def facts(self) -> list[tuple[str, str]]:
        return [("Kept", "in Sent Items" if self.kept else "no")]

    def entry(self) -> dict[str, Any]:
        return {**super().entry(), "kept": self.kept}


def send(call: Call) -> None:
    """Send and keep a message; one that is sent a second time can't be told from a new one. Raises
    GraphError."""
    microsoft, account = call.microsoft, call.account
    board = microsoft.board
    if account.email in board["send_blocked"]:
        raise GraphError("ErrorMessageSubmissionBlocked")
    if account.email in board["send_limit_reached"]:
        raise GraphError("ErrorExceededMessageLimit")
    is_json = call.content_type == "application/json"
    body = {name.lower(): value for name, value in call.body.items()} if is_json else {}
    raw = _written(body["message"]) if is_json else _decoded(call.body)
    kept = body.get("savetosentitems") is not False
    if len(raw) > board["largest_message"]:
        raise GraphError("ErrorMessageSizeExceeded")
    message = message_from_bytes(raw, policy=policy.default)
    recipients = _recipients(message, board["refused_recipients"])
    raw, message_id = _as_sent(microsoft, account, raw, message)
    undelivered = delivery.deliver(
        microsoft.mail_server, account.email, recipients, without(raw, ("Bcc",)), reporter=REPORTER
    )
    sent = Sent(
        secrets.token_hex(12),
        account.email,
        str(message["Subject"] or ""),
        message_id,
        tuple(recipients),
        undelivered,
        stamp(microsoft.now()),
        raw,
    )
    keep(microsoft, sent, kept=kept)


def all_sent(microsoft: Microsoft) -> list[SentByOutlook]:
    """Everything that was sent, oldest first."""
    return [SentByOutlook(**columns_of(row), kept=bool(row["kept"])) for row in rows_of(microsoft)]


def _decoded(sent: bytes) -> bytes:
    """The MIME message in a body of standard base64. Raises GraphError."""
    try:
        raw = base64.b64decode(sent, validate=True)
    except (binascii.Error, ValueError):
        raise wrong_request("Invalid base64 string for MIME content.", "ErrorInvalidRequest") from None
    if not raw:
        raise wrong_request("Invalid base64 string for MIME content.", "ErrorInvalidRequest")
    return raw


def _written(message: Mapping[str, Any]) -> bytes:
    """The message that a JSON body describes. Raises GraphError."""
    made = EmailMessage()
    for header, name in (("To", "toRecipients"), ("Cc", "ccRecipients"), ("Bcc", "bccRecipients")):
        people = _people(message.get(name))
        if people:
            made[header] = people
    if message.get("from"):
        made["From"] = _people([message["from"]])
    if message.get("replyTo"):
        made["Reply-To"] = _people(message["replyTo"])
    made["Subject"] = message.get("subject") or ""
    for each in message.get("internetMessageHeaders") or []:
        if not str(each.get("name", "")).lower().startswith("x-"):
            raise wrong_request(
                f"The internet message header name '{each.get('name')}' should start with 'x-'.",
                "InvalidInternetMessageHeader",
            )
        made[each["name"]] = each.get("value") or ""
    body = message.get("body") or {}
    made.set_content(
        body.get("content") or "", subtype="html" if body.get("contentType", "text") == "html" else "plain"
    )
    for attached in message.get("attachments") or []:
        kind = str(attached.get("contentType") or "application/octet-stream")
        made.add_attachment(
            base64.b64decode(attached.get("contentBytes") or ""),
            maintype=kind.partition("/")[0],
            subtype=kind.partition("/")[2].partition(";")[0] or "octet-stream",
            filename=attached.get("name"),
        )
    return made.as_bytes()


def _people(listed: Any) -> str:
    found = [each.get("emailAddress") or {} for each in listed or []]
    return ", ".join(formataddr((each.get("name") or "", each.get("address") or "")) for each in found)


def _recipients(message: EmailMessage, refused: list[str]) -> list[str]:
    """The envelope's recipients, from the headers. Raises GraphError."""
    found: list[str] = []
    for _, address in addressed(message):
        if not ADDRESS.fullmatch(address):
            raise wrong_request("At least one recipient is not valid.", "ErrorInvalidRecipients")
        if address in refused:
            raise GraphError("ErrorInvalidRecipients")
        if address not in found:
            found.append(address)
    if not found:
        raise wrong_request("At least one recipient is required.", "ErrorInvalidRecipients")
    return found


def _as_sent(microsoft: Microsoft, account: Account, raw: bytes, message: EmailMessage) -> tuple[bytes, str]:
    """The message with what Exchange adds, and its Message-ID. Raises GraphError if it is in someone else's
    name."""
    _, address = parseaddr(str(message["From"] or ""))
    if address and address.lower() != account.email:
        raise GraphError(
            "ErrorSendAsDenied",
            "The user account which was used to submit this request does not have the right to send mail on"
            " behalf of the specified sending account.",
            status=403,
            our_fault=True,
        )
    if not address or microsoft.board["own_display_names"]:
        raw = with_header(raw, "From", formataddr((account.name, account.email)))
    message_id = str(message["Message-ID"] or "").strip()
    if message_id and microsoft.board["replace_message_ids"]:
        raw = with_header(raw, "X-Microsoft-Original-Message-ID", message_id)
        message_id = ""
    if not message_id:
        message_id = f"<{secrets.token_hex(16).upper()}@outlook.example>"
        raw = with_header(raw, "Message-ID", message_id)
    if message["Date"] is None:
        raw = with_header(raw, "Date", format_datetime(microsoft.now()))
    return raw, message_id
