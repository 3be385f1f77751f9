"""The forms for signing in."""

from __future__ import annotations

from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import DataRequired, Length

from security import PASSWORD_MAX_LENGTH
from web.forms import Form
from web.verification_codes import code_field, recovery_code_field


class LoginForm(Form):
    email = EmailField("Email", validators=[DataRequired("Enter your email address."), Length(max=254)])
    password = PasswordField(
        "Password", validators=[DataRequired("Enter your password."), Length(max=PASSWORD_MAX_LENGTH)]
    )
    next = HiddenField()


class CodeForm(Form):
    code = code_field()


class RecoveryCodeForm(Form):
    code = recovery_code_field()
