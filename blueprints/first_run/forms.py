"""The form of the first run."""

from __future__ import annotations

from wtforms import BooleanField, EmailField, StringField
from wtforms.validators import DataRequired, Length

from web.addresses import EmailAddress
from web.forms import Form
from web.password_fields import new_password_field
from web.zone_fields import ZoneField


class SetupForm(Form):
    code = StringField(
        "Setup code", validators=[DataRequired("Enter the code from the server's console."), Length(max=64)]
    )
    organization_name = StringField(
        "Organization", validators=[DataRequired("Enter the name of your organization."), Length(max=120)]
    )
    timezone = ZoneField(
        "Time zone", empty="Choose a time zone…", validators=[DataRequired("Choose a time zone.")]
    )
    name = StringField("Your name", validators=[DataRequired("Enter your name."), Length(max=120)])
    email = EmailField(
        "Email",
        validators=[
            DataRequired("Enter your email address."),
            EmailAddress("Enter an email address like ana@company.example."),
        ],
    )
    password = new_password_field()
    connecting_is_open = BooleanField("Let everyone who schedules or hosts connect their own apps")
