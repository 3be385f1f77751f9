"""Telephone numbers as people write them, and as a telephone dials them.

A number stays as it was typed, because people group the digits the way they read them out loud. Whether it
belongs to anyone is not checked: a local number, a hotel extension, or a satellite phone is fine. Google's
tables of the world's numbering plans only decide whether two numbers are the same and what to dial.
"""

from __future__ import annotations

import re
import unicodedata

MOST_CHARACTERS = 40
WORDS = "Enter a phone number, such as +44 20 7946 0018, (212) 555-0147 or 030 901820 ext. 5."
# An international number has at most 15 digits (ITU-T E.164); some networks want a prefix on top.
_FEWEST_DIGITS, _MOST_DIGITS = 5, 20
# Signs that no one can see, what only changes the sign before, and pictures.
_UNSPOKEN = frozenset({"Cf", "Mn", "So"})
# What leads to an extension in several languages; two commas are a pause on a mobile.
_EXTENSION = (
    r"(?:;ext=|,{2,3}|(?:extension|extensi[oó]n|extn?|nebenstelle|nst|durchwahl|dw|apparat|app|anknytning|"
    r"toestel|tst|poste|interno|int|anexo|ramal|wewn[eę]trzny|wew|linka|klapka|kl|доб|вн|x|#)(?![a-z])\s*[.:#]?)"
    r"\s*(?P<extension>[0-9]{1,7})"
)
# How a number in writing says that its zero is dialed only inside the country.
_INSIDE_ONLY = re.compile(r"[(\[]0[)\]]")
# A part of a number, as it is typed into a search. Fewer digits may just as well be something else.
_PART = re.compile(r"[+0-9 ()\[\]./\u00b7\u2010-\u2015\u2212-]+")
_FEWEST_SEARCHED = 3
# What business cards and signatures put before a number, and what follows it in parentheses: `(mobile)`.
_LABEL = (
    r"(?:(?:tel[eé]?fono|telefon|telephone|t[eé]l[eé]phone|tel|t[eé]l|phone|fon|mobile|mobil|mob|m[oó]vil|handy|cell|"
    r"office|work|home|direct|whatsapp|[tmpch])\s*[.:]{1,2}\s*|"
    r"(?:telefon|telephone|tel|phone|mobile?|handy|cell|whatsapp|[tmp])\s+(?=[+(0-9])|callto:)"
)
_REMARK = r"\s*\([^\W\d_][^()0-9]{0,20}\)"
_WRITTEN = re.compile(
    rf"(?:{_LABEL})?(?P<main>\(?\+?[0-9 ()\[\]./\u00b7\u2010-\u2015\u2212-]+?)"
    rf"(?:\s*,?\s*{_EXTENSION})?(?:{_REMARK})?",
    re.I,
)


def is_phone_number(text: str) -> bool:
    """Whether `text` reads as one telephone number, with an extension perhaps. This is the one rule for every
    number in the product: a candidate's, a list's, and the one an interview is held on."""
    # The length first: the pattern can take very long over a long text.
    if len(text) > MOST_CHARACTERS or (found := _WRITTEN.fullmatch(_tidied(text))) is None:
        return False
    return _FEWEST_DIGITS <= len(_digits(found["main"])) <= _MOST_DIGITS


def _tidied(text: str) -> str:
    """The number as a plain keyboard writes it. Web pages bring spaces that do not break, signs that no one
    can see, pictures of telephones, and `tel:` before the number; spreadsheets an apostrophe that keeps the
    plus from being calculated; Japanese and Arabic keyboards write digits of their own, and Japanese ones the
    sign of a long vowel for a hyphen."""
    signs = (
        sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) not in _UNSPOKEN
    )
    plain = "".join(str(unicodedata.decimal(sign, sign)) for sign in signs)
    plain = plain.replace("\u30fc", "-")
    return re.sub(r"^tel:", "", plain.strip(" ").removeprefix("'"), flags=re.I).strip(" ")


def same_number(one: str, other: str) -> bool:
    """Whether two numbers reach the same telephone, no matter how they are written: "+44 (0)20 7946 0018",
    "0044 20 7946 0018", and "+44 20 7946 0018" do. A number without a country code is taken to be in the
    other's country; two without are compared digit by digit. An empty number equals no number. What North
    America dials to reach other countries, 011, is read as a + where the other number names its country."""
    first, second = _international(one), _international(other)
    first, second = _dialed_abroad(first, second), _dialed_abroad(second, first)
    if first.startswith("+") or second.startswith("+"):
        # Imported on first use: it takes a while, and most processes never need it.
        import phonenumbers

        match = phonenumbers.is_number_match(first, second)
        if match != phonenumbers.MatchType.NOT_A_NUMBER:
            return match in (phonenumbers.MatchType.EXACT_MATCH, phonenumbers.MatchType.NSN_MATCH)
    return bool(_digits(one)) and _digits(one) == _digits(other)


def digits_to_find(number: str) -> str:
    """The digits by which a search finds a number, as most people would type them: "+44 (0)20 7946 0018" is
    442079460018. Empty for an empty number."""
    return _digits(_INSIDE_ONLY.sub("", _tidied(number)))


def searched_digits(text: str) -> tuple[str, str] | None:
    """What a search for `text` looks for within `digits_to_find`, in two spellings: its digits, and those
    without the zeros at the beginning, which numbers that name their country do not have: "020 7946" is a
    part of "+44 20 7946 0018". Both are the same where too few would be left. None for what is no part of a
    number."""
    tidied = _tidied(text)
    if not _PART.fullmatch(tidied):
        return None
    digits = _digits(_INSIDE_ONLY.sub("", tidied))
    without_zeros = digits.lstrip("0")
    if len(digits) < _FEWEST_SEARCHED:
        return None
    return digits, without_zeros if len(without_zeros) >= _FEWEST_DIGITS else digits


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
    """The number's digits, after a + if it names its country. People also write 00 for the +, as most of the
    world dials it. An extension follows as " ext. 5". Empty for what is not a number."""
    found = _WRITTEN.fullmatch(_tidied(text)) if is_phone_number(text) else None
    if found is None:
        return ""
    main = _digits(found["main"])
    if found["main"].lstrip("(").startswith("+"):
        main = f"+{main}"
    elif main.startswith("00"):
        main = f"+{main[2:]}"
    return f"{main} ext. {found['extension']}" if found["extension"] else main


def _dialed_abroad(number: str, other: str) -> str:
    """`number` with a + for its 011, if that makes it `other`: 011 is also the area code of Turin."""
    with_plus = f"+{number[3:]}"
    return with_plus if number.startswith("011") and _e164(with_plus) == _e164(other) else number


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
