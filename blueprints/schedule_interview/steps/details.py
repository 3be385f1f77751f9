"""Details: its title, what the candidate is told, what stays in the team, and which files go along."""

from __future__ import annotations

from collections.abc import Iterable
from os import SEEK_END
from typing import TYPE_CHECKING, Any

from flask_wtf.file import MultipleFileField
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, IntegerField, StringField, SubmitField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

from blueprints.schedule_interview.received_files import sent_files
from blueprints.schedule_interview.steps.base import Step, StepForm
from models import Attachment
from scheduling.drafts import attachments, drafts
from scheduling.drafts.attachments import MOST_BYTES, AttachmentError
from scheduling.drafts.kinds_of_files import KINDS, clean_name
from services import services
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
    # The files that the page showed, and of those the ticked ones. About a file that another tab has added
    # since, the form says nothing; one that is gone by now needs no complaint.
    listed = CheckboxesField(coerce=int, validate_choice=False, validators=[Optional()])
    team_only = CheckboxesField(
        "Only for the team", coerce=int, validate_choice=False, validators=[Optional()]
    )
    # Sent by their buttons.
    upload = SubmitField("Upload now")
    remove = IntegerField("Remove", validators=[Optional()])


class DetailsStep(Step[DetailsForm]):
    key, label = "details", "Details"
    form_class = DetailsForm

    def prepare(self, dialog: Dialog, form: DetailsForm) -> None:
        form.team_only.choices = [SelectChoice(row.id, row.name) for row in _files(dialog)]

    def suggest(self, dialog: Dialog, form: DetailsForm) -> None:
        form.title.data = dialog.job.usual_interview_title if dialog.job else ""
        self.show_saved(dialog, form)

    def show_saved(self, dialog: Dialog, form: DetailsForm) -> None:
        form.team_only.data = [row.id for row in _files(dialog) if row.is_for_team_only]

    def check(self, dialog: Dialog, form: DetailsForm) -> bool:
        """Files stay even when something else is wrong: nobody can put them into the form a second time but
        the person who chose them."""
        is_right = form.validate()
        return self._keep_files(dialog, form) and is_right

    def _keep_files(self, dialog: Dialog, form: DetailsForm) -> bool:
        """Write down who gets what, remove and add; False when a file could not be added. Raises
        `DraftStaleError` before anything is touched."""
        drafts.take(dialog.draft, form.opened_on)
        form.version.data = str(dialog.draft.version)
        attachments.choose_readers(dialog.draft.id, form.listed.data or [], form.team_only.data or [])
        if form.remove.data is not None:
            attachments.remove(dialog.draft.id, form.remove.data)
        refused = list(dialog.received.refused)
        for kept in dialog.received.kept:
            try:
                attachments.add(
                    dialog.actor, dialog.draft, kept, is_for_team_only=form.new_files_for_team_only.data
                )
            except AttachmentError as error:
                attachments.drop(kept, services().attachment_files)
                refused.append(error.words)
        form.files.errors = refused
        self.prepare(dialog, form)
        self.show_saved(dialog, form)
        return not refused

    def stays(self, form: DetailsForm) -> bool:
        return form.upload.data or form.remove.data is not None

    def answers(self, dialog: Dialog, form: DetailsForm) -> dict[str, list[str]]:
        texts = super().answers(dialog, form)
        return {name: texts[name] for name in ("title", "message_to_candidate", "internal_notes")}

    def differences(self, dialog: Dialog, form: DetailsForm) -> list[tuple[str, str, str]]:
        """New files, ticks and a press on Remove, unless all that has happened already: by the same form."""
        present, ticked = _files(dialog), set(form.team_only.data or [])
        listed = [row for row in present if row.id in (form.listed.data or [])]
        readers = form.new_files_for_team_only.data
        here = {(row.name, row.size_bytes, row.is_for_team_only) for row in present}
        new = [sent for sent in sent_files() if (*_name_and_size(sent), readers) not in here]
        names = ", ".join(clean_name(sent.filename or "") for sent in new)
        found = [("Attachments", _names(present), f"{names} (new)")] if new else []
        if any(row.is_for_team_only != (row.id in ticked) for row in listed):
            saved = _names(row for row in listed if row.is_for_team_only)
            sent_ticks = _names(row for row in listed if row.id in ticked)
            found.append(("Only for the team", saved, sent_ticks))
        removed = [row for row in present if row.id == form.remove.data]
        return found + [("Remove", "–", row.name) for row in removed]

    def context(self, dialog: Dialog, form: DetailsForm) -> dict[str, Any]:
        return {
            "attachments": _files(dialog),
            "accept": ",".join(f".{ending}" for ending in KINDS),
            "largest_file": MOST_BYTES,
        }


DETAILS = DetailsStep()


def _files(dialog: Dialog) -> list[Attachment]:
    return attachments.of_draft(dialog.draft.id)


def _names(files: Iterable[Attachment]) -> str:
    return ", ".join(row.name for row in files) or "–"


def _name_and_size(sent: FileStorage) -> tuple[str, int]:
    return clean_name(sent.filename or "") or "file", sent.stream.seek(0, SEEK_END)
