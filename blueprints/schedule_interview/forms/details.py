"""Details: the title, the message to the candidate, notes for the team, and the files to send."""

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
    begins_as_last_time = False
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
    # Files are separate rows and not part of the draft's text.
    files = MultipleFileField("Add files")
    new_files_for_team_only = BooleanField("Team only")
    # The files that the page showed, and which of them were ticked. The form says nothing about a file that
    # another tab has added since, and a file that is gone by now is no error.
    listed = CheckboxesField(coerce=int, validate_choice=False, validators=[Optional()])
    team_only = CheckboxesField("Team only", coerce=int, validate_choice=False, validators=[Optional()])
    # Sent by their buttons.
    upload = SubmitField("Upload now")
    remove = IntegerField("Remove", validators=[Optional()])
    # One of the files that are kept with the candidate.
    attach = IntegerField("Attach", validators=[Optional()])

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
        return bool(self.upload.data) or self.remove.data is not None or self.attach.data is not None

    def answers(self) -> Answers:
        texts = super().answers()
        return {name: texts[name] for name in ("title", "message_to_candidate", "internal_notes")}
