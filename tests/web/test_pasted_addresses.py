"""Addresses as Outlook, web pages and people write them into a field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.addresses import clean_pasted, normal_address, people_in, unreadable_part, why_not_one

SAM, JANE = "sam@partner.example", "jane@partner.example"


@pytest.mark.parametrize(
    ("text", "people"),
    [
        (f"Ortiz, Sam <{SAM}>; Doe, Jane <{JANE}>", [("Ortiz, Sam", SAM), ("Doe, Jane", JANE)]),
        (f"Ortiz, Sam <{SAM}>, Doe, Jane <{JANE}>,", [("Ortiz, Sam", SAM), ("Doe, Jane", JANE)]),
        (f"Müller, Max (Extern) <{SAM}>", [("Müller, Max (Extern)", SAM)]),
        (f'"Ortiz, Sam" <{SAM}>\r\n"Doe; Jane" <{JANE}>', [("Ortiz, Sam", SAM), ("Doe; Jane", JANE)]),
        (f'"Ortiz, Sam" <{SAM}>; "Doe, Jane" <{JANE}>', [("Ortiz, Sam", SAM), ("Doe, Jane", JANE)]),
        (f"“Ortiz, Sam” <{SAM}>; “Doe, Jane” <{JANE}>", [("Ortiz, Sam", SAM), ("Doe, Jane", JANE)]),
        (f"Ortiz, Sam ({SAM}); Doe, Jane ({JANE})", [("Ortiz, Sam", SAM), ("Doe, Jane", JANE)]),
        (f"Ortiz, Sam [mailto:{SAM}]; Doe, Jane [{JANE}]", [("Ortiz, Sam", SAM), ("Doe, Jane", JANE)]),
        (f"Ortiz, Sam\t{SAM}\nDoe, Jane\t{JANE}", [("Ortiz, Sam", SAM), ("Doe, Jane", JANE)]),
        (f"{SAM} ({JANE})", [("", SAM)]),
        (f"{SAM}, {JANE}", [("", SAM), ("", JANE)]),
        (f"{SAM};{JANE};", [("", SAM), ("", JANE)]),
        (f"{SAM} {JANE}", [("", SAM), ("", JANE)]),
        (f"{SAM}\n{JANE}\n", [("", SAM), ("", JANE)]),
        (f"Sam Ortiz {SAM}", [("Sam Ortiz", SAM)]),
        (f"{SAM} (Sam Ortiz)", [("Sam Ortiz", SAM)]),
        (f"'{SAM}' <{SAM}>", [("", SAM)]),
        (f"<mailto:{SAM}>", [("", SAM)]),
        (f"Sam\t{SAM}\nJane\t{JANE}", [("Sam", SAM), ("Jane", JANE)]),
        (f"{SAM}\tSam\r\n{JANE}\tJane\r\n", [("Sam", SAM), ("Jane", JANE)]),
        (f"- Sam <{SAM}>\n- E Doe <{JANE}>", [("Sam", SAM), ("E Doe", JANE)]),
        (f"1. {SAM}\n2. {JANE}", [("", SAM), ("", JANE)]),
        (f"• {SAM} • {JANE}", [("", SAM), ("", JANE)]),
        (f"Sam <{SAM}> and Jane <{JANE}>", [("Sam", SAM), ("Jane", JANE)]),
        (f"{SAM} / {JANE}", [("", SAM), ("", JANE)]),
        (f"{SAM} & {JANE}", [("", SAM), ("", JANE)]),
        (f"To: Sam Ortiz <{SAM}>; Cc: {JANE}", [("Sam Ortiz", SAM), ("", JANE)]),
        (f"Panel: {SAM}, {JANE};", [("", SAM), ("", JANE)]),
        (f"Sam Ortiz <{SAM}> (External)", [("Sam Ortiz", SAM)]),
        (f"Sam Ortiz – {SAM}", [("Sam Ortiz", SAM)]),
        (f"Sam Ortiz <{SAM}", [("Sam Ortiz", SAM)]),
        (f"=?utf-8?Q?M=C3=BCller?= <{SAM}>", [("Müller", SAM)]),
        (f"田中 太郎 ＜{SAM}＞；鈴木 ＜{JANE}＞", [("田中 太郎", SAM), ("鈴木", JANE)]),
        (f'"Ortiz, Sam" {SAM}', [("Ortiz, Sam", SAM)]),
        (f'"Ortiz, Sam" {SAM} "Doe, Jane" {JANE}', [("Ortiz, Sam", SAM), ("Doe, Jane", JANE)]),
        (f'{SAM}, "Doe, Jane" {JANE}.', [("", SAM), ("Doe, Jane", JANE)]),
        (f"'Ortiz, Sam' {SAM}; 'O'Neill, Jane' {JANE}", [("Ortiz, Sam", SAM), ("O'Neill, Jane", JANE)]),
        (f"„Ortiz, Sam“ {SAM}, «Doe, Jane» {JANE}", [("Ortiz, Sam", SAM), ("Doe, Jane", JANE)]),
        (f"Ortiz, Sam\t{SAM}, Doe, Jane\t{JANE}", [("Ortiz, Sam", SAM), ("Doe, Jane", JANE)]),
        (f'"Ortiz, Sam <{SAM}>"', [("Ortiz, Sam", SAM)]),
        (f'"{SAM}\n{JANE}"', [("", SAM), ("", JANE)]),
        (f"Sam Ortiz {SAM} Jane Doe {JANE}", [("Sam Ortiz", SAM), ("Jane Doe", JANE)]),
        (f"Sam <{SAM}>, and Jane", []),
        (f"Sam, {JANE}", []),
        (f"{SAM} Bcc: {JANE}", []),
        (f"Sam; {JANE}", []),
        ("nobody at all", []),
    ],
)
def test_people_are_read_from_what_was_pasted(text: str, people: list[tuple[str, str]]) -> None:
    assert people_in(text) == people


@pytest.mark.parametrize(
    "text",
    [
        SAM,
        f" {SAM} ",
        f"mailto:{SAM}",
        f"MAILTO:{SAM}?subject=Hello",
        f"{SAM},",
        f"{SAM};",
        f"{SAM}.",
        f"<{SAM}>",
        f"\u201c{SAM}\u201d",
        f"\u200b{SAM}\u00a0",
        "sam\u00ad@partner\u200b.example",
        f"\u202a{SAM}\u202c",
        "Sam@Partner.Example",
        f"Ortiz, Sam <{SAM}>",
        f"smtp:{SAM}",
        f"E-Mail: {SAM}",
        f"«{SAM}»",
        f"`{SAM}`",
        "sam＠partner.example",
    ],
)
def test_address_is_found_in_what_came_along_with_it(text: str) -> None:
    assert normal_address(text) == SAM


def test_apostrophe_that_a_program_has_bent_is_a_plain_one() -> None:
    assert normal_address("O’Neill@partner.example") == "o'neill@partner.example"
    assert people_in("Sam O’Neill <o’neill@partner.example>") == [("Sam O’Neill", "o'neill@partner.example")]


@pytest.mark.parametrize(
    "text", ["", "sam", "sam@", f"{SAM}, {JANE}", "@", "a@b c@d", "x" * 30_000 + "@b.example"]
)
def test_what_is_not_one_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        normal_address(text)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (f"Sam <{SAM}>; Jane at home; {JANE}", "Jane at home"),
        (f"Sam, {JANE}", f"Sam, {JANE}"),
        (f"{SAM}\n“Doe, Jane”", "Doe, Jane"),
        (f"{SAM}, Jane <jane>", "jane"),
        (f"{SAM}; {JANE}", ""),
        ("nobody at all", ""),
    ],
)
def test_part_that_nobody_can_read_is_named(text: str, part: str) -> None:
    assert unreadable_part(text) == part


def test_field_for_one_address_says_what_is_too_much() -> None:
    assert why_not_one("sam", "Enter one.") == "Enter one."
    assert why_not_one(f"{SAM}; Jane", "Enter one.") == "Enter one. “Jane” isn't one."
    assert why_not_one(f"{SAM}, {JANE}", "Enter one.") == "Enter one email address. There are 2 here."


def test_lines_and_cells_stay_apart_in_a_field_of_one_line() -> None:
    assert clean_pasted(f"Ortiz, Sam\t{SAM}\r\n\n Doe, \u200bJane \t{JANE}\n") == (
        f"Ortiz, Sam\t{SAM}; Doe, Jane\t{JANE}"
    )
    assert clean_pasted("Sam\nOrtiz\t") == "Sam Ortiz"


_ADDRESSES = st.from_regex(r"[a-z][a-z0-9._+-]{0,8}[a-z0-9]@[a-z]{1,8}\.example", fullmatch=True)
_WORDS = st.lists(
    st.from_regex(r"[A-ZÀÉÖŠ][a-zàéöšß]{2,7}(?:['’-][A-Z][a-z]+)?", fullmatch=True), min_size=1, max_size=3
)
# A name with a comma is clear only in quotation marks or before brackets; the last ones take plain names.
_WITH_COMMA = ('"{name}" <{address}>', '"{name}" {address}', "“{name}” {address}", "„{name}“ <{address}>",
               "«{name}» {address}", "{name} <{address}>", "{name}<mailto:{address}>", "{name} [{address}]",
               "‘{name}’ {address}", '"{name} <{address}>"', "{name} ({address})")  # fmt: skip
_PLAIN = (
    "{name} {address}",
    "{name} – {address}",
    "{address} ({name})",
    "<{address}> ({name})",
)
_NAMELESS = (
    "{address}",
    "<{address}>",
    "mailto:{address}",
    "“{address}”",
    "[{address}]",
    "<mailto:{address}>",
)
_SEPARATORS = st.sampled_from([",", ", ", ";", "; ", "\n", "\r\n", ",\n", ";\n", " , ", ";;"])
_UNSEEN = st.sampled_from(["", "\u200b", "\ufeff", "\u00ad", "\u200e", "\u2060"])


@st.composite
def _person(draw: st.DrawFn) -> tuple[str, str, str]:
    """What was pasted of one person, the name, and the address."""
    address, words = draw(_ADDRESSES), draw(_WORDS)
    kind = draw(st.sampled_from([_WITH_COMMA, _PLAIN, _NAMELESS]))
    name = ", ".join(words[:2]) if kind is _WITH_COMMA else " ".join(words)
    pasted = draw(st.sampled_from(kind)).format(name=name, address=address)
    pasted = pasted.replace(" ", draw(st.sampled_from([" ", "\u00a0", "  "])))
    return draw(_UNSEEN) + pasted + draw(_UNSEEN), "" if kind is _NAMELESS else name, address


@given(
    st.lists(st.tuples(_person(), _SEPARATORS), min_size=1, max_size=5),
    st.sampled_from(["", ".", ",", ";", "\n"]),
)
def test_everyone_is_found_however_they_are_written_and_separated(
    everyone: list[tuple[tuple[str, str, str], str]], end: str
) -> None:
    text = "".join(pasted + between for (pasted, _, _), between in everyone[:-1]) + everyone[-1][0][0] + end
    expected = [(name, address) for (_, name, address), _ in everyone]
    assert people_in(text) == expected, text
    assert people_in(clean_pasted(text) or "") == expected, text


@given(st.text(max_size=60), st.text(st.sampled_from("ab @.,;<>()[]\"'“”‘’«»„\t\n:\\&"), max_size=40))
def test_nothing_breaks_the_reading(some: str, hostile: str) -> None:
    for text in (some, hostile, f"{some}{SAM}{hostile}"):
        assert all("@" in address for _, address in people_in(text)), text
        try:
            assert normal_address(text).count("@") == 1
        except ValueError:
            assert why_not_one(text, "Enter one.")
