"""The forms for turning two-step verification on and off."""

from __future__ import annotations

from wtforms import PasswordField
from wtforms.validators import InputRequired, Length

from security import PASSWORD_MAX_LENGTH
from web.forms import Form
from web.verification_codes import code_field


class KnowsPasswordForm(Form):
    """Asks for the password again: someone at an unattended browser must not be able to change this."""

    current = PasswordField(
        "Your password",
        validators=[InputRequired("Enter your password."), Length(max=PASSWORD_MAX_LENGTH)],
    )


class SetUpForm(KnowsPasswordForm):
    code = code_field("Code from the app")
