"""Telephone numbers as people write them, and as a telephone dials them.

A number stays as it was typed, because people group the digits the way they read them out loud. Whether it
belongs to anyone is not checked: a local number, a hotel extension, or a satellite phone is fine. Google's
tables of the world's numbering plans only decide whether two numbers are the same and what to dial.
"""

from __future__ import annotations

import re

MOST_CHARACTERS = 40
# An international number has at most 15 digits (ITU-T E.164); some networks want a prefix on top.
_FEWEST_DIGITS, _MOST_DIGITS = 5, 20
_WRITTEN = re.compile(
    r"(?P<main>\+?[0-9 ()./\u2010-\u2013-]+?)(?:\s*(?:ext\.?|x|#)\s*(?P<extension>[0-9]{1,6}))?", re.I
)


def is_phone_number(text: str) -> bool:
    """Whether `text` reads as one telephone number, perhaps with an extension."""
    # Check the length first: the pattern can take very long on a long text.
    if len(text) > MOST_CHARACTERS or (found := _WRITTEN.fullmatch(text)) is None:
        return False
    return _FEWEST_DIGITS <= len(_digits(found["main"])) <= _MOST_DIGITS


def same_number(one: str, other: str) -> bool:
    """Whether two numbers reach the same telephone, no matter how they are written: "+44 (0)20 7946 0018",
    "0044 20 7946 0018", and "+44 20 7946 0018" do. A number without a country code is taken to be in the
    other's country; two without are compared digit by digit. An empty number equals no number."""
    first, second = _international(one), _international(other)
    if first.startswith("+") or second.startswith("+"):
        # Imported on first use: it takes a while, and most processes never need it.
        import phonenumbers

        match = phonenumbers.is_number_match(first, second)
        if match != phonenumbers.MatchType.NOT_A_NUMBER:
            return match in (phonenumbers.MatchType.EXACT_MATCH, phonenumbers.MatchType.NSN_MATCH)
    return bool(_digits(one)) and _digits(one) == _digits(other)


def phone_link(number: str) -> str | None:
    """The `tel:` address that dials it (RFC 3966); None if it is not a number. A number with a country code
    is dialed the same from everywhere; one without is dialed as it was typed."""
    if not is_phone_number(number):
        return None
    written = _international(number)
    main, _, extension = written.partition(" ext. ")
    link = f"tel:{_e164(main) if main.startswith('+') else main}"
    return f"{link};ext={extension}" if extension else link


def _international(text: str) -> str:
    """The number's digits, after a + if it has a country code. People also write 00 for the +, as most of the
    world dials it. An extension follows as " ext. 5". Empty if it is not a number."""
    found = _WRITTEN.fullmatch(text) if is_phone_number(text) else None
    if found is None:
        return ""
    main = _digits(found["main"])
    if found["main"].startswith("+"):
        main = f"+{main}"
    elif main.startswith("00"):
        main = f"+{main[2:]}"
    return f"{main} ext. {found['extension']}" if found["extension"] else main


def _e164(number: str) -> str:
    """The number without the part that is dialed only inside its country, such as the zero of "+44 (0)20".
    That depends on the country: in Italy the zero belongs to the number."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)
