"""The field in which somebody chooses a password."""

from __future__ import annotations

from wtforms import PasswordField
from wtforms.validators import DataRequired, Length

from security import PASSWORD_MAX_LENGTH, PASSWORD_MIN_LENGTH


def new_password_field(label: str = "Password") -> PasswordField:
    """Long is all that is asked for: rules about signs make people choose what they write down."""
    return PasswordField(
        label,
        validators=[
            DataRequired("Choose a password."),
            Length(
                min=PASSWORD_MIN_LENGTH,
                max=PASSWORD_MAX_LENGTH,
                message=f"Use at least {PASSWORD_MIN_LENGTH} characters.",
            ),
        ],
    )
