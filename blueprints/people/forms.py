"""Forms of the first run and of signing in."""

from __future__ import annotations

from wtforms import BooleanField, EmailField, HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, Length

from security import PASSWORD_MAX_LENGTH
from web.addresses import EmailAddress
from web.forms import Form, ZoneField
from web.password_fields import new_password_field


class SetupForm(Form):
    code = StringField(
        "Setup code", validators=[DataRequired("Enter the code from the server's console."), Length(max=64)]
    )
    organisation_name = StringField(
        "Organisation", validators=[DataRequired("Enter the name of your organisation."), Length(max=120)]
    )
    timezone = ZoneField("Time zone", validators=[DataRequired("Choose a time zone.")])
    name = StringField("Your name", validators=[DataRequired("Enter your name."), Length(max=120)])
    email = EmailField(
        "E-mail",
        validators=[
            DataRequired("Enter your e-mail address."),
            EmailAddress("Enter an e-mail address like ana@company.example."),
        ],
    )
    password = new_password_field()
    connecting_is_open = BooleanField("Everyone who schedules or hosts may connect their own apps")


class LoginForm(Form):
    email = EmailField("E-mail", validators=[DataRequired("Enter your e-mail address."), Length(max=254)])
    password = PasswordField(
        "Password", validators=[DataRequired("Enter your password."), Length(max=PASSWORD_MAX_LENGTH)]
    )
    next = HiddenField()
