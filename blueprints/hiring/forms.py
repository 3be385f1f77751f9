"""Forms of jobs and candidates."""

from __future__ import annotations

from wtforms import EmailField, Field, SelectField, StringField, TelField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from models import Stage
from phone_numbers import WORDS as PHONE_WORDS
from phone_numbers import is_phone_number
from web.addresses import EmailAddress
from web.forms import CheckboxesField, Form, ZoneField

NAME_LENGTH = 120
ADDRESS_WORDS = "Enter an email address like dina@mail.example."
_TOO_LONG = "At most %(max)d characters."


def _is_a_phone_number(form: Form, field: Field) -> None:
    if not is_phone_number(field.data or ""):
        raise ValidationError(PHONE_WORDS)


class JobForm(Form):
    title = StringField(
        "Title", validators=[DataRequired("Enter the job's title."), Length(max=160, message=_TOO_LONG)]
    )
    department = StringField("Department", validators=[Length(max=120, message=_TOO_LONG)])
    location = StringField("Location", validators=[Length(max=120, message=_TOO_LONG)])
    hiring_manager = SelectField("Hiring manager", coerce=int)
    team = CheckboxesField("Team", coerce=int, validators=[Optional()])


class CandidateDetailsForm(Form):
    name = StringField(
        "Name",
        validators=[
            DataRequired("Enter the candidate's name."),
            Length(max=NAME_LENGTH, message=_TOO_LONG),
        ],
    )
    email = EmailField(
        "Email",
        validators=[DataRequired("Enter the candidate's email address."), EmailAddress(ADDRESS_WORDS)],
    )
    phone = TelField(
        "Phone",
        validators=[Optional(), _is_a_phone_number],
    )
    timezone = ZoneField("Time zone", empty="Not known", validators=[Optional()])


class CandidateForm(CandidateDetailsForm):
    job = SelectField("Job", coerce=int)


class ApplicationForm(Form):
    job = SelectField("Job", coerce=int)


class StageForm(Form):
    stage = SelectField("Stage", choices=[SelectChoice(stage.value, stage.label) for stage in Stage])


class NoteForm(Form):
    # Which of the candidate's jobs it is about; with a single one, there is nothing to choose.
    application = SelectField("Job", coerce=int)
    text = TextAreaField(
        "Note",
        validators=[
            DataRequired("Write something first."),
            Length(max=8000, message=_TOO_LONG),
        ],
    )
