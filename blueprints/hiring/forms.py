"""Forms of jobs and candidates."""

from __future__ import annotations

from wtforms import EmailField, SelectField, StringField, TelField
from wtforms.validators import DataRequired, Length, Optional, Regexp

from web.addresses import EmailAddress
from web.forms import Form, ZoneField


class JobForm(Form):
    title = StringField("Title", validators=[DataRequired("Enter the job's title."), Length(max=160)])
    department = StringField("Department", validators=[Length(max=120)])
    location = StringField("Location", validators=[Length(max=120)])
    hiring_manager = SelectField("Hiring manager", coerce=int)


class CandidateForm(Form):
    name = StringField("Name", validators=[DataRequired("Enter the candidate's name."), Length(max=120)])
    email = EmailField(
        "E-mail",
        validators=[
            DataRequired("Enter the candidate's e-mail address."),
            EmailAddress("Enter an e-mail address like dina@mail.example."),
        ],
    )
    phone = TelField(
        "Phone",
        validators=[
            Optional(),
            Length(max=40),
            Regexp(r"^[+0-9][0-9 ()./-]*$", message="Use digits, spaces and + ( ) . / - only."),
        ],
    )
    timezone = ZoneField("Time zone", empty="Not known", validators=[Optional()])
    job = SelectField("Job", coerce=int)


class ApplicationForm(Form):
    job = SelectField("Job", coerce=int)
