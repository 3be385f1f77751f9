"""Email addresses as people type them, and as programs put them on the clipboard."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

import email_validator
from wtforms import Field, Form
from wtforms.validators import ValidationError

from text import INVISIBLE, JOINERS, one_line

# The library refuses names that never resolve on the public internet. Teams do use such names inside their
# own networks, and they are common when a product is tried out; it is up to the mail server to judge.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()

_UNSEEN = re.compile(f"[{INVISIBLE}{JOINERS}]")
# Characters that are copied along with an address, or enclose it.
_AROUND = " ,;:.'\"‘’“”()[]<>"
# One entry of a pasted line: text in quotation marks or brackets is never split.
_PIECES = re.compile(r'"(?:[^"\\]|\\.)*"|<[^<>]*>|\([^()]*\)|[,;\n\t]|[^",;<>()\n\t]+|.', re.S)
_LONGEST = 20_000


def normal_address(text: str) -> str:
    """The address in its one stored form: lower case, composed characters. Any domain with a dot is accepted,
    and so are a bare address, `mailto:` before it, a comma or bracket after it, and `Name <address>`;
    invisible characters are removed.

    Raises ValueError for anything that is not one address, a megabyte of text included.
    """
    if len(text) > _LONGEST:
        raise ValueError("an address is at most 254 characters long")
    people = people_in(text)
    bare = people[0][1] if len(people) == 1 else _bare(text)
    if len(bare) > 254:
        raise ValueError("an address is at most 254 characters long")
    found = email_validator.validate_email(bare, check_deliverability=False)
    return found.normalized.lower()


def people_in(text: str) -> list[tuple[str, str]]:
    """The names and addresses of a pasted line, in its order, or nothing when something in it is neither.

    People are separated by commas, semicolons, line breaks or, between bare addresses, spaces. A comma inside
    a name is part of it, as in `Ortiz, Sam <sam@partner.example>`, which is how Outlook writes everyone; so
    is text in parentheses. The addresses are not checked.
    """
    if len(text) > _LONGEST or "@" not in text:
        return []
    found: list[tuple[str, str]] = []
    name = ""
    for piece in _PIECES.findall(_UNSEEN.sub("", text.replace("\r", "\n"))):
        if piece[:1] == "<":
            found.append((_name(name), _bare(piece)))
            name = ""
        elif piece[:1] == '"':
            name += re.sub(r"\\(.)", r"\1", piece[1:-1]) if len(piece) > 1 else ""
        elif piece in (";", "\n", "\t"):
            if name.strip(_AROUND) and not _ends_with_addresses(name, found):
                return []
            name = ""
        elif piece == ",":
            if _ends_with_addresses(name, found):
                name = ""
            elif name.strip():
                # After an address a comma ends the entry; before it, the comma belongs to the name.
                name += ","
        elif piece[:1] == "(" and found and not name.strip() and not found[-1][0] and "@" not in piece:
            # The oldest form: sam@partner.example (Sam Ortiz).
            found[-1] = _name(piece.strip("()")), found[-1][1]
        elif piece[:1] == "(" and _ends_with_addresses(name, found):
            found[-1] = found[-1][0] or _name(piece.strip("()")), found[-1][1]
            name = ""
        else:
            name += piece
    if name.strip(_AROUND) and not _ends_with_addresses(name, found):
        return []
    return found if all("@" in address for _, address in found) else []


def _ends_with_addresses(name: str, found: list[tuple[str, str]]) -> bool:
    """Move the bare addresses at the end of `name` to `found`; a name before a single address belongs to it.
    Returns False, and moves nothing, if it does not end with an address.
    """
    words = name.split()
    first = len(words)
    while first and "@" in words[first - 1]:
        first -= 1
    addresses, before = words[first:], " ".join(words[:first])
    # Text before a bare address that contains another address is not a name: no one can tell whose email it
    # is.
    if not addresses or "," in before or "@" in before or (before and len(addresses) > 1):
        return False
    found += [(_name(before), _bare(address)) for address in addresses]
    return True


def _bare(text: str) -> str:
    """The address without what was copied along with it."""
    bare = _UNSEEN.sub("", unicodedata.normalize("NFC", text)).strip().strip(_AROUND)
    if bare[:7].lower() == "mailto:":
        bare = unquote(bare[7:].partition("?")[0]).strip(_AROUND)
    return bare


def _name(text: str) -> str:
    """The name before an address; empty when it only repeats the address."""
    name = one_line(text).strip(" ,;:'\"")
    return "" if "@" in name and " " not in name else name


class EmailAddress:
    """Checks a field, and replaces its text with the normal form of the address."""

    def __init__(self, words: str) -> None:
        self.words = words

    def __call__(self, form: Form, field: Field) -> None:
        try:
            field.data = normal_address(field.data or "")
        except ValueError:
            raise ValidationError(self.words) from None
