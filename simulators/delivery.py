"""Delivers what Gmail and Outlook send to the simulated mailbox over SMTP, where its recipients see it.

Both accept a message first and deliver it later: if a recipient's server refuses it, the call does not fail,
but the sender gets a message about it.
"""

from __future__ import annotations

import re
import smtplib
from collections.abc import Sequence
from email.message import EmailMessage

SECONDS = 5
# Lines of mail end in CRLF in transit (RFC 5321, 2.3.8), however they came.
_LINE_END = re.compile(rb"\r?\n")


def deliver(
    server: tuple[str, int], sender: str, recipients: Sequence[str], raw: bytes, *, reporter: str
) -> dict[str, str]:
    """Deliver it, and return the recipients who did not get it, with the words of the server that refused.
    `reporter` is who tells the sender about them."""
    failed: dict[str, str] = {}
    try:
        with smtplib.SMTP(*server, timeout=SECONDS) as connection:
            refused = connection.sendmail(sender, list(recipients), _LINE_END.sub(b"\r\n", raw))
            failed = {address: _words(answer) for address, answer in refused.items()}
    except smtplib.SMTPRecipientsRefused as error:
        failed = {address: _words(answer) for address, answer in error.recipients.items()}
    except (OSError, smtplib.SMTPException) as error:
        failed = dict.fromkeys(recipients, str(error))
    if failed:
        _report(server, sender, failed, reporter)
    return failed


def _report(server: tuple[str, int], sender: str, failed: dict[str, str], reporter: str) -> None:
    """Tell the sender, if the server accepts anything at all."""
    message = EmailMessage()
    message["From"] = f"Mail Delivery Subsystem <{reporter}>"
    message["To"] = sender
    message["Subject"] = "Delivery Status Notification (Failure)"
    message.set_content(
        "Your message wasn't delivered to:\n\n"
        + "\n".join(f"{address}: {words}" for address, words in failed.items())
    )
    try:
        with smtplib.SMTP(*server, timeout=SECONDS) as connection:
            # An empty sender, so that no one answers a report with a report (RFC 5321, 4.5.5).
            connection.sendmail("", [sender], message.as_bytes())
    except (OSError, smtplib.SMTPException):
        pass


def _words(answer: tuple[int, bytes]) -> str:
    code, words = answer
    return f"{code} {words.decode('utf-8', 'replace')}"
