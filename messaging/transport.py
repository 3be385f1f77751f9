"""Flask-Mail as the adapter between the application and our own transport.

Flask-Mail 0.10 keeps its place as configuration, extension object and signal of what was sent. Its own way of
sending would cost interviews (it checks no TLS certificate, waits forever for a silent server, hides the
first error behind a second one when it says goodbye, and lets line ends into some headers), so `mime` writes
the bytes and `smtp` sends them. Because that overrides its internals, its version is pinned.
"""

from __future__ import annotations

import smtplib
from collections.abc import Mapping
from typing import Any

from flask import current_app
from flask_mail import Connection, Mail, Message, email_dispatched

from messaging.addresses import bare_address, needs_smtputf8
from messaging.smtp import Conversation, Reply, Server, Stage

# How long one answer may take where MAIL_TIMEOUT is not set, in seconds.
DEFAULT_TIMEOUT_SECONDS = 15.0


class WrittenMessage(Message):
    """One mail to one recipient, with its complete bytes. `sender` and `recipient` are bare addresses."""

    def __init__(self, content: bytes, *, subject: str, sender: str, recipient: str) -> None:
        super().__init__(subject=subject, recipients=[recipient], sender=sender)
        self.content = content
        self.recipient = recipient

    def as_bytes(self) -> bytes:
        return self.content

    def as_string(self) -> str:
        return self.content.decode("utf-8")


class HardenedConnection(Connection):
    """Flask-Mail's connection, with our own conversation inside."""

    def __init__(self, mail: Any, timeout_seconds: float) -> None:
        super().__init__(mail)
        self._conversation = Conversation(
            Server(
                host=mail.server,
                port=mail.port or 25,
                use_ssl=mail.use_ssl,
                use_starttls=mail.use_tls,
                username=mail.username,
                password=mail.password,
                # A container's own name means nothing to the server, and looking it up can take minutes.
                ehlo_name=bare_address(mail.default_sender).rpartition("@")[2] or "localhost",
                answer_seconds=timeout_seconds,
            )
        )

    @property
    def stage(self) -> Stage:
        return self._conversation.stage

    @property
    def reply(self) -> Reply | None:
        return self._conversation.reply

    def configure_host(self) -> smtplib.SMTP:
        """Flask-Mail's debug level is left alone on purpose: it prints passwords and bodies."""
        return self._conversation.open()

    def send(self, message: Message, envelope_from: str | tuple[str, str] | None = None) -> None:
        """Send a `WrittenMessage`; raises what `Conversation.send` raises.

        `envelope_from`, a bare address, replaces the sender's. Raises `TypeError` for any other kind of
        message or sender.
        """
        sender = envelope_from or message.sender
        if not isinstance(message, WrittenMessage) or not isinstance(sender, str):
            raise TypeError("only a WrittenMessage with a plain sender is safe to send")
        self._conversation.send(
            message.content,
            sender=sender,
            recipient=message.recipient,
            needs_smtputf8=needs_smtputf8(message.recipient),
        )
        email_dispatched.send(current_app._get_current_object(), message=message)  # type: ignore[attr-defined]

    def __exit__(self, *_exception: object) -> None:
        self._conversation.close()


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
