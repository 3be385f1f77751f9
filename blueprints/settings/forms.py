"""Forms of one's own profile and of the organization."""

from __future__ import annotations

from calendar import day_name

from wtforms import BooleanField, IntegerField, PasswordField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from accounts.settings import INVITATION_WORDS_LIMIT
from security import PASSWORD_MAX_LENGTH
from web.forms import Form
from web.password_fields import new_password_field
from web.zone_fields import ZoneField

_NOT_TOO_LONG = Length(max=INVITATION_WORDS_LIMIT, message=f"At most {INVITATION_WORDS_LIMIT} characters.")


class ProfileForm(Form):
    name = StringField("Name", validators=[DataRequired("Enter your name."), Length(max=120)])
    timezone = ZoneField("Time zone", validators=[DataRequired("Choose a time zone.")])
    has_shortcuts = BooleanField("Keyboard shortcuts")


class PasswordForm(Form):
    current = PasswordField(
        "Current password",
        validators=[InputRequired("Enter your current password."), Length(max=PASSWORD_MAX_LENGTH)],
    )
    password = new_password_field("New password")


class OrganizationForm(Form):
    name = StringField("Name", validators=[DataRequired("Enter a name."), Length(max=120)])
    timezone = ZoneField("Time zone", validators=[DataRequired("Choose a time zone.")])
    first_weekday = SelectField(
        "Weeks begin on",
        coerce=int,
        choices=[SelectChoice(number, day_name[number]) for number in (0, 5, 6)],
        default=0,
    )
    retention_days = IntegerField(
        "Erase candidates after (days)",
        validators=[
            Optional(),
            NumberRange(
                min=1, max=3650, message="Enter a whole number of days from 1 to 3650, or leave empty."
            ),
        ],
    )
    invitation_intro = TextAreaField("Before the details", validators=[_NOT_TOO_LONG])
    invitation_closing = TextAreaField("After the details", validators=[_NOT_TOO_LONG])
