"""Made-up content for the components: ordinary words, and the longest that people type."""

from __future__ import annotations

from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired

from models import InterviewStatus
from scheduling.standing import Standing
from web.forms import CheckboxesField, Form
from web.zone_fields import ZoneField

LONG_NAME = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh"


class SampleForm(Form):
    name = StringField("Name", validators=[DataRequired()])
    email = StringField("Email", validators=[DataRequired()])
    phone = StringField("Phone")
    password = PasswordField("Password", validators=[DataRequired()])
    agenda = TextAreaField("Agenda")
    date = DateField("Date", validators=[DataRequired()])
    time = TimeField("Time", validators=[DataRequired()])
    duration_minutes = IntegerField("Duration in minutes", validators=[DataRequired()])
    timezone = ZoneField("Time zone", validators=[DataRequired()])
    job = SelectField("Job", validators=[DataRequired()])
    kind = RadioField("Interview type")
    people = CheckboxesField("From the team")
    reminder = BooleanField("Remind everyone a day before")
    file = FileField("File with candidates")


def sample_form(theme: str) -> SampleForm:
    """The form with something typed and two mistakes; `theme` keeps ids distinct."""
    form = SampleForm(formdata=None, prefix=f"{theme}-")
    form.name.data = LONG_NAME
    form.agenda.data = "Introduction, experience discussion, Q&A"
    form.duration_minutes.data = 45
    form.timezone.data = "Europe/Zurich"
    form.job.choices = [
        SelectChoice("1", "Backend Engineer"),
        SelectChoice("2", "Customer Success Lead"),
    ]
    form.kind.choices = [
        SelectChoice("video", "Video"),
        SelectChoice("phone", "Phone"),
        SelectChoice("in_person", "In person"),
    ]
    form.kind.data = "video"
    form.people.choices = [
        SelectChoice("1", "Priya Raman"),
        SelectChoice("2", LONG_NAME),
    ]
    form.people.data = ["1"]
    form.email.errors = ["Enter an email address, such as name@company.example."]
    form.date.errors = ["Choose a date."]
    return form


def states() -> dict[str, list[str]]:
    """The values that badges are drawn for."""
    return {
        "status": [*InterviewStatus, *Standing],
        "link": ["waiting", "ready", "failed", "removed"],
        "connection": ["connected", "reconnect", "disconnecting", "not_set_up", "not_offered"],
    }
