"""The headers of a mail that hold what people typed, written for the wire.

The standard library parses such text again before it folds it, and takes a `=?utf-8?q?…?=` that a person
typed for an encoded word: a name could then become another address and, before Python 3.11.10, a whole header
line. Here nothing is parsed again. Plain ASCII is quoted, everything else is encoded (RFC 5322, RFC 2047).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.header import Header
from email.policy import Policy
from functools import lru_cache

from text import CONTROLS, LINE_SEPARATORS

# Shorter than a line may be, because what comes before and after an encoded word is on the same line.
_LINE_LENGTH = 70
_CONTROLS = re.compile(f"[{CONTROLS}{LINE_SEPARATORS}]")


@dataclass(frozen=True)
class Mailbox:
    """A name and an address as a header shows them.

    Without an address it is written as an empty group, which is how a header names someone whose address
    it cannot carry.
    """

    name: str
    address: str | None


class WireHeader(str):
    """A header's text, together with its encoded form.

    The mail package folds any value that has a `name` and a `fold`, and otherwise leaves it alone.
    """

    name: str
    _wire: str

    def __new__(cls, name: str, text: str, wire: str) -> WireHeader:
        """Raises `ValueError` for a control character: only `wire` may hold line ends, to fold it."""
        if _CONTROLS.search(text):
            raise ValueError(f"{name} may not hold control characters")
        header = super().__new__(cls, text)
        header.name = name
        header._wire = wire
        return header

    def fold(self, *, policy: Policy) -> str:
        """The complete header with its final line end, as the mail package expects it."""
        return f"{self.name}: {self._wire}{policy.linesep}"


def text_header(name: str, text: str) -> WireHeader:
    """A header of free text, such as Subject."""
    return WireHeader(name, text, _encoded(text, len(name)) if _needs_encoding(text) else text)


def mailbox_header(name: str, mailboxes: tuple[Mailbox, ...]) -> WireHeader:
    """A header of addresses, one to a line. The addresses are taken as they are and have to be checked."""
    text = ", ".join(f"{mailbox.name} <{mailbox.address or ''}>" for mailbox in mailboxes)
    return WireHeader(name, text, ",\r\n ".join(_mailbox(mailbox, len(name)) for mailbox in mailboxes))


def _mailbox(mailbox: Mailbox, taken: int) -> str:
    name = _encoded(mailbox.name, taken) if _needs_encoding(mailbox.name) else _quoted(mailbox.name)
    if mailbox.address is None:
        # There has to be white space between an encoded word and what follows (RFC 2047, section 5).
        return f"{name} :;" if _needs_encoding(mailbox.name) else f"{name}:;"
    if not mailbox.name:
        return mailbox.address
    # The address gets its own line if the encoded name has used up the last one. A line with an encoded word
    # has at most 76 octets (RFC 2047, section 2).
    is_long = _needs_encoding(mailbox.name) and taken + len(name) + len(mailbox.address) > 70
    gap = "\r\n " if "\r\n" in name or is_long else " "
    return f"{name}{gap}<{mailbox.address}>"


def _needs_encoding(text: str) -> bool:
    return not text.isascii() or "=?" in text


# The emails of an interview name the same people, and the package takes 0.13 ms for each name.
@lru_cache(maxsize=256)
def _encoded(text: str, taken: int) -> str:
    """`text` as encoded words of at most one line each, folded; no character is split."""
    header = Header(text, "utf-8", maxlinelen=_LINE_LENGTH, header_name="x" * taken)
    return header.encode(linesep="\r\n")


def _quoted(text: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9 ]+", text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
