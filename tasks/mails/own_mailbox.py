"""Handing one mail to the mailbox of the person in whose name it is sent, and reporting the outcome.

The outcomes are those of `messaging.delivery`. Two things are different from a mail server. The mailbox finds
the recipients in the headers, so that a copy names its own reader alone. And nothing recognizes a message
that is sent twice: the mailbox may even replace our Message-ID (so nothing depends on finding it again; a
mail program that does not know the first one shows later mails as a conversation of their own). So this is
recorded before the mailbox is asked, and an email that may have been sent is never sent again unless someone
asks for it.
"""

from __future__ import annotations

from dataclasses import dataclass

from connections.grants import with_grant
from connections.mailboxes import Mailbox, has_to_reconnect
from connections.rows import lose_permissions
from database import writing
from extensions import db
from messaging.addresses import wire_address
from messaging.delivery import Accepted, Deferred, Outcome, Refused, Unknown, is_configured
from messaging.mime import mime_of
from models import Connection, ConnectionState
from providers import errors
from providers.base import Grant
from providers.errors import (
    AccessTokenRejectedError,
    ConnectionRevokedError,
    HostNotAllowedError,
    InvalidClientError,
    ProviderError,
    RefusedError,
    RetryableError,
    ScopeMissingError,
)
from providers.protocols import MailProvider
from services import services
from tasks.mails.kind import FromMailbox, Ready
from text import one_line, shortened
from timezones import utc_now
from wording import possessive
from work.handing_over import BegunElsewhereError, begin_handing_over
from work.mail import Through

_WORDS_LIMIT = 480


@dataclass(frozen=True)
class PassedOver:
    """This mailbox does not send it, and did not. `why`: half a sentence for everyone who sees the interview;
    `words`: what the provider said. `missing`: the permissions that the grant turned out to lack, None if
    that was not the reason."""

    why: str
    words: str
    missing: tuple[str, ...] | None = None


class _NoLongerWaitsError(Exception):
    """It was cancelled after it was loaded."""


class _AnotherAccountError(Exception):
    """Its owner has connected another account after the mail was written in this one's name."""


class _NotWritableError(Exception):
    """Its headers cannot be written in the way that the provider asks for."""


def through(mailbox: Mailbox) -> Through:
    """How the mail's row names the mailbox."""
    return Through(mailbox.app, mailbox.address)


def note_lost_permissions(mailbox: Mailbox, passed_over: PassedOver) -> None:
    """Have its owner reconnect the mailbox, if the reason was a missing permission: nothing can be sent from
    it until they, and no one else, grant it again. In the current transaction."""
    if passed_over.missing is None:
        return
    row = db.session.get(Connection, mailbox.connection_id, with_for_update=True, populate_existing=True)
    if row is not None and row.state is ConnectionState.CONNECTED:
        lose_permissions(row, passed_over.missing)


def cut_off(address: str) -> str:
    """The words for a mail whose process died while the mailbox of that address was asked to send it."""
    return f"This server was stopped while the email was handed over. {_look_there(address)}"


def deliver_from(mail_id: int, way: FromMailbox, ready: Ready) -> Outcome | PassedOver | None:
    """Have the mailbox send one letter to one recipient, with its files; None if it no longer waits to be
    sent. Needs an application context and no open transaction. No outside fault raises.
    """
    mailbox, recipient = way.mailbox, way.envelope.recipient.address
    clients = services().connections.clients.get(mailbox.app)
    if clients is None or clients.mail is None:
        return PassedOver(f"{mailbox.label} is no longer set up on this server", "")
    try:
        address = wire_address(recipient)
    except ValueError:
        return Refused(None, _words(f"{recipient} can't be used as an email address."), concerns_address=True)
    try:
        message = mime_of(
            ready.letter, way.envelope, ready.files, sender=wire_address(mailbox.address), sent_at=utc_now()
        )
    except ValueError as error:
        return _not_writable(mailbox, error)
    call = _Call(clients.mail, mailbox, mail_id, message, address)
    try:
        name = with_grant(mailbox.connection_id, call)
    except _NoLongerWaitsError:
        return None
    except _AnotherAccountError:
        words = f"{mailbox.owner} has just connected another account of {mailbox.label}."
        return Deferred(None, _words(words), retry_at=utc_now())
    except BegunElsewhereError:
        return Unknown(_words(cut_off(mailbox.address)))
    except _NotWritableError as error:
        return _not_writable(mailbox, error)
    except RetryableError as error:
        if error.maybe_applied and call.was_asked:
            return Unknown(_words(f"{error.words} {_look_there(mailbox.address)}"))
        if error.retry_at is not None and way.latest <= error.retry_at and is_configured():
            why = f"{mailbox.label} takes no more emails from {possessive(mailbox.owner)} account in time"
            return PassedOver(why, _words(error.words))
        return Deferred(None, _words(error.words), retry_at=error.retry_at)
    except ProviderError as error:
        return _outcome_of_refusal(mailbox, error, recipient, has_files=bool(ready.files))
    return Accepted(None, _words(f"{mailbox.label} took it: “{one_line(name)}”"))


@dataclass
class _Call:
    """One call that sends, with a note before it. `was_asked`: the mailbox was asked to send it and has not
    said for certain that it did not."""

    provider: MailProvider
    mailbox: Mailbox
    mail_id: int
    message: bytes
    recipient: str
    has_begun: bool = False
    was_asked: bool = False

    def __call__(self, grant: Grant) -> str:
        if not self.has_begun:
            self._begin()
        self.was_asked = True
        try:
            return self.provider.send(grant, self.message, (self.recipient,))
        except AccessTokenRejectedError:
            # It is repeated with a new one, and until then nothing has been sent.
            self.was_asked = False
            raise
        except ValueError as error:
            raise _NotWritableError(str(error)) from error

    def _begin(self) -> None:
        with writing():
            row = db.session.get(Connection, self.mailbox.connection_id)
            if row is None or row.account_email != self.mailbox.address:
                raise _AnotherAccountError
            waits = begin_handing_over(self.mail_id, through(self.mailbox))
            db.session.commit()
        if not waits:
            raise _NoLongerWaitsError
        self.has_begun = True


def _outcome_of_refusal(
    mailbox: Mailbox, error: ProviderError, recipient: str, *, has_files: bool
) -> Outcome | PassedOver:
    label, whose, words = mailbox.label, possessive(mailbox.owner), _words(error.words)
    match error:
        case RefusedError(code=errors.ADDRESS_CODE):
            words = _words(f"{label} refused the email to {recipient}: {error.words}")
            return Refused(None, words, concerns_address=True)
        case RefusedError(code=errors.SIZE_CODE) if has_files and not is_configured():
            return Refused(None, words, is_too_large=True)
        case RefusedError(code=errors.SIZE_CODE):
            # Mail servers mostly take more, and the files are worth more than the address they come from.
            return PassedOver(f"{label} takes no email as large as this one", words)
        case ScopeMissingError():
            return PassedOver(has_to_reconnect(mailbox.app, mailbox.owner), words, error.scopes)
        case ConnectionRevokedError():
            return PassedOver(has_to_reconnect(mailbox.app, mailbox.owner), words)
        case InvalidClientError():
            return PassedOver(f"{label} doesn't accept this server's credentials", words)
        case HostNotAllowedError():
            return PassedOver(f"{label} doesn't let {whose} account send emails", words)
    return PassedOver(f"{label} refused an email from {whose} account", words)


def _not_writable(mailbox: Mailbox, error: Exception) -> PassedOver:
    why = f"{mailbox.label} can't send this email"
    return PassedOver(why, _words(f"The email could not be written for {mailbox.label}: {error}."))


def _look_there(address: str) -> str:
    return f"It may have left: look into the Sent folder of {address} before you send it again."


def _words(sentence: str) -> str:
    return shortened(one_line(sentence), _WORDS_LIMIT)
