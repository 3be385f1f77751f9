"""Details: its title, what the candidate is told, what stays in the team, and which files go along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_wtf.file import MultipleFileField
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, IntegerField, StringField, SubmitField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

from blueprints.schedule_interview.steps.base import Step, StepForm
from models import Attachment
from scheduling import attachments
from scheduling.attachment_kinds import KINDS
from scheduling.attachments import MOST_BYTES, AttachmentError, Upload
from web import services
from web.forms import CheckboxesField

if TYPE_CHECKING:
    from blueprints.schedule_interview.dialog import Dialog

MESSAGE_LIMIT = 4000
NOTES_LIMIT = 8000


class DetailsForm(StepForm):
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
    new_files_for_team_only = BooleanField("Only for the team")
    team_only = CheckboxesField("Only for the team", coerce=int, validators=[Optional()])
    # Sent by their buttons.
    upload = SubmitField("Upload now")
    remove = IntegerField("Remove", validators=[Optional()])


class DetailsStep(Step[DetailsForm]):
    key, label = "details", "Details"
    form_class = DetailsForm

    def prepare(self, dialog: Dialog, form: DetailsForm) -> None:
        form.team_only.choices = [SelectChoice(row.id, row.name) for row in _files(dialog)]

    def suggest(self, dialog: Dialog, form: DetailsForm) -> None:
        form.title.data = f"{dialog.job.title} Interview" if dialog.job else ""
        self.show_saved(dialog, form)

    def show_saved(self, dialog: Dialog, form: DetailsForm) -> None:
        form.team_only.data = [row.id for row in _files(dialog) if row.is_for_team_only]

    def check(self, dialog: Dialog, form: DetailsForm) -> bool:
        """Files are kept even when something else is wrong: nobody can put them into the form a second time
        but the person who chose them."""
        is_right = form.validate()
        return self._keep_files(dialog, form) and is_right

    def _keep_files(self, dialog: Dialog, form: DetailsForm) -> bool:
        """Write down who gets what, remove and add; False when a file could not be added."""
        attachments.choose_readers(dialog.draft.id, form.team_only.data or [])
        if form.remove.data is not None:
            attachments.remove(dialog.draft.id, form.remove.data)
        refused = [
            words
            for sent in form.files.data or []
            if (words := _add(dialog, sent, is_for_team_only=form.new_files_for_team_only.data)) is not None
        ]
        form.files.errors = refused
        self.prepare(dialog, form)
        self.show_saved(dialog, form)
        return not refused

    def stays(self, form: DetailsForm) -> bool:
        return form.upload.data or form.remove.data is not None

    def answers(self, dialog: Dialog, form: DetailsForm) -> dict[str, list[str]]:
        texts = super().answers(dialog, form)
        return {name: texts[name] for name in ("title", "message_to_candidate", "internal_notes")}

    def context(self, dialog: Dialog, form: DetailsForm) -> dict[str, Any]:
        return {
            "attachments": _files(dialog),
            "accept": ",".join(f".{ending}" for ending in KINDS),
            "largest_file": MOST_BYTES,
        }


DETAILS = DetailsStep()


def _files(dialog: Dialog) -> list[Attachment]:
    return attachments.of_draft(dialog.draft.id)


def _add(dialog: Dialog, sent: FileStorage, *, is_for_team_only: bool) -> str | None:
    """Add one file; what is wrong with it, or None."""
    # One byte more than is allowed shows that there is too much; the rest need not be read.
    upload = Upload(sent.filename or "", sent.stream.read(MOST_BYTES + 1))
    try:
        attachments.add(
            dialog.actor,
            dialog.draft,
            upload,
            services.attachment_files(),
            is_for_team_only=is_for_team_only,
        )
    except AttachmentError as error:
        return error.words
    return None
