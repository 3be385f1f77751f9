"""Flask-Mail with a transport that can be relied on.

Flask-Mail 0.10 keeps its place as configuration and message interface. Replaced are the parts that would
cost an interview: it does not check TLS certificates, waits for ever for a silent server, loses the
answer of a refused recipient, hides the first error behind a second one when it says goodbye, and lets
line ends through into some headers. Because that overrides its inner workings, its version is pinned.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from enum import IntEnum
from typing import Any

from flask import current_app
from flask_mail import Connection, Mail, Message, email_dispatched

from messaging.addresses import bare_address, needs_smtputf8
from messaging.bounded_smtp import BoundedSMTP
from messaging.headers import Mailbox, mailbox_header, text_header

# How long one answer may take where MAIL_TIMEOUT is not set, how long a mail may take in all, and how long
# a server may take to return our goodbye, by when the mail's fate is known. All in seconds.
DEFAULT_TIMEOUT_SECONDS = 15.0
TOTAL_SECONDS = 60.0
GOODBYE_SECONDS = 2.0

_MESSAGE_ID = re.compile(r"<[!-;=?A-~]+@[!-;=?A-~]+>")
_LEADING_PERIOD = re.compile(rb"(?m)^\.")


@dataclass(frozen=True)
class CalendarPart:
    """A calendar file on its way: `method` stands in the MIME type and has to equal METHOD inside."""

    content: bytes
    method: str


@dataclass(frozen=True)
class FilePart:
    """A file on its way, under the name that the reader is to see."""

    name: str
    content_type: str
    content: bytes


class HardenedMessage(Message):
    """One mail to one recipient, written by the standard library's current mail package.

    `to` and `cc` are what the reader sees and have no influence on who gets it. Any control character
    in any header raises `ValueError`; so does a Message-ID of the wrong form.
    """

    def __init__(
        self,
        *,
        subject: str,
        text: str,
        html: str,
        sender: Mailbox,
        recipient: str,
        to: tuple[Mailbox, ...],
        cc: tuple[Mailbox, ...],
        reply_to: Mailbox | None,
        message_id: str,
        sent_at: datetime,
        references: str | None = None,
        calendar: CalendarPart | None = None,
        files: tuple[FilePart, ...] = (),
    ) -> None:
        super().__init__(subject=subject, recipients=[recipient], body=text, html=html, sender=sender.address)
        self.msgId = message_id
        self.recipient = recipient
        self.needs_smtputf8 = needs_smtputf8(recipient)
        self._email = EmailMessage(policy=SMTPUTF8 if self.needs_smtputf8 else SMTP)
        self._write_headers(sender, to, cc, reply_to, sent_at, references)
        self._write_parts(text, html, calendar, files)

    def _write_headers(
        self,
        sender: Mailbox,
        to: tuple[Mailbox, ...],
        cc: tuple[Mailbox, ...],
        reply_to: Mailbox | None,
        sent_at: datetime,
        references: str | None,
    ) -> None:
        for message_id in (self.msgId, references):
            if message_id is not None and not _MESSAGE_ID.fullmatch(message_id):
                raise ValueError("a Message-ID has the form <left@right>")
        email = self._email
        email["From"] = mailbox_header("From", (sender,))
        email["To"] = mailbox_header("To", to)
        if cc:
            email["Cc"] = mailbox_header("Cc", cc)
        if reply_to is not None:
            email["Reply-To"] = mailbox_header("Reply-To", (reply_to,))
        email["Subject"] = text_header("Subject", self.subject)
        email["Date"] = sent_at
        email["Message-ID"] = self.msgId
        if references is not None:
            email["In-Reply-To"] = references
            email["References"] = references
        # Out-of-office replies to a machine help nobody: the first line is the standard's (RFC 3834), the
        # second is what Exchange looks at.
        email["Auto-Submitted"] = "auto-generated"
        email["X-Auto-Response-Suppress"] = "All"

    def _write_parts(
        self, text: str, html: str, calendar: CalendarPart | None, files: tuple[FilePart, ...]
    ) -> None:
        """Text, HTML and calendar as alternatives, the calendar once more as a file, then the other files.

        Mail programs show the last alternative they understand; some take invitations only from there
        and some only from an attachment. Base64 keeps the calendar's line ends byte for byte.
        """
        email = self._email
        email.set_content(text, cte="quoted-printable")
        email.add_alternative(html, subtype="html", cte="quoted-printable")
        if calendar is not None:
            parameters = {"method": calendar.method, "charset": "utf-8"}
            email.add_alternative(
                calendar.content, maintype="text", subtype="calendar", cte="base64", params=parameters
            )
            email.add_attachment(
                calendar.content,
                maintype="text",
                subtype="calendar",
                cte="base64",
                params=parameters,
                filename="invite.ics",
            )
        for file in files:
            maintype, _, subtype = file.content_type.partition("/")
            email.add_attachment(
                file.content, maintype=maintype, subtype=subtype, cte="base64", filename=file.name
            )
        for part in email.walk():
            if part is not email:
                # The standard library repeats it in each part, where it has no meaning (RFC 2045).
                del part["MIME-Version"]

    def as_bytes(self) -> bytes:
        return self._email.as_bytes()

    def as_string(self) -> str:
        return self._email.as_string()


class Stage(IntEnum):
    """How far a delivery has got. The same fault means different things at different stages."""

    CONNECTING = 1
    SIGNING_IN = 2
    SENDER = 3
    RECIPIENT = 4
    TEXT = 5
    # The closing dot has been handed over: from here on the server may have taken the mail.
    TEXT_HANDED_OVER = 6


@dataclass(frozen=True)
class Reply:
    """What the server answered: its code and its own words, as bytes."""

    code: int
    text: bytes


class HardenedConnection(Connection):
    """One conversation with the mail server. `stage` and `reply` tell afterwards how it went."""

    def __init__(self, mail: Any, timeout_seconds: float) -> None:
        super().__init__(mail)
        self._timeout_seconds = timeout_seconds
        self.stage = Stage.CONNECTING
        self.reply: Reply | None = None

    def configure_host(self) -> smtplib.SMTP:
        """Connect, secure and sign in. Clear text is used only where the settings ask for it.

        Flask-Mail's debug level is left alone on purpose: it prints passwords and bodies.
        """
        settings = self.mail
        # Made anew each time, so that renewed root certificates count without a restart.
        tls = ssl.create_default_context() if settings.use_ssl or settings.use_tls else None
        host = BoundedSMTP(
            settings.server,
            settings.port or 25,
            # A container's own name means nothing to the server, and looking it up can take minutes.
            ehlo_name=bare_address(settings.default_sender).rpartition("@")[2] or "localhost",
            answer_seconds=self._timeout_seconds,
            total_seconds=TOTAL_SECONDS,
            implicit_tls=tls if settings.use_ssl else None,
        )
        try:
            if settings.use_tls and not settings.use_ssl:
                host.starttls(context=tls)
            if settings.username and settings.password:
                self.stage = Stage.SIGNING_IN
                host.login(settings.username, settings.password)
        except BaseException:
            host.close()
            raise
        return host

    def send(self, message: Message, envelope_from: str | tuple[str, str] | None = None) -> None:
        """Send a `HardenedMessage` and keep the server's answer in `reply`.

        `envelope_from`, a bare address, replaces the sender's. Raises `smtplib.SMTPResponseException` for
        each answer that is not an acceptance, `smtplib.SMTPServerDisconnected` or `OSError` when the
        connection ends, `smtplib.SMTPNotSupportedError` for an address that this server cannot take, and
        `TypeError` for any other kind of message or sender.
        """
        sender = envelope_from or message.sender
        if not isinstance(message, HardenedMessage) or not isinstance(sender, str):
            raise TypeError("only a HardenedMessage with a plain sender is safe to send")
        host = self.host
        if host is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        self.stage = Stage.SENDER
        host.ehlo_or_helo_if_needed()
        text = message.as_bytes()
        options = [f"SIZE={len(text)}"] if host.has_extn("size") else []
        if message.needs_smtputf8:
            options += ["SMTPUTF8", "BODY=8BITMIME"]
        _expect(host.mail(sender, options), 250)
        self.stage = Stage.RECIPIENT
        _expect(host.rcpt(message.recipient), 250, 251, 252)
        self.stage = Stage.TEXT
        _expect(host.docmd("DATA"), 354)
        # A failure inside `send` means that the closing dot did not leave, so nothing can have been taken.
        host.send(_LEADING_PERIOD.sub(b"..", text) + b".\r\n")
        self.stage = Stage.TEXT_HANDED_OVER
        self.reply = _expect(host.getreply(), 250)
        email_dispatched.send(current_app._get_current_object(), message=message)  # type: ignore[attr-defined]

    def __exit__(self, *_exception: object) -> None:
        host = self.host
        if isinstance(host, BoundedSMTP):
            try:
                host.hurry(GOODBYE_SECONDS)
                host.quit()
            except (smtplib.SMTPException, OSError):
                # Whatever happened before is what counts, and it is already known.
                host.close()


def _expect(answer: tuple[int, bytes], *codes: int) -> Reply:
    code, text = answer
    if code not in codes:
        raise smtplib.SMTPResponseException(code, text)
    return Reply(code, text)


class HardenedMail(Mail):
    """Flask-Mail's extension object, with connections of our own kind."""

    def init_mail(self, config: dict[str, Any], debug: bool | int = False, testing: bool = False) -> Any:
        # A suppressed mail would be reported as accepted; tests run a mail server instead.
        return super().init_mail(config, debug=debug, testing=False)

    def connect(self) -> HardenedConnection:
        config: Mapping[str, Any] = current_app.config
        timeout = float(config.get("MAIL_TIMEOUT") or DEFAULT_TIMEOUT_SECONDS)
        return HardenedConnection(current_app.extensions["mail"], timeout)


mail = HardenedMail()
