"""Forms behind the links that are emailed to people on the team."""

from __future__ import annotations

from wtforms import EmailField, StringField
from wtforms.validators import DataRequired, Length

from web.addresses import EmailAddress
from web.forms import Form
from web.password_fields import new_password_field
from web.zone_fields import ZoneField


class AcceptForm(Form):
    name = StringField("Your name", validators=[DataRequired("Enter your name."), Length(max=120)])
    password = new_password_field()
    timezone = ZoneField("Time zone", validators=[DataRequired("Choose a time zone.")])


class AskForm(Form):
    email = EmailField(
        "Email",
        validators=[
            DataRequired("Enter your email address."),
            EmailAddress("Enter an email address like ana@company.example."),
        ],
    )


class ResetForm(Form):
    password = new_password_field("New password")
