"""The forms of the pages that change an interview."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, RadioField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from blueprints.schedule_interview.forms.clash_tick import ClashTick
from blueprints.schedule_interview.forms.when import WhenFields
from database import read_row_id
from models import Absent, Verdict
from scheduling.feedback import Given
from web.forms import Form

WORDS_LIMIT = 1000
NOTES_LIMIT = 5000
_TOO_LONG = f"Keep it under {WORDS_LIMIT:,} characters."


class CancelForm(Form):
    words = TextAreaField("Message", validators=[Length(max=WORDS_LIMIT, message=_TOO_LONG)])
    tells_candidate = BooleanField("Tell the candidate by email", default=True)


class KeepTimeForm(Form):
    """`answer` is the number of the request as the person saw it."""

    words = TextAreaField("Message", validators=[Length(max=WORDS_LIMIT, message=_TOO_LONG)])
    answer = HiddenField()

    @property
    def number(self) -> int:
        return read_row_id(self.answer.data) or 0


class RescheduleForm(WhenFields, Form):
    """Another time only. `shown` is the time whose consequences were on the page when the button was pressed:
    what no one has seen is not confirmed. `seen` is the mark of the interview as it was shown, and `since`
    the last line of its timeline then.
    """

    accepted_clashes = ClashTick("Reschedule anyway")
    words = TextAreaField("Reason", validators=[Length(max=WORDS_LIMIT, message=_TOO_LONG)])
    shown = HiddenField()
    seen = HiddenField()
    since = HiddenField()

    @property
    def key(self) -> str:
        """The time that was chosen, as `shown` repeats it; "" for none."""
        when = self.when
        return f"{when.starts_at.isoformat()} {when.timezone} {when.duration_minutes}" if when else ""


class FeedbackForm(Form):
    verdict = RadioField(
        "Would you hire this candidate?",
        choices=[SelectChoice(each.value, each.label) for each in Verdict],
        validators=[InputRequired("Choose Hire, No hire or Maybe.")],
    )
    rating = RadioField(
        "Rating, from 1 (poor) to 5 (excellent)",
        choices=[SelectChoice(str(number), str(number)) for number in range(1, 6)],
        validators=[Optional()],
    )
    notes = TextAreaField(
        "Notes", validators=[Length(max=NOTES_LIMIT, message=f"Keep it under {NOTES_LIMIT:,} characters.")]
    )

    @property
    def given(self) -> Given:
        """What was said, once the form is valid."""
        rating = int(self.rating.data) if self.rating.data else None
        return Given(Verdict(self.verdict.data), rating, self.notes.data or "")

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said, which is fine where it is not what the page is for."""
        return not (self.verdict.data or self.rating.data or self.notes.data)


class NoShowForm(Form):
    absent = RadioField(
        "Who didn't come?",
        choices=[SelectChoice(each.value, each.label) for each in Absent],
        validators=[InputRequired("Choose who didn't come.")],
    )
