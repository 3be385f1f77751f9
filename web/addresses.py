"""Email addresses as people type them, and as programs put them on the clipboard."""

from __future__ import annotations

import re
import unicodedata
from email.header import decode_header, make_header
from urllib.parse import unquote

import email_validator
from wtforms import Field, Form
from wtforms.validators import ValidationError

from text import INVISIBLE, JOINERS, one_line, shortened
from web.forms import clean_line

# The library refuses names that never resolve on the public internet. Teams do use such names inside their
# own networks, and they are common when a product is tried out; it is up to the mail server to judge.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()

_UNSEEN = re.compile(f"[{INVISIBLE}{JOINERS}]")
# Characters that are copied along with an address, or enclose it.
_AROUND = " ,;:.'\"‘’“”„‚`()[]<>«»‹›|/*"
# What East Asian keyboards write for the signs between and around addresses.
_WIDE = str.maketrans("；，、：＜＞（）＠", ";,,:<>()@")
# Words that programs and people put before an address or between two, and that are not names.
_LABELS = frozenset(
    {"to", "cc", "bcc", "from", "reply-to", "email", "e-mail", "mail"}
    | {"an", "von", "kopie", "à", "de", "para"}
)
_AND = frozenset({"&", "+", "and", "und", "et", "og", "och"})
_BETWEEN = _AND | {"/", "|", "·", "•", "y", "e", "en"}
_SCHEMES = re.compile(r"(?:mailto|smtp|sip|email):", re.I)
# Bullets and numbers of a list.
_BULLET = re.compile(r"(?:[-–—•▪◦‣*]|[0-9]{1,3}[.)])\s+")
# Text in quotation marks of any country. A single one inside a word is an apostrophe.
_QUOTED = re.compile(
    r'"(?:[^"\\]|\\.)*"|“[^“”"]*”|„[^„“”"]*[“”]|«[^«»]*»|»[^«»]*«'
    r"|(?<![^\s,;])(?:'(?:[^'<>@;\n]|'(?=\w))*'|‘(?:[^‘’<>@;\n]|’(?=\w))*’)(?=[\s<,;]|$)",
    re.S,
)
# One piece of a pasted line: text in quotation marks or brackets is never split.
_PIECES = re.compile(
    _QUOTED.pattern
    + r"|<[^<>]*>|\([^()]*\)|\[[^\[\]]*\]|[,;\n\t]|(?:[^\"“„«»'‘,;<>()\[\]\n\t]|(?<=\w)['‘])+|.",
    re.S,
)
# Stands for a comma that was in quotation marks, and so separates no one.
_HELD_COMMA = "\ue000"
# An address in parentheses or square brackets behind a name, as web pages and old programs write it.
_IN_BRACKETS = re.compile(r"[(\[][^\s@]+@[^\s@]+[)\]]")
# A cell of several lines, as spreadsheets copy it.
_CELL = re.compile(r'"([^"]*@[^"]*@[^"]*)"')
_LONGEST = 20_000
# How much of a part that can't be read is repeated in the message about it.
_PART_SHOWN = 60


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
    """The names and addresses of a pasted line, in its order, or nothing when something in it is neither
    (`unreadable_part` says what).

    People are separated by commas, semicolons, line breaks or, between bare addresses, spaces or a word such
    as "and". A comma inside a name is part of it, as in `Ortiz, Sam <sam@partner.example>`, which is how
    Outlook writes everyone; so is text in parentheses, and what is in quotation marks, with or without
    brackets around the address that follows. Two cells of a spreadsheet, a name and an address in either
    order, are one person. Bullets, `To:` and the like are left out. The addresses are not checked.
    """
    people, unreadable = _read(text)
    return [] if unreadable else people


def unreadable_part(text: str) -> str:
    """The first part of a pasted line that is neither a person nor an address; "" if there is none, or if
    nothing in the line looks like an address."""
    return _read(text)[1]


def _read(text: str) -> tuple[list[tuple[str, str]], str]:
    """Everyone that could be read, and the first part that could not, if any."""
    plain = _UNSEEN.sub("", text.replace("\r", "\n")).translate(_WIDE).replace(_HELD_COMMA, " ")
    if len(plain) > _LONGEST or "@" not in plain:
        return [], ""
    if (cell := _CELL.fullmatch(plain.strip())) is not None:
        plain = cell[1]
    found: list[tuple[str, str]] = []
    unreadable: list[str] = []
    name = ""
    has_cells = False
    for piece in [*_PIECES.findall(plain), "\n"]:
        if (piece[:1] == "<" and len(piece) > 1) or _is_in_brackets(piece, name):
            found.append((_after_another(name, found), _bare(piece)))
            name = ""
        elif piece[:1] == "<":
            # The bracket was opened and never closed: what follows is a bare address.
            name += " "
        elif _QUOTED.fullmatch(piece):
            # A name in quotation marks begins someone else.
            if _ends_with_addresses(name, found):
                name = ""
            name += re.sub(r"\\(.)", r"\1", piece[1:-1]).replace(",", _HELD_COMMA)
        elif piece == '"':
            pass
        elif piece == "\t":
            has_cells = True
            if _ends_with_addresses(name, found, may_have_comma=True):
                name = ""
            elif name:
                name += " "
        elif piece in (";", "\n"):
            if name.strip(_AROUND) and not _ends_with(name, found, has_cells=has_cells):
                unreadable.append(_shown(name))
            name, has_cells = "", False
        elif piece == ",":
            if _ends_with_addresses(name, found, may_have_comma=has_cells):
                name = ""
            elif name.strip():
                # After an address a comma ends the entry; before it, the comma belongs to the name.
                name += ","
        elif piece[:1] == "(" and found and not name.strip() and "@" not in piece:
            # The oldest form: sam@partner.example (Sam Ortiz). After a name it is what a server added:
            # (External).
            found[-1] = found[-1][0] or piece.strip("()"), found[-1][1]
        elif piece[:1] == "(" and _ends_with_addresses(name, found):
            found[-1] = found[-1][0] or piece.strip("()"), found[-1][1]
            name = ""
        else:
            name += piece
    is_one = len(found) == 1
    people = [(_name(before, is_alone=is_one), address) for before, address in found]
    unreadable += [
        _shown(address) or _shown(before) or "<>" for before, address in people if "@" not in address
    ]
    return people, next(iter(unreadable), "")


def _shown(part: str) -> str:
    return one_line(part.replace(_HELD_COMMA, ",")).strip(_AROUND)


def _ends_with(name: str, found: list[tuple[str, str]], *, has_cells: bool) -> bool:
    """The same as `_ends_with_addresses`, and the name in the cell after an address, too."""
    # The cell before an address holds one name, with its comma.
    if _ends_with_addresses(name, found, may_have_comma=has_cells):
        return True
    if not has_cells or not found or found[-1][0] or "@" in name:
        return False
    found[-1] = name, found[-1][1]
    return True


def _is_in_brackets(piece: str, name: str) -> bool:
    """Whether it is the address of the name before it."""
    return bool(name.strip()) and "@" not in name and _IN_BRACKETS.fullmatch(piece) is not None


def _ends_with_addresses(name: str, found: list[tuple[str, str]], *, may_have_comma: bool = False) -> bool:
    """Move the bare addresses at the end of `name` to `found`; a name before a single address belongs to it.
    Returns False, and moves nothing, if it does not end with an address.
    """
    words = name.split()
    if (in_pairs := _in_pairs(words)) is not None:
        found += in_pairs
        return True
    first = len(words)
    while first and (
        "@" in words[first - 1] or (first < len(words) and words[first - 1].casefold() in _BETWEEN)
    ):
        first -= 1
    addresses = [word for word in words[first:] if word.casefold() not in _BETWEEN]
    before = _after_another(" ".join(words[:first]), found)
    # Text before a bare address that contains another address is not a name: no one can tell whose email it
    # is.
    if (
        not addresses
        or ("," in before and not may_have_comma)
        or "@" in before
        or any("," in address.strip(",") for address in addresses)
        or (before and len(addresses) > 1)
    ):
        return False
    found += [(before, _bare(address)) for address in addresses]
    return True


def _in_pairs(words: list[str]) -> list[tuple[str, str]] | None:
    """The people of `Sam Ortiz sam@partner.example Jane Doe jane@partner.example`: lines that a browser has
    put on one line. None unless a name is before each of several addresses and nothing is after the last, so
    that it is clear whose each one is."""
    people: list[tuple[str, str]] = []
    name: list[str] = []
    for word in words:
        if "@" not in word:
            name.append(word)
            continue
        if not name or "," in word or any("," in each or ":" in each for each in name):
            return None
        people.append((_after_another(" ".join(name), people), _bare(word)))
        name = []
    return None if name or len(people) < 2 or not all(before for before, _ in people) else people


def _after_another(name: str, found: list[tuple[str, str]]) -> str:
    """The name without the bullet before it and, after another person, without the "and"."""
    line = f"{name.strip()} "
    bullet = _BULLET.match(line)
    words = line[bullet.end() if bullet else 0 :].split()
    while found and words and (words[0].casefold() in _AND or not words[0].strip(",")):
        words = words[1:]
    return " ".join(words)


def _bare(text: str) -> str:
    """The address without what was copied along with it."""
    bare = _UNSEEN.sub("", unicodedata.normalize("NFC", text)).strip().strip(_AROUND)
    # Word and phones bend the apostrophe of o'neill@, and no mailbox has it like that.
    bare = bare.replace("\u2019", "'")
    if scheme := _SCHEMES.match(bare):
        bare = unquote(bare[scheme.end() :].partition("?")[0]).strip(_AROUND)
    return bare


def _name(text: str, *, is_alone: bool) -> str:
    """The name before an address; empty when it only repeats the address, or is a label such as `To:` or the
    name of the list that several addresses are on."""
    text = text.replace(_HELD_COMMA, ",")
    label, colon, rest = text.partition(":")
    if colon and (label.strip().casefold() in _LABELS or not (is_alone or rest.strip())):
        text = rest
    name = one_line(_decoded(text)).strip(" ,;:'\"").rstrip(" -–—|/")
    return "" if "@" in name and " " not in name else name


def _decoded(text: str) -> str:
    """A name as the headers of a mail hold it: `=?utf-8?Q?M=C3=BCller?=`."""
    if "=?" not in text:
        return text
    try:
        return str(make_header(decode_header(text)))
    except (ValueError, LookupError):
        return text


def why_not_one(text: str, words: str) -> str:
    """What is wrong with a text that `normal_address` refuses: `words`, and which part can't be read, or
    that it names several people."""
    people, part = _read(text)
    if part and part != _shown(text):
        return f"{words} “{shortened(part, _PART_SHOWN)}” isn't one."
    if len(people) > 1:
        return f"Enter one email address. There are {len(people)} here."
    return words


def clean_pasted(text: str | None) -> str | None:
    """A field for people on one line, without what no reader can see. Semicolons take the place of line
    breaks, and the tabs between the cells of a spreadsheet stay: they say where one person ends."""
    if text is None or "@" not in text:
        return clean_line(text)
    lines = ("\t".join(filter(None, map(clean_line, line.split("\t")))) for line in text.splitlines())
    return "; ".join(filter(None, lines))


class EmailAddress:
    """Checks a field, and replaces its text with the normal form of the address."""

    def __init__(self, words: str) -> None:
        self.words = words

    def __call__(self, form: Form, field: Field) -> None:
        try:
            field.data = normal_address(field.data or "")
        except ValueError:
            raise ValidationError(why_not_one(field.data or "", self.words)) from None
