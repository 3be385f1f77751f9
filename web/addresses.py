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
# own networks, and trying a product out with them is common; the mail server is the one to judge.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()

_UNSEEN = re.compile(f"[{INVISIBLE}{JOINERS}]")
# What was copied along with an address, or encloses it.
_AROUND = " ,;:.'\"‘’“”()[]<>"
# One entry of a pasted line: text in quotation marks or brackets is never taken apart.
_PIECES = re.compile(r'"(?:[^"\\]|\\.)*"|<[^<>]*>|\([^()]*\)|[,;\n\t]|[^",;<>()\n\t]+|.', re.S)
_LONGEST = 20_000


def normal_address(text: str) -> str:
    """The address in its one stored form: lower case, composed characters. Any domain with a dot will do.

    Read are a bare address, `mailto:` before it, a comma or bracket after it, and `Name <address>`; signs
    that nobody can see are left out. Raises ValueError for everything that is not one address, a megabyte
    of text included.
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

    Between people stand commas, semicolons, line ends or, between bare addresses, spaces. A comma inside a
    name is part of it, as in `Ortiz, Sam <sam@partner.example>`, which is how Outlook writes everyone; so is
    what stands there in parentheses. The addresses are not checked.
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
    """Take the bare addresses at the end of `name` into `found`; a name before the only one goes with it.
    False, and nothing taken, when it does not end with one."""
    words = name.split()
    first = len(words)
    while first and "@" in words[first - 1]:
        first -= 1
    addresses, before = words[first:], " ".join(words[:first])
    # What comes before a bare address and holds another one is no name: nobody can tell whose mail it is.
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
    """The name before an address; nothing when that is only the address once more."""
    name = one_line(text).strip(" ,;:'\"")
    return "" if "@" in name and " " not in name else name


class EmailAddress:
    """Checks a field and leaves the normal form of the address in it."""

    def __init__(self, words: str) -> None:
        self.words = words

    def __call__(self, form: Form, field: Field) -> None:
        try:
            field.data = normal_address(field.data or "")
        except ValueError:
            raise ValidationError(self.words) from None
