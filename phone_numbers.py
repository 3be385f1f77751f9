"""Telephone numbers as people write them, and as a telephone dials them.

A number stays as it was typed, because people group the digits as they read them out. Whether it belongs
to anybody is not checked: a local number, an extension of a hotel, a satellite telephone are all right.
"""

from __future__ import annotations

import re

MOST_CHARACTERS = 40
# An international number has at most 15 digits (ITU-T E.164); some networks want a prefix on top.
_FEWEST_DIGITS, _MOST_DIGITS = 5, 20
_WRITTEN = re.compile(
    r"(?P<main>\+?[0-9 ()./\u2010-\u2013-]+?)(?:\s*(?:ext\.?|x|#)\s*(?P<extension>[0-9]{1,6}))?", re.I
)
# "+44 (0)20 …" says in one line how to dial from inside the country and from outside; with the country's
# prefix the zero is left out.
_TRUNK_ZERO = re.compile(r"(?<=[0-9])\s*\(0\)")


def is_phone_number(text: str) -> bool:
    """Whether `text` reads as one telephone number, with an extension perhaps."""
    found = _WRITTEN.fullmatch(text)
    if found is None or len(text) > MOST_CHARACTERS:
        return False
    return _FEWEST_DIGITS <= len(_digits(found["main"])) <= _MOST_DIGITS


def phone_link(number: str) -> str | None:
    """The `tel:` address that dials it (RFC 3966); None for what is not a number."""
    found = _WRITTEN.fullmatch(number) if is_phone_number(number) else None
    if found is None:
        return None
    main = found["main"]
    if main.startswith("+"):
        main = _TRUNK_ZERO.sub("", main)
    link = f"tel:{'+' if main.startswith('+') else ''}{_digits(main)}"
    return f"{link};ext={found['extension']}" if found["extension"] else link


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)
