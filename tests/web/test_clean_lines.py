"""Names as they are stored: two that look the same are the same, and one that looks empty is empty."""

import pytest

from web.forms import clean_line


@pytest.mark.parametrize(
    "sign",
    [
        "\u00ad", "\u034f", "\u061c", "\u180e", "\u200b", "\u200c", "\u200d", "\u200e", "\u202e", "\u2060",
        "\u2064", "\u2065", "\u2069", "\u206a", "\ufe0f", "\ufeff", "\ufff0", "\ufff9", "\uffff",
        "\U0001d173", "\U0001bca0", "\U000e0001", "\x00", "\x1b", "\x9f",
    ],
)  # fmt: skip
def test_invisible_character_makes_no_different_name(sign: str) -> None:
    assert clean_line(f"Di{sign}{sign}na{sign} {sign}Kaur{sign}") == "Dina Kaur"
    assert clean_line(sign) == clean_line(f" {sign}{sign} ") == ""


@pytest.mark.parametrize("blank", list("\u00a0\u2003\u3000\t\n\u2028\u115f\u1160\u2800\u3164\uffa0"))
def test_blank_of_any_kind_is_a_space(blank: str) -> None:
    assert clean_line(f"Dina{blank}{blank}Kaur{blank}") == "Dina Kaur"
    assert clean_line(blank) == ""


def test_letters_composed_and_apart_are_the_same_name() -> None:
    assert clean_line("Zoe\u0308") == clean_line("Zoë") == "Zoë"
    assert clean_line("\u1112\u1161\u11ab") == "한"


@pytest.mark.parametrize(
    "text",
    [
        "👩🏽\u200d💻 Dina",
        "👨\u200d👩\u200d👧",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "❤\ufe0f 1\ufe0f\u20e3 ©\ufe0f",
        "می\u200cخواهم",
        "क\u094d\u200dष",
        "葛\U000e0100城",
    ],
)
def test_joiners_and_variants_stay_where_they_are_needed(text: str) -> None:
    assert clean_line(text) == text
