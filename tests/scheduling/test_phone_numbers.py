"""Telephone numbers: which are taken, and what dials them."""

import pytest

from phone_numbers import is_phone_number, phone_link


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
        ("12345", "tel:12345"),
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
        "٠١٢٣٤٥٦",
        "12345\n67890",
        "1 " * 21,
    ],
)
def test_what_is_no_number_is_not_taken(text: str) -> None:
    assert not is_phone_number(text)
    assert phone_link(text) is None
