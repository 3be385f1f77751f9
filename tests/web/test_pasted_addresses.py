"""Addresses as Outlook, web pages and people write them into a field."""

import pytest

from web.addresses import normal_address, people_in

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
