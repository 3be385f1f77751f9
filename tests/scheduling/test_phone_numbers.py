"""Telephone numbers: which are accepted, and how they are dialed."""

import pytest

from phone_numbers import is_phone_number, phone_link, same_number


@pytest.mark.parametrize(
    ("number", "link"),
    [
        ("+44 20 7946 0018", "tel:+442079460018"),
        ("+44 (0)20 7946-0018", "tel:+442079460018"),
        ("+49/30.901820 ext. 5", "tel:+4930901820;ext=5"),
        ("(212) 555-0147", "tel:2125550147"),
        ("(0)30 901820", "tel:030901820"),
        ("030 901820 x12", "tel:030901820;ext=12"),
        ("+41 44 668\u201118\u201100", "tel:+41446681800"),
        ("0041 44 668 18 00", "tel:+41446681800"),
        ("(212) 555-0100", "tel:2125550100"),
        ("030 901820 ext. 5", "tel:030901820;ext=5"),
        ("030 901820 Durchwahl 12", "tel:030901820;ext=12"),
        ("+1-212-555-0100;ext=5", "tel:+12125550100;ext=5"),
        ("+44\u00a020\u202f7946 0018", "tel:+442079460018"),
        ("+44 20 7946\u2060\u200b0018", "tel:+442079460018"),
        ("tel:+44-20-7946-0018", "tel:+442079460018"),
        ("030\u201190\u221218\u201320", "tel:030901820"),
        ("+49 [30] 90·18·20", "tel:+4930901820"),
        ("\uff0b\uff14\uff1930901820", "tel:+4930901820"),
        ("+39 06 6982", "tel:+39066982"),
        ("+999 1234567", "tel:+9991234567"),
        ("12345", "tel:12345"),
        ("Tel.: +49 30 901820", "tel:+4930901820"),
        ("M: +41 79 123 45 67", "tel:+41791234567"),
        ("\u260e +49 30 901820 (mobil)", "tel:+4930901820"),
        ("callto:+44 20 7946 0018", "tel:+442079460018"),
        ("(+49) 30 901820", "tel:+4930901820"),
        ("'+44 20 7946 0018", "tel:+442079460018"),
        ("212-555-0100 Ext:12", "tel:2125550100;ext=12"),
        ("212-555-0100,,12", "tel:2125550100;ext=12"),
        ("212-555-0100 extension #12", "tel:2125550100;ext=12"),
        ("+49 30 901820 App. 5", "tel:+4930901820;ext=5"),
        ("+55 11 91234-5678 ramal 9", "tel:+5511912345678;ext=9"),
        ("+48 22 123 45 67 wew. 12", "tel:+48221234567;ext=12"),
        ("+7 495 123-45-67 доб. 5", "tel:+74951234567;ext=5"),
        ("０９０ー１２３４ー５６７８", "tel:09012345678"),
        ("+٩٧١ ٤ ١٢٣ ٤٥٦٧", "tel:+97141234567"),
        ("1" * 20, "tel:" + "1" * 20),
    ],
)
def test_number_is_taken_as_it_is_written(number: str, link: str) -> None:
    assert is_phone_number(number)
    assert phone_link(number) == link


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1234",
        "1" * 21,
        "call me",
        "+",
        "+1+2 345 678",
        "++49 30 901820",
        "+1 212 555 0100 or 0101",
        "12345\n67890",
        "1 " * 21,
    ],
)
def test_what_is_not_a_number_is_refused(text: str) -> None:
    assert not is_phone_number(text)
    assert phone_link(text) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+44 (0)20 7946 0018", "+44 20 7946 0018"),
        ("0041 44 668 18 00", "+41 44 668 18 00"),
        ("0041 (0)44 668 18 00", "+41 44/668.18.00"),
        ("020 7946 0018", "+44 20 7946 0018"),
        ("(212) 555-0147", "212 555 0147"),
        ("+1 212 555 0147", "(212) 555-0147"),
        ("+44 20 7946 0018 ext. 5", "+44 (0)20 7946 0018 x5"),
        ("+999 1234567", "+999 123 4567"),
        ("011 44 20 7946 0018", "+44 (0)20 7946 0018"),
        ("Tel.: +44 20 7946 0018", "+44 20 7946 0018 (mobile)"),
    ],
)
def test_numbers_are_the_same_however_they_are_written(one: str, other: str) -> None:
    assert same_number(one, other)
    assert same_number(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+44 20 7946 0018", "+44 20 7946 0019"),
        ("+44 20 7946 0018", "+49 20 7946 0018"),
        ("+44 20 7946 0018 ext. 5", "+44 20 7946 0018 ext. 6"),
        ("212 555 0147", "212 555 0148"),
        ("", ""),
        ("call me", "call me"),
        ("+44 20 7946 0018", ""),
    ],
)
def test_other_numbers_are_not_the_same(one: str, other: str) -> None:
    assert not same_number(one, other)
    assert not same_number(other, one)
