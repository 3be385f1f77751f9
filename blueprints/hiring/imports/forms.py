"""Forms of an import: the list, what its columns mean, how it is encoded, and which jobs count."""

from __future__ import annotations

from flask_wtf.file import FileField
from wtforms import BooleanField, FieldList, RadioField, SelectField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from blueprints.hiring.forms import JobField
from blueprints.hiring.imports.columns import Meaning
from blueprints.hiring.imports.files import READINGS
from blueprints.hiring.imports.table import MOST_COLUMNS
from hiring.imports import OtherJobs
from web.forms import Form

# An empty value would make the choice one that can be left out.
_NOTHING = "-"


class ImportForm(Form):
    job = JobField()
    file = FileField("File")
    text = TextAreaField("Or paste the list", validators=[Optional()])


class ReadingForm(Form):
    reading = SelectField("Read the file as", choices=[SelectChoice(*each) for each in READINGS.items()])


class ColumnError(str):
    """A message about all columns; it leads to the first one."""

    control_id = "columns-0"


class ColumnsForm(Form):
    has_heading = BooleanField("")
    columns = FieldList(
        SelectField(
            choices=[SelectChoice(meaning.value or _NOTHING, meaning.label) for meaning in Meaning],
        ),
        max_entries=MOST_COLUMNS,
    )

    @classmethod
    def showing(cls, meanings: tuple[Meaning, ...], *, has_heading: bool) -> ColumnsForm:
        """The form as it is first shown, or filled in from what was sent."""
        return cls(
            data={"columns": [each.value or _NOTHING for each in meanings], "has_heading": has_heading}
        )

    @property
    def meanings(self) -> tuple[Meaning, ...]:
        return tuple(Meaning("" if entry.data == _NOTHING else entry.data) for entry in self.columns)


class OtherJobsForm(Form):
    other_jobs = RadioField("What should happen?")

    def offer(self, chosen_title: str) -> None:
        self.other_jobs.choices = [
            SelectChoice(OtherJobs.CHOSEN.value, f"Add everyone to {chosen_title}"),
            SelectChoice(OtherJobs.NAMED.value, "Add each candidate to the job in their row"),
            SelectChoice(OtherJobs.LEFT_OUT.value, "Leave these rows out"),
        ]
