"""Email addresses as people type them."""

from __future__ import annotations

import email_validator
from wtforms import Field, Form
from wtforms.validators import ValidationError

# The library refuses names that never resolve on the public internet. Teams do use such names inside their
# own networks, and trying a product out with them is common; the mail server is the one to judge.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()


def normal_address(text: str) -> str:
    """The address in its one stored form: lower case, composed characters. Any domain with a dot will do.

    Raises ValueError for everything that is not an address, a megabyte of text included.
    """
    if len(text) > 254:
        raise ValueError("an address is at most 254 characters long")
    found = email_validator.validate_email(text, check_deliverability=False)
    return found.normalized.lower()


class EmailAddress:
    """Checks a field and leaves the normal form of the address in it."""

    def __init__(self, words: str) -> None:
        self.words = words

    def __call__(self, form: Form, field: Field) -> None:
        try:
            field.data = normal_address(field.data or "")
        except ValueError:
            raise ValidationError(self.words) from None
