"""Details: its title, what the candidate is told, what stays in the team, and which files go along."""

from __future__ import annotations

from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, IntegerField, StringField, SubmitField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

from blueprints.schedule_interview.forms.base import Answers, Offered, StepForm
from web.forms import CheckboxesField

MESSAGE_LIMIT = 4000
NOTES_LIMIT = 8000


class DetailsForm(StepForm):
    key, label = "details", "Details"
    lists_files = True

    title = StringField(
        "Title",
        validators=[DataRequired("Enter a title."), Length(max=200, message="At most 200 characters.")],
    )
    message_to_candidate = TextAreaField(
        "Message to the candidate",
        validators=[Length(max=MESSAGE_LIMIT, message=f"At most {MESSAGE_LIMIT} characters.")],
    )
    internal_notes = TextAreaField(
        "Internal notes", validators=[Length(max=NOTES_LIMIT, message=f"At most {NOTES_LIMIT} characters.")]
    )
    # Files are rows of their own and no part of what the draft holds as text.
    files = MultipleFileField("Add files")
    new_files_for_team_only = BooleanField("Team only")
    # The files that the page showed, and of those the ticked ones. About a file that another tab has added
    # since, the form says nothing; one that is gone by now needs no complaint.
    listed = CheckboxesField(coerce=int, validate_choice=False, validators=[Optional()])
    team_only = CheckboxesField("Team only", coerce=int, validate_choice=False, validators=[Optional()])
    # Sent by their buttons.
    upload = SubmitField("Upload now")
    remove = IntegerField("Remove", validators=[Optional()])

    def offer(self, offered: Offered) -> None:
        self.team_only.choices = [SelectChoice(row.id, row.name) for row in offered.files]

    def suggest(self, offered: Offered) -> None:
        job = offered.application.job if offered.application else None
        self.title.data = job.usual_interview_title if job else ""
        self.show_saved(offered, {})

    def show_saved(self, offered: Offered, saved: Answers) -> None:
        self.team_only.data = [row.id for row in offered.files if row.is_for_team_only]

    @property
    def stays(self) -> bool:
        return bool(self.upload.data) or self.remove.data is not None

    def answers(self) -> Answers:
        texts = super().answers()
        return {name: texts[name] for name in ("title", "message_to_candidate", "internal_notes")}
