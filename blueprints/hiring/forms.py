"""Forms of jobs and candidates."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from flask_wtf.file import MultipleFileField
from wtforms import EmailField, Field, SelectField, StringField, TelField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.form import BaseForm
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from database import row_id
from models import FileKind, Stage
from phone_numbers import WORDS as PHONE_WORDS
from phone_numbers import is_phone_number
from web.addresses import EmailAddress
from web.forms import CheckboxesField, Form
from web.row_ids import row_id_or_none
from web.zone_fields import ZoneField
from web_links import can_be_opened, completed, has_user_name
from wording import listed

NAME_LENGTH = 120
MOST_LINKS, LINK_LENGTH = 5, 500
ADDRESS_WORDS = "Enter an email address like dina@mail.example."
_TOO_LONG = "At most %(max)d characters."


def _is_a_phone_number(form: Form, field: Field) -> None:
    if not is_phone_number(field.data or ""):
        raise ValidationError(PHONE_WORDS)


class JobField(SelectField):
    """One of several jobs. None is chosen by being the first in the list: what belongs to one job is seen by
    its team."""

    def __init__(self, label: str = "Job", **options: Any) -> None:
        super().__init__(label, coerce=row_id_or_none, validators=[DataRequired("Choose a job.")], **options)

    def offer(self, jobs: Iterable[tuple[int, str]]) -> None:
        """The jobs to choose from, as ids and titles."""
        self.choices = [SelectChoice("", "Choose a job…"), *(SelectChoice(*each) for each in jobs)]

    @property
    def only_one(self) -> int | None:
        """The id of the only job there is, if there is only one."""
        ids = [choice.value for choice in self.choices or () if choice.value]
        return ids[0] if len(ids) == 1 else None


class JobForm(Form):
    title = StringField(
        "Title", validators=[DataRequired("Enter the job's title."), Length(max=160, message=_TOO_LONG)]
    )
    department = StringField("Department", validators=[Length(max=120, message=_TOO_LONG)])
    location = StringField("Location", validators=[Length(max=120, message=_TOO_LONG)])
    hiring_manager = SelectField("Hiring manager", coerce=row_id)
    team = CheckboxesField("Team", coerce=row_id, validators=[Optional()])


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
    timezone = ZoneField("Time zone", empty="Not added", validators=[Optional()])


def _links_on(line: str) -> list[str]:
    """The links that share a line, as when they are pasted from a signature. A line on which something is no
    link stays whole, so that the error names all of it."""
    pieces = [piece for piece in re.split(r"[,;]?\s+|[,;]$", line.strip()) if piece]
    return pieces if all(can_be_opened(completed(piece)) for piece in pieces) else [line.strip()]


class LinksField(TextAreaField):
    """Links, one on each line, as a list of full addresses."""

    def process_data(self, value: Any) -> None:
        self.data = "\n".join(value or ())

    @property
    def links(self) -> tuple[str, ...]:
        """The links that were typed, each once."""
        typed = (each for line in (self.data or "").splitlines() for each in _links_on(line))
        return tuple(dict.fromkeys(map(completed, typed)))

    def pre_validate(self, form: BaseForm) -> None:
        if len(self.links) > MOST_LINKS:
            raise ValidationError(f"At most {MOST_LINKS} links.")
        wrong = [f"“{link[:60]}”" for link in self.links if not can_be_opened(link) or has_user_name(link)]
        if wrong:
            words = "is not a link" if len(wrong) == 1 else "are not links"
            example = "https://www.linkedin.com/in/dina"
            raise ValidationError(f"{listed(wrong)} {words}. Enter one like {example} on each line.")
        if any(len(link) > LINK_LENGTH for link in self.links):
            raise ValidationError(f"At most {LINK_LENGTH} characters in a link.")


class EditCandidateForm(CandidateDetailsForm):
    links = LinksField("Links", validators=[Optional()])
    source = StringField("Source", validators=[Length(max=80, message=_TOO_LONG)])


class CandidateForm(EditCandidateForm):
    job = JobField()
    files = MultipleFileField("Files")


class FilesForm(Form):
    files = MultipleFileField("Add files")


class FileForm(Form):
    name = StringField("Name", validators=[DataRequired("Enter a name.")])
    kind = SelectField("Kind", choices=[SelectChoice(kind.value, kind.label) for kind in FileKind])


class ApplicationForm(Form):
    job = JobField()


class StageForm(Form):
    stage = SelectField("Stage", choices=[SelectChoice(stage.value, stage.label) for stage in Stage])


class NoteForm(Form):
    # Which of the candidate's jobs it is about; with a single one, there is nothing to choose.
    application = JobField()
    text = TextAreaField(
        "Note",
        validators=[
            DataRequired("Write something first."),
            Length(max=8000, message=_TOO_LONG),
        ],
    )
