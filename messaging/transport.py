"""Flask-Mail as the adapter between the application and our own transport.

Flask-Mail 0.10 keeps its place as configuration, extension object and signal of what was sent. Its own way of
sending would cost interviews (it checks no TLS certificate, waits forever for a silent server, hides the
first error behind a second one when it says goodbye, and lets line ends into some headers), so `mime` writes
the bytes and `smtp` sends them. Because that overrides its internals, its version is pinned.
"""

from __future__ import annotations

import smtplib
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import current_app
from flask_mail import Connection, Mail, Message, email_dispatched

from messaging import smtp
from messaging.addresses import bare_address, needs_smtputf8
from messaging.open_conversations import OpenConversations
from messaging.signing_in import OwnTokens, Tokens
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
    """Flask-Mail's connection for one mail, with our own conversation inside: one that is open already, or a
    new one.
    """

    def __init__(
        self,
        mail: Any,
        timeout_seconds: float,
        open_conversations: OpenConversations,
        tokens: Tokens | None,
    ) -> None:
        super().__init__(mail)
        self._open_conversations = open_conversations
        self._ends_at = 0.0
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
                tokens=tokens,
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
        self._ends_at = time.monotonic() + smtp.TOTAL_SECONDS
        found = self._open_conversations.take(self._conversation.server, smtp.TOTAL_SECONDS)
        if found is not None:
            self._conversation = found
            return found.host
        return self._conversation.open(smtp.TOTAL_SECONDS)

    def try_out(self, seconds: float) -> bytes:
        """Connect and sign in as for an email, in a conversation of its own, and send none. Returns what the
        server said first; raises what `Conversation.open` raises, and `stage` tells how far it came."""
        self._conversation = Conversation(
            replace(
                self._conversation.server,
                answer_seconds=min(seconds, self._conversation.server.answer_seconds),
            )
        )
        greeting = self._conversation.open(seconds).greeting
        self._conversation.close()
        return greeting

    def send(self, message: Message, envelope_from: str | tuple[str, str] | None = None) -> None:
        """Send a `WrittenMessage`; raises what `Conversation.send` raises.

        `envelope_from`, a bare address, replaces the sender's. Raises `TypeError` for any other kind of
        message or sender.
        """
        sender = envelope_from or message.sender
        if not isinstance(message, WrittenMessage) or not isinstance(sender, str):
            raise TypeError("only a WrittenMessage with a plain sender is safe to send")
        try:
            self._send(message, sender)
        except (smtplib.SMTPException, OSError) as error:
            if not self._conversation.has_worn_out(error):
                raise
            self._conversation.close()
            self._conversation = Conversation(self._conversation.server)
            self.host = self._conversation.open(self._ends_at - time.monotonic())
            self._send(message, sender)
        email_dispatched.send(current_app._get_current_object(), message=message)  # type: ignore[attr-defined]

    def _send(self, message: WrittenMessage, sender: str) -> None:
        self._conversation.send(
            message.content,
            sender=sender,
            recipient=message.recipient,
            needs_smtputf8=needs_smtputf8(message.recipient),
        )

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if self._conversation.end_mail(error):
            self._open_conversations.keep(self._conversation)
        else:
            self._conversation.close()


class HardenedMail(Mail):
    """Flask-Mail's extension object, with connections of our own kind. `open_conversations` and the tokens
    are those of this process, whatever application they belong to.
    """

    def __init__(self) -> None:
        super().__init__()
        self.open_conversations = OpenConversations()
        self._tokens = OwnTokens()

    def init_mail(self, config: dict[str, Any], debug: bool | int = False, testing: bool = False) -> Any:
        # A suppressed mail would be reported as accepted; tests run a mail server instead.
        return super().init_mail(config, debug=debug, testing=False)

    def connect(self) -> HardenedConnection:
        config: Mapping[str, Any] = current_app.config
        timeout = float(config.get("MAIL_TIMEOUT") or DEFAULT_TIMEOUT_SECONDS)
        tokens = self._tokens.of(config)
        return HardenedConnection(current_app.extensions["mail"], timeout, self.open_conversations, tokens)


mail = HardenedMail()
