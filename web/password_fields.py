"""The field in which a person chooses a password."""

from __future__ import annotations

from wtforms import Field, Form, PasswordField
from wtforms.validators import DataRequired, Length, ValidationError

from security import PASSWORD_MAX_LENGTH, PASSWORD_MIN_LENGTH, is_well_known


def new_password_field(label: str = "Password") -> PasswordField:
    """Only the length is checked: rules about characters lead to passwords that people write down."""
    return PasswordField(
        label,
        validators=[
            DataRequired("Choose a password."),
            Length(
                min=PASSWORD_MIN_LENGTH,
                max=PASSWORD_MAX_LENGTH,
                message=f"Use at least {PASSWORD_MIN_LENGTH} characters.",
            ),
            _refuse_well_known,
        ],
    )


def _refuse_well_known(form: Form, field: Field) -> None:
    if is_well_known(field.data):
        raise ValidationError("This password is too easy to guess. Choose another one.")
