"""Handing one mail to the mail server, and saying in words what happened.

Nothing here decides what comes next: whether and when a mail is tried again, and who is told, is decided
elsewhere from the kind of outcome.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from dataclasses import dataclass
from datetime import datetime

from flask import current_app

from host_names import LookUpTimeoutError
from messaging.addresses import bare_address, is_public, wire_address
from messaging.letters import Letter
from messaging.mime import Envelope, FilePart, mime_of
from messaging.signing_in import (
    OAUTH,
    UnknownTokensError,
    issuer_of,
    why_no_token,
    why_not_signed_in,
)
from messaging.smtp import Stage
from messaging.transport import HardenedConnection, WrittenMessage, mail
from messaging.verdicts import Verdict, verdict_on
from providers.errors import ProviderError, RetryableError
from text import one_line, shortened
from timezones import utc_now

_SERVER_TEXT_LIMIT = 240
_WORDS_LIMIT = 480


@dataclass(frozen=True)
class Accepted:
    """The server has accepted the mail and is responsible for it now. `code` is None where it was a
    provider's API, which has no such codes."""

    code: int | None
    words: str


@dataclass(frozen=True)
class Deferred:
    """Not accepted, but it may be later: a 4xx answer, or no answer at all (`code` None)."""

    code: int | None
    words: str
    # The time ran out while the text was being sent; a shorter text may arrive.
    is_too_slow: bool = False
    # The server could not be reached, which affects every mail alike.
    concerns_all: bool = False
    # The earliest sensible time for the next try (aware UTC), where one was named.
    retry_at: datetime | None = None


@dataclass(frozen=True)
class Refused:
    """Will never be accepted: a 5xx answer to this recipient or this text, or an unusable address."""

    code: int | None
    words: str
    # Without its files it may still be accepted.
    is_too_large: bool = False
    # Nothing else to this address would be accepted either.
    concerns_address: bool = False


@dataclass(frozen=True)
class Misconfigured:
    """The fault is ours: our settings, or our standing with the mail server. Nothing is wrong with this mail,
    and it leaves when the fault is fixed.
    """

    words: str
    # None where the server was never asked.
    code: int | None = None


@dataclass(frozen=True)
class Unknown:
    """Cut off after the whole text had been sent: it may or may not have been accepted."""

    words: str
    # As above: the text may have been handed over and still be in this machine's buffers.
    is_too_slow: bool = False


Outcome = Accepted | Deferred | Refused | Misconfigured | Unknown


def is_configured() -> bool:
    """Whether there is a server to send with and an address to send from, in a public domain: no bounce and
    no answer would find its way back to `localhost`.
    """
    return bool(current_app.config.get("MAIL_SERVER") and has_sender())


def has_sender() -> bool:
    """Whether there is an address to send from, in a public domain."""
    return is_public(_default_sender())


def sender_address() -> str:
    """The bare address that mails are sent from.

    While none is set, it is an address that doesn't exist, so that a letter can be shown before a mail server
    is set up; `deliver` sends nothing from it.
    """
    return _default_sender() or "no-reply@localhost"


def _default_sender() -> str:
    return bare_address(current_app.config.get("MAIL_DEFAULT_SENDER"))


def deliver(letter: Letter, envelope: Envelope, files: tuple[FilePart, ...] = ()) -> Outcome:
    """Send one letter to one recipient, with its files. Needs an application context; takes at most about a
    minute, and as long again as its files need on a slow line (`smtp.text_seconds`).

    No outside fault raises: each becomes an outcome with one plain sentence for people.
    """
    if not is_configured():
        return Misconfigured("No email can be sent until MAIL_SERVER and MAIL_DEFAULT_SENDER are set.")
    try:
        recipient = wire_address(envelope.recipient.address)
    except ValueError:
        words = _words(f"{envelope.recipient.address} can't be used as an email address.")
        return Refused(None, words, concerns_address=True)
    try:
        content = mime_of(letter, envelope, files, sender=sender_address(), sent_at=utc_now())
    except ValueError as error:
        # The recipient has been checked, and everything that people type is cleaned, so the fault is ours.
        return Misconfigured(_words(f"The email could not be written: {error}."))
    message = WrittenMessage(
        content, subject=one_line(letter.subject), sender=sender_address(), recipient=recipient
    )
    connection = mail.connect()
    try:
        with connection:
            message.send(connection)
    except ProviderError as error:
        return _outcome_without_token(error)
    except (smtplib.SMTPException, OSError, UnicodeError) as error:
        return _outcome_of_fault(error, connection.stage, envelope.recipient.address)
    return _acceptance(connection)


def try_signing_in(seconds: float) -> Accepted | Deferred | Refused | Misconfigured | Unknown:
    """Connect to the mail server and sign in as for an email, and send none. Needs an application context;
    takes at most about `seconds`. `Accepted` means that an email could be sent; its words are what the server
    said first."""
    connection = mail.connect()
    try:
        said = connection.try_out(seconds)
    except ProviderError as error:
        return _outcome_without_token(error)
    except (smtplib.SMTPException, OSError, UnicodeError) as error:
        return _outcome_of_fault(error, connection.stage, "")
    return Accepted(None, _words(_decoded(said)))


def _outcome_without_token(error: ProviderError) -> Outcome:
    words = _words(why_no_token(error, issuer_of(current_app.config)))
    if isinstance(error, RetryableError):
        return Deferred(None, words, concerns_all=True, retry_at=error.retry_at)
    return Misconfigured(words)


def _acceptance(connection: HardenedConnection) -> Accepted:
    reply = connection.reply
    if reply is None:
        raise RuntimeError("a delivery without a fault has an answer")
    return Accepted(reply.code, _words(f"The mail server took it: {_said(reply.code, reply.text)}"))


def _outcome_of_fault(error: Exception, stage: Stage, address: str) -> Outcome:
    if isinstance(error, smtplib.SMTPResponseException) and 400 <= error.smtp_code <= 599:
        return _outcome_of_answer(error.smtp_code, error.smtp_error, stage, address)
    if stage is Stage.TEXT_HANDED_OVER:
        words = "The connection ended before the mail server said whether it took the email."
        return Unknown(words, is_too_slow=_ran_out_of_time(error))
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return _outcome_of_missing_extension(stage, address)
    # An abrupt end of the connection while securing it is a failing network, not a wrong setting.
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return Misconfigured(
            _words(f"{_server()} could not be trusted, so nothing was sent: {_tls_words(error)}.")
        )
    if isinstance(error, UnicodeError) and stage is Stage.SIGNING_IN:
        return Misconfigured(
            "MAIL_USERNAME or MAIL_PASSWORD holds characters that cannot be sent to a mail server."
        )
    if isinstance(error, UnknownTokensError):
        return Misconfigured(_words(f"{_server()} can't be signed in to with a token (MAIL_AUTH, XOAUTH2)."))
    # smtplib raises the bare base class when the two sides have no way of signing in in common.
    if stage is Stage.SIGNING_IN and type(error) is smtplib.SMTPException:
        return Misconfigured(_words(f"{_server()} offers no way of signing in that we know."))
    is_too_slow = stage is Stage.TEXT and _ran_out_of_time(error)
    words = _words(f"{_server()} {_network_words(error)}.")
    return Deferred(None, words, is_too_slow, concerns_all=stage <= Stage.SIGNING_IN)


def _outcome_of_answer(code: int, text: bytes | str, stage: Stage, address: str) -> Outcome:
    said, words = _said(code, text), _decoded(text)
    verdict = verdict_on(code, words, stage)
    if verdict.is_ours:
        return Misconfigured(_words(f"{_our_fault(verdict, words)}: {said}"), code)
    if code < 500:
        return Deferred(code, _words(f"The mail server asks to try later: {said}"))
    return Refused(
        code,
        _words(f"The mail server refused the email to {address}: {said}"),
        is_too_large=verdict is Verdict.TOO_LARGE,
        concerns_address=verdict is Verdict.RECIPIENT,
    )


def _our_fault(verdict: Verdict, words: str) -> str:
    """What to check, by the names of the settings, as a sentence without its period. `words`: the
    server's."""
    sender, config = sender_address(), current_app.config
    refused = f"{_server()} didn't accept MAIL_USERNAME and MAIL_PASSWORD"
    if config.get("MAIL_AUTH") == OAUTH:
        refused = why_not_signed_in(_server(), config["MAIL_USERNAME"], words)
    return {
        Verdict.SIGNING_IN: refused,
        Verdict.ENCRYPTION: f"{_server()} asks for encryption (MAIL_USE_TLS or MAIL_USE_SSL)",
        Verdict.SENDER: f"{_server()} doesn't let us send as {sender} (MAIL_DEFAULT_SENDER)",
        Verdict.RELAYING: (
            f"{_server()} doesn't pass on our emails; it may need MAIL_USERNAME and MAIL_PASSWORD, "
            "or to be told to accept this server"
        ),
        Verdict.GREETING: (
            f"{_server()} does not accept the name that we introduce ourselves with, "
            f"{sender.rpartition('@')[2]} (from MAIL_DEFAULT_SENDER)"
        ),
        Verdict.LIMIT: f"{_server()} has reached its limit for sending; emails go out when it allows more",
        Verdict.REPUTATION: f"{_server()}, or one behind it, does not trust the network address we send from",
    }.get(verdict, f"{_server()} (MAIL_SERVER, MAIL_PORT) doesn't let us send")


def _outcome_of_missing_extension(stage: Stage, address: str) -> Outcome:
    if stage is Stage.CONNECTING:
        return Misconfigured(
            _words(
                f"{_server()} doesn't offer STARTTLS, "
                "and emails are never sent unencrypted while MAIL_USE_TLS is on."
            )
        )
    if stage is Stage.SIGNING_IN:
        return Misconfigured(_words(f"{_server()} doesn't offer signing in; are port and encryption right?"))
    words = f"The mail server cannot send to {address}: it doesn't accept letters beyond ASCII in addresses."
    return Refused(None, _words(words), concerns_address=True)


def _network_words(error: Exception) -> str:
    if _has_cause(error, LookUpTimeoutError):
        return "could not be reached: looking up its name took too long"
    if _ran_out_of_time(error):
        return "didn't answer in time"
    if _has_cause(error, ConnectionRefusedError):
        return "could not be reached: the connection was refused"
    if _has_cause(error, socket.gaierror):
        return "could not be reached: its name isn't known"
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "closed the connection"
    if isinstance(error, smtplib.SMTPResponseException):
        return "answered something that isn't SMTP"
    return "could not be reached"


def _ran_out_of_time(error: Exception) -> bool:
    return _has_cause(error, TimeoutError)


def _has_cause(error: Exception, kind: type[BaseException]) -> bool:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, kind):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def _tls_words(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        why = one_line(error.verify_message).rstrip(".")
        return f"its certificate isn't valid ({why}; Help → Sending email says what helps)"
    return f"no encrypted connection came about ({one_line(error.reason or 'unknown reason')})"


def _server() -> str:
    config = current_app.config
    return f"The mail server {config.get('MAIL_SERVER')}:{config.get('MAIL_PORT') or 25}"


def _said(code: int, text: bytes | str) -> str:
    """The server's own words, in one line."""
    return f"“{shortened(one_line(f'{code} {_decoded(text)}'), _SERVER_TEXT_LIMIT)}”"


def _decoded(text: bytes | str) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text


def _words(sentence: str) -> str:
    return shortened(one_line(sentence), _WORDS_LIMIT)
