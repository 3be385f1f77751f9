"""The bytes of a mail: its headers, written with the standard library's current mail package, and its parts.

How the bytes are sent is decided elsewhere: an SMTP server and a provider's API get the same bytes. Nothing
reads settings, the database or a request.
"""

from __future__ import annotations

import re
from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP, SMTPUTF8

from anyascii import anyascii

from messaging.addresses import needs_smtputf8, wire_address
from messaging.facts import Person
from messaging.headers import Mailbox, mailbox_header, text_header
from messaging.letters import Letter
from text import one_line

_MESSAGE_ID = re.compile(r"<[!-;=?A-~]+@[!-;=?A-~]+>")


@dataclass(frozen=True)
class Envelope:
    """Who gets one copy, and what its headers show.

    `recipient` alone gets it; `to` and `cc` are printed on every copy alike where a mail server takes it,
    and name the recipient alone where they decide who gets it. Replies go to `reply_to`, or are not directed
    anywhere if that has no address. `sender_name` is shown before the address it is sent from. `message_id`
    and `references` are Message-IDs, with or without their angle brackets.
    """

    recipient: Person
    to: tuple[Person, ...]
    cc: tuple[Person, ...]
    reply_to: Person
    sender_name: str
    message_id: str
    references: str | None = None


@dataclass(frozen=True)
class FilePart:
    """A file to send, under the name that the reader should see."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class CalendarPart:
    """A calendar file to send: `method` is named in the MIME type and has to equal METHOD inside the file."""

    content: bytes
    method: str


@dataclass(frozen=True)
class Headers:
    """The headers of one copy, ready to be written.

    `to` and `cc` are what the reader sees; they do not decide who gets the mail. `message_id` and
    `references` have the form `<left@right>`; `sent_at` is aware.
    """

    subject: str
    sender: Mailbox
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    reply_to: Mailbox | None
    message_id: str
    sent_at: datetime
    references: str | None = None


def mime_of(
    letter: Letter, envelope: Envelope, files: tuple[FilePart, ...] = (), *, sender: str, sent_at: datetime
) -> bytes:
    """One copy of a letter as it is sent, with CRLF line ends.

    `sender` is the bare address it is sent from, `sent_at` (aware) its date. The bytes are ASCII unless the
    recipient's own address is not. Raises `ValueError` when the recipient has no usable address or a header
    cannot be written.
    """
    speaks_utf8 = needs_smtputf8(wire_address(envelope.recipient.address))
    reply_to = _entry(envelope.reply_to, speaks_utf8)
    headers = Headers(
        subject=one_line(letter.subject),
        sender=Mailbox(one_line(envelope.sender_name), sender),
        to=tuple(_entry(person, speaks_utf8) for person in envelope.to),
        cc=tuple(_entry(person, speaks_utf8) for person in envelope.cc),
        reply_to=reply_to if reply_to.address else None,
        message_id=_bracketed(envelope.message_id),
        sent_at=sent_at,
        references=_bracketed(envelope.references) if envelope.references else None,
    )
    calendar = None
    if letter.ics is not None and letter.ics_method is not None:
        calendar = CalendarPart(letter.ics, letter.ics_method)
    return written(
        headers, text=letter.text, html=letter.html, calendar=calendar, files=files, is_utf8=speaks_utf8
    )


def written(
    headers: Headers,
    *,
    text: str,
    html: str,
    calendar: CalendarPart | None = None,
    files: tuple[FilePart, ...] = (),
    is_utf8: bool = False,
) -> bytes:
    """A complete mail. `is_utf8`: headers may hold UTF-8, which only a server with SMTPUTF8 takes.

    Raises `ValueError` for any control character in any header and for a Message-ID of the wrong form.
    """
    policy = SMTPUTF8 if is_utf8 else SMTP
    email = EmailMessage(policy=policy)
    _write_headers(email, headers)
    email["MIME-Version"] = text_header("MIME-Version", "1.0")
    head = b"".join(policy.fold_binary(name, value) for name, value in email.raw_items())
    return head + _body(text, html, calendar, files)


def _entry(person: Person, speaks_utf8: bool) -> Mailbox:
    """A person as To and Cc show them.

    An address that this mail's headers cannot carry is left out, and the name alone is shown: one such
    address among those invited must not keep the mail from everyone else.
    """
    try:
        address = wire_address(person.address)
    except ValueError:
        return Mailbox(person.name, None)
    if needs_smtputf8(address) and not speaks_utf8:
        return Mailbox(person.name, None)
    return Mailbox(person.name, address)


def _bracketed(message_id: str) -> str:
    return f"<{message_id.strip('<>')}>"


def _write_headers(email: EmailMessage, headers: Headers) -> None:
    for message_id in (headers.message_id, headers.references):
        if message_id is not None and not _MESSAGE_ID.fullmatch(message_id):
            raise ValueError("a Message-ID has the form <left@right>")
    email["From"] = mailbox_header("From", (headers.sender,))
    email["To"] = mailbox_header("To", headers.to)
    if headers.cc:
        email["Cc"] = mailbox_header("Cc", headers.cc)
    if headers.reply_to is not None:
        email["Reply-To"] = mailbox_header("Reply-To", (headers.reply_to,))
    email["Subject"] = text_header("Subject", headers.subject)
    email["Date"] = headers.sent_at
    email["Message-ID"] = headers.message_id
    if headers.references is not None:
        email["In-Reply-To"] = headers.references
        email["References"] = headers.references
    # Out-of-office replies to a machine help no one: the first header is the standard's (RFC 3834), the
    # second is the one that Exchange looks at.
    email["Auto-Submitted"] = text_header("Auto-Submitted", "auto-generated")
    # "All" would suppress the report that a mail could not be delivered as well, which people need.
    suppressed = "DR, RN, NRN, OOF, AutoReply"
    email["X-Auto-Response-Suppress"] = text_header("X-Auto-Response-Suppress", suppressed)


def _is_utf8_text(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


# No part can contain them: in quoted-printable and in base64, "=" is never followed by "_" (RFC 2045, 6.7).
_ALTERNATIVES, _PARTS = "=_alternatives", "=_parts"


def _body(text: str, html: str, calendar: CalendarPart | None, files: tuple[FilePart, ...]) -> bytes:
    """Text, HTML and calendar as alternatives, the calendar once more as a file, then the other files.

    Mail programs show the last alternative they understand; some take invitations only from there
    and some only from an attachment. Base64 keeps the calendar's line ends byte for byte.

    Assembled here, because the mail package parses its own output several times for each part, which took 3
    of the 5 ms of a mail.
    """
    alternatives = [_text_part("plain", text), _text_part("html", html)]
    attached = [_file_part(file) for file in files]
    if calendar is not None:
        content_type = f'text/calendar; method="{calendar.method}"; charset="utf-8"'
        alternatives.append(_base64_part(content_type, calendar.content))
        as_file = 'Content-Disposition: attachment; filename="invite.ics"'
        attached.insert(0, _base64_part(content_type, calendar.content, as_file))
    body = _multipart("alternative", _ALTERNATIVES, alternatives)
    return _multipart("mixed", _PARTS, [body, *attached]) if attached else body


def _multipart(subtype: str, boundary: str, parts: Sequence[bytes]) -> bytes:
    head = f'Content-Type: multipart/{subtype}; boundary="{boundary}"\r\n\r\n'
    each = (f"--{boundary}\r\n".encode() + part + b"\r\n" for part in parts)
    return head.encode() + b"".join(each) + f"--{boundary}--\r\n".encode()


def _part(content: bytes, *headers: str) -> bytes:
    return "\r\n".join([*headers, "", ""]).encode("ascii") + content


def _text_part(subtype: str, text: str) -> bytes:
    # Splits bytes, because a text's lines also end at characters that are no line ends in a mail.
    lines = b"\r\n".join([*text.encode().splitlines(), b""])
    return _part(
        b2a_qp(lines),
        f'Content-Type: text/{subtype}; charset="utf-8"',
        "Content-Transfer-Encoding: quoted-printable",
    )


def _base64_part(content_type: str, content: bytes, *more: str) -> bytes:
    encoded = encodebytes(content).replace(b"\n", b"\r\n")
    return _part(encoded, f"Content-Type: {content_type}", "Content-Transfer-Encoding: base64", *more)


def _file_part(file: FilePart) -> bytes:
    """A file that someone attached. Its name may be anything, so the mail package writes it."""
    maintype, _, subtype = file.content_type.partition("/")
    charset = {}
    if maintype == "text":
        # Without a charset it would be read as ASCII, or as anything the reader's program guesses.
        charset = {"charset": "utf-8"}
        if not _is_utf8_text(file.content):
            maintype, subtype, charset = "application", "octet-stream", {}
    # Names beyond ASCII go in the form of RFC 2231, which old programs do not read. They look for the
    # name here, and would show "ATT00001.bin" without one.
    fallback = {} if file.name.isascii() else {"name": anyascii(file.name)}
    part = MIMEPart(policy=SMTP)
    part.set_content(
        file.content,
        maintype=maintype,
        subtype=subtype,
        cte="base64",
        disposition="attachment",
        filename=file.name,
        params={**charset, **fallback},
    )
    return part.as_bytes()
