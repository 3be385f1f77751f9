"""Details: what it is called, what the candidate is told, and what stays in the team."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from blueprints.schedule_interview.steps.base import Step, StepForm

if TYPE_CHECKING:
    from blueprints.schedule_interview.dialog import Dialog


class DetailsForm(StepForm):
    title = StringField(
        "Title",
        validators=[DataRequired("Enter a title."), Length(max=200, message="At most 200 characters.")],
    )
    message_to_candidate = TextAreaField("Message to the candidate", validators=[Length(max=4000)])
    internal_notes = TextAreaField("Internal notes", validators=[Length(max=8000)])


class DetailsStep(Step[DetailsForm]):
    key, label = "details", "Details"
    form_class = DetailsForm

    def suggest(self, dialog: Dialog, form: DetailsForm) -> None:
        form.title.data = f"{dialog.job.title} Interview" if dialog.job else ""


DETAILS = DetailsStep()
