"""The fields for a code from an authenticator app, and for a recovery code."""

from __future__ import annotations

import unicodedata

from wtforms import Field, Form, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from security import CODE_DIGITS

_EXAMPLE = "Enter the 6 digits that your authenticator app shows, such as 123\u00a0456."


def plain_code(typed: str | None) -> str:
    """The digits of a code, whichever digits, spaces, and hyphens it was typed or pasted with."""
    kept = (character for character in typed or "" if character.isalnum())
    return "".join(str(unicodedata.digit(character, character)) for character in kept)


def code_field(label: str = "Code") -> StringField:
    """Text rather than a number: a number loses its leading zeros, and cannot be pasted with a space."""
    return StringField(label, validators=[DataRequired(_EXAMPLE), Length(max=60), _six_digits])


def recovery_code_field() -> StringField:
    """One of the codes that were written down."""
    return StringField(
        "Recovery code",
        validators=[DataRequired("Enter one of your recovery codes."), Length(max=60)],
    )


def _six_digits(form: Form, field: Field) -> None:
    code = plain_code(field.data)
    if not (len(code) == CODE_DIGITS and code.isascii() and code.isdigit()):
        raise ValidationError(_EXAMPLE)
